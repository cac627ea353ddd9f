"""The one document store: immutable bytes under their SHA-256, never overwritten, hashed again when read."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage, storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from hmis_portal.models import Disposal, PortalSettings, StoredDocument
from hmis_portal.models.users import User
from hmis_portal.running.away import ERRNOS, PROBES, Part, PartAway
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import GuardFailed

log = structlog.get_logger(__name__)
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

try:  # the storage may be S3, whose client has errors of its own
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    STORAGE_ERRORS: tuple[type[Exception], ...] = (OSError,)
else:
    STORAGE_ERRORS = (OSError, BotoCoreError, ClientError)


class DocumentDamaged(Exception):
    """The stored bytes are gone, or are no longer those that were kept, while the storage is well."""

    document: StoredDocument | None = None


class DocumentGone(DocumentDamaged):
    """The storage answers and has other documents, but not this one."""


class DocumentChanged(DocumentDamaged):
    """The stored bytes no longer have the recorded hash."""


class CannotReadNow(PartAway):
    """The storage, or the place of this one document in it, cannot be read now; nothing is known of the bytes."""

    document: StoredDocument | None = None


def _about(error: Any, document: StoredDocument) -> Any:
    error.document = document
    return error


class DocumentDisposed(GuardFailed, DocumentDamaged):
    """The bytes were deleted on purpose, once their retention period had passed."""


def store(data: bytes, *, content_type: str) -> StoredDocument:
    """Keep these bytes and return their row; the same bytes again return the same row.

    The bytes are safe on disk before the row is written, so a row without its bytes cannot be committed. The storage
    may take seconds to answer: never store under a lock. Raises PartAway while it is away or its disk is full.
    """
    digest = hashlib.sha256(data).hexdigest()
    document = StoredDocument(sha256=digest, size=len(data), content_type=content_type)
    put(document.path, data)
    return StoredDocument.objects.get_or_create(
        sha256=digest, defaults={"size": len(data), "content_type": content_type}
    )[0]


def put(path: str, data: bytes) -> None:
    """Write bytes into the storage under a name that tells their hash. Raises PartAway while it is away or full."""
    try:
        _write(path, data)
    except STORAGE_ERRORS as error:
        raise PartAway(_part(error), f"The storage cannot be written to: {type(error).__name__}.") from error


def keep(file: UploadedFile[bytes]) -> StoredDocument:
    """Store a file that an `UploadField` accepted."""
    file.seek(0)
    return store(file.read(), content_type=CONTENT_TYPES[file.content_kind])  # type: ignore[attr-defined]


@contextmanager
def away_beside(form: BaseForm, field: str) -> Iterator[None]:
    """What is kept in here; while the storage is away or full, that is said beside the field of the file."""
    try:
        yield
    except PartAway as error:
        log.warning("file_not_kept", part=error.part.value, error=str(error))
        form.add_error(
            field, _("The portal cannot keep files right now. Select the file again in a few minutes")
        )


def read(document: StoredDocument) -> bytes:
    """The bytes, after checking that they still have their recorded hash.

    Raises DocumentGone or DocumentChanged, and CannotReadNow while the storage is away.
    """
    name = f"Document {document.sha256}"
    try:
        with default_storage.open(document.path) as file:
            data: bytes = file.read()
    except FileNotFoundError as error:
        if disposal := Disposal.objects.filter(document=document).first():
            words = _(
                "This file was deleted on %(day)s, after its retention period. The record of it is kept."
            )
            raise DocumentDisposed(words % {"day": date_words(disposal.at)}) from error
        if not _holds_others(document):
            raise _cannot_read(document, "the storage has no document at all") from error
        raise _about(DocumentGone(f"{name} is missing from the storage."), document) from error
    except STORAGE_ERRORS as error:
        raise _cannot_read(document, f"could not be read: {type(error).__name__}") from error
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise _about(DocumentChanged(f"{name} does not have its recorded bytes."), document)
    return data


def _cannot_read(document: StoredDocument, why: str) -> CannotReadNow:
    fault = CannotReadNow(Part.STORAGE, f"Document {document.sha256} cannot be read now; {why}.")
    error: CannotReadNow = _about(fault, document)
    return error


def _holds_others(document: StoredDocument) -> bool:
    """Whether the storage has any of the first and last other documents: of one that is not mounted it has none."""
    try:
        sample = _sample(StoredDocument.objects.exclude(pk=document.pk))
        return root_is_there() and (not sample or any(default_storage.exists(other.path) for other in sample))
    except STORAGE_ERRORS:
        return False


def _sample(rows: QuerySet[StoredDocument]) -> list[StoredDocument]:
    rows = rows.filter(disposal=None)
    return list(
        {document.pk: document for document in (*rows.order_by("pk")[:3], *rows.order_by("-pk")[:3])}.values()
    )


def is_folder() -> bool:
    return isinstance(storages["default"], FileSystemStorage)


def root() -> Path:
    return Path(default_storage.path(""))


def root_is_there() -> bool:
    """Whether the documents folder is the one that holds the documents, and not an empty place to mount it on."""
    if not is_folder():
        return True
    with suppress(FileNotFoundError), os.scandir(root()) as entries:
        if next(entries, None) is not None:
            return True
    return StoredDocument.objects.filter(disposal=None).count() < 2


def storage_away() -> Part | None:
    """Ask the storage for nothing in particular: is it there, and can it be written to now?"""
    try:
        if not root_is_there():
            return Part.STORAGE
        if not is_folder():
            default_storage.exists("is-it-there")
        elif root().is_dir():
            with tempfile.TemporaryFile(dir=root()) as probe:
                probe.write(bytes(64 * 1024))
    except STORAGE_ERRORS as error:
        return _part(error)
    return None


PROBES[Part.STORAGE] = storage_away


def _part(error: Exception) -> Part:
    return ERRNOS.get(getattr(error, "errno", None) or 0, Part.STORAGE)


def dispose(document: StoredDocument, *, by: User, reason: str) -> Disposal:
    """Delete the bytes for good; the row stays. The caller has made sure that the retention period has passed.

    Raises GuardFailed while no retention period is set. The record is written first: a file is never gone untold.
    """
    if PortalSettings.objects.filter(retention_years__isnull=False).first() is None:
        raise GuardFailed(_("No retention period is set in the portal settings, so nothing may be deleted."))
    disposal, _new = Disposal.objects.get_or_create(document=document, defaults={"by": by, "reason": reason})
    transaction.on_commit(lambda: default_storage.delete(document.path))
    return disposal


def response(document: StoredDocument, *, filename: str, inline: bool = False) -> HttpResponse:
    """A stored file as a download; the caller has checked the right to see it."""
    return download(read(document), document.content_type, filename=filename, inline=inline)


def download(data: bytes, content_type: str, *, filename: str, inline: bool = False) -> HttpResponse:
    """Bytes that no browser will run as a page or keep.

    Only PDFs and pictures may be shown inline; everything else is always a download.
    """
    showable = content_type in {"application/pdf", "image/png", "image/jpeg"}
    answer = HttpResponse(data, content_type=content_type)
    header = content_disposition_header(not (inline and showable), safe_name(filename))
    answer["Content-Disposition"] = header or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def safe_name(name: str) -> str:
    """A file name without path parts or control characters, at most 120 characters."""
    base = re.split(r"[\\/]", name)[-1]
    base = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", base).strip(" .")
    return base[-120:] or "document"


def _write(path: str, data: bytes) -> None:
    if not is_folder():
        if not default_storage.exists(path):
            default_storage.save(path, ContentFile(data))
        return
    target = Path(default_storage.path(path))
    if target.exists() and target.stat().st_size == len(data):
        return
    if not root_is_there():  # what is written beside the documents is hidden when they are back
        raise FileNotFoundError(root())
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as aside:
        try:
            aside.write(data)
            aside.flush()
            os.fsync(aside.fileno())
            os.replace(aside.name, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(aside.name)
            raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
