"""The desk: what waits for the person who signed in, and since when. One short query and one count a list.

Each app adds its lists with `add`; `PortalAdminSite.index` shows those of the person.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

SHOWN = 5


@dataclass(frozen=True)
class Line:
    """One thing that waits: a link, a few words about it, since when, and whether it is late."""

    text: str
    url: str
    detail: str = ""
    since: str = ""
    late: bool = False


@dataclass(frozen=True)
class Queue:
    """One list of the desk."""

    title: str
    url: str
    count: int
    lines: list[Line] = field(default_factory=list)
    empty: str = ""

    @property
    def late(self) -> bool:
        return any(line.late for line in self.lines)


def queue_of(title: str, url: str, rows: QuerySet[Any], line: Callable[[Any], Line], empty: str) -> Queue:
    """The first rows of a list; the count is asked for only when there are more than fit."""
    waiting = list(rows[: SHOWN + 1])
    count = len(waiting) if len(waiting) <= SHOWN else rows.count()
    return Queue(title, url, count, [line(row) for row in waiting[:SHOWN]], empty)


def waits_filter(
    choices: Mapping[str, tuple[Any, Callable[[], QuerySet[Any]]]],
) -> type[admin.SimpleListFilter]:
    """A filter for an admin list, `?waits=<key>`: the very rows that a list of the desk counts, under its words."""

    class WaitsFilter(admin.SimpleListFilter):
        title = gettext_lazy("what waits")
        parameter_name = "waits"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [(key, str(words)) for key, (words, _rows) in choices.items()]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            chosen = choices.get(self.value() or "")
            return queryset.filter(pk__in=chosen[1]().values("pk")) if chosen else queryset

    return WaitsFilter


QueueMaker = Callable[[], Queue]
_makers: list[Callable[[Any], list[QueueMaker]]] = []


def add(queues_for: Callable[[Any], list[QueueMaker]]) -> None:
    """Register a function of the user that gives the makers of their lists, none for whom it does not concern."""
    _makers.append(queues_for)


def queues(user: Any) -> list[Queue]:
    return [make() for queues_for in _makers for make in queues_for(user)]


def days_words(since: datetime | date | None) -> str:
    """How long ago, in days: "today", "1 day", "12 days"."""
    if since is None:
        return ""
    day = timezone.localdate(since) if isinstance(since, datetime) else since
    count = (timezone.localdate() - day).days
    return _("today") if count <= 0 else ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
