"""A page of the record is saved: the agency's rows, what changed in words, and the HMIS Admin's digest of it."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.forms import Field, ModelForm
from django.utils import timezone

from agencies.models import Agency, User
from hmis_portal import audit
from onboarding import emails
from onboarding.events import OnboardingEvent
from onboarding.forms.base import SectionForm
from onboarding.models import RecordChange
from onboarding.record.pages import STATES
from onboarding.sections import drafts
from onboarding.sections.answers import Answers
from onboarding.sections.catalogue import Section
from onboarding.sections.short_pages import Page

Words = dict[str, tuple[str, str]]  # field → question and answer
AT_ONCE = 200  # changes in one digest


def draft_key(page: Page) -> str:
    """The name under which the typing on a page of the record is kept: it asks other fields than the application's."""
    return f"record.{page.draft}"


def save(
    *,
    form: SectionForm,
    section: Section,
    page: Page,
    answers: Answers,
    effective_on: date,
    version: int,
    by: User,
) -> None:
    """What was typed on one page of the record becomes answers. Raises Stale, WrongState."""
    application = answers.application
    with drafts.writing(application, STATES):
        drafts.settled(application=application, section=draft_key(page), version=version, by=by)
        before = _words(section, answers)
        stored = form.store(by)
        after = _words(section, Answers(application, Agency.objects.get(pk=answers.agency.pk)))
        if changed := differences(before, after):
            # Whoever has the page of the application open is told on saving, and its statement knows what changed.
            drafts.overtake(application, [page.draft], by=by)
            own = {name: value for name, value in stored.items() if page.shows(name)}
            drafts.record_edit(application, section.key, by, own)
            record(
                agency=answers.agency,
                title=str(page.title),
                changed=changed,
                effective_on=effective_on,
                by=by,
            )


def differences(before: Words, after: Words) -> list[dict[str, str]]:
    nothing = ("", "")
    pairs = {field: (before.get(field, nothing), after.get(field, nothing)) for field in {**before, **after}}
    return [
        {"question": now[0] or was[0], "before": was[1], "after": now[1]}
        for was, now in pairs.values()
        if was[1] != now[1]
    ]


def of_form(form: ModelForm[Any]) -> list[dict[str, str]]:
    """What a valid form of a row that stood there changes, in the words of its page."""
    return [
        {
            "question": str(form.fields[name].label),
            "before": _shown(form.fields[name], form.initial.get(name)),
            "after": _shown(form.fields[name], form.cleaned_data.get(name)),
        }
        for name in form.changed_data
    ]


def _shown(field: Field, value: object) -> str:
    choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    return "" if value is None else choices.get(str(value), str(value))


def _words(section: Section, answers: Answers) -> Words:
    return {
        row.field: (str(row.question), row.answer) for group in section.summary(answers) for row in group.rows
    }


def record(
    *, agency: Agency, title: str, changed: Sequence[dict[str, str]], effective_on: date, by: User
) -> RecordChange:
    """Write down a change for the page's history and the digest. Inside a transaction."""
    change = RecordChange.objects.create(
        agency=agency, title=title, changed=list(changed), effective_on=effective_on, changed_by=by
    )
    audit.record(
        by=by,
        verb=OnboardingEvent.CHANGED_RECORD,
        obj=change,
        agency_id=agency.pk,
        data={
            "effective_on": effective_on.isoformat(),
            "changed": {row["question"]: [row["before"], row["after"]] for row in changed},
        },
    )
    return change


@transaction.atomic
def tell_digest() -> int:
    """Once a day to the HMIS Admins: what changed in the records of agencies since the last digest. Safe to repeat.

    The rows and the messages are written together, so none is told twice and none is left out.
    """
    today = timezone.localdate()
    midnight = timezone.make_aware(datetime.combine(today, time.min))
    rows = RecordChange.objects.filter(told_at=None, changed_at__lt=midnight).order_by("changed_at")
    changes = list(
        rows.select_for_update(of=("self",), skip_locked=True).select_related("agency", "changed_by")[
            :AT_ONCE
        ]
    )
    if changes:
        emails.record_digest(changes)
        RecordChange.objects.filter(pk__in=[row.pk for row in changes]).update(told_at=timezone.now())
    return len(changes)
