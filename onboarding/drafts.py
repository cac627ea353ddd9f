"""Saving a section: as a draft of raw strings, or as answers. Nobody's work is overwritten silently.

Each section of an application has a version. Whoever saves names the version their page showed; when somebody saved
in between, `Stale` says who and when, and nothing is written.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit
from hmis_portal.errors import WrongState
from onboarding import services
from onboarding.forms.base import SectionForm, Typed
from onboarding.models import Application, SectionReview, SectionWork


class Stale(Exception):
    """Somebody saved this section since the page was opened."""

    def __init__(self, work: SectionWork) -> None:
        super().__init__(work)
        self.work = work


def locked_words(application: Application) -> str:
    """Why nothing can be written now."""
    return _("This application is “%(state)s”, so its answers cannot be changed. Nothing was saved.") % {
        "state": application.get_state_display()
    }


@transaction.atomic
def keep(
    *, application: Application, section: str, typed: Typed, version: int, by: User, has_errors: bool = False
) -> int:
    """Keep what was typed without judging it; returns the new version. Raises Stale, WrongState."""
    touch(application)
    return _advance(application, section, version, by, draft=typed, has_errors=has_errors, completed_at=None)


@transaction.atomic
def complete(*, form: SectionForm, section: str, version: int, by: User) -> int:
    """Write the answers of a valid form; returns the new version. Raises Stale, WrongState."""
    application = form.application
    changed = form.store(by)
    touch(application)
    number = _advance(
        application, section, version, by, draft={}, has_errors=False, completed_at=timezone.now()
    )
    note(application, section, by, changed)
    return number


def settled(*, application: Application, section: str, version: int, by: User) -> int:
    """The typing became rows that a page of its own wrote; inside `writing`. Returns the new version. Raises Stale."""
    return _advance(application, section, version, by, draft={}, has_errors=False, completed_at=timezone.now())


@transaction.atomic
def discard(*, application: Application, section: str, version: int, by: User) -> int:
    """Forget what was typed and not saved; the saved answers stand."""
    touch(application)
    return _advance(application, section, version, by, draft={}, has_errors=False)


@contextmanager
def writing(application: Application) -> Iterator[None]:
    """A transaction in which the application stands still and is editable, for the pages that write rows of their own."""
    with transaction.atomic():
        services.lock_agency(application.agency_id)
        touch(application)
        yield


def touch(application: Application) -> None:
    """Lock the application for this transaction and mark it as worked on. Raises WrongState when it is not editable."""
    rows = Application.objects.filter(pk=application.pk, state__in=Application.EDITABLE)
    if not rows.update(touched_at=timezone.now()):
        application.refresh_from_db(fields=["state"])
        raise WrongState(locked_words(application))


def note(application: Application, section: str, by: User, changed: Mapping[str, Any]) -> None:
    """Record a change of answers; what the reviewer found in order there is open again."""
    if not changed:
        return
    reopen_review(application, section)
    audit.record(
        by=by,
        verb="save",
        obj=application,
        agency_id=application.agency_id,
        data={"section": section, "changed": dict(changed)},
    )


def reopen_review(application: Application, section: str) -> None:
    """What the reviewer found in order in a section that changed since is looked at again."""
    if application.state == Application.State.CHANGES:
        SectionReview.objects.filter(application=application, section=section).delete()


def _advance(application: Application, section: str, version: int, by: User, **fields: Any) -> int:
    rows = SectionWork.objects.filter(application=application, section=section)
    now = timezone.now()
    if rows.filter(version=version).update(version=F("version") + 1, saved_by=by, saved_at=now, **fields):
        return version + 1
    if version == 0 and not rows.exists():
        try:
            with transaction.atomic():
                SectionWork.objects.create(
                    application=application, section=section, version=1, saved_by=by, saved_at=now, **fields
                )
        except IntegrityError:
            pass  # a colleague's first save was a moment faster
        else:
            return 1
    raise Stale(rows.select_related("saved_by").get())
