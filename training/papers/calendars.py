"""What a calendar reads of a session (iCalendar, RFC 5545; invitations and their withdrawal, RFC 5546)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal import documents, mail
from hmis_portal.models import StoredDocument
from hmis_portal.running.zone import portal_zone
from training.models import Signup

RULES_SINCE = 2007  # since when the clocks turn in March and November
PRODUCT = "-//CT HMIS Onboarding Portal//Training sessions//EN"


class Method(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


def uid_of(signup: Signup) -> str:
    """Fixed per person and session, whatever is changed, given back and taken again (statement 38)."""
    host = settings.BASE_URL.split("//")[-1].split(":")[0]
    return f"session-{signup.session_id}-{signup.person_id}@{host}"


def event_of(signup: Signup, *, cancelled: bool = False) -> icalendar.Event:
    """The person's seat, in the state's zone, so that 9:00 stays 9:00 over a change of the clocks."""
    session = signup.session
    event = icalendar.Event()
    event.add("uid", uid_of(signup))
    event.add("sequence", signup.calendar_sequence)
    event.add("dtstamp", timezone.now())
    event.add("dtstart", session.starts_at.astimezone(portal_zone()))
    event.add("dtend", session.ends_at.astimezone(portal_zone()))
    event.add("summary", str(session.course))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("location", session.place or session.link)
    event.add("url", mail.absolute("training:session", session.pk))
    if session.link:
        event.add("description", _("Join online: %(link)s") % {"link": session.link})
    return event


def file_of(signup: Signup, method: Method) -> bytes:
    """One invitation, its withdrawal, or the event to take over, which names nobody (RFC 5546, 3.2.1)."""
    event = event_of(signup, cancelled=method == Method.CANCEL)
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    event.add("organizer", _calendar_address(address, name))
    if method != Method.PUBLISH:
        attendee = _calendar_address(signup.person.email, str(signup.person))
        attendee.params["PARTSTAT"] = "ACCEPTED"
        event.add("attendee", attendee)
    return _calendar([event], method)


def _calendar_address(email: str, name: str) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"mailto:{email}")
    if name:
        address.params["CN"] = name
    return address


def stored(signup: Signup, method: Method) -> StoredDocument:
    """The file as it is mailed, kept so that it can be sent again."""
    kind = f"text/calendar; method={method}; charset=utf-8"
    return documents.store(file_of(signup, method), content_type=kind)


def of_seat(signup: Signup, method: Method) -> StoredDocument | None:
    """The same for who holds a seat; who waits for one has nothing in a calendar."""
    return stored(signup, method) if signup.state == Signup.State.BOOKED else None


def feed_events(person_id: int) -> Iterable[icalendar.Event]:
    """A person's seats that are still to come, for the calendar that they subscribe to."""
    rows = Signup.objects.filter(
        person=person_id, state=Signup.State.BOOKED, session__cancelled_at=None,
        session__ends_at__gt=timezone.now(),
    )  # fmt: skip
    return [event_of(row) for row in rows.select_related("session__course").order_by("session__starts_at")]


def _calendar(events: Iterable[icalendar.Event], method: Method) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(zone())
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def zone() -> icalendar.Timezone:
    """The portal's zone by a rule for each turn of the clock: some calendars pass over lists of dates (RDATE)."""
    return _component(portal_zone())


@cache
def _component(zone: ZoneInfo) -> icalendar.Timezone:
    component = icalendar.Timezone()
    component.add("tzid", zone.key)
    hours = [datetime(RULES_SINCE, 1, 1, tzinfo=UTC) + timedelta(hours=number) for number in range(365 * 24)]
    moments = [hour.astimezone(zone) for hour in hours]
    turns = [pair for pair in pairwise(moments) if pair[0].utcoffset() != pair[1].utcoffset()]
    for before, after in turns or [(moments[0], moments[0])]:
        component.add_component(_turn(before, after, yearly=bool(turns)))
    return component


def _turn(before: datetime, after: datetime, *, yearly: bool) -> icalendar.cal.Component:
    """Begins at the hour that the clock shows last before it is turned."""
    turn = icalendar.TimezoneDaylight() if after.dst() else icalendar.TimezoneStandard()
    begins = before.replace(tzinfo=None) + timedelta(hours=1)
    turn.add("dtstart", begins)
    if yearly:
        nth = (begins.day - 1) // 7 + 1
        turn.add(
            "rrule", {"freq": "yearly", "bymonth": begins.month, "byday": f"{nth}{begins:%a}"[:3].upper()}
        )
    turn.add("tzoffsetfrom", before.utcoffset())
    turn.add("tzoffsetto", after.utcoffset())
    turn.add("tzname", after.tzname())
    return turn
