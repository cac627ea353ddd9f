"""The statement of accuracy: its words, and how long it stands. Any change of an answer after it makes it lapse."""

import hashlib
import json

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from hmis_portal.text.words import datetime_words
from onboarding.models import SectionKey
from onboarding.readiness.summary import readiness
from onboarding.sections import summaries
from onboarding.sections.answers import Answers

STATEMENT = _(
    "I have read the answers in this application. To the best of my knowledge they are true and complete, and I may "
    "make this statement for the agency."
)
# What it is about: every section but itself.
ABOUT = (
    summaries.agency,
    summaries.people,
    summaries.projects,
    summaries.staff,
    readiness,
    summaries.documents,
)


def fingerprint(answers: Answers) -> str:
    """The answers that the statement is about, in one hash; whichever way one was changed, it differs."""
    with translation.override(settings.LANGUAGE_CODE):
        rows: list[object] = [
            [group.key, row.field, str(row.answer), sorted(upload.document.sha256 for upload in row.files)]
            for section in ABOUT
            for group in section(answers)
            for row in group.rows
        ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def stands(answers: Answers) -> bool:
    """Whether it was made and nothing has changed since. What was sent stands as it was sent."""
    application = answers.application
    if application.declared_at is None or not application.is_editable:
        return application.declared_at is not None
    return application.declared_sha256 == fingerprint(answers)


def summary(answers: Answers) -> list[summaries.RowGroup]:
    """The section as a person reads it; empty answers once the statement has lapsed."""
    application, is_made = answers.application, stands(answers)
    url = summaries.section_url(answers, SectionKey.DECLARATION)
    declared = [
        ("accurate", _("Statement of accuracy"), application.declared_text or str(STATEMENT)),
        ("declared_name", _("Name"), application.declared_name),
        ("declared_title", _("Title"), application.declared_title),
        ("declared_at", _("Statement of accuracy made"), datetime_words(application.declared_at)),
    ]
    typed_as = {"declared_at": "accurate"}
    rows = [
        summaries.Row(field, str(question), answer if is_made else "", typed_as=typed_as.get(field, ""))
        for field, question, answer in declared
    ]
    return [summaries.RowGroup("declaration", str(_("Declaration")), url, rows)]
