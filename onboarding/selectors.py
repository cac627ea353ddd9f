"""Questions about the journey's objects that several pages ask."""

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import Agency
from hmis_portal.errors import WrongState
from onboarding.models import Application


def latest_application(agency: Agency) -> Application | None:
    """The application that counts now: the open one, else the last."""
    found = Application.objects.filter(agency=agency).order_by("-started_at").first()
    if found is not None:
        found.agency = agency
    return found


def editable_application(agency: Agency) -> Application:
    """The application whose sections may be changed now; WrongState, with where to go, when there is none."""
    application = latest_application(agency)
    if application is None:
        raise WrongState(
            _("Start the participation application first."),
            back=reverse("onboarding:journey", args=[agency.pk]),
        )
    if not application.is_editable:
        raise WrongState(
            _(
                "The application has been sent, so its answers are locked. They open again if changes are requested."
            ),
            back=reverse("onboarding:application", args=[agency.pk]),
        )
    return application
