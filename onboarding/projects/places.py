"""Where an agency's projects are changed: in its application, and after approval on its own pages; when each is closed."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.hud.pages import Page
from agencies.models import Agency, Project
from hmis_portal.web.addresses import address_of
from hmis_portal.web.errors import WrongState
from onboarding.models import Application
from onboarding.selectors import editable_application, latest_application, why_locked


@dataclass(frozen=True, slots=True)
class Place:
    """Where an agency's projects are changed; the same pages and the same rules in both."""

    prefix: str  # of the names of its addresses
    states: tuple[str, ...]  # of the application, in which rows are written there

    @property
    def after_approval(self) -> bool:
        return self is AFTER_APPROVAL

    def name(self, page: str) -> str:
        return f"onboarding:{self.prefix}{page}"

    def url(self, page: str, agency: Agency, project: Project | None = None) -> str:
        return reverse(self.name(page), args=[agency.pk, *([project.pk] if project else [])])

    def page_url(self, agency: Agency, project: Project, page: Page, act: str = "page") -> str:
        """The address of one page of a project, or of what its script and buttons ask of it."""
        return address_of(self.name(f"project_{act}"), agency.pk, project.pk, rest=(page.key,))

    def application(self, agency: Agency) -> Application:
        """The application under which rows may be written here now; WrongState, with where to go, when there is none."""
        return approved_application(agency) if self.after_approval else editable_application(agency)


IN_APPLICATION = Place("", Application.EDITABLE)
AFTER_APPROVAL = Place("own_", (Application.State.APPROVED,))


def why_closed(place: Place, agency: Agency, application: Application) -> str:
    """Why the pages there do not change projects now; "" when they do."""
    if not place.after_approval:
        return why_locked(application)
    if agency.state == Agency.State.LEFT:
        return _("The agency has left the HMIS. Its projects are kept for reading.")
    if application.state == Application.State.APPROVED:
        return ""
    if application.is_editable:
        return _("Until the application is approved, projects are changed in its section B.")
    return _("The application is %(state)s, so projects cannot be changed now.") % {
        "state": str(application.get_state_display()).lower()
    }


def approved_application(agency: Agency) -> Application:
    """The agency's approved application; WrongState, with where to go, when it has none."""
    application = latest_application(agency)
    if application is None:
        back = reverse("onboarding:journey", args=[agency.pk])
        raise WrongState(_("Start the participation application first."), back=back)
    if reason := why_closed(AFTER_APPROVAL, agency, application):
        page = "projects" if application.is_editable else "own_projects"
        raise WrongState(reason, back=reverse(f"onboarding:{page}", args=[agency.pk]))
    return application
