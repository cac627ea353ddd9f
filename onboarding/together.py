"""Colleagues share an application: each section may be somebody's, and questions are left at answers."""

import re
from collections.abc import Callable, Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, AgencyRole, User
from agencies.permissions import people_with_roles
from hmis_portal import audit
from hmis_portal.web.errors import WrongState
from onboarding import emails
from onboarding.events import OnboardingEvent
from onboarding.models import Application, Assignment, Note, NoteText, SectionKey

MOST_OPEN = 200
_SECTION = {"project": SectionKey.PROJECTS, "site": SectionKey.READINESS}


def section_of(page: str) -> str:
    """Of the page whose draft is named so: "agency.about", "project-0123…", "site-7"."""
    start = re.split(r"[-.]", page)[0]
    return str(_SECTION.get(start, start))


def colleagues(agency: Agency, *, of: User | None = None) -> list[User]:
    """Who may fill in the application; without the person themselves."""
    may = {AgencyRole.MANAGER.value, AgencyRole.EDITOR.value}
    return [user for user, roles in people_with_roles(agency) if may & set(roles) and user != of]


def assigned(application: Application) -> dict[str, User]:
    """By section or line of what is owed, who does it. Whoever no longer works for the agency does none."""
    if not application.is_shared:
        return {}
    rows = {
        row.task: row.person
        for row in Assignment.objects.filter(application=application).select_related("person")
    }
    members = set(colleagues(application.agency)) if rows else set()
    return {task: person for task, person in rows.items() if person in members}


@transaction.atomic
def assign(
    application: Application,
    wanted: Mapping[str, User | None],
    *,
    titles: Mapping[str, str],
    by: User,
    tell: Callable[..., None] = emails.section_assigned,
) -> None:
    """Give sections or lines to colleagues, or take them back (None). Each is told once of what is new."""
    Application.objects.select_for_update().get(pk=application.pk)
    now = {
        row.task: row for row in Assignment.objects.filter(application=application).select_related("person")
    }
    for task, person in wanted.items():
        row = now.get(task)
        if (row.person if row else None) == person:
            continue
        if row:
            row.delete()
        if person:
            assignment = Assignment.objects.create(
                application=application, task=task, person=person, assigned_by=by
            )
            if person != by:
                tell(assignment, title=titles[task])
        audit.record(
            by=by,
            verb=OnboardingEvent.ASSIGNED_SECTION,
            obj=application,
            agency_id=application.agency_id,
            data={"section": task, "person": str(person) if person else None},
        )


def open_notes(application: Application) -> QuerySet[Note]:
    """By their place on the pages; with who asked whom."""
    if not application.is_shared:
        return Note.objects.none()
    rows = Note.objects.filter(application=application, resolved_at=None)
    return rows.select_related("asked_by", "asked_of")


@transaction.atomic
def ask(
    application: Application, *, page: str, url: str, field: str, label: str, of: User, text: str, by: User
) -> Note:
    """Leave a question at an answer. The same once more is a button clicked twice. Raises WrongState."""
    Application.objects.select_for_update().get(pk=application.pk)
    still_open = Note.objects.filter(application=application, resolved_at=None)
    same = still_open.filter(page=page, field=field, asked_by=by, asked_of=of, texts__text=text).first()
    if same:
        return same
    if still_open.count() >= MOST_OPEN:
        raise WrongState(_("Many questions are open. Resolve some of them first."), back=url)
    note = Note.objects.create(
        application=application, page=page, url=url, field=field, label=label[:300], asked_by=by, asked_of=of
    )
    _write(note, text, by=by, verb=OnboardingEvent.LEFT_NOTE)
    return note


@transaction.atomic
def write(note: Note, text: str, *, by: User) -> None:
    """An answer, or another word; what was resolved is open again."""
    Note.objects.filter(pk=note.pk).update(resolved_at=None, resolved_by=None)
    if note.texts.filter(text=text, written_by=by).exists():
        return
    _write(note, text, by=by, verb=OnboardingEvent.WROTE_TO_NOTE)


@transaction.atomic
def resolve(note: Note, *, by: User) -> None:
    if Note.objects.filter(pk=note.pk, resolved_at=None).update(resolved_at=timezone.now(), resolved_by=by):
        _record(note, by=by, verb=OnboardingEvent.RESOLVED_NOTE)


def _write(note: Note, text: str, *, by: User, verb: OnboardingEvent) -> None:
    written = NoteText.objects.create(note=note, text=text, written_by=by)
    _record(note, by=by, verb=verb)
    for reader in {note.asked_by, note.asked_of} & set(colleagues(note.application.agency, of=by)):
        emails.note_written(written, to=reader)


def _record(note: Note, *, by: User, verb: OnboardingEvent) -> None:
    """That it happened; the words stay with the agency."""
    audit.record(by=by, verb=verb, obj=note, agency_id=note.application.agency_id)
