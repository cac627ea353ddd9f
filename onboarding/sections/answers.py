"""Everything an application says, read when it is asked for and only once: each property is one or two queries."""

import datetime as dt
from collections import defaultdict
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, UUIDField
from django.utils.translation import gettext as _

from agencies.hud.drafts import ProjectFindings, project_findings
from agencies.models import (
    Agency,
    Contact,
    ContinuumOfCare,
    CoordinatedAccessNetwork,
    Person,
    Position,
    Staff,
)
from agencies.selectors import known_people
from hmis_portal.models.settings_read import is_taken_back
from hmis_portal.models.written import Given, Row, WrittenQuery
from hmis_portal.running import cache
from hmis_portal.text.words import date_words
from onboarding.models import (
    Application,
    ReadinessAnswer,
    ReadinessQuestion,
    SectionWork,
    Site,
    Upload,
)
from onboarding.readiness import rules

KEPT = ("contacts", "sites", "uploads", "questions")  # while readiness is saved


@WrittenQuery
def _contacts() -> QuerySet[Contact]:
    return Contact.objects.filter(agency=Given("agency", UUIDField()))


@WrittenQuery
def _staff() -> QuerySet[Staff]:
    return Staff.objects.current().filter(agency=Given("agency", UUIDField()))


@WrittenQuery
def _projects_of_staff() -> QuerySet[Any, tuple[int, str]]:
    """For each project of each person: the person's key, the project's name."""
    links: QuerySet[Any] = Staff.projects.through.objects.filter(
        staff__agency=Given("agency", UUIDField()), staff__left_on=None
    )
    return links.order_by("project__project_name", "project").values_list("staff", "project__project_name")


@WrittenQuery
def _sites() -> QuerySet[Site]:
    return Site.objects.filter(agency=Given("agency", UUIDField()))


@WrittenQuery
def _uploads() -> QuerySet[Upload]:
    uploads = Upload.objects.filter(agency=Given("agency", UUIDField()), removed_at__isnull=True)
    return uploads.select_related("document", "uploaded_by")


@WrittenQuery
def _readiness() -> QuerySet[ReadinessAnswer]:
    return ReadinessAnswer.objects.filter(application=Given("application", UUIDField()), yearly=None)


@WrittenQuery
def _works() -> QuerySet[SectionWork]:
    works = SectionWork.objects.filter(application=Given("application", UUIDField()))
    return works.exclude(section="staff-upload").select_related("saved_by")


