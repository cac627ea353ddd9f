"""The one recorder: whatever the door, a result becomes a completion here, written once and never changed."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Staff, User
from hmis_portal import audit
from hmis_portal.models import AuditEvent
from hmis_portal.web.errors import GuardFailed
from training import emails, permissions, validity
from training.events import TrainingEvent
from training.models import Completion, Course, Door, Requirement
from training.papers import certificates
from training.requirements.assignments import announce_all, cancel_reminders
from training.selectors import items_of

# Identities are made in the zone with which the installation began: another zone on the desk makes no second row of one.
NAMING_ZONE = ZoneInfo(settings.TIME_ZONE)


@dataclass(frozen=True, kw_only=True)
class Result:
    """One attempt at a course that ended. Give the instant where the source has one, else the day."""

    person: User
    course: Course
    completed_on: date | None = None
    completed_at: datetime | None = None
    source: str = Completion.Source.TRAINER
    door: Door | None = None
    external_id: str = ""
    source_time: str = ""
    score: int | None = None
    passed: bool = True
    note: str = ""
    staff: Staff | None = None
    version: int | None = None

    @cached_property
    def at(self) -> datetime:
        if self.completed_at is not None:
            return self.completed_at
        if self.completed_on is None:
            raise ValueError("A completion needs a day or an instant.")
        return datetime.combine(self.completed_on, time(12), tzinfo=NAMING_ZONE)

    @cached_property
    def day(self) -> date:
        return self.completed_on or validity.local_date(self.at)

    @property
    def good(self) -> bool:
        return self.passed and validity.passes(self.score, self.course.min_score)

    @property
    def wrong(self) -> str:
        """Why it cannot be, whoever says so; "" when it can."""
        if self.course.is_agreement and (self.source != Completion.Source.SIGNATURE or self.staff is None):
            return _("“%(course)s” is completed only by the person's own signature in the portal.") % {
                "course": self.course
            }
        if self.day > timezone.localdate():
            return _("Enter a date of completion that is not in the future.")
        if self.course.exists_since and self.day < self.course.exists_since:
            return _("“%(course)s” did not exist yet on that day.") % {"course": self.course}
        return ""


@dataclass(frozen=True)
class Recorded:
    """`known` is True when this very completion was recorded before, and nothing was written."""

    completion: Completion
    known: bool


def record_completion(result: Result, *, by: User | None) -> Recorded:
    """Write down one result; its validity runs from the day it was completed.

    The same source and identity again is a no-op; without an identity, so is the same result of the same time, unless
    it was voided. Raises GuardFailed for a day in the future or before the course existed, for a course that only a
    signature completes, and for a person who records for themselves.
    """
    answer = record_all([result], by=by)[0]
    if isinstance(answer, GuardFailed):
        raise answer
    return answer


def record_all(results: Sequence[Result], *, by: User | None) -> list[Recorded | GuardFailed]:
    """The same for many, in one transaction and in a number of queries that does not grow with them.

    What cannot be recorded holds up no other: in its place is the GuardFailed that says why.
    """
    with transaction.atomic():
        people = {result.person.pk for result in results}
        accounts = list(User.objects.accounts_of(people).select_for_update(of=("self",)).order_by("pk"))
        book = _Book(results, accounts, by)
        answers = [_refused(result, by) or book.enter(result) for result in results]
        _follow_up(book.written(), by)
    return answers


def _refused(result: Result, by: User | None) -> GuardFailed | None:
    signed = result.source == Completion.Source.SIGNATURE
    if not signed and (reasons := permissions.against_oneself(by, [result.person])):
        return GuardFailed(reasons)
    return GuardFailed(result.wrong) if result.wrong else None


def completion_key(source: str, person: User, course: Course, completed_at: datetime) -> str:
    """The identity of a completion whose source gives none."""
    text = "|".join([source, str(person.pk), course.slug, completed_at.astimezone(NAMING_ZONE).isoformat()])
    return hashlib.sha256(text.encode()).hexdigest()


class _Book:
    """What is known of these people's courses, read once; what is new is entered, then written together."""

    def __init__(self, results: Sequence[Result], accounts: Sequence[User], by: User | None) -> None:
        self.by = by
        self.accounts_of: dict[int, list[User]] = defaultdict(list)
        for account in accounts:
            self.accounts_of[_whose(account)].append(account)
        self.new: list[Completion] = []
        self.of_person: dict[tuple[int, int], list[Completion]] = defaultdict(list)
        self.by_identity: dict[tuple[str, int | None, str], Completion] = {}
        own = Q(
            person__in={account.pk for account in accounts},
            course__in={result.course.pk for result in results},
        )
        named = {result.external_id for result in results if result.external_id}
        known = Completion.objects.filter(own | Q(external_id__in=named) if named else own)
        for row in known.select_related("void", "person", "course"):
            self._keep(row)

    def _keep(self, row: Completion) -> None:
        self.of_person[_whose(row.person), row.course_id].append(row)
        self.by_identity[row.source, row.door_id, row.external_id] = row

    def enter(self, result: Result) -> Recorded | GuardFailed:
        door_id = result.door.pk if result.door else None
        identity, version = result.external_id, result.version or result.course.version
        if identity:
            known = self.by_identity.get((result.source, door_id, identity))
            mine = (_whose(result.person), result.course)
            if known and (_whose(known.person), known.course) != mine:
                words = _("The identity “%(identity)s” already belongs to another result: %(known)s.")
                return GuardFailed(words % {"identity": identity, "known": known})
        else:
            key = completion_key(result.source, result.person, result.course, result.at)
            keys = tuple(
                completion_key(result.source, account, result.course, result.at)
                for account in self.accounts_of[_whose(result.person)]
            )
            tries = [row for row in self._rows(result, door_id) if row.external_id.startswith(keys)]
            # A resit of the day, and a record after a void, are rows too.
            identity = f"{key}-{len(tries) + 1}" if tries else key
            outcome = (result.good, result.score, version)
            known = next(
                (row for row in tries if _counts(row) and (row.passed, row.score, row.version) == outcome),
                None,
            )
        if known is not None:
            return Recorded(known, known=True)
        through = self._valid_through(result) if result.good else None
        row = Completion(
            person=result.person, course=result.course, staff=result.staff, version=version,
            completed_at=result.at, completed_on=result.day, source_time=result.source_time[:60],
            score=result.score, passed=result.good, valid_through=through,
            window_opens_on=validity.window_opens(result.course.policy, through),
            source=result.source, door=result.door, external_id=identity, note=result.note, recorded_by=self.by,
        )  # fmt: skip
        self.new.append(row)
        self._keep(row)
        return Recorded(row, known=False)

    def _rows(self, result: Result, door_id: int | None) -> list[Completion]:
        rows = self.of_person[_whose(result.person), result.course.pk]
        return [row for row in rows if (row.source, row.door_id) == (result.source, door_id)]

    def _valid_through(self, result: Result) -> date | None:
        rows = self.of_person[_whose(result.person), result.course.pk]
        earlier = any(row.passed and row.completed_on < result.day and _counts(row) for row in rows)
        return validity.valid_through(
            result.course.policy, result.day, first_time=not earlier, campaign_on=result.course.campaign_on
        )

    def written(self) -> list[Completion]:
        return Completion.objects.bulk_create(self.new)


