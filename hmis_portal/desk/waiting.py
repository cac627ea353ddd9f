"""The desk: what waits for the person who signed in, and since when. One query counts all lists; of those in which
something waits, the first rows are read.

Each app adds its lists with `add`; `PortalAdminSite.index` shows those of the person.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from functools import cache, cached_property
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.db.models import DateField, DateTimeField, IntegerField, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_stubs_ext import StrOrPromise

from hmis_portal.desk.pages import WAITING_COUNTED, count_words
from hmis_portal.models.users import User
from hmis_portal.models.written import Given, WrittenQuery

SHOWN = 5
# What the rows of a list may depend on: who asks, and when.
READER, TODAY = Given("reader", IntegerField()), Given("today", DateField())
NOW = Given("now", DateTimeField())


class Rank(IntEnum):
    """In this order the lists stand on the desk; those of one rank in the order in which they were added."""

    MINE = 0
    UNASSIGNED = 1
    SECOND_PERSON = 2
    LEAD = 3
    OVERDUE = 4
    OTHER = 5


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
    count: int  # up to one beyond WAITING_COUNTED
    lines: list[Line] = field(default_factory=list)
    empty: str = ""
    rank: Rank = Rank.OTHER

    @property
    def count_words(self) -> str:
        return count_words(self.count, WAITING_COUNTED)

    @property
    def late(self) -> bool:
        return any(line.late for line in self.lines)


class Asked:
    """The rows of a list in their order, said once a process, with READER, TODAY and NOW where they stand."""

    def __init__(self, write: Callable[[], QuerySet[Any]]) -> None:
        self.write = write

    @cached_property
    def first(self) -> WrittenQuery[Any]:
        return WrittenQuery(lambda: self.write()[:SHOWN])


@dataclass(frozen=True)
class Rows:
    """A list before it is counted; `lines` puts the first rows into words, each kind of thing read once for all.

    given: values that these rows alone depend on
    """

    title: str
    url: str
    rows: Asked
    lines: Callable[[list[Any]], list[Line]]
    empty: str
    rank: Rank = Rank.OTHER
    given: Mapping[str, object] = field(default_factory=dict)

    def queue(self, count: int, given: Mapping[str, object]) -> Queue:
        lines = self.lines(self.rows.first(**given)) if count else []
        return Queue(self.title, self.url, count, lines, self.empty, self.rank)


class Count(Subquery):
    """How many rows there are, as a column of another query."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS waiting)"
    output_field = IntegerField()


def queue_of(
    title: str,
    url: str,
    rows: Asked,
    line: Callable[[Any], Line],
    empty: str,
    *,
    rank: Rank = Rank.OTHER,
    given: Mapping[str, object] | None = None,
) -> Rows:
    return Rows(title, url, rows, lambda shown: [line(row) for row in shown], empty, rank, given or {})


def waits_filter(
    choices: Mapping[str, tuple[object, Callable[[], QuerySet[Any]]]],
) -> type[admin.SimpleListFilter]:
    """A filter for an admin list, `?waits=<key>`: the very rows that a list of the desk counts, under its words."""

    class WaitsFilter(admin.SimpleListFilter):
        title = gettext_lazy("what waits")
        parameter_name = "waits"

        def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
            return [(key, str(words)) for key, (words, _rows) in choices.items()]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            chosen = choices.get(self.value() or "")
            return queryset.filter(pk__in=chosen[1]().values("pk")) if chosen else queryset

    return WaitsFilter


def whether_filter(
    *, filled: object, empty: object, by: StrOrPromise = ""
) -> type[admin.EmptyFieldListFilter]:
    """A filter for an admin list by whether a field is filled, in these words; `by` where its name says what fills it."""

    class WhetherFilter(admin.EmptyFieldListFilter):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = by or self.title

        def choices(self, changelist: ChangeList) -> Iterator[Any]:
            for choice, words in zip(super().choices(changelist), (None, empty, filled), strict=True):
                djangos, bracket, count = str(choice["display"]).partition(" (")
                yield {**choice, "display": f"{words or djangos}{bracket}{count}"}

    return WhetherFilter


QueueMaker = Callable[[], Queue | Rows]
_makers: list[Callable[[User], list[QueueMaker]]] = []


def add(queues_for: Callable[[User], list[QueueMaker]]) -> None:
    """Register a function of the user that gives the makers of their lists, none for whom it does not concern."""
    _makers.append(queues_for)


def queues(user: User) -> list[Queue]:
    sources = [make() for queues_for in _makers for make in queues_for(user)]
    rows = [source for source in sources if isinstance(source, Rows)]
    given: dict[str, object] = {"reader": user.pk, "today": timezone.localdate(), "now": timezone.now()}
    for source in rows:
        given.update(source.given)
    counts = iter(_counting(tuple(source.rows for source in rows))(**given)[0] if rows else ())
    lists = [source.queue(next(counts), given) if isinstance(source, Rows) else source for source in sources]
    return sorted(lists, key=lambda queue: queue.rank)


@cache  # for each role
def _counting(lists: tuple[Asked, ...]) -> WrittenQuery[Sequence[int]]:
    """A query reads from somewhere: the row of whoever asks is always there."""

    def count(asked: Asked) -> Count:
        return Count(asked.write().order_by().values("pk")[: WAITING_COUNTED + 1])

    return WrittenQuery(lambda: get_user_model().objects.filter(pk=READER).values_list(*map(count, lists)))


def days_words(since: datetime | date | None) -> str:
    """How long ago, in days: "today", "1 day", "12 days"."""
    if since is None:
        return ""
    day = timezone.localdate(since) if isinstance(since, datetime) else since
    count = (timezone.localdate() - day).days
    return _("today") if count <= 0 else ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
