"""People who leave an agency: at once, on a day announced before, or after all not."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import emails
from agencies.events import AgenciesEvent
from agencies.models import Staff, User
from agencies.signals import staff_changed
from hmis_portal import audit
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import WrongState


@transaction.atomic
def report_leaver(*, staff: Staff, by: User | None, last_day: dt.date, reason: str = "") -> Staff:
    """Record the last working day; the 24-hour clock runs from that day.

    Today or before: access ends at once. Ahead: the person is told, stays until that day is over, and then leaves
    by `let_announced_go`; another day may be given until then.
    """
    staff = Staff.objects.select_for_update().get(pk=staff.pk)
    if last_day in (staff.left_on, staff.leaves_on) or staff.left_on is not None:
        raise WrongState(
            _("%(name)s is already reported as leaving on %(day)s.")
            % {"name": staff.name, "day": date_words(staff.left_on or staff.leaves_on)}
        )
    if last_day <= timezone.localdate():
        return _leave(staff, last_day, by=by, reason=reason)
    before = staff.leaves_on.isoformat() if staff.leaves_on else ""
    staff.leaves_on = last_day
    staff.save(update_fields=["leaves_on"])
    event = audit.record(
        by=by,
        verb=AgenciesEvent.ANNOUNCED_LEAVER,
        obj=staff,
        agency_id=staff.agency_id,
        before=before,
        after=last_day.isoformat(),
        reason=reason,
    )
    emails.leaving(staff, last_day=last_day, cause=str(event.pk))
    return staff


def let_announced_go(today: dt.date, agencies: Collection[UUID] | None = None) -> int:
    """The night after an announced last working day: the person has left. Safe to repeat; returns how many.

    `agencies` are those that are looked at, all when left out.
    """
    gone = 0
    rows = Staff.objects.current().filter(leaves_on__lt=today)
    rows = rows if agencies is None else rows.filter(agency__in=agencies)
    for pk in rows.values_list("pk", flat=True):
        with transaction.atomic():
            staff = Staff.objects.select_for_update().get(pk=pk)
            if staff.left_on is None and staff.leaves_on is not None and staff.leaves_on < today:
                _leave(staff, staff.leaves_on, by=None, reason=_("The announced last working day is over."))
                gone += 1
    return gone


@transaction.atomic
def keep_staff(*, staff: Staff, by: User | None) -> Staff:
    """Take an announced last working day back: the person stays."""
    staff = Staff.objects.select_for_update().get(pk=staff.pk)
    if staff.left_on is not None or staff.leaves_on is None:
        raise WrongState(_("No last working day is announced for %(name)s.") % {"name": staff.name})
    before, staff.leaves_on = staff.leaves_on.isoformat(), None
    staff.save(update_fields=["leaves_on"])
    event = audit.record(
        by=by, verb=AgenciesEvent.LEAVER_STAYS, obj=staff, agency_id=staff.agency_id, before=before
    )
    emails.leaving(staff, last_day=None, cause=str(event.pk))
    return staff


def _leave(staff: Staff, last_day: dt.date, *, by: User | None, reason: str) -> Staff:
    staff.left_on, staff.leaves_on = last_day, None
    staff.save(update_fields=["left_on", "leaves_on"])
    audit.record(
        by=by,
        verb=AgenciesEvent.REPORTED_LEAVER,
        obj=staff,
        agency_id=staff.agency_id,
        after=last_day.isoformat(),
        reason=reason,
    )
    tell(staff, "left", by)
    return staff


def tell(staff: Staff, kind: str, by: User | None) -> None:
    """Within the transaction: what follows from news of the roster is saved with it or not at all."""
    staff_changed.send(sender=Staff, staff=staff, kind=kind, by=by)
