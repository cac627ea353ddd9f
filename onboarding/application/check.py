"""What check-your-answers shows: each section closed with its counts, what has no answer, or what changed since it was sent."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from onboarding.application import revisions
from onboarding.application.revisions import AnswerDifference
from onboarding.models import Application, SectionKey
from onboarding.review.to_answer import to_answer_words
from onboarding.sections.answers import Answers
from onboarding.sections.catalogue import SECTIONS, Section
from onboarding.sections.completeness import Missing
from onboarding.sections.summaries import RowGroup
from onboarding.sections.tables import Answered, AnswerTable, blocks


class Show(TextChoices):
    """How much of the page is seen; each is an address of its own, so that none needs scripts."""

    CLOSED = "", gettext_lazy("Sections closed")
    ALL = "all", gettext_lazy("All sections open")
    MISSING = "missing", gettext_lazy("Only what is missing")
    CHANGED = "changed", gettext_lazy("Only what changed since the last sending")


@dataclass(frozen=True)
class Item:
    """One project of a section; a section without such things is one item without a name."""

    name: str
    blocks: list[AnswerTable | Answered]
    open: bool


@dataclass(frozen=True)
class ShownSection:
    """A section as the page shows it."""

    section: Section
    count: str
    missing: int
    to_answer: str  # remarks of the reviewer, in words
    items: list[Item]
    open: bool


def address(agency_id: object, section: str) -> str:
    """The page with one section open: where whoever changed an answer in it comes back to."""
    page = reverse("onboarding:check_answers", args=[agency_id])
    return f"{page}?open={section}#section-{section}"


def offered(application: Application, *, editable: bool) -> list[Show]:
    """What may be chosen: nothing is missing for who only reads, and nothing changed in what was sent just so."""
    was_sent = editable and application.submitted_at is not None
    return [
        show for show in Show if (show != Show.MISSING or editable) and (show != Show.CHANGED or was_sent)
    ]


def parts(
    answers: Answers, missing: Sequence[Missing], *, asked: Counter[str], show: Show, opened: str
) -> list[ShownSection]:
    """The sections with what is seen of them; of `Show.MISSING` only those in which a question has no answer.

    `asked`: by section, how many remarks of the reviewer wait for an answer.
    """
    shown = []
    for section in SECTIONS:
        groups, is_open = section.summary(answers), show == Show.ALL or opened == section.key
        seen = _unanswered(groups) if show == Show.MISSING else groups
        if not seen:
            continue
        items = [
            Item(
                name, _as_rows(list(its)) if show == Show.MISSING else blocks(list(its)), show != Show.CLOSED
            )
            for name, its in groupby(seen, key=lambda group: group.item)
        ]
        lacks = sum(line.section is section for line in missing)
        to_answer = to_answer_words(asked[section.key]) if asked[section.key] else ""
        shown.append(
            ShownSection(section, _count(section, answers, groups), lacks, to_answer, items, is_open)
        )
    return shown


def _unanswered(groups: Sequence[RowGroup]) -> list[RowGroup]:
    left = [replace(group, rows=[row for row in group.rows if not row.answer]) for group in groups]
    return [now for group, now in zip(groups, left, strict=True) if now.rows or not group.rows]


def _as_rows(groups: list[RowGroup]) -> list[AnswerTable | Answered]:
    return [Answered(group) for group in groups]


def _projects(answers: Answers) -> str:
    number = len(answers.projects)
    return ngettext("%(number)d project", "%(number)d projects", number) % {"number": number}


def _people(answers: Answers) -> str:
    number = len(answers.staff)
    return ngettext("%(number)d person", "%(number)d people", number) % {"number": number}


def _sites(answers: Answers) -> str:
    number = len(answers.sites)
    return ngettext("%(number)d site", "%(number)d sites", number) % {"number": number}


THINGS: Mapping[str, Callable[[Answers], str]] = {
    SectionKey.PROJECTS: _projects,
    SectionKey.STAFF: _people,
    SectionKey.READINESS: _sites,
}


def _count(section: Section, answers: Answers, groups: Sequence[RowGroup]) -> str:
    rows = [row for group in groups for row in group.rows if group.key != "sites"]
    answered = _("%(answered)d of %(total)d answered") % {
        "answered": sum(bool(row.answer) for row in rows), "total": len(rows)
    }  # fmt: skip
    count_of = THINGS.get(section.key)
    return ", ".join(filter(None, [count_of(answers) if count_of else "", answered if rows else ""]))


def changed(answers: Answers, application: Application) -> list[AnswerDifference]:
    """What is not as it was sent last, each with where it is changed; [] when nothing was sent."""
    last = application.revisions.order_by("-number").first()
    if last is None:
        return []
    links: dict[tuple[str, str, str], str] = {
        (section.key, group.key, row.field): f"{row.url or group.url}?from=check#{row.anchor}"
        for section in SECTIONS
        for group in section.summary(answers)
        for row in group.rows
    }
    differences = revisions.compare(revisions.sent(last), revisions.snapshot(answers))
    return [replace(difference, url=links.get(difference.key, "")) for difference in differences]
