"""A calendar that a person's own programme reads: what they owe, and the sessions they have a seat in."""

import hashlib
import secrets
from datetime import timedelta

import icalendar
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from agencies.models import User
from hmis_portal import audit
from onboarding.events import OnboardingEvent
from onboarding.models import CalendarFeed
from onboarding.owed.line import Line
from onboarding.owed.mine import shares
from training.papers import calendars

SALT = "onboarding.owed.calendar"
PRODUCT = "-//CT HMIS Onboarding Portal//What is owed//EN"


def token_of(feed: CalendarFeed) -> str:
    """Of 256 bits; what it is made from is drawn anew with each address."""
    return salted_hmac(SALT, f"{feed.pk}:{feed.nonce}", algorithm="sha256").hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def of_token(token: str) -> User | None:
    """Whose calendar it is; nobody's once the address is revoked or the account closed."""
    feed = CalendarFeed.objects.select_related("person").filter(token_hash=_hash(token)).first()
    return feed.person if feed and feed.person.is_active else None


@transaction.atomic
def make(person: User) -> CalendarFeed:
    """A new address; the one before opens nothing any more."""
    feed = CalendarFeed(person=person, nonce=secrets.token_hex(16), made_at=timezone.now())
    feed.token_hash = _hash(token_of(feed))
    values = {"nonce": feed.nonce, "token_hash": feed.token_hash, "made_at": feed.made_at}
    feed, _created = CalendarFeed.objects.update_or_create(person=person, defaults=values)
    audit.record(by=person, verb=OnboardingEvent.MADE_CALENDAR_ADDRESS, obj=person)
    return feed


@transaction.atomic
def revoke(person: User) -> None:
    if CalendarFeed.objects.filter(person=person).delete()[0]:
        audit.record(by=person, verb=OnboardingEvent.REVOKED_CALENDAR_ADDRESS, obj=person)


def lines_for(person: User) -> list[Line]:
    """What has a day and is this person's, in all their agencies; a manager's are all."""
    lines = []
    for share in shares(person):
        own = [*share.mine, *(share.others if share.manages else [])]
        lines += [line for line in own if line.due_on and line.of_agency]
    return lines


def written(person: User) -> bytes:
    """RFC 5545, a whole day for each line."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    host = settings.BASE_URL.split("//")[-1].split(":")[0]
    for line in lines_for(person):
        if line.due_on is None:
            continue
        event = icalendar.Event()
        event.add("uid", f"{line.key}-{line.agency_id}@{host}")
        event.add("dtstamp", timezone.now())
        event.add("dtstart", line.due_on)
        event.add("dtend", line.due_on + timedelta(days=1))
        event.add("summary", f"{line.title} ({line.agency_name})")
        event.add("description", line.text)
        event.add("url", f"{settings.BASE_URL}{line.url}")
        calendar.add_component(event)
    calendar.add_component(calendars.zone())
    for event in calendars.feed_events(person.pk):
        calendar.add_component(event)
    return bytes(calendar.to_ical())
