"""A revision as its reviewer reads it: sections, in them a row for each project or person, in that its answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from agencies.hud.drafts import ProjectFindings
from agencies.hud.rules.base import Finding, errors
from onboarding.application.revisions import (
    AnswerDifference,
    Files,
    FrozenGroup,
    FrozenSection,
    compare,
    sent,
)
from onboarding.models import Remark, Revision, SectionKey, SectionReview
from onboarding.review.remarks_read import OF_ITEMS, field_key

BEDS = "bed_inventory"
# The answers that the row of a project or a person shows, under their headings.
COLUMNS: dict[str, dict[str, StrOrPromise]] = {
    SectionKey.PROJECTS: {"project_type": _("Type"), "coc_code": _("CoC"), BEDS: _("Beds")},
    SectionKey.STAFF: {"hmis_role": _("HMIS role"), "access_level": _("Access"), "supervisor": _("Supervisor")},
}  # fmt: skip


class SentRow(NamedTuple):
    """An answer as it was sent, with the remarks about it. A tuple: a large application has hundreds."""

    field: str
    question: str
    answer: str
    files: Files
    key: str
    remarks: list[Remark]
    change: AnswerDifference | None  # since the revision before


class SentGroup(NamedTuple):
    title: str
    rows: list[SentRow]

    @property
    def open(self) -> int:
        return sum(remark.resolved_at is None for row in self.rows for remark in row.remarks)

    @property
    def changed(self) -> int:
        return sum(row.change is not None for row in self.rows)


class SentItem(NamedTuple):
    """One project or person: what its row shows, and all that was answered about it."""

    key: str
    name: str
    cells: list[str]
    groups: list[SentGroup]
    findings: list[Finding]

    @property
    def open(self) -> int:
        return sum(group.open for group in self.groups)

    @property
    def changed(self) -> int:
        return sum(group.changed for group in self.groups)

    @property
    def errors(self) -> int:
        return len(errors(self.findings))


@dataclass(frozen=True)
class SentSection:
    """A section as it was sent: its remarks, how many are open, and who found it in order."""

    key: str
    letter: str
    title: str
    columns: list[str]
    items: list[SentItem]
    groups: list[SentGroup]  # that belong to no project or person
    remarks: list[Remark]
    open: int
    changed: int  # of its answers, since the revision before
    checked: SectionReview | None


@dataclass(frozen=True)
class Marks:
    """What the reviewer and the rules have to say about a revision, to be found by its place."""

    remarks: Mapping[tuple[str, str], list[Remark]]
    changes: Mapping[tuple[str, str, str], AnswerDifference]
    checked: Mapping[str, SectionReview]
    findings: Mapping[str, list[Finding]]  # by project


def marks(
    remarks: list[Remark],
    changed: list[AnswerDifference],
    checked: list[SectionReview],
    hud: list[ProjectFindings],
) -> Marks:
    by_place: dict[tuple[str, str], list[Remark]] = {}
    for remark in remarks:
        by_place.setdefault((remark.section, remark.field), []).append(remark)
    return Marks(
        by_place,
        {difference.key: difference for difference in changed},
        {row.section: row for row in checked},
        {row.project.hud_id: row.findings for row in hud},
    )


def changed_since(revisions: list[Revision]) -> list[AnswerDifference]:
    """What the last revision changed."""
    return compare(sent(revisions[-2]), sent(revisions[-1])) if len(revisions) > 1 else []


def sections_of(sections: list[FrozenSection], marked: Marks) -> list[SentSection]:
    """The sections as submitted, each answer with the remarks about it and what it was before."""
    shown = []
    for part in sections:
        key = part["key"]
        by_item: dict[str, list[tuple[str, SentGroup]]] = {}
        for group in part["groups"]:
            item = group["key"].split("-")[1] if key in OF_ITEMS and "-" in group["key"] else ""
            rows = list(_rows(key, group, marked))
            by_item.setdefault(item, []).append((group["title"], SentGroup(group["title"], rows)))
        own = [group for _title, group in by_item.pop("", [])]
        columns = COLUMNS.get(key, {})
        about = [
            remark
            for (section, _f), remarks in marked.remarks.items()
            if section == key
            for remark in remarks
        ]
        shown.append(
            SentSection(
                key=key,
                letter=part["letter"],
                title=part["title"],
                columns=[str(words) for words in columns.values()],
                items=[
                    _item(item, groups, list(columns), marked.findings.get(item, []))
                    for item, groups in by_item.items()
                ],
                groups=own,
                remarks=marked.remarks.get((key, ""), []),
                open=sum(remark.resolved_at is None for remark in about),
                changed=sum(difference.section == key for difference in marked.changes.values()),
                checked=marked.checked.get(key),
            )
        )
    return shown


def _rows(section: str, group: FrozenGroup, marked: Marks) -> Iterator[SentRow]:
    for row in group["rows"]:
        key = field_key(section, group["key"], row["field"])
        yield SentRow(
            row["field"],
            row["question"],
            row["answer"],
            tuple(row.get("files", ())),
            key,
            marked.remarks.get((section, key), []),
            marked.changes.get((section, group["key"], row["field"])),
        )


def _item(
    key: str, groups: list[tuple[str, SentGroup]], columns: list[str], findings: list[Finding]
) -> SentItem:
    """A project's groups are headed "name: what it is about"; a person has one, headed with the name."""
    titles = [title for title, _group in groups]
    name = titles[0] if len(titles) == 1 else _common(titles)
    headed = [SentGroup(title.removeprefix(f"{name}: "), group.rows) for title, group in groups]
    return SentItem(key, name, _cells(headed, columns), headed, findings)


def _common(titles: list[str]) -> str:
    """The name that all headings of a project begin with; it may hold a colon itself."""
    name = titles[0].rpartition(": ")[0]
    while name and not all(title.startswith(f"{name}: ") for title in titles):
        name = name.rpartition(": ")[0]
    return name or titles[0]


def _cells(groups: list[SentGroup], columns: list[str]) -> list[str]:
    """The answers to the questions of the columns, in whichever row of the project they stand; beds are added up."""
    answers: dict[str, list[str]] = {column: [] for column in columns}
    for group in groups:
        for row in group.rows:
            column = row.field.rpartition("-")[2]
            if column in answers:
                answers[column].append(row.answer)
    return [_beds(texts) if column == BEDS else _joined(texts) for column, texts in answers.items()]


def _joined(answers: list[str]) -> str:
    return ", ".join(dict.fromkeys(answer.replace("\n", ", ") for answer in answers if answer))


def _beds(answers: list[str]) -> str:
    return str(sum(int(answer) for answer in answers if answer.isdecimal())) if answers else ""