def _whose(account: User) -> int:
    """The account under which the person goes on."""
    return account.merged_into_id or account.pk


def _counts(row: Completion) -> bool:
    return not hasattr(row, "void")


def _follow_up(completions: Sequence[Completion], by: User | None) -> None:
    """What comes with completions: certificates, the record, an end to reminders, and news for the journey."""
    certificates.issue_all(completions)
    audit.record_all(_event(completion, by) for completion in completions)
    passed = {(row.person_id, row.course_id, row.staff_id) for row in completions if row.passed}
    asked = Requirement.objects.open().filter(
        person__in={key[0] for key in passed}, course__in={key[1] for key in passed}
    )
    cancel_reminders(row for row in asked if (row.person_id, row.course_id, row.staff_id) in passed)
    _tell_not_passed([row for row in completions if not row.passed])
    announce_all(row.person_id for row in completions)


def _event(completion: Completion, by: User | None) -> AuditEvent:
    through = completion.valid_through
    return audit.event(
        by=by,
        verb=TrainingEvent.COMPLETION_RECORDED,
        obj=completion,
        agency_id=completion.staff.agency_id if completion.staff else None,
        after="passed" if completion.passed else "not passed",
        reason=completion.note,
        data={
            "source": str(completion.door or completion.source),
            "completed_on": completion.completed_on.isoformat(),
            "valid_through": through.isoformat() if through else None,
        },
    )


def _tell_not_passed(attempts: Iterable[Completion]) -> None:
    """A person hears of the last attempt at a course that is asked of them, where no pass counts."""
    last = {(row.person_id, row.course_id): row for row in sorted(attempts, key=lambda row: row.completed_at)}
    for person_id, items in items_of({person_id for person_id, _course in last}).items():
        for item in items:
            attempt = last.get((person_id, item.requirement.course_id))
            if attempt and item.status.state == validity.State.FAILED:
                emails.not_passed(attempt, item.requirement.due_on)
