"""People and their courses as one table: who stands where, who holds up go-live, and what would move the day."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import Agency, HmisRole
from hmis_portal.models import GoLiveRule
from hmis_portal.text.words import date_words, full_stop, matching
from training.models import Course
from training.requirements.items import Item, StaffStatus
from training.validity import State

LATE = {State.OVERDUE, State.LAPSED, State.IN_GRACE}
STATES = {
    "open": gettext_lazy("Something to do"),
    "late": gettext_lazy("Late"),
    "done": gettext_lazy("Everything done"),
}


def stands(item: Item, state: str) -> bool:
    """Whether a course is in one of STATES; "" takes all."""
    match state:
        case "open":
            return item.is_open
        case "late":
            return item.status.state in LATE
        case "done":
            return not item.is_open
    return True


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to, as it stands in its address; "" narrows nothing."""

    state: str = ""
    course: str = ""
    name: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        state = query.get("state", "")
        return cls(
            state if state in STATES else "",
            query.get("course", "")[:60],
            query.get("name", "")[:100].strip(),
        )

    @property
    def fields(self) -> list[tuple[str, str]]:
        """As they stand in a form."""
        return [("state", self.state), ("course", self.course), ("name", self.name)]

    @property
    def any(self) -> bool:
        return bool(self.state or self.course or self.name)

    def take(self, status: StaffStatus) -> bool:
        items = [item for item in status.items if self.course in ("", item.requirement.course.slug)]
        if self.course and not items:
            return False
        if self.name and matching(self.name) not in matching(f"{status.staff.name} {status.staff.email}"):
            return False
        if self.state == "done":
            return bool(items) and all(stands(item, "done") for item in items)
        return any(stands(item, self.state) for item in items) or (self.state in ("", "open") and not items)


@dataclass(frozen=True)
class Row:
    """One person; `cells` has an entry for each column, None where the course is not asked of them."""

    status: StaffStatus
    cells: tuple[Item | None, ...]

    @property
    def open_items(self) -> list[Item]:
        return [item for item in self.status.items if item.is_open]


@dataclass(frozen=True)
class Board:
    """`shown`: the statuses that the filters leave. `courses`: each course that is asked of anybody."""

    statuses: Sequence[StaffStatus]
    filters: Filters = field(default_factory=Filters)

    @property
    def shown(self) -> list[StaffStatus]:
        return [status for status in self.statuses if self.filters.take(status)]

    @cached_property
    def courses(self) -> list[Course]:
        asked = {item.requirement.course for status in self.statuses for item in status.items}
        return sorted(asked, key=lambda course: (course.position, course.title))

    def columns(self) -> list[Course]:
        courses = self.courses
        narrowed = [course for course in courses if course.slug == self.filters.course]
        return narrowed or courses

    def rows(self, statuses: Iterable[StaffStatus]) -> list[Row]:
        columns = self.columns()
        rows = []
        for status in statuses:
            own = {item.requirement.course_id: item for item in status.items}
            rows.append(Row(status, tuple(own.get(course.pk) for course in columns)))
        return rows


@dataclass(frozen=True)
class HoldUp:
    """Who stands between an agency and its go-live, and what would move that day. Nobody once it is live."""

    people: tuple[StaffStatus, ...]
    ready: int
    rule: str

    @classmethod
    def of(cls, agency: Agency, statuses: Sequence[StaffStatus], rule: str) -> "HoldUp":
        counted = [status for status in statuses if status.staff.logs_in and not status.staff.starts_later]
        ready = [status for status in counted if status.met]
        waiting = [status for status in counted if not status.met]
        if agency.live_at is not None or not any(status.opened for status in statuses):
            waiting = []
        elif rule == GoLiveRule.COORDINATOR_AND_ONE:
            has_coordinator = any(status.staff.hmis_role == HmisRole.HDC for status in ready)
            if has_coordinator and len(ready) >= 2:
                waiting = []
            elif not has_coordinator and len(ready) >= 1:
                waiting = [status for status in waiting if status.staff.hmis_role == HmisRole.HDC] or waiting
        waiting.sort(key=lambda status: (len(status.unmet), status.staff.last_name, status.staff.pk))
        return cls(tuple(waiting), len(ready), rule)

    @property
    def sentence(self) -> str:
        """The one thing that would move the day; "" where nobody holds it up."""
        if not self.people:
            return ""
        if len(self.people) == 1 and self.rule != GoLiveRule.COORDINATOR_AND_ONE:
            return self._of_the_last(self.people[0])
        if self.rule == GoLiveRule.COORDINATOR_AND_ONE:
            return _("Go-live needs the HMIS Data Coordinator and one more person who are ready.")
        words = ngettext(
            "%(count)d person is not ready yet, and the agency goes live when everybody is.",
            "%(count)d people are not ready yet, and the agency goes live when everybody is.",
            len(self.people),
        ) % {"count": len(self.people)}
        return f"{words} {self._one_course()}".strip()

    def _of_the_last(self, status: StaffStatus) -> str:
        courses = len(status.unmet)
        if not courses or not self.ready:
            return full_stop(_("Go-live waits for %(name)s") % {"name": status.staff.name})
        what = ngettext("%(count)d course", "%(count)d courses", courses) % {"count": courses}
        waits = _("Go-live waits for %(name)s alone: %(what)s to complete.") % {
            "name": status.staff.name, "what": what,
        }  # fmt: skip
        ready = ngettext(
            "%(count)d person is ready and waits.", "%(count)d people are ready and wait.", self.ready
        ) % {"count": self.ready}
        return f"{waits} {ready}"

    def _one_course(self) -> str:
        """The course that is all that is missing for the most people."""
        alone = Counter(status.unmet[0].course_title for status in self.people if len(status.unmet) == 1)
        if not alone:
            return ""
        course, people = max(alone.items(), key=lambda pair: (pair[1], pair[0]))
        return ngettext(
            "“%(course)s” is all that is missing for %(people)d of them.",
            "“%(course)s” is all that is missing for %(people)d of them.",
            people,
        ) % {"course": course, "people": people}

    def lines(self) -> list[tuple[StaffStatus, str]]:
        """Each person with what is missing and by when it is due, those who lack least first."""
        return [(status, missing_words(status)) for status in self.people]


def missing_words(status: StaffStatus) -> str:
    if not status.unmet:
        return " ".join(status.reasons)
    courses = ngettext("%(count)d course", "%(count)d courses", len(status.unmet)) % {
        "count": len(status.unmet)
    }
    due = max(item.requirement.due_on for item in status.unmet)
    return _("%(courses)s, the last due %(day)s") % {"courses": courses, "day": date_words(due)}


def table(statuses: Iterable[StaffStatus]) -> Iterator[list[str]]:
    """One line for each course of each person, its headings first, for CSV."""
    yield [
        _("Name"), _("E-mail"), _("Role"), _("Course"), _("Status"), _("Due"), _("Valid through"), _("In words"),
    ]  # fmt: skip
    for status in statuses:
        staff = status.staff
        who = [staff.name, staff.email, str(staff.get_hmis_role_display())]
        if not status.items:
            yield [*who, "", status.label, "", "", " ".join(status.reasons)]
        for item in status.items:
            through = item.status.valid_through
            yield [
                *who, item.course_title, item.label, item.requirement.due_on.isoformat(),
                through.isoformat() if through and through != date.max else "", item.sentence,
            ]  # fmt: skip
