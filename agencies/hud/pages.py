"""The short pages of one project: what each asks, and which of them a project has."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from agencies.hud.rows import ProjectDraft

# The name stands from the start, and "not HOPWA" follows from who pays.
_SET_BY_THE_PORTAL = ("project_name", "hopwa_med_assisted_living_fac")


@dataclass(frozen=True, slots=True)
class Page:
    key: str
    title: StrOrPromise
    own: tuple[str, ...] = ()  # the project's own answers, in the order of the page
    kinds: tuple[str, ...] = ()  # the kinds of its rows

    def answered(self, draft: ProjectDraft) -> bool:
        """Whether anything stands of it that somebody answered."""
        asked = [name for name in (*self.own, *self.kinds) if name not in _SET_BY_THE_PORTAL]
        return any(getattr(draft, name) not in (None, "", []) for name in asked)


ABOUT = Page(
    "about",
    _("About the project"),
    (
        "project_name",
        "project_common_name",
        "operating_start_date",
        "operating_end_date",
        "project_type",
        "rrh_sub_type",
        "continuum_project",
        "target_population",
    ),
)
WHERE = Page("where", _("Where it works"), kinds=("coc",))
FUNDING = Page("funding", _("Who pays for it"), ("hopwa_med_assisted_living_fac",), ("funders",))
BEDS = Page("beds", _("Beds and units"), ("housing_type",), ("inventory",))
PARTICIPATION = Page(
    "participation", _("Participation"), ("residential_affiliation", "affiliated"), ("hmis", "ce")
)
PAGES = (ABOUT, WHERE, FUNDING, BEDS, PARTICIPATION)
BY_KEY: Mapping[str, Page] = {page.key: page for page in PAGES}
_ASKED_ON: Mapping[str, Page] = {name: page for page in PAGES for name in (*page.own, *page.kinds)}


def page_of(field: str) -> Page:
    """The page that asks for a field, by its name in the rules and answers, such as "coc-0-zip"; of a kind of row too."""
    return _ASKED_ON.get(field.partition("-")[0], ABOUT)


def pages_of(draft: ProjectDraft) -> list[Page]:
    """The pages of this project in order; only what houses people has beds."""
    return [page for page in PAGES if page is not BEDS or draft.residential or draft.inventory]
