"""Who still needs access to the HMIS: asked of each agency every few months, answered by its coordinator or a manager."""

import datetime as dt
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.locks import lock_agency
from agencies.models import Agency, HmisRole, Staff, User
from agencies.services import leavers
from hmis_portal import audit
from hmis_portal.models import PortalSettings
from hmis_portal.web.errors import WrongState
from onboarding.events import OnboardingEvent
from onboarding.models import Access, AccessConfirmation
from training.validity import add_months

Answer = AccessConfirmation.Answer
Said = tuple[str, dt.date | None]  # the answer, and the last working day of one who left


def may_confirm(user: User, agency: Agency) -> bool:
    """A manager, or whoever is the HMIS Data Coordinator on the roster."""
    hdc = Staff.objects.current().filter(agency=agency, user=user, hmis_role=HmisRole.HDC)
    return permissions.is_manager(user, agency) or hdc.exists()


def people(agency: Agency) -> QuerySet[Access]:
    """Those who have an account there, also one that is suspended now."""
    states = (Access.State.GRANTED, Access.State.SUSPENDED)
    rows = Access.objects.filter(staff__agency=agency, staff__left_on=None, state__in=states)
    return rows.select_related("staff").prefetch_related("staff__projects")


def due_on(agency: Agency) -> dt.date | None:
    """When it is to be confirmed next; None before go-live, and where the setting asks for none."""
    months = PortalSettings.load().access_confirmation_months
    newest = agency.access_confirmations.first()
    since = newest.signed_at if newest else agency.live_at
    if agency.state != Agency.State.LIVE or since is None or not months:
        return None
    return add_months(timezone.localdate(since), months)


@transaction.atomic
def confirm(
    agency: Agency, *, due: dt.date, answers: Mapping[int, Said], signed_name: str, by: User, ip: str | None
) -> AccessConfirmation:
    """Keep what was said of each (by the key of the access), and report those who left. WrongState when it was done."""
    lock_agency(agency.pk)
    rows = [row for row in people(agency) if row.pk in answers]
    try:
        with transaction.atomic():
            confirmation = AccessConfirmation.objects.create(
                agency=agency, due_on=due, signed_name=signed_name, signed_by=by,
                people=[_line(row, *answers[row.pk]) for row in rows],
            )  # fmt: skip
    except IntegrityError as error:
        if "access_confirmed_once" in str(error):
            raise WrongState(_("This was confirmed already. Nothing was done twice.")) from error
        raise
    for row in rows:
        answer, last_day = answers[row.pk]
        if answer == Answer.LEFT and last_day and row.staff.last_day_as_told(by) != last_day:
            reason = _("Said at the confirmation of who needs access.")
            leavers.report_leaver(staff=row.staff, by=by, last_day=last_day, reason=reason)
    counts = {str(answer): sum(reply[0] == answer for reply in answers.values()) for answer in Answer}
    audit.record(
        by=by,
        verb=OnboardingEvent.CONFIRMED_ACCESS,
        obj=confirmation,
        agency_id=agency.pk,
        data=counts,
        ip=ip,
    )
    return confirmation


def _line(row: Access, answer: str, last_day: dt.date | None) -> dict[str, object]:
    line = {"staff": row.staff_id, "name": row.staff.name, "role": row.staff.hmis_role, "answer": answer}
    return line | ({"last_day": last_day.isoformat()} if last_day and answer == Answer.LEFT else {})
