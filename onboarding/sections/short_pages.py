"""The short pages of a section: what each asks, under which address and name its draft is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from agencies.models import Position
from hmis_portal.web.addresses import address_of
from onboarding.models import SectionKey

_VIEWS = {"": "section", "autosave": "autosave", "discard": "discard"}


@dataclass(frozen=True)
class Page:
    """Some fields of a section's form; without a key it is the whole section, at the section's own address.

    `fields` names them as they are named, or by what stands before "_" in all the names of one group: "q21", "director".
    A key is never "keep" or "discard", which are acts of the whole section.
    """

    section: str
    key: str
    title: StrOrPromise
    hint: StrOrPromise = ""
    fields: tuple[str, ...] = ()
    asked: bool = True  # False where the answers so far leave nothing to ask on it

    @property
    def draft(self) -> str:
        """The name of its draft, at most 40 characters."""
        return f"{self.section}.{self.key}" if self.key else str(self.section)

    def url(self, agency_id: UUID, act: str = "") -> str:
        """The address of the page itself, or of "autosave" or "discard"."""
        rest = (str(self.section), self.key) if self.key else (str(self.section),)
        return address_of(f"onboarding:{_VIEWS[act]}{'_page' if self.key else ''}", agency_id, rest=rest)

    def shows(self, name: str) -> bool:
        """Whether it asks this field of the section's form, or holds the answer of this name."""
        return not self.key or name in self.fields or name.partition("_")[0] in self.fields


def page_of(pages: Sequence[Page], name: str) -> Page | None:
    """The page that shows this field or answer."""
    return next((page for page in pages if page.shows(name)), None)


def section_of(draft: str) -> str:
    """The section whose page's draft is named so."""
    return draft.partition(".")[0]


AGENCY = (
    Page(
        SectionKey.AGENCY, "about", _("Name and legal form"), _("As the IRS or the state's register has them."),
        ("legal_name", "common_name", "ein", "legal_form", "legal_form_other", "proof", "federal_money", "uei"),
    ),
    Page(
        SectionKey.AGENCY, "where", _("Address and phone"), _("Where the agency itself is."),
        ("street", "city", "region", "zip_code", "phone", "website"),
    ),
    Page(
        SectionKey.AGENCY, "services", _("Services and area"), _("What the agency does, and where it serves people."),
        ("mission", "towns", "coc_member", "languages"),
    ),
    # After the towns, which tell most of it.
    Page(
        SectionKey.AGENCY, "regions", _("Regions"), _("The planning bodies and networks where it serves people."),
        ("cocs", "cans"),
    ),
)  # fmt: skip
# One position a page: whoever is new is asked five things.
PEOPLE = tuple(Page(SectionKey.PEOPLE, position, position.label, "", (position,)) for position in Position)
