"""The one document store: immutable bytes under their SHA-256, never overwritten, hashed again when read."""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from hmis_portal.errors import GuardFailed
from hmis_portal.models import Disposal, PortalSettings, StoredDocument
from hmis_portal.words import date_words

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
    """The stored bytes no longer have the recorded hash, are gone or could not be read."""

    document: StoredDocument | None = None


def _damaged(document: StoredDocument, words: str) -> DocumentDamaged:
    error = DocumentDamaged(f"Document {document.sha256} {words}.")
    error.document = document
    return error


class DocumentDisposed(GuardFailed, DocumentDamaged):
    """The bytes were deleted on purpose, once their retention period had passed."""


def store(data: bytes, *, content_type: str) -> StoredDocument:
    """Keep these bytes and return their row; the same bytes again return the same row.

    The bytes are safe on disk before the row is written, so a row without its bytes cannot be committed.
    """
    digest = hashlib.sha256(data).hexdigest()
    document = StoredDocument(sha256=digest, size=len(data), content_type=content_type)
    _write(document.path, data)
    return StoredDocument.objects.get_or_create(
        sha256=digest, defaults={"size": len(data), "content_type": content_type}
    )[0]


def keep(file: UploadedFile) -> StoredDocument:
    """Store a file that an `UploadField` accepted."""
    file.seek(0)
    return store(file.read(), content_type=CONTENT_TYPES[file.content_kind])  # type: ignore[attr-defined]


def read(document: StoredDocument) -> bytes:
    """The bytes, after checking that they still have their recorded hash. Raises DocumentDamaged."""
    try:
        with default_storage.open(document.path) as file:
            data: bytes = file.read()
    except FileNotFoundError as error:
        if disposal := Disposal.objects.filter(document=document).first():
            words = _(
                "This file was deleted on %(day)s, after its retention period. The record of it is kept."
            )
            raise DocumentDisposed(words % {"day": date_words(disposal.at)}) from error
        raise _damaged(document, "is missing from the storage") from error
    except STORAGE_ERRORS as error:
        raise _damaged(document, f"could not be read: {type(error).__name__}") from error
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise _damaged(document, "does not have its recorded bytes")
    return data


def dispose(document: StoredDocument, *, by: Any, reason: str) -> Disposal:
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
    if not isinstance(default_storage._wrapped, FileSystemStorage):  # type: ignore[attr-defined]
        if not default_storage.exists(path):
            default_storage.save(path, ContentFile(data))
        return
    target = Path(default_storage.path(path))
    if target.exists() and target.stat().st_size == len(data):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as aside:
        aside.write(data)
        aside.flush()
        os.fsync(aside.fileno())
    os.replace(aside.name, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
