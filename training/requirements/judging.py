"""Facts and rules brought together: the one place that says where somebody stands with a course that is asked of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, OuterRef, QuerySet
from django.db.models.functions import Coalesce, JSONObject

from agencies.models import User
from hmis_portal.models.written import Keys, WrittenQuery
from training import validity
from training.models import Completion, Course, CourseEquivalence
from training.requirements.items import OpenRequirement

FACT = ("completed_on", "valid_through", "window_opens_on", "passed", "version")  # of a validity.Fact
FactsByCourse = dict[tuple[int, int, int | None], list[validity.Fact]]


@WrittenQuery
def _done() -> QuerySet[Completion, Any]:
    """What these people did and nobody voided: whose it is now, and the rest of a fact."""
    accounts = User.objects.accounts_of(Keys("people", BigIntegerField())).values("pk")
    rows = Completion.objects.standing().filter(person__in=accounts)
    return rows.values_list(Coalesce("person__merged_into", "person"), "course", "staff", *FACT)


def _facts(people: Collection[int]) -> FactsByCourse:
    """What these people (ids) did, by person, course and, for the agreement, staff row."""
    facts: FactsByCourse = defaultdict(list)
    for person, course, staff, *fact in _done(people=list(people)):
        facts[person, course, staff].append(validity.Fact(*fact))
    return facts


class Equivalence(NamedTuple):
    """Of a course: `CourseEquivalence`, read with it; its days are as JSON spells them, which sort as days do."""

    by: int
    from_on: str
    until_on: str | None

    def counts(self, day: str) -> bool:
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


EQUIVALENCES = CourseEquivalence.objects.filter(course=OuterRef("pk")).values(
    value=JSONObject(**dict(zip(Equivalence._fields, Equivalence._fields, strict=True)))
)


@WrittenQuery
def _courses() -> QuerySet[Course]:
    return Course.objects.annotate(equivalences=ArraySubquery(EQUIVALENCES))


class Judge:
    """What is the same for every requirement that is judged together, read once."""

    def __init__(self, people: Collection[int], day: date) -> None:
        self.day = day
        self.facts = _facts(people)
        courses = _courses()
        self.courses: Mapping[int, Course] = {course.pk: course for course in courses}
        self.policies = {course.pk: course.policy for course in courses}
        self.equivalences = {
            course.pk: [Equivalence(**rule) for rule in course.equivalences]  # type: ignore[attr-defined]
            for course in courses
        }

    def facts_for(self, row: OpenRequirement, usage: validity.Usage) -> list[validity.Fact]:
        """What counts for a requirement, with what was done in courses that satisfy it."""
        policy = self.policies[row.course_id]
        known = list(self.facts.get((row.person_id, row.course_id, row.staff_id), ()))
        for rule in self.equivalences[row.course_id]:
            known += [
                _translated(fact, policy, row.version)
                for fact in self.facts.get((row.person_id, rule.by, None), ())
                if rule.counts(fact.completed_on.isoformat())
            ]
        return [validity.unless_idle(policy, fact, usage) for fact in known]

    def status(
        self,
        row: OpenRequirement,
        usage: validity.Usage,
        waived: date | None,
        *,
        proof_waits: bool,
        started: bool,
    ) -> validity.Status:
        return validity.judge(
            today=self.day,
            due_on=row.due_on,
            facts=self.facts_for(row, usage),
            waivers=[validity.Span(self.day, waived)] if waived else [],
            grace_days=row.course.grace_days,
            version=row.version,
            evidence_pending=proof_waits,
            started=started or row.registered_on is not None,
        )


def _translated(fact: validity.Fact, policy: validity.Policy, version: int) -> validity.Fact:
    """A completion of an equivalent course, judged by the policy of the course that it satisfies."""
    if not fact.passed:
        return fact
    through = validity.valid_through(policy, fact.completed_on)
    return validity.Fact(fact.completed_on, through, validity.window_opens(policy, through), version=version)
