"""The pages of the agency's record: those of the application that ask nothing that binds, and when they may be changed."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import Agency
from hmis_portal.web.errors import WrongState
from onboarding.models import Application, RecordProposal, SectionKey
from onboarding.sections.answers import Answers
from onboarding.sections.catalogue import BY_KEY, Section
from onboarding.sections.short_pages import Page
from onboarding.selectors import latest_application

State = Application.State
# What was sent is frozen; the record goes on beside it.
STATES = (*Application.SENT, State.APPROVED)
SECTIONS = (BY_KEY[SectionKey.AGENCY], BY_KEY[SectionKey.PEOPLE])
# What the HMIS Admin accepts first; its proof goes to the documents.
BINDING = frozenset({"proof", *(name for names in RecordProposal.FIELDS.values() for name in names)})


def shows(page: Page, field: str) -> bool:
    """Whether a field of the section's form is asked on this page of the record."""
    return page.shows(field) and field not in BINDING


def pages(answers: Answers) -> Iterator[tuple[Section, Page]]:
    return ((section, page) for section in SECTIONS for page in section.pages(answers))


def url(agency: Agency, page: Page, act: str = "") -> str:
    """The address of a page of the record, or of "autosave" or "discard"."""
    name = f"onboarding:record_{act or 'page'}"
    return reverse(name, args=[agency.pk, page.section, page.key])


def why_closed(agency: Agency, application: Application | None) -> str:
    """Why the record is for reading only; "" when it can be changed."""
    if agency.state == Agency.State.LEFT:
        return _("The agency has left the HMIS. Its record is kept for reading.")
    if application is None:
        return _("Start the participation application first.")
    if application.is_editable:
        return _("Until the application is sent, these answers are changed in it.")
    return "" if application.state in STATES else _("The application is closed, so its answers are locked.")


def open_application(agency: Agency) -> Application:
    """The application beside which the record may be changed now; WrongState, with where to go, when there is none."""
    application = latest_application(agency)
    reason = why_closed(agency, application)
    if application is None or reason:
        page = "application" if application and application.is_editable else "journey"
        raise WrongState(reason, back=reverse(f"onboarding:{page}", args=[agency.pk]))
    return application


def home(agency: Agency) -> str:
    return reverse("onboarding:record", args=[agency.pk])