class Answers:
    def __init__(self, application: Application, agency: Agency) -> None:
        self.application = application
        self.agency = agency

    def anew(self) -> "Answers":
        return Answers(self.application, self.agency)

    def with_new_readiness(self) -> "Answers":
        """After readiness was saved: what it left alone is not read twice."""
        again = self.anew()
        vars(again).update({name: vars(self)[name] for name in KEPT if name in vars(self)})
        return again

    def _of_agency(self, statement: WrittenQuery[Row]) -> list[Row]:
        """Its rows, each with the agency that is read already."""
        rows: list[Any] = statement(agency=self.agency.pk)
        for row in rows:
            row.agency = self.agency
        return rows

    @cached_property
    def works(self) -> dict[str, SectionWork]:
        return {row.section: row for row in _works(application=self.application.pk)}

    @cached_property
    def links(self) -> dict[str, list[Any]]:
        """The CoCs and CANs to choose from; `mine` says which are the agency's."""
        return {"cocs": _cocs(agency=self.agency.pk), "cans": _cans(agency=self.agency.pk)}

    @cached_property
    def contacts(self) -> dict[str, Contact]:
        return {contact.position: contact for contact in self._of_agency(_contacts)}

    @cached_property
    def known_people(self) -> list[Person]:
        return known_people(self.agency)

    @cached_property
    def projects(self) -> list[ProjectFindings]:
        return project_findings(self.agency)

    @cached_property
    def staff(self) -> list[Staff]:
        return self._of_agency(_staff)

    @cached_property
    def projects_of_staff(self) -> dict[int, list[str]]:
        """By the key of the staff member, the names."""
        names: dict[int, list[str]] = defaultdict(list)
        for person, name in _projects_of_staff(agency=self.agency.pk):
            names[person].append(name)
        return names

    @cached_property
    def sites(self) -> list[Site]:
        return self._of_agency(_sites)

    @property
    def version_id(self) -> int | None:
        """The version of the readiness questions that is answered."""
        return self.application.readiness_version_id

    @cached_property
    def questions(self) -> tuple[ReadinessQuestion, ...]:
        """With their outcomes."""
        return questions_of(self.version_id)

    @cached_property
    def readiness(self) -> dict[str, ReadinessAnswer]:
        """By question number."""
        rows, questions = _readiness(application=self.application.pk), {row.pk: row for row in self.questions}
        for row in rows:
            row.question = questions[row.question_id]
        return {row.question.number: row for row in rows}

    @cached_property
    def last_time(self) -> dict[str, str]:
        """What the agency answered in its application before, in words, by question number."""
        if self.application.previous_id is None:
            return {}
        rows = ReadinessAnswer.objects.given_to_the_end().filter(application_id=self.application.previous_id)
        rows = rows.order_by("answered_at")
        return {row.question.number: words(row.question, row.value) for row in rows}

    @cached_property
    def topic_pages(self) -> dict[str, tuple[Any, ...]]:
        """By section what `readiness.topics.pages` found, which several parts of a page ask."""
        return {}

    @cached_property
    def uploads(self) -> list[Upload]:
        return self._of_agency(_uploads)

    def uploads_of(self, kind: str) -> list[Upload]:
        return [upload for upload in self.uploads if upload.kind == kind]

    def files_of(self, question: ReadinessQuestion) -> list[Upload]:
        """Those given to it, and to the question of which it was a part, where it is the part that takes files."""
        numbers = {question.number, question.part_of if "file" in question.parts else ""} - {""}
        return [upload for upload in self.uploads if upload.question in numbers]

    def known_files(self, question: ReadinessQuestion) -> list[Upload]:
        """Those that it need not ask for: given to it, or as the document of section E that it asks for."""
        kind = Upload.kind_for(question.number)
        elsewhere = [] if kind == Upload.Kind.READINESS else self.uploads_of(kind)
        return list(dict.fromkeys([*self.files_of(question), *elsewhere]))

    @cached_property
    def known(self) -> dict[str, tuple[rules.Value, str]]:
        """Readiness questions that section A answers: value and words, by number."""
        known: dict[str, tuple[rules.Value, str]] = {}
        for question in self.questions:
            if question.shown_from == "victim_service_provider":
                yes = bool(self.agency.victim_service_provider)
                known[question.number] = ({"answer": "yes" if yes else "no"}, _("Yes") if yes else _("No"))
            elif question.shown_from:
                positions = [
                    question.shown_from,
                    *([Position.BACKUP.value] if question.shown_from == Position.COORDINATOR else []),
                ]
                named = [self.contacts[contact] for contact in positions if contact in self.contacts]
                answer = "yes" if len(named) == len(positions) else "no"
                known[question.number] = (
                    {"answer": answer},
                    "; ".join(person_words(contact) for contact in named),
                )
        return known

    @cached_property
    def facts(self) -> rules.ReadinessFacts:
        return rules.ReadinessFacts(
            answers={number: row.value for number, row in self.readiness.items()},
            intake_desks=sum(site.intake_desks for site in self.sites),
            upload_kinds=frozenset(upload.kind for upload in self.uploads),
        )

    @cached_property
    def outcomes(self) -> list[tuple[ReadinessQuestion, Any, ReadinessAnswer | None]]:
        """Every question that is not met: question, outcome, answer with its plan."""
        outcomes = []
        for question in self.questions:
            answer = self.readiness.get(question.number)
            value = (
                self.known[question.number][0]
                if question.number in self.known
                else (answer.value if answer else {})
            )
            row = rules.outcome(question, value, self.facts)
            if row is not None:
                outcomes.append((question, row, answer))
        return outcomes


def questions_of(version: int | None) -> tuple[ReadinessQuestion, ...]:
    """Of a version, with their outcomes."""
    read = published_questions.__wrapped__ if is_taken_back() else published_questions
    return read(version, cache.identity())


@lru_cache(maxsize=8)
def published_questions(version: int | None, _database: str) -> tuple[ReadinessQuestion, ...]:
    """What is published no longer changes: each process reads it once, and nobody writes to these rows.

    A process may outlive the database, as the cache does: after a restore the number may be another version's.
    """
    return tuple(ReadinessQuestion.objects.filter(version_id=version).prefetch_related("outcomes"))


def _linked(through: Any, model: type[ContinuumOfCare] | type[CoordinatedAccessNetwork]) -> QuerySet[Any]:
    """Every row in use, and whether it is one of this agency's, in one query."""
    mine = through.objects.filter(
        agency_id=Given("agency", UUIDField()), **{f"{model._meta.model_name}_id": OuterRef("pk")}
    )
    return model._default_manager.annotate(mine=Exists(mine)).filter(Q(active=True) | Q(mine=True))


_cocs = WrittenQuery(lambda: _linked(Agency.cocs.through, ContinuumOfCare))
_cans = WrittenQuery(lambda: _linked(Agency.cans.through, CoordinatedAccessNetwork))


def person_words(contact: Contact) -> str:
    return ", ".join(filter(None, [contact.name, contact.title, contact.email, contact.full_phone]))


def words(question: ReadinessQuestion, value: rules.Value) -> str:
    """An answer as a person reads it."""
    labels = dict(question.choices)
    lines = [", ".join(labels.get(code, code) for code in rules.chosen(value))]
    for part, settings in question.parts.items():
        if value.get(part) not in (None, ""):
            text = day_words(value[part]) if part == "date" else value[part]
            lines.append(f"{settings['label'].rstrip('?:')}: {text}")
    return "\n".join(line for line in lines if line)


def day_words(iso: str) -> str:
    return date_words(dt.date.fromisoformat(iso))
