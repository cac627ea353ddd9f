"""The reviewer's remarks as the agency reads them: on the page they are about, and all together with where to go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from agencies.models import Project, Staff
from onboarding.models import Application, ReviewNote
from onboarding.projects import changes
from onboarding.projects.places import IN_APPLICATION
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
class Remark:
    """A reviewer's words, the place they are about, and the address where it is changed."""

    place: str
    text: str
    url: str


def open_notes(application: Application) -> list[ReviewNote]:
    """What the reviewer asked to change and nobody closed yet; one query, and none before a review."""
    if application.state != Application.State.CHANGES:
        return []
    return list(application.notes.filter(sent_at__isnull=False, resolved_at__isnull=True))


def notes_of(application: Application, section: str, item: str = "") -> list[ReviewNote]:
    """Those about one section; with `item` (its name, like "staff-12") those about that one or about the section."""
    about = f"{_key(item)}:"
    return [
        note
        for note in open_notes(application)
        if note.section == section and (not item or not note.field or note.field.startswith(about))
    ]


def by_field(notes: Sequence[ReviewNote]) -> dict[str, list[str]]:
    """The words about each input of a page, by its name."""
    found: dict[str, list[str]] = {}
    for note in notes:
        found.setdefault(note.field.rpartition(":")[2], []).append(note.text)
    return found


def _key(item: str) -> str:
    """How a remark names a project or a person: the name of its page without "project-" or "staff-"."""
    return item.partition("-")[2]


def remarks(application: Application) -> list[Remark]:
    """All of them, each with the page and field where it is answered."""
    return _as_remarks(application, open_notes(application))


def _as_remarks(application: Application, notes: Sequence[ReviewNote]) -> list[Remark]:
    if not notes:
        return []
    answers = Answers(application, application.agency)
    links = _links(answers, {note.section for note in notes})
    pages = _pages(application, notes)
    return [_remark(application, note, links, pages) for note in notes]


def _links(answers: Answers, about: set[str]) -> dict[tuple[str, str], str]:
    """Where each answer of these sections is changed, by section and field, as the check page has it."""
    found = {}
    for key in about & set(catalogue.BY_KEY):
        for group in catalogue.BY_KEY[key].summary(answers):
            for row in group.rows:
                link = f"{row.url or group.url}#{row.anchor}" if row.anchor else row.url or group.url
                found[key, field_key(key, group.key, row.field)] = link
    return found


def unanswered(application: Application, before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Remark]:
    """The remarks about which nothing was changed: `before` and `now` are the snapshots of what was sent and stands."""
    sent, stands = _answers(before), _answers(now)
    changed = {key for key in sent.keys() | stands.keys() if sent.get(key) != stands.get(key)}
    sections_changed = {section for section, _field in changed}
    notes = [
        note
        for note in open_notes(application)
        if not ((note.section, note.field) in changed if note.field else note.section in sections_changed)
    ]
    return _as_remarks(application, notes)


def _answers(snapshot: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
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


def _pages(application: Application, notes: Sequence[ReviewNote]) -> dict[str, str]:
    """The addresses of the projects and people that remarks are about, as far as they still are on the list."""
    agency, about = application.agency, {note.section for note in notes if ":" in note.field}
    found: dict[str, str] = {}
    if changes.SECTION in about:
        for project in Project.objects.filter(agency=agency):
            found[_key(changes.key_of(project))] = IN_APPLICATION.url("project", agency, project)
    if staff_drafts.SECTION in about:
        for person in Staff.objects.current().filter(agency=agency):
            found[_key(staff_drafts.key_of(person))] = staff_drafts.url_of(person)
    return found


def _remark(
    application: Application, note: ReviewNote, links: dict[tuple[str, str], str], pages: dict[str, str]
) -> Remark:
    """A question that is no longer asked leads to the page of its project or person, else to its section."""
    section = catalogue.BY_KEY.get(note.section)
    place = " · ".join(
        filter(None, [str(section.title) if section else "", note.place if note.field else ""])
    )
    url = section.url(application.agency_id) if section else ""
    url = pages.get(note.field.rpartition(":")[0], url)
    url = links.get((note.section, note.field), url)
    return Remark(place or _("The whole application"), note.text, url)
