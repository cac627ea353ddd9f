"""Section D on short pages: eight topics, and after a topic the plans for what its answers leave unmet."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from uuid import UUID
from zlib import crc32

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django_stubs_ext import StrOrPromise

from hmis_portal.forms import field_anchor
from onboarding.models import ReadinessQuestion, SectionKey
from onboarding.readiness import rules
from onboarding.readiness.carried import PLAN
from onboarding.sections.answers import Answers
from onboarding.sections.short_pages import Page

PLANS_ON_A_PAGE = 2


@dataclass(frozen=True)
class Topic:
    """The groups of questions that one page asks."""

    key: str
    title: StrOrPromise = field(compare=False)
    hint: StrOrPromise = field(compare=False)
    groups: tuple[str, ...]


TOPICS = (
    Topic(
        "agency", gettext_lazy("The agency and its officers"), gettext_lazy("Laws that apply to it, and who is in charge."),
        (gettext_noop("About the agency"), gettext_noop("Officers")),
    ),
    Topic(
        "sign-in", gettext_lazy("Signing in and passwords"), gettext_lazy("User names, passwords, and when somebody leaves."),
        (gettext_noop("Access"),),
    ),
    Topic(
        "devices", gettext_lazy("Computers and virus protection"), gettext_lazy("Antivirus, updates, browser, screen lock, disks."),
        (gettext_noop("Virus protection"), gettext_noop("Workstations")),
    ),
    Topic(
        "network", gettext_lazy("Network and internet"), gettext_lazy("Firewall, broadband, wireless, how data is sent."),
        (gettext_noop("Firewall"), gettext_noop("Internet")),
    ),
    Topic(
        "places", gettext_lazy("Public areas and remote work"), gettext_lazy("Who could see a screen, and where people work."),
        (gettext_noop("Public areas"), gettext_noop("Remote work")),
    ),
    Topic(
        "papers", gettext_lazy("Papers, disposal and retention"), gettext_lazy("Paper, old drives, and data after seven years."),
        (gettext_noop("Papers"), gettext_noop("Disposal"), gettext_noop("Retention")),
    ),
    Topic(
        "clients", gettext_lazy("What clients are told and may ask"), gettext_lazy("Sign, privacy notice, consent, complaints."),
        (gettext_noop("Privacy notice"), gettext_noop("Consent"), gettext_noop("Clients' rights")),
    ),
    Topic(
        "staff", gettext_lazy("Staff, incidents and recovery"), gettext_lazy("Confidentiality, breaches, backups, reviews."),
        (gettext_noop("Staff"), gettext_noop("Incidents"), gettext_noop("Recovery and monitoring")),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class TopicPage(Page):
    """`fields` are the names of questions ("q9a"): their plans, or everything else about them."""

    plans: bool = False

    def shows(self, name: str) -> bool:
        question, _underscore, part = name.partition("_")
        return question in self.fields and (part in PLAN) == self.plans


@cache
def _topic_of_groups() -> dict[str, Topic]:
    return {group: topic for topic in TOPICS for group in topic.groups}


def topic_of(question: ReadinessQuestion) -> Topic:
    """A group of the Admin's own making is a topic by itself."""
    known = _topic_of_groups().get(question.group)
    return known or Topic(f"more-{crc32(question.group.encode()):x}", question.group, "", (question.group,))


def page_url(agency_id: UUID, topic: Topic) -> str:
    return TopicPage(SectionKey.READINESS, topic.key, topic.title).url(agency_id)


def by_topic(questions: Sequence[ReadinessQuestion]) -> dict[Topic, list[ReadinessQuestion]]:
    """In the order of the topics, the Admin's own last."""
    of_topic: dict[Topic, list[ReadinessQuestion]] = {topic: [] for topic in TOPICS}
    for question in questions:
        of_topic.setdefault(topic_of(question), []).append(question)
    return {topic: asked for topic, asked in of_topic.items() if asked}


def pages(
    answers: Answers, kind: type[TopicPage] = TopicPage, section: str = SectionKey.READINESS
) -> tuple[TopicPage, ...]:
    """Each topic with its pages of plans; of these only those with something to plan are asked."""
    known = answers.topic_pages
    if section not in known:
        unmet = {question.number for question, row, _answer in answers.outcomes if rules.is_plan(row)}
        known[section] = tuple(
            page
            for topic, questions in by_topic(answers.questions).items()
            for page in _pages(topic, questions, unmet, partial(kind, section))
        )
    return known[section]


def _pages(
    topic: Topic, questions: Sequence[ReadinessQuestion], unmet: set[str], make: Callable[..., TopicPage]
) -> Iterator[TopicPage]:
    names = tuple(f"q{question.number}" for question in questions)
    yield make(topic.key, topic.title, topic.hint, names)
    may_plan = [question for question in questions if any(map(rules.is_plan, question.outcomes.all()))]
    for number, start in enumerate(range(0, len(may_plan), PLANS_ON_A_PAGE), 1):
        planned = may_plan[start : start + PLANS_ON_A_PAGE]
        title = _("Plans: %(topic)s") if number == 1 else _("Plans: %(topic)s (%(number)d)")
        yield make(
            f"{topic.key}-plan{number}",
            title % {"topic": topic.title, "number": number},
            "",
            tuple(f"q{question.number}" for question in planned),
            asked=any(question.number in unmet for question in planned),
            plans=True,
        )


def to_send(answers: Answers, key: str) -> tuple[list[tuple[str, str]], list[str]]:
    """What can be sent to a helper: the questions of one topic, all chosen, or without one the topics."""
    asked = by_topic([question for question in answers.questions if question.number not in answers.known])
    for topic, questions in asked.items():
        if topic.key == key:
            return [(f"q{row.number}", str(row.text)) for row in questions], [
                f"q{row.number}" for row in questions
            ]
    return [(topic.key, str(topic.title)) for topic in asked], []


def numbers_of(answers: Answers, chosen: Sequence[str]) -> list[str]:
    """The questions that were chosen, one by one or by their topic."""
    return [
        question.number
        for question in answers.questions
        if question.number not in answers.known
        and {f"q{question.number}", topic_of(question).key} & set(chosen)
    ]


def as_typed(question: ReadinessQuestion, value: rules.Value) -> dict[str, list[str]]:
    """An answer as if it had been typed into the fields of its page."""
    name = f"q{question.number}"
    typed = {name: rules.chosen(value)} if question.choices else {}
    for part in question.parts:
        if part == "date":
            year, month, day = (value.get("date") or "--").split("-")
            parts = {"year": year, "month": month.lstrip("0"), "day": day.lstrip("0")}
            typed |= {f"{name}_date_{unit}": [text] for unit, text in parts.items()}
        elif part != "file":
            typed[f"{name}_{part}"] = [str(value.get(part, ""))]
    return typed


def anchor_of(question: ReadinessQuestion) -> str:
    first = "" if question.choices else f"_{next(iter(question.parts), 'plan')}"
    return field_anchor(f"q{question.number}{first}")
