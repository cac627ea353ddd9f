"""Questions that colleagues leave for each other at answers."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit
from hmis_portal.web.errors import WrongState
from onboarding import emails
from onboarding.events import OnboardingEvent
from onboarding.models import Application, Note, NoteText
from onboarding.together.sharing import colleagues

MOST_OPEN = 200


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
