"""Files that the agency gives: stored once, removed with a trace."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from hmis_portal import audit, documents
from hmis_portal.models import StoredDocument
from hmis_portal.models.written import Given
from hmis_portal.web.errors import WrongState
from onboarding.events import OnboardingEvent
from onboarding.models import Revision, Upload


def add(*, agency: Agency, kind: str, file: UploadedFile[bytes], by: User, question: str = "") -> Upload:
    """Keep a file that an `UploadField` accepted. Under a lock its bytes are stored before: see `record`."""
    document = documents.keep(file)
    return record(agency=agency, kind=kind, file=file, document=document, by=by, question=question)


@transaction.atomic
def record(
    *,
    agency: Agency,
    kind: str,
    file: UploadedFile[bytes],
    document: StoredDocument,
    by: User,
    question: str = "",
) -> Upload:
    """What was stored is the agency's. The same file of the same kind again is kept once."""
    upload = Upload.objects.filter(
        agency=agency, kind=kind, question=question, document=document, removed_at__isnull=True
    ).first()
    if upload:
        return upload
    name = documents.safe_name(file.name or "")
    upload = Upload.objects.create(
        agency=agency,
        kind=kind,
        question=question,
        document=document,
        filename=name,
        scan=Upload.Scan.of(found_clean=file.found_clean),  # type: ignore[attr-defined]
        uploaded_by=by,
    )
    audit.record(
        by=by,
        verb=OnboardingEvent.UPLOADED,
        obj=upload,
        agency_id=agency.pk,
        data={"kind": kind, "sha256": document.sha256},
    )
    return upload


def readable(agency: Agency | Given) -> QuerySet[Upload]:
    """The files that stand, and those that were sent with a revision, also when they were taken out since."""
    sent = Revision.objects.filter(
        application__agency=OuterRef("agency"),
        submitted_at__gte=OuterRef("uploaded_at"),
        submitted_at__lt=OuterRef("removed_at"),
    )
    rows = Upload.objects.filter(Q(removed_at__isnull=True) | Exists(sent), agency=agency)
    return rows.select_related("document")


@transaction.atomic
def remove(*, upload: Upload, by: User) -> Upload:
    """Take a file out of the application; its row and its bytes stay for the record."""
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.removed_at is not None:
        raise WrongState(_("“%(name)s” was already removed.") % {"name": upload.filename})
    upload.removed_by, upload.removed_at = by, timezone.now()
    upload.save(update_fields=["removed_by", "removed_at"])
    audit.record(
        by=by,
        verb=OnboardingEvent.REMOVED_UPLOAD,
        obj=upload,
        agency_id=upload.agency_id,
        data={"kind": upload.kind},
    )
    return upload
