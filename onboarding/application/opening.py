"""Starting an application from the last one, deleting a draft, and when an agency's rows stand still."""

from django.db import transaction
from django.utils.translation import gettext as _

from agencies import locks, trust
from agencies.models import Agency, User
from hmis_portal import audit
from hmis_portal.models import AuditEvent
from hmis_portal.text.references import new_reference
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding import services
from onboarding.events import OnboardingEvent
from onboarding.models import Application
from onboarding.mou import bound
from onboarding.readiness import carried, rules
from onboarding.selectors import latest_application
from onboarding.workflow import ApplicationVerb

State = Application.State


@locks.asks_before_changes
def held_by_application(agency: Agency) -> str:
    """What was sent stands still while it is being reviewed."""
    if Application.objects.filter(agency=agency, state__in=Application.SENT).exists():
        return _(
            "The application is being reviewed: agency information, projects and staff cannot be changed until it is answered."
        )
    return ""


@trust.says_who_is_known
def was_reviewed(agency: Agency) -> bool:
    """Whether somebody of the HMIS has taken an application of this agency to read."""
    read = (State.IN_REVIEW, State.ON_HOLD, State.CHANGES, State.APPROVED, State.DECLINED)
    return (
        Application.objects.filter(agency=agency, state__in=read).exists()
        or AuditEvent.objects.filter(agency_id=agency.pk, after=State.IN_REVIEW).exists()
    )


@transaction.atomic
def start(*, agency: Agency, by: User, ip: str | None = None) -> Application:
    """Start an application; the answers of the last one are its beginning. Raises WrongState when one is open."""
    agency = locks.lock_agency(agency.pk)
    services.check_creation(Application, ApplicationVerb.START, by=by, agency=agency)
    last = latest_application(agency)
    if last and last.is_open:
        raise WrongState(
            _("This was already done: application %(reference)s is open.") % {"reference": last.reference}
        )
    if last and last.state == Application.State.APPROVED and not bound.is_out_of_date(last):
        raise WrongState(
            _("Application %(reference)s is approved: no other is needed.") % {"reference": last.reference}
        )
    if agency.victim_service_provider:
        raise GuardFailed([_("A victim service provider uses a comparable database instead of the HMIS.")])
    application = Application.objects.create(
        agency=agency,
        reference=new_reference("APP"),
        started_by=by,
        previous=last,
        readiness_version=rules.published(),
    )
    if last:
        carried.carry(last, application)
    audit.record(
        by=by,
        verb=ApplicationVerb.START,
        obj=application,
        agency_id=agency.pk,
        after=application.state,
        ip=ip,
    )
    return application


def may_be_deleted(application: Application) -> bool:
    """A draft that was never sent."""
    return application.state == Application.State.DRAFT and application.submitted_at is None


@transaction.atomic
def delete_draft(*, application: Application, by: User) -> None:
    """Delete a draft that was never sent. The agency's own rows (information, projects, staff) stay."""
    locks.lock_agency(application.agency_id)
    locked = Application.objects.select_for_update().filter(pk=application.pk).first()
    if locked is None:
        raise WrongState(_("This draft was already deleted."))
    if not may_be_deleted(locked):
        raise WrongState(
            _("Only a draft that was never sent can be deleted. You can withdraw the application instead.")
        )
    audit.record(
        by=by, verb=OnboardingEvent.DELETE_DRAFT, obj=locked, agency_id=locked.agency_id, before=locked.state
    )
    locked.delete()
