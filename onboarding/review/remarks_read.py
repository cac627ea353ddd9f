"""The reviewer's remarks as the agency reads them: on the page they are about, and all together with where to go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from agencies.models import Project, Staff
from onboarding.application.revisions import Snapshot
from onboarding.models import Application, Remark, RemarkReply
from onboarding.projects import changes
from onboarding.projects.places import IN_APPLICATION
from onboarding.projects.progress import key_of
from onboarding.review.remarks import sent_and_open
from onboarding.roster import staff_drafts
from onboarding.sections import catalogue
from onboarding.sections.answers import Answers

# Sections of several items: a remark names the item too.
OF_ITEMS = (changes.SECTION, staff_drafts.SECTION)


def field_key(section: str, group: str, field: str) -> str:
    """How a remark names an answer: by its project or person too where a section has several.

    A group is named "project-<key>-<rows>" or "staff-<key>"; which rows is in the field's own name.
    """
    return f"{group.split('-')[1]}:{field}"[:80] if section in OF_ITEMS and "-" in group else field[:80]


@dataclass(frozen=True)
class PlacedRemark:
    """A reviewer's words, the place they are about, the address where it is changed, and what was done about it."""

    remark: Remark
    place: str
    url: str
    changed: bool | None = None  # since it was sent; None where that was not looked at

    @property
    def text(self) -> str:
        return self.remark.text

    @property
    def reply(self) -> RemarkReply | None:
        return self.remark.reply

    @property
    def says_changed(self) -> bool:
        return self.reply is not None and self.reply.kind == RemarkReply.Kind.CHANGED


def open_remarks(application: Application, *which: Q, **about: str) -> list[Remark]:
    """What the reviewer asked to change and nobody closed yet, with the answers; no query before a review."""
    if application.state != Application.State.CHANGES:
        return []
    people = RemarkReply.objects.select_related("written_by", "answered_by", "revision")
    remarks = sent_and_open(application).filter(*which, **about)
    return list(remarks.prefetch_related(Prefetch("replies", queryset=people)))


def to_answer_about(remarks: Sequence[Remark], item: str) -> int:
    """How many of them wait for an answer about one project, person or site, whose name is like "staff-12"."""
    return sum(
        remark.reply is None and (remark.field == item or remark.field.startswith(f"{_key(item)}:"))
        for remark in remarks
    )


def remarks_of(application: Application, section: str, item: str = "") -> list[Remark]:
    """Those about one section; with `item` (its name, like "staff-12") those about that one or about the section."""
    of_item = Q(field="") | Q(field__startswith=f"{_key(item)}:")
    return open_remarks(application, of_item if item else Q(), section=section)


def by_field(remarks: Sequence[Remark]) -> dict[str, list[str]]:
    """The words about each input of a page, by its name."""
    texts: dict[str, list[str]] = {}
    for remark in remarks:
        texts.setdefault(remark.field.rpartition(":")[2], []).append(remark.text)
    return texts


def _key(item: str) -> str:
    """How a remark names a project or a person: the name of its page without "project-" or "staff-"."""
    return item.partition("-")[2]


def placed_remarks(application: Application) -> list[PlacedRemark]:
    """All of them, each with the page and field where it is answered."""
    remarks = open_remarks(application)
    if not remarks:
        return []
    answers = Answers(application, application.agency)
    links = _links(answers, {remark.section for remark in remarks})
    pages = _pages(application, remarks)
    return [_remark(application, remark, links, pages) for remark in remarks]


def _links(answers: Answers, about: set[str]) -> dict[tuple[str, str], str]:
    """Where each answer of these sections is changed, by section and field, as the check page has it."""
    links = {}
    for key in about & set(catalogue.BY_KEY):
        for group in catalogue.BY_KEY[key].summary(answers):
            for row in group.rows:
                link = f"{row.url or group.url}#{row.anchor}"
                links[key, field_key(key, group.key, row.field)] = link
    return links


def with_changes(application: Application, before: Snapshot, now: Snapshot) -> list[PlacedRemark]:
    """All of them, each with whether its answer changed: `before` and `now` are snapshots of what was sent and stands."""
    sent, stands = _answers(before), _answers(now)
    changed = {key for key in sent.keys() | stands.keys() if sent.get(key) != stands.get(key)}
    sections_changed = {section for section, _field in changed}
    return [
        replace(
            placed,
            changed=(placed.remark.section, placed.remark.field) in changed
            if placed.remark.field
            else placed.remark.section in sections_changed,
        )
        for placed in placed_remarks(application)
    ]


def _answers(snapshot: Snapshot) -> dict[tuple[str, str], object]:
    """Every answer under the name by which a remark would be about it."""
    return {
        (section["key"], field_key(section["key"], group["key"], row["field"])): (
            row["answer"],
            sorted(file["sha256"] for file in row.get("files", ())),
        )
        for section in snapshot["sections"]
        for group in section["groups"]
        for row in group["rows"]
    }


def _pages(application: Application, remarks: Sequence[Remark]) -> dict[str, str]:
    """The addresses of the projects and people that remarks are about, as far as they still are on the list."""
    agency, about = application.agency, {remark.section for remark in remarks if ":" in remark.field}
    pages: dict[str, str] = {}
    if changes.SECTION in about:
        for project in Project.objects.filter(agency=agency):
            pages[_key(key_of(project))] = IN_APPLICATION.url("project", agency, project)
    if staff_drafts.SECTION in about:
        for person in Staff.objects.current().filter(agency=agency):
            pages[_key(staff_drafts.key_of(person))] = staff_drafts.url_of(person)
    return pages


def _remark(
    application: Application, remark: Remark, links: dict[tuple[str, str], str], pages: dict[str, str]
) -> PlacedRemark:
    """A question that is no longer asked leads to the page of its project or person, else to its section."""
    section = catalogue.BY_KEY.get(remark.section)
    place = " · ".join(
        filter(None, [str(section.title) if section else "", remark.place if remark.field else ""])
    )
    url = section.url(application.agency_id) if section else ""
    url = pages.get(remark.field.rpartition(":")[0], url)
    url = links.get((remark.section, remark.field), url)
    return PlacedRemark(remark, place or _("The whole application"), url)
