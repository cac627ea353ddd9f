"""Saving a section: as a draft of raw strings, or as answers. Nobody's work is overwritten silently.

Each section of an application has a version. Whoever saves names the version their page showed; when somebody saved
in between, `Stale` says who and when, and nothing is written.
"""

import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.forms import ModelForm
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from agencies import locks
from agencies.models import User
from hmis_portal import audit
from hmis_portal.auditing.typed import changed
from hmis_portal.web.errors import WrongState
from onboarding.events import OnboardingEvent
from onboarding.forms.base import SectionForm, Typed
from onboarding.models import Application, SectionKey, SectionReview, SectionWork
from onboarding.sections.short_pages import section_of


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


def new_page() -> str:
    """A name for the page of a thing that is not listed yet, under which its typing is kept."""
    return secrets.token_hex(6)


def is_page(name: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-f]{12}", name))


@dataclass(frozen=True, slots=True)
class Begun:
    """A person or site that was typed and is not on its list yet: the name of its page, and its own so far."""

    work: SectionWork
    page: str
    name: str


def begun(works: Mapping[str, SectionWork], new: str, *named_by: str) -> list[Begun]:
    """What was typed on pages whose names begin so, named by these fields, in the order in which it was last typed."""
    rows = [work for key, work in works.items() if key.startswith(new) and _says_something(work.draft)]
    return [
        Begun(
            work,
            work.section.removeprefix(new),
            " ".join(" ".join(typed for field in named_by for typed in work.draft.get(field, [])).split())[
                :250
            ],
        )
        for work in sorted(rows, key=lambda work: work.saved_at or timezone.now())
    ]


def _says_something(draft: Typed) -> bool:
    """Whether a page that was saved or left has anything on it; an empty one is nothing that was begun."""
    return any(text.strip() for values in draft.values() for text in values)


def work_of(application: Application, section: str) -> SectionWork:
    """What is kept of one page; not yet in the database when nothing was."""
    rows = SectionWork.objects.select_related("saved_by").filter(application=application, section=section)
    return rows.first() or SectionWork(application=application, section=section)


@transaction.atomic
def save(
    *,
    application: Application,
    section: str,
    typed: Typed,
    version: int,
    by: User,
    has_errors: bool = False,
    states: Sequence[str] = Application.EDITABLE,
) -> int:
    """Keep what was typed without judging it; returns the new version. Raises Stale, WrongState."""
    touch(application, states)
    return _advance(application, section, version, by, draft=typed, has_errors=has_errors, completed_at=None)


@transaction.atomic
def complete(*, form: SectionForm, section: str, version: int, by: User) -> int:
    """Write the answers of a valid form; `section` is the name of its draft. Returns the new version. Raises Stale, WrongState."""
    application = form.application
    changes = form.store(by)
    touch(application)
    number = _advance(
        application, section, version, by, draft={}, has_errors=False, completed_at=timezone.now()
    )
    record_edit(application, section_of(section), by, changes)
    return number


def settled(*, application: Application, section: str, version: int, by: User) -> int:
    """The typing became rows that a page of its own wrote; inside `writing`. Returns the new version. Raises Stale."""
    return _advance(
        application, section, version, by, draft={}, has_errors=False, completed_at=timezone.now()
    )


@transaction.atomic
def discard(
    *,
    application: Application,
    section: str,
    version: int,
    by: User,
    states: Sequence[str] = Application.EDITABLE,
) -> int:
    """Forget what was typed and not saved; the saved answers stand."""
    touch(application, states)
    return _advance(application, section, version, by, draft={}, has_errors=False)


def overtake(application: Application, sections: Collection[str], *, by: User, forget: bool = False) -> None:
    """These pages' rows were written by another way: whoever has one open is told on saving. Inside `writing`."""
    now = timezone.now()
    changes: dict[str, object] = {"version": F("version") + 1, "saved_by": by, "saved_at": now}
    if forget:
        changes |= {"draft": {}, "has_errors": False}
    rows = SectionWork.objects.filter(application=application, section__in=sections)
    rows.update(**changes)
    SectionWork.objects.bulk_create(
        [
            SectionWork(application=application, section=key, version=1, saved_by=by, saved_at=now)
            for key in sorted(set(sections) - set(rows.values_list("section", flat=True)))
        ]
    )


@contextmanager
def writing(application: Application, states: Sequence[str] = Application.EDITABLE) -> Iterator[None]:
    """A transaction in which the application stands still in one of these states, for pages that write their own rows."""
    with transaction.atomic():
        locks.lock_agency(application.agency_id)
        touch(application, states)
        yield


def touch(application: Application, states: Sequence[str] = Application.EDITABLE) -> None:
    """Lock the application for this transaction and mark it as worked on. Raises WrongState when it is in another state."""
    rows = Application.objects.filter(pk=application.pk, state__in=states)
    if not rows.update(touched_at=timezone.now()):
        application.refresh_from_db(fields=["state"])
        raise WrongState(locked_words(application))


def record_edit(application: Application, section: str, by: User, changes: Mapping[str, object]) -> None:
    """Record a change of answers; what the reviewer found in order there is open again."""
    if not changes:
        return
    reopen_review(application, section)
    audit.record(
        by=by,
        verb=OnboardingEvent.SAVE,
        obj=application,
        agency_id=application.agency_id,
        data={
            "section": section,
            "changed": dict(changes),
            **({"version": application.readiness_version_id} if section == SectionKey.READINESS else {}),
        },
    )


def of_row(key: str, form: ModelForm[Any]) -> dict[str, object]:
    """What the valid form of a person or a site changed, for `record_edit`."""
    fields = changed(form)
    return {key: {"name": str(form.instance), "changed": fields}} if fields else {}


def reopen_review(application: Application, section: str) -> None:
    """What the reviewer found in order in a section that changed since is looked at again."""
    if application.state == Application.State.CHANGES:
        SectionReview.objects.filter(application=application, section=section).delete()


# One statement, so that of two first saves at the same moment one wins and the other is told.
ADVANCE = """
INSERT INTO onboarding_sectionwork AS work
    (application_id, section, version, draft, saved_by_id, saved_at, has_errors, completed_at)
VALUES (%(application)s, %(section)s, %(version)s + 1, %(draft)s, %(by)s, %(now)s, %(has_errors)s, %(completed_at)s)
ON CONFLICT ON CONSTRAINT section_work_once DO UPDATE
SET version = EXCLUDED.version, draft = EXCLUDED.draft, saved_by_id = EXCLUDED.saved_by_id,
    saved_at = EXCLUDED.saved_at, has_errors = EXCLUDED.has_errors, completed_at = EXCLUDED.completed_at
WHERE work.version = %(version)s
RETURNING version
"""


def _advance(
    application: Application,
    section: str,
    version: int,
    by: User,
    *,
    draft: Typed,
    has_errors: bool = False,
    completed_at: datetime | None = None,
) -> int:
    """Write the section's row if its version is still the one named, and count it up."""
    values: dict[str, Any] = {
        "application": application.pk,
        "section": section,
        "version": version,
        "draft": Jsonb(draft),
        "by": by.pk,
        "now": timezone.now(),
        "has_errors": has_errors,
        "completed_at": completed_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(ADVANCE, values)
        row = cursor.fetchone()
    if row is None:
        raise Stale(
            SectionWork.objects.select_related("saved_by").get(application=application, section=section)
        )
    return int(row[0])
