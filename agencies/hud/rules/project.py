"""R5–R9: what kind of project it is, and what follows from that (element 2.02)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from agencies.hud.elements import RRH, RRH_SERVICES_ONLY, SERVICES_ONLY
from agencies.hud.rows import ProjectDraft
from agencies.hud.rules.base import Finding, Surroundings, rule


@rule(5)
def continuum_project_has_type(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.continuum_project == 1 and draft.project_type is None:
        yield Finding(5, "project_type", _("Choose the project type: every continuum project has one"))


@rule(6)
def rrh_has_sub_type(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.project_type == RRH and draft.rrh_sub_type is None:
        yield Finding(6, "rrh_sub_type", _("Choose what the rapid re-housing project provides"))
    if draft.project_type != RRH and draft.rrh_sub_type is not None:
        yield Finding(
            6,
            "rrh_sub_type",
            _(
                "Only rapid re-housing has this answer: remove it or choose rapid re-housing as the project type"
            ),
        )


def affiliation_applies(project_type: int | None, rrh_sub_type: int | None) -> bool:
    return project_type == SERVICES_ONLY or (project_type == RRH and rrh_sub_type == RRH_SERVICES_ONLY)


@rule(7)
def services_only_tells_affiliation(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    applies = affiliation_applies(draft.project_type, draft.rrh_sub_type)
    if applies and draft.residential_affiliation is None:
        yield Finding(
            7,
            "residential_affiliation",
            _("Choose yes if this services-only project serves the residents of another project"),
        )
    if not applies and draft.residential_affiliation is not None:
        yield Finding(
            7,
            "residential_affiliation",
            _("Only services-only projects have this answer: remove it or change the project type"),
        )


@rule(8)
def affiliated_projects_listed(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.residential_affiliation == 1 and not draft.affiliated:
        yield Finding(8, "affiliated", _("Choose the projects whose residents this project serves"))
    if draft.residential_affiliation != 1 and draft.affiliated:
        yield Finding(
            8,
            "affiliated",
            _("Remove the projects chosen here, or answer yes to serving the residents of another project"),
        )
    for other in draft.affiliated:
        if not other.residential:
            yield Finding(
                8,
                "affiliated",
                _("%(name)s houses nobody: choose residential projects only") % {"name": other.name},
            )


@rule(9)
def residential_has_housing_type(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.in_doubt:
        return
    if draft.residential and draft.housing_type is None:
        yield Finding(9, "housing_type", _("Choose the housing type: every residential project has one"))
    if not draft.residential and draft.housing_type is not None:
        yield Finding(
            9,
            "housing_type",
            _("Only residential projects have a housing type: remove it or change the project type"),
        )
