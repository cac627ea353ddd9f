"""R10, R11: the Continuums of Care and places where the project works (element 2.03)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from agencies.hud.rows import ProjectDraft
from agencies.hud.rules.base import Finding, Surroundings, rule


@rule(10)
def continuum_project_has_coc(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.continuum_project == 1 and not draft.coc:
        yield Finding(10, "coc", _("Add the Continuum of Care (CoC) in which the project works"))
    seen: set[str] = set()
    for row in draft.coc:
        if row.coc_code and row.coc_code in seen:
            yield Finding(
                10,
                f"{row.key}-coc_code",
                _("%(coc)s is listed twice: keep one row for each CoC") % {"coc": row.coc_code},
            )
        if row.coc_code and row.coc_code not in around.cocs:
            yield Finding(
                10,
                f"{row.key}-coc_code",
                _("%(coc)s is not a CoC of this HMIS: choose one of %(cocs)s")
                % {"coc": row.coc_code, "cocs": ", ".join(sorted(around.cocs))},
            )
        seen.add(row.coc_code)


@rule(11)
def geocode_in_state(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.coc:
        path = f"{row.key}-geocode"
        known = around.codes.lists.get(f"geocode.{row.coc_code[:2]}")
        if not row.geocode:
            yield Finding(11, path, _("Choose the town or county of the project's main site"))
        elif len(set(row.geocode)) == 1:
            yield Finding(
                11, path, _("%(code)s is not a place: choose the town or county") % {"code": row.geocode}
            )
        elif known and row.geocode not in known:
            yield Finding(
                11,
                path,
                _("Geocode %(code)s is not in the state of %(coc)s: choose a town or county of that state")
                % {"code": row.geocode, "coc": row.coc_code},
            )
