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
from agencies.signals import StaffNews, staff_changed
from hmis_portal import audit
from hmis_portal.models import AuditEvent, PortalSettings
from hmis_portal.text.words import date_words, datetime_words
from hmis_portal.web.errors import WrongState

Notice = Staff.LeavingNotice


@transaction.atomic
def report_leaver(
    *, staff: Staff, by: User | None, last_day: dt.date, reason: str = "", notice: str = ""
) -> Staff:
    """Record the last working day; the clock of the settings' hours runs from that day. The HMIS Admin is told at once.

    Today or before: access ends at once. Ahead: the person stays until that day is over, and then leaves by
    `let_announced_go`; another day may be given until then. `notice` says when the person is told; left out, it
    stays as it was chosen.
    """
    staff = Staff.objects.select_for_update().get(pk=staff.pk)
    known = staff.left_on or staff.last_day_as_told(by)
    notice = _notice(staff, by, notice)
    if staff.left_on is not None or (known, staff.leaving_notice) == (last_day, notice):
        raise WrongState(
            _("%(name)s is already reported as leaving on %(day)s.")
            % {"name": staff.name, "day": date_words(known)}
        )
    staff.leaving_notice = notice
    if last_day <= timezone.localdate():
        event = _leave(staff, last_day, by=by, reason=reason)
    else:
        event = _announce(staff, last_day, by=by, reason=reason)
    emails.leaver_reported(staff, last_day=last_day, by=by, reason=reason, event_id=event.pk)
    return staff


def _notice(staff: Staff, by: User | None, chosen: str) -> str:
    """Who reports themselves knows; who was told once is told of every change."""
    if staff.leaving_notice == Notice.NOW or (by is not None and by.pk == staff.user_id):
        return Notice.NOW
    return chosen or staff.leaving_notice or Notice.AT_END


def _announce(staff: Staff, last_day: dt.date, *, by: User | None, reason: str) -> AuditEvent:
    before = staff.leaves_on.isoformat() if staff.leaves_on else ""
    staff.leaves_on = last_day
    staff.save(update_fields=["leaves_on", "leaving_notice"])
    event = audit.record(
        by=by, verb=AgenciesEvent.ANNOUNCED_LEAVER, obj=staff, agency_id=staff.agency_id, before=before,
        after=last_day.isoformat(), reason=reason, data={"person_told": staff.leaving_notice},
    )  # fmt: skip
    if staff.leaving_notice == Notice.NOW:
        emails.leaving(staff, last_day=last_day, cause=str(event.pk))
    return event


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
    """Take an announced last working day back: the person stays, and hears of it if they were told of the day."""
    staff = Staff.objects.select_for_update().get(pk=staff.pk)
    if staff.left_on is not None or staff.leaves_on is None or staff.last_day_as_told(by) is None:
        raise WrongState(_("No last working day is announced for %(name)s.") % {"name": staff.name})
    before, was_told = staff.leaves_on.isoformat(), staff.leaving_notice == Notice.NOW
    staff.leaves_on, staff.leaving_notice = None, ""
    staff.save(update_fields=["leaves_on", "leaving_notice"])
    event = audit.record(
        by=by, verb=AgenciesEvent.LEAVER_STAYS, obj=staff, agency_id=staff.agency_id, before=before
    )
    if was_told:
        emails.leaving(staff, last_day=None, cause=str(event.pk))
    emails.leaver_reported(staff, last_day=None, by=by, event_id=event.pk)
    return staff


def closing_deadline(last_day: dt.date) -> dt.datetime:
    """By when a leaver's account must be closed: so many hours after the last working day ended, in the state's zone."""
    over = timezone.make_aware(dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time.min))
    return over + dt.timedelta(hours=PortalSettings.load().leaver_hours)


def notice_period(staff: Staff) -> list[tuple[str, str]]:
    """What happens when, from the announcement on: the time, and a sentence. Of somebody whose last day is announced."""
    if staff.leaves_on is None:
        return []
    portal, told = PortalSettings.load(), Notice(staff.leaving_notice)
    announced, last = audit.last(staff, AgenciesEvent.ANNOUNCED_LEAVER), date_words(staff.leaves_on)
    at_once = {
        Notice.NOW: _("The person was told too."),
        Notice.AT_END: _("The person is shown and sent nothing yet."),
        Notice.AGENCY: _("The person is shown and sent nothing: you tell them."),
    }
    after = _("The person is told by e-mail.") if told != Notice.AGENCY else _("You told the person.")
    steps = [
        (
            date_words(timezone.localdate(announced.at)) if announced else "",
            _("The %(admin)s was told.") % {"admin": portal.admin_name} + " " + at_once[told],
        ),
        (
            _("Until the end of %(day)s") % {"day": last},
            _(
                "Work, courses and access go on as before. Another day may be given, or the person stays after all."
            ),
        ),
        (_("The night after"), _("Access ends, and nothing more is asked of the person.") + " " + after),
    ]
    if staff.logs_in:
        by = _("By %(moment)s") % {"moment": datetime_words(closing_deadline(staff.leaves_on))}
        steps.append((by, _("The %(admin)s closes the account.") % {"admin": portal.admin_name}))
    return steps


def _leave(staff: Staff, last_day: dt.date, *, by: User | None, reason: str) -> AuditEvent:
    staff.left_on, staff.leaves_on = last_day, None
    staff.save(update_fields=["left_on", "leaves_on", "leaving_notice"])
    event = audit.record(
        by=by, verb=AgenciesEvent.REPORTED_LEAVER, obj=staff, agency_id=staff.agency_id,
        after=last_day.isoformat(), reason=reason, data={"person_told": staff.leaving_notice},
    )  # fmt: skip
    tell(staff, StaffNews.LEFT, by)
    return event


def tell(staff: Staff, kind: StaffNews, by: User | None) -> None:
    """Within the transaction: what follows from news of the roster is saved with it or not at all."""
    staff_changed.send(sender=Staff, staff=staff, kind=kind, by=by)
