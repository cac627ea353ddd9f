"""Facts and rules brought together: the one place that says where somebody stands with a course that is asked of them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models.functions import Coalesce

from agencies.models import User
from training import validity
from training.models import Completion, Course, CourseEquivalence
from training.requirements.items import Asked

FACT = ("completed_on", "valid_through", "window_opens_on", "passed", "version")  # of a validity.Fact
FactsByCourse = dict[tuple[int, int, int | None], list[validity.Fact]]


def _facts(people: Collection[int]) -> FactsByCourse:
    """What these people (ids) did and nobody voided, by person, course and, for the agreement, staff row."""
    facts: FactsByCourse = defaultdict(list)
    rows = Completion.objects.standing().filter(person__in=User.objects.accounts_of(people).values("pk"))
    whose = Coalesce("person__merged_into", "person")
    for person, course, staff, *fact in rows.values_list(whose, "course", "staff", *FACT):
        facts[person, course, staff].append(validity.Fact(*fact))
    return facts


class Judge:
    """What is the same for every requirement that is judged together, read once."""

    def __init__(self, people: Collection[int], day: date) -> None:
        self.day = day
        self.facts = _facts(people)
        self.courses = Course.objects.in_bulk()
        self.policies = {pk: course.policy for pk, course in self.courses.items()}
        self.equivalences: dict[int, list[CourseEquivalence]] = defaultdict(list)
        for rule in CourseEquivalence.objects.all():
            self.equivalences[rule.course_id].append(rule)

    def facts_for(self, row: Asked, usage: validity.Usage) -> list[validity.Fact]:
        """What counts for a requirement, with what was done in courses that satisfy it."""
        policy = self.policies[row.course_id]
        known = list(self.facts.get((row.person_id, row.course_id, row.staff_id), ()))
        for rule in self.equivalences.get(row.course_id, ()):
            known += [
                _translated(fact, policy, row.version)
                for fact in self.facts.get((row.person_id, rule.by_id, None), ())
                if rule.from_on <= fact.completed_on
                and (rule.until_on is None or fact.completed_on <= rule.until_on)
            ]
        return [validity.unless_idle(policy, fact, usage) for fact in known]

    def status(
        self, row: Asked, usage: validity.Usage, waived: date | None, *, proof_waits: bool, started: bool
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
