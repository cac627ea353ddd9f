"""The roster as a list: what it is narrowed to, in which order, and what the apps above know of its people."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Self
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, AgencyRole, HmisRole, Invitation, Staff, User
from agencies.models.staff import StaffQuerySet

STATES = {
    "invited": _("Invitation not accepted"),
    "unasked": _("Not invited yet"),
    "later": _("Starts later"),
    "leaving": _("Last day announced"),
}
ORDERS = {
    "name": (_("Name"), ("last_name", "first_name", "pk")),
    "role": (_("HMIS role"), ("hmis_role", "last_name", "first_name", "pk")),
    "start": (_("Start date, the newest first"), ("-start_date", "last_name", "first_name", "pk")),
}


@dataclass(frozen=True)
class Filters:
    """As they stand in the page's address; "" narrows nothing."""

    name: str = ""
    role: str = ""
    project: str = ""
    state: str = ""
    order: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str], projects: Mapping[str, str]) -> Self:
        """`projects` of the agency, by key. What is none of the choices narrows nothing."""
        known: dict[str, Container[str]] = {
            "role": HmisRole.values,
            "project": projects,
            "state": STATES,
            "order": ORDERS,
        }
        chosen = {name: query.get(name, "") for name, values in known.items() if query.get(name) in values}
        return cls(name=query.get("name", "").replace("\0", "").strip()[:100], **chosen)

    @property
    def any(self) -> bool:
        return bool(self.name or self.role or self.project or self.state)

    @property
    def query(self) -> str:
        """For the addresses of further pages."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return urlencode({name: value for name, value in values.items() if value})

    def take(self, rows: StaffQuerySet, *, reader: User) -> QuerySet[Staff]:
        for word in self.name.split():
            rows = rows.filter(
                Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word)
            )
        if self.role:
            rows = rows.filter(hmis_role=self.role)
        if self.project:
            rows = rows.filter(projects=UUID(self.project))
        return _in_state(self.state, rows, reader).order_by(*ORDERS[self.order or "name"][1])


def _in_state(state: str, rows: StaffQuerySet, reader: User) -> QuerySet[Staff]:
    match state:
        case "invited":
            waiting = Invitation.objects.filter(
                agency=OuterRef("agency"), user=OuterRef("user"), role=AgencyRole.STAFF,
                accepted_at__isnull=True, revoked_at__isnull=True,
            )  # fmt: skip
            return rows.filter(Exists(waiting))
        case "unasked":
            return rows.filter(user=None)
        case "later":
            return rows.filter(starts_later=True, start_date__gt=timezone.localdate())
        case "leaving":
            return rows.leaving_as_told(reader)
    return rows


@dataclass(frozen=True)
class Status:
    """One thing that is known of a person: training, agreement, access."""

    label: str
    kind: str  # of the tag `status`
    text: str
    detail: str = ""


Asked = Callable[[Sequence[Staff]], Mapping[int, list[Status]]]
_asked: list[Asked] = []


def add(asked: Asked) -> None:
    """Called by an app's `ready`: by the key of a line, in a number of queries that does not grow with them."""
    _asked.append(asked)


def statuses(rows: Sequence[Staff]) -> list[Mapping[int, list[Status]]]:
    return [asked(rows) for asked in _asked]


TakesList = Callable[[Agency], bool]
_takers: list[TakesList] = []


def takes_lists(taker: TakesList) -> TakesList:
    """Register a function of the app that has the page for uploads: whether this agency may upload a list."""
    if taker not in _takers:
        _takers.append(taker)
    return taker


def takes_list(agency: Agency) -> bool:
    return any(taker(agency) for taker in _takers)
