"""What was sent, frozen: the answers by section and question as a person reads them, their PDF, and comparisons."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from agencies.models import User
from hmis_portal import documents
from hmis_portal.models import PortalSettings
from hmis_portal.running import tries
from hmis_portal.typesetting import pdf
from onboarding import emails
from onboarding.models import Revision, RevisionJob, RevisionPdf, Upload
from onboarding.sections.answers import Answers
from onboarding.sections.catalogue import SECTIONS
from onboarding.sections.summaries import Row

FORMAT = 2
Place = tuple[str, str, str, str, str]


class FrozenFile(TypedDict):
    upload: str
    name: str
    sha256: str
    size: int


class FrozenRow(TypedDict):
    field: str
    question: str
    answer: str
    files: NotRequired[list[FrozenFile]]  # only in an answer that is files


class FrozenGroup(TypedDict):
    key: str
    title: str
    rows: list[FrozenRow]


class FrozenSection(TypedDict):
    key: str
    letter: str
    title: str
    groups: list[FrozenGroup]


class Snapshot(TypedDict):
    format: NotRequired[int]  # 1 told a file by its name alone
    reference: str
    agency: str
    sections: list[FrozenSection]


Files = tuple[FrozenFile, ...]


def snapshot(answers: Answers) -> Snapshot:
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
                        "rows": [_row(row) for row in group.rows],
                    }
                    for group in section.summary(answers)
                ],
            }
            for section in SECTIONS
        ],
    }


def _row(row: Row) -> FrozenRow:
    frozen: FrozenRow = {"field": row.field, "question": str(row.question), "answer": str(row.answer)}
    if row.files:
        frozen["files"] = [_file(upload) for upload in row.files]
    return frozen


def _file(upload: Upload) -> FrozenFile:
    document = upload.document
    return {
        "upload": str(upload.pk),
        "name": upload.filename,
        "sha256": document.sha256,
        "size": document.size,
    }


def sent(revision: Revision) -> Snapshot:
    """The snapshot, of format 1 too with the files that stood when it was sent."""
    if revision.snapshot.get("format", 1) > 1:
        as_kept: Snapshot = copy.copy(revision.snapshot)
        return as_kept
    snapshot: Snapshot = copy.deepcopy(revision.snapshot)
    rows = Upload.objects.filter(agency__applications=revision.application_id)
    rows = rows.filter(uploaded_at__lte=revision.submitted_at).exclude(removed_at__lte=revision.submitted_at)
    rows = rows.select_related("document")
    for section in snapshot["sections"]:
        for row in (row for group in section["groups"] for row in group["rows"]):
            if files := [
                _file(upload) for upload in rows if row["field"] in (upload.kind, f"q{upload.question}")
            ]:
                row["files"] = files
    return snapshot


def freeze(answers: Answers, *, by: User) -> Revision:
    """Keep what is being sent as the next revision; the caller holds the application's lock."""
    application = answers.application
    number = Revision.objects.filter(application=application).count() + 1
    return Revision.objects.create(
        application=application,
        number=number,
        snapshot=snapshot(answers),
        submitted_by=by,
        submitted_at=application.submitted_at or timezone.now(),
    )


@dataclass(frozen=True)
class AnswerDifference:
    """One question whose answer is not the same in two snapshots; "" is no answer, or not asked.

    The files of an answer are compared by their bytes: `replaced` are the names that another file bears now.
    """

    section: str
    section_title: str
    group: str
    field: str
    question: str
    before: str
    after: str
    files_before: Files = ()
    files_after: Files = ()
    key: tuple[str, str, str] = ("", "", "")  # of section, group and field
    url: str = ""  # where it is changed, for whoever may

    @property
    def replaced(self) -> list[str]:
        still_there = _bytes(self.files_after)
        gone = {file["name"] for file in self.files_before if file["sha256"] not in still_there}
        return sorted(gone & {file["name"] for file in self.files_after})


def compare(before: Snapshot, after: Snapshot) -> list[AnswerDifference]:
    """Question by question, in the order of the later snapshot, what is only in the earlier at the end."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    differences = []
    for key in [*new, *(key for key in old if key not in new)]:
        (was, files_were), (now, files_are) = (
            version[key][1:] if key in version else ("", ()) for version in (old, new)
        )
        if was != now or _bytes(files_were) != _bytes(files_are):
            place = (new.get(key) or old[key])[0]
            differences.append(AnswerDifference(*place, was, now, files_were, files_are, key))
    return differences


def _bytes(files: Files) -> list[str]:
    return sorted(file["sha256"] for file in files)


def _leaves(snapshot: Snapshot) -> Iterator[tuple[tuple[str, str, str], tuple[Place, str, Files]]]:
    """Key → where the question stands, its answer, and the files of it."""
    for section in snapshot["sections"]:
        for group in section["groups"]:
            for row in group["rows"]:
                place = (section["key"], section["title"], group["title"], row["field"], row["question"])
                files = tuple(row.get("files", ()))
                yield (section["key"], group["key"], row["field"]), (place, row["answer"], files)


def page_of(revision: Revision) -> str:
    """The page from which the PDF of a revision is made."""
    context = {
        "revision": revision,
        "snapshot": revision.snapshot,
        "application": revision.application,
        "by_name": str(revision.submitted_by),
        "portal": PortalSettings.load(),
    }
    return render_to_string("pdf/application.html", context)


def render(revision: Revision) -> bytes:
    """The PDF of a revision: the same bytes each time."""
    identifier = f"{revision.application.reference}/{revision.number}".encode()
    return pdf.render(page_of(revision), identifier=identifier)


def make_pdf(revision: Revision) -> RevisionPdf:
    """Make the PDF once and tell the managers that their application arrived. Safe to run twice."""
    pdf_row = RevisionPdf.objects.filter(revision=revision).select_related("document").first()
    if pdf_row is None:
        document = documents.store(render(revision), content_type="application/pdf")
        with transaction.atomic():
            pdf_row, _created = RevisionPdf.objects.get_or_create(
                revision=revision, defaults={"document": document}
            )
    emails.application_submitted(revision, pdf=pdf_row.document)
    return pdf_row


def try_again(job: RevisionJob) -> None:
    """A person found the cause: count afresh; the sweep finds it."""
    waiting = RevisionJob.objects.filter(pk=job.pk, done_at=None)
    tries.afresh(waiting)
    waiting.update(parked_at=None)


def filename(revision: Revision) -> str:
    return f"{revision.application.reference} revision {revision.number}.pdf"
