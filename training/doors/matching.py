"""The one matcher: whom and which course a source means, for many attempts in a fixed number of queries.

A person is found by the portal's own number, then an account that somebody mapped, then the e-mail address; a name
is never enough, and nobody is made (TRAINING 26). A course is found by a mapping, its short name, then its one title.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from agencies.models import User
from training.doors.attempts import Attempt, account_key, course_key
from training.models import Course, Door, HeldResult, MappedAccount, MappedCourse

Why = HeldResult.Why
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Match:
    """`why` says what stands against recording; `left_out`: somebody said that this is no course of the HMIS."""

    person: User | None = None
    course: Course | None = None
    why: HeldResult.Why | None = None
    left_out: bool = False


class Matcher:
    def __init__(self, door: Door | None, attempts: Sequence[Attempt]) -> None:
        emails = {account_key(attempt.email) for attempt in attempts if attempt.email}
        accounts = {account_key(attempt.account) for attempt in attempts if attempt.account}
        numbers = {number for attempt in attempts if (number := _number(attempt.portal_id))}
        accounts_now = User.objects.select_related("merged_into")
        self.by_number = (
            {pk: user.goes_on_as for pk, user in accounts_now.in_bulk(numbers).items()} if numbers else {}
        )
        self.by_email = (
            {user.email: user.goes_on_as for user in accounts_now.filter(email__in=emails)} if emails else {}
        )
        mapped = MappedAccount.objects.filter(door=door, key__in=accounts | emails)
        self.by_account = {row.key: row.person for row in mapped.select_related("person")} if door else {}
        self._read_courses(door, {course_key(attempt.course) for attempt in attempts})

    def _read_courses(self, door: Door | None, keys: set[str]) -> None:
        mapped = MappedCourse.objects.filter(door=door, key__in=keys).select_related("course")
        self.mapped_courses = {row.key: row.course for row in mapped} if door else {}
        self.courses: dict[str, list[Course]] = defaultdict(list)
        for course in Course.objects.all():
            for key in {course.slug, course_key(course.title)}:
                self.courses[key].append(course)

    def of(self, attempt: Attempt) -> Match:
        key = course_key(attempt.course)
        if key in self.mapped_courses and self.mapped_courses[key] is None:
            return Match(left_out=True)
        named = self.courses.get(key, [])
        course = self.mapped_courses.get(key) or (named[0] if len(named) == 1 else None)
        person, contradiction = self._person(attempt)
        return Match(person, course, self._why(attempt, person, course, contradiction))

    def _person(self, attempt: Attempt) -> tuple[User | None, bool]:
        """Whom its keys name, and whether the portal's number and the address name two."""
        email = account_key(attempt.email) if attempt.email else ""
        by_number = self.by_number.get(_number(attempt.portal_id))
        by_email = self.by_email.get(email)
        if by_number and by_email and by_number != by_email:
            return None, True
        mapped = self.by_account.get(account_key(attempt.account)) or self.by_account.get(email)
        return by_number or mapped or by_email, False

    @staticmethod
    def _why(
        attempt: Attempt, person: User | None, course: Course | None, contradiction: bool
    ) -> HeldResult.Why | None:
        if contradiction:
            return Why.TWO_PEOPLE
        if person is None:
            return Why.NO_PERSON
        if course is None:
            return Why.NO_COURSE
        if attempt.completed_at is None and attempt.completed_on is None:
            return Why.NO_DATE
        scored = course.min_score is not None and attempt.passed
        return Why.NO_SCORE if scored and attempt.score is None else None


def _number(text: str) -> int:
    """The portal's number of a person; 0 where the text is none."""
    return int(text) if text.isascii() and text.isdigit() and int(text) <= LARGEST else 0
