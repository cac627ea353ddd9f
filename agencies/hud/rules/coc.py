"""R10, R11: the Continuums of Care and places where the project works (element 2.03)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from agencies.hud.places import county_of, county_of_zip, in_state
from agencies.hud.rows import ProjectDraft
from agencies.hud.rules.base import Finding, Surroundings, rule
from agencies.hud.rules.values import TENANT_BASED, ZIP_SHAPE


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
def geocode_in_coc(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.coc:
        path = f"{row.key}-geocode"
        state = row.coc_code[:2]
        known = around.codes.lists.get(f"geocode.{state}")
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
        elif (county := county_of(row.geocode)) and in_state(row.coc_code) and county.coc != row.coc_code:
            yield Finding(
                11,
                path,
                _(
                    "%(place)s belongs to %(right)s, not to %(coc)s: choose %(right)s, or a town or county of %(coc)s"
                )
                % {"place": known[row.geocode] if known else "", "right": county.coc, "coc": row.coc_code},
            )


@rule(11)
def zip_at_the_geocode(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.coc:
        if not in_state(row.coc_code) or not ZIP_SHAPE.fullmatch(row.zip):
            continue
        path, county, place = f"{row.key}-zip", county_of_zip(row.zip), county_of(row.geocode)
        if county is None:
            yield Finding(
                11,
                path,
                _("%(zip)s is not a ZIP code of Connecticut: check its five digits") % {"zip": row.zip},
            )
        elif place is not None and county != place:
            yield Finding(
                11,
                path,
                _(
                    "ZIP code %(zip)s is in %(county)s, the town or county chosen is in %(place)s: change one of them"
                )
                % {"zip": row.zip, "county": county.name, "place": place.name},
                # Most residents of tenant-based housing may live in another county than its office.
                "warning" if draft.housing_type == TENANT_BASED else "error",
            )
