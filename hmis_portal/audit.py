"""The one way to write the append-only record of what people do."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import ParamSpec
from uuid import UUID

from django.db import models

from hmis_portal.models import AuditEvent
from hmis_portal.models.users import AnyUser, is_user

Said = ParamSpec("Said")


def event(
    *,
    by: AnyUser | None,
    verb: StrEnum,
    obj: models.Model,
    agency_id: UUID | None = None,
    before: str = "",
    after: str = "",
    reason: str = "",
    ip: str | None = None,
    data: Mapping[str, object] | None = None,
) -> AuditEvent:
    """One event, not written yet. `by=None` is the portal itself (a reminder, a nightly check).

    Each app has its verbs in one place, `<app>/events.py`; moves are recorded by the verb of the transition table.
    `before` and `after` are states or names, cut to 60 characters; what is longer goes into `data`.
    """
    person = by if is_user(by) else None
    return AuditEvent(
        actor=person,
        actor_name=str(person)[:200] if person else "",
        verb=verb,
        target_type=obj._meta.label_lower,
        target_id=str(obj.pk),
        target_name=str(obj)[:250],
        agency_id=agency_id,
        before=before[:60],
        after=after[:60],
        reason=reason,
        ip=ip,
        data=data or {},
    )


def _written(make: Callable[Said, AuditEvent]) -> Callable[Said, AuditEvent]:
    def record(*args: Said.args, **kwargs: Said.kwargs) -> AuditEvent:
        event = make(*args, **kwargs)
        event.save(force_insert=True)
        return event

    return record


# Write one event, as `event` takes it, in the caller's transaction.
record = _written(event)


def record_all(events: Iterable[AuditEvent]) -> None:
    """Write many at once, in the caller's transaction."""
    AuditEvent.objects.bulk_create(events)


def last(obj: models.Model, verb: StrEnum) -> AuditEvent | None:
    """The newest time this was done to this object."""
    return (
        AuditEvent.objects.filter(target_type=obj._meta.label_lower, target_id=str(obj.pk), verb=verb)
        .order_by("-pk")
        .first()
    )


def happened(obj: models.Model, verb: StrEnum) -> bool:
    """Whether this was ever done to this object."""
    return AuditEvent.objects.filter(
        target_type=obj._meta.label_lower, target_id=str(obj.pk), verb=verb
    ).exists()
