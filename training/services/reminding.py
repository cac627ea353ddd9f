"""A person of the agency reminds others of what they still have to do: one mail a person, at most one a day."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from agencies.models import User
from hmis_portal import audit
from training import emails
from training.events import TrainingEvent
from training.requirements.items import Item, StaffStatus


def remind(statuses: Iterable[StaffStatus], *, by: User) -> tuple[int, int]:
    """How many people were written to now, and how many were not, since somebody reminded them today.

    Who has nothing to do, or has not been invited yet, is neither.
    """
    reminded = already = 0
    items: dict[int, list[Item]] = {}
    for status in statuses:
        open_items = [item for item in status.items if item.is_open]
        if open_items and status.staff.user_id not in (None, by.pk):
            items.setdefault(status.staff.user_id, []).extend(open_items)
    with transaction.atomic():
        for key, person in User.objects.in_bulk(items).items():
            own = list({item.requirement.pk: item for item in items[key]}.values())
            if emails.asked(person, own, by=by, day=timezone.localdate()):
                audit.record(by=by, verb=TrainingEvent.ASKED_TO_TRAIN, obj=person)
                reminded += 1
            else:
                already += 1
    return reminded, already
