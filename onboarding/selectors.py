"""Questions about the journey's objects that several pages ask."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, UUIDField
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import Agency
from hmis_portal.models.written import Given, WrittenQuery
from hmis_portal.web.errors import WrongState
from onboarding.models import Application, Assignment, Condition, Note
from onboarding.mou import bound


@WrittenQuery
def _applications() -> QuerySet[Application]:
    """Those of an agency, with whether colleagues share them."""
    of_it = {"application": OuterRef("pk")}
    shared = Exists(Assignment.objects.filter(**of_it)) | Exists(
        Note.objects.filter(**of_it, resolved_at=None)
    )
    rows = Application.objects.filter(agency=Given("agency", UUIDField()))
    return rows.select_related("reviewer").annotate(shared=shared).order_by()


def latest_application(agency: Agency) -> Application | None:
    """The application that counts now: the open one, else the last; with whether colleagues share it."""
    applications: Iterable[Any] = _applications(agency=agency.pk)  # of an agency there are few
    application = max(applications, key=attrgetter("started_at"), default=None)
    if application is not None:
        application.agency, application.is_shared = agency, application.shared
    return application


def open_conditions() -> QuerySet[Condition]:
    """The conditions of approvals that count which nobody met, waived or withdrew."""
    return Condition.objects.filter(Condition.OPEN, application__in=bound.approved())


def why_locked(application: Application) -> str:
    """Why the sections of an application cannot be changed now; "" when they can."""
    state = application.state
    if application.is_editable:
        return ""
    if state == Application.State.APPROVED:
        return _("The application is approved, so its sections stay as they are.")
    if state in (Application.State.DECLINED, Application.State.WITHDRAWN):
        return _("The application is closed, so its answers are locked.")
    return _(
        "The application has been sent, so its answers are locked. They open again if changes are requested."
    )


def editable_application(agency: Agency) -> Application:
    """The application whose sections may be changed now; WrongState, with where to go, when there is none."""
    application = latest_application(agency)
    if application is None:
        raise WrongState(
            _("Start the participation application first."),
            back=reverse("onboarding:journey", args=[agency.pk]),
        )
    if not application.is_editable:
        raise WrongState(why_locked(application), back=reverse("onboarding:application", args=[agency.pk]))
    return application
