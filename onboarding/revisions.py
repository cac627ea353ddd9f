"""What was sent, frozen: the answers by section and question as a person reads them, their PDF, and comparisons.

A snapshot is {"format": 1, "reference", "agency", "sections": [{"key", "letter", "title", "groups": [{"key", "title",
"rows": [{"field", "question", "answer"}]}]}]}; all leaves are text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from agencies.models import User
from hmis_portal import documents, pdf
from hmis_portal.models import PortalSettings
from onboarding import emails
from onboarding.answers import Answers
from onboarding.models import Application, Revision, RevisionPdf
from onboarding.sections import SECTIONS

FORMAT = 1
Place = tuple[str, str, str, str, str]


def snapshot(answers: Answers) -> dict[str, Any]:
    """The answers as they stand now."""
    return {
        "format": FORMAT,
        "reference": answers.application.reference,
        "agency": answers.agency.legal_name,
        "sections": [
            {
                "key": section.key,
                "letter": section.letter,
                "title": str(section.title),
                "groups": [
                    {
                        "key": group.key,
                        "title": group.title,
                        "rows": [
                            {"field": row.field, "question": str(row.question), "answer": str(row.answer)}
                            for row in group.rows
                        ],
                    }
                    for group in section.summary(answers)
                ],
            }
            for section in SECTIONS
        ],
    }


def freeze(application: Application, *, by: User) -> Revision:
    """Keep what is being sent as the next revision; the caller holds the application's lock."""
    number = Revision.objects.filter(application=application).count() + 1
    answers = Answers(application, application.agency)
    return Revision.objects.create(
        application=application,
        number=number,
        snapshot=snapshot(answers),
        submitted_by=by,
        submitted_at=application.submitted_at or timezone.now(),
    )


@dataclass(frozen=True)
class Difference:
    """One question whose answer is not the same in two snapshots; "" is no answer, or not asked."""

    section: str
    section_title: str
    group: str
    field: str
    question: str
    before: str
    after: str


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Question by question, in the order of the later snapshot, what is only in the earlier at the end."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = (old[key][1] if key in old else ""), (new[key][1] if key in new else "")
        if was != now:
            found.append(Difference(*(new.get(key) or old[key])[0], before=was, after=now))
    return found


def _leaves(found: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str], tuple[Place, str]]]:
    """Key → where the question stands, and its answer."""
    for section in found["sections"]:
        for group in section["groups"]:
            for row in group["rows"]:
                place = (section["key"], section["title"], group["title"], row["field"], row["question"])
                yield (section["key"], group["key"], row["field"]), (place, row["answer"])


def render(revision: Revision) -> bytes:
    """The PDF of a revision: the same bytes each time."""
    context = {
        "revision": revision,
        "snapshot": revision.snapshot,
        "application": revision.application,
        "by_name": str(revision.submitted_by),
        "portal": PortalSettings.load(),
    }
    identifier = f"{revision.application.reference}/{revision.number}".encode()
    return pdf.render_template("pdf/application.html", context, identifier=identifier)


def make_pdf(revision: Revision) -> RevisionPdf:
    """Make the PDF once and tell the managers that their application arrived. Safe to run twice."""
    found = RevisionPdf.objects.filter(revision=revision).select_related("document").first()
    if found is None:
        document = documents.store(render(revision), content_type="application/pdf")
        with transaction.atomic():
            found, _created = RevisionPdf.objects.get_or_create(
                revision=revision, defaults={"document": document}
            )
    emails.application_submitted(revision, pdf=found.document)
    return found


def filename(revision: Revision) -> str:
    return f"{revision.application.reference} revision {revision.number}.pdf"
