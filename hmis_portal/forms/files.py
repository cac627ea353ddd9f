"""Uploads, judged by their bytes and their name."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hmis_portal.files import foreign, letters, opening
from hmis_portal.files.scanning import scanned

FILE_KINDS = {
    # kind: (name in a sentence, extensions)
    "pdf": ("PDF", (".pdf",)),
    "png": ("PNG", (".png",)),
    "jpeg": ("JPEG", (".jpg", ".jpeg")),
    "heic": ("HEIC", (".heic", ".heif")),
    "docx": ("Word (DOCX)", (".docx",)),
    "xlsx": ("Excel (XLSX)", (".xlsx",)),
    "csv": ("CSV", (".csv",)),
}
PICTURES = ("png", "jpeg", "heic")
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
TABLE_NAMES = (".csv", ".xlsx", ".xls", ".xlsm", ".txt", ".tsv")


def detect_kind(upload: UploadedFile[bytes]) -> str:
    """What the bytes are, whatever the name says: a key of FILE_KINDS, "zip", or "" when it is none of them."""
    upload.seek(0)
    head = upload.read(1024)
    upload.seek(0)
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        return "heic"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    return "csv" if letters.is_text(head) else ""


def _named_for(name: str, kind: str) -> bool:
    """Whether a file of this kind may bear this name.

    Tables are often named for the program they are opened with; programs save pictures under each other's names.
    """
    extension = "." + name.rsplit(".", 1)[-1].lower()
    if kind in PICTURES:
        return any(extension in FILE_KINDS[kind_of_picture][1] for kind_of_picture in PICTURES)
    return extension in (TABLE_NAMES if kind in ("csv", "xlsx") else FILE_KINDS[kind][1])


def _under_its_own_name(name: str, kind: str) -> str:
    """The name with the extension of what the bytes are."""
    begin, _dot, end = name.rpartition(".")
    return name if f".{end.lower()}" in FILE_KINDS[kind][1] else begin + FILE_KINDS[kind][1][0]


class UploadInput(forms.FileInput):
    """A file; of one that is too large the page may send its size alone, as "<name>-bytes" (see upload.js)."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if name not in files and data.get(f"{name}-bytes", "").isdigit():
            return UploadedFile(io.BytesIO(), name="large", size=sys.maxsize)
        return super().value_from_datadict(data, files, name)


PAPERS = ("pdf", "png", "jpeg", "docx")
PAPERS_IN_WORDS = _(
    "PDF, PNG, JPEG or Word (DOCX), smaller than 10 MB. An iPhone photo (HEIC) becomes a JPEG."
)


class UploadField(forms.FileField):
    """One file of the kinds named, judged by its bytes and its name; cleans to the uploaded file.

    Its `content_kind` (a key of FILE_KINDS) says what it is, its `found_clean` whether a virus scanner saw it.
    A phone's HEIC photo becomes a JPEG where one is taken. `scan=False` is for a file that is read and not kept: it is
    not opened to its end, nor scanned.
    """

    def __init__(
        self,
        *,
        kinds: Iterable[str] = PAPERS,
        max_bytes: int | None = None,
        scan: bool = True,
        **kwargs: Any,
    ) -> None:
        self.kinds, self.scan = tuple(kinds), scan
        self.max_bytes = max_bytes or settings.MAX_UPLOAD_BYTES
        if self.kinds == PAPERS:
            kwargs.setdefault("help_text", PAPERS_IN_WORDS)
        taken_kinds = [*self.kinds, "heic"] if "jpeg" in self.kinds else self.kinds
        extensions = ",".join(ext for kind in taken_kinds for ext in FILE_KINDS[kind][1])
        kwargs.setdefault("widget", UploadInput({"accept": extensions}))
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, object]:
        return super().widget_attrs(widget) | {"data-most-bytes": self.max_bytes}

    def to_python(self, data: Any) -> Any:
        upload: Any = super().to_python(data)
        if upload is None:
            return None
        if upload.size > self.max_bytes:
            limit = f"{self.max_bytes // (1024 * 1024)} MB"
            raise ValidationError(
                _("The selected file must be smaller than %(limit)s"), code="size", params={"limit": limit}
            )
        upload.content_kind = self._kind_of(upload)
        upload.found_clean = False
        if self.scan:
            self._open(upload)
        upload.seek(0)
        return upload

    def _kind_of(self, upload: Any) -> str:
        kind = detect_kind(upload)
        within: Mapping[str, Any] = {}
        if kind == "zip":
            try:
                within = foreign.within(upload)
            except foreign.Unreadable as error:
                raise ValidationError(str(error), code="kind") from error
            kind = within["kind"]
        if kind == "heic" and "jpeg" in self.kinds and _named_for(upload.name, kind):
            return kind
        if kind not in self.kinds and (
            cause := foreign.cause(upload, self.kinds_in_words(), within.get("program", ""))
        ):
            raise ValidationError(cause, code="kind")
        if kind not in self.kinds or not _named_for(upload.name, kind):
            raise ValidationError(
                _("The selected file must be a %(kinds)s file"),
                code="kind",
                params={"kinds": self.kinds_in_words()},
            )
        if within.get("macros"):
            raise ValidationError(
                _("The selected file has macros. Save it without macros and select it again"), code="macros"
            )
        return kind

    def _open(self, upload: Any) -> None:
        """Scan it, then read it to its end; a HEIC photo is a JPEG from here on."""
        upload.seek(0)
        data = upload.read()
        upload.found_clean = scanned(data)
        if upload.content_kind == "heic":
            photo, wrong = opening.as_jpeg(data)
            upload.file, upload.size, upload.content_kind = io.BytesIO(photo), len(photo), "jpeg"
            if upload.size > self.max_bytes:
                wrong = gettext(
                    "The selected photo is too large as a JPEG. Save it smaller and select it again"
                )
        else:
            wrong = opening.why_not_to_keep(data, upload.content_kind)
        if wrong:
            raise ValidationError(wrong, code="unopened")
        upload.name = _under_its_own_name(upload.name, upload.content_kind)

    def kinds_in_words(self) -> str:
        names = [FILE_KINDS[kind][0] for kind in self.kinds]
        return names[0] if len(names) == 1 else gettext(" or ").join((", ".join(names[:-1]), names[-1]))
