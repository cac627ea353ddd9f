"""Files that the agency gives: checked, scanned when a scanner is named, stored once, removed with a trace."""

import socket
import struct
from contextlib import closing

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from hmis_portal import audit, documents
from hmis_portal.errors import GuardFailed, WrongState
from hmis_portal.models import StoredDocument
from onboarding.models import Upload

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
SCAN_SECONDS = 20
CHUNK = 64 * 1024


class Infected(GuardFailed):
    """The scanner found something in the file."""


class ScannerAway(GuardFailed):
    """A scanner is configured and does not answer: nothing is taken unscanned."""


@transaction.atomic
def add(*, agency: Agency, kind: str, file: UploadedFile, by: User, question: int | None = None) -> Upload:
    """Keep a file that an `UploadField` accepted. The same file of the same kind again is kept once.

    Raises Infected or ScannerAway; nothing is stored then.
    """
    file.seek(0)
    data = file.read()
    scan = scanned(data)
    document = documents.store(data, content_type=CONTENT_TYPES[file.content_kind])  # type: ignore[attr-defined]
    standing = Upload.objects.filter(
        agency=agency, kind=kind, question=question, document=document, removed_at__isnull=True
    ).first()
    if standing:
        return standing
    name = documents.safe_name(file.name or "")
    upload = Upload.objects.create(
        agency=agency,
        kind=kind,
        question=question,
        document=document,
        filename=name,
        scan=scan,
        uploaded_by=by,
    )
    audit.record(
        by=by,
        verb="uploaded",
        obj=upload,
        agency_id=agency.pk,
        data={"kind": kind, "sha256": document.sha256},
    )
    return upload


def scan_to_keep(file: UploadedFile) -> StoredDocument:
    """Keep the scan of a signed paper that an `UploadField` accepted. Raises Infected or ScannerAway."""
    file.seek(0)
    data = file.read()
    scanned(data)
    return documents.store(data, content_type=CONTENT_TYPES[file.content_kind])  # type: ignore[attr-defined]


@transaction.atomic
def remove(*, upload: Upload, by: User) -> Upload:
    """Take a file out of the application; its row and its bytes stay for the record."""
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.removed_at is not None:
        raise WrongState(_("“%(name)s” was already removed.") % {"name": upload.filename})
    upload.removed_by, upload.removed_at = by, timezone.now()
    upload.save(update_fields=["removed_by", "removed_at"])
    audit.record(
        by=by, verb="removed upload", obj=upload, agency_id=upload.agency_id, data={"kind": upload.kind}
    )
    return upload


def scanned(data: bytes) -> str:
    """What the scanner says: clean, or that there is none. Raises Infected or ScannerAway."""
    if not settings.CLAMD_ADDRESS:
        return Upload.Scan.NOT_SCANNED
    try:
        answer = ask_clamd(settings.CLAMD_ADDRESS, data)
    except OSError as error:
        raise ScannerAway(
            _(
                "Files cannot be checked for viruses right now. Your other answers are kept; try again in a few minutes."
            )
        ) from error
    if answer.endswith("FOUND"):
        raise Infected(
            _("The virus scanner found something in this file, so it was not kept. Select a clean file.")
        )
    if not answer.endswith("OK"):
        raise ScannerAway(_("The virus scanner could not check this file. Try again in a few minutes."))
    return Upload.Scan.CLEAN


def ask_clamd(address: str, data: bytes) -> str:
    """Send the bytes by clamd's INSTREAM to "host:port" or to a socket's path; returns its line, like "stream: OK"."""
    with closing(_connect(address)) as connection:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), CHUNK):
            piece = data[start : start + CHUNK]
            connection.sendall(struct.pack("!L", len(piece)) + piece)
        connection.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0") and (piece := connection.recv(4096)):
            answer += piece
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _connect(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(SCAN_SECONDS)
        connection.connect(address)
        return connection
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SCAN_SECONDS)
