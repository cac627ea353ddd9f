"""Whether somebody's file can be kept: not only what it begins with, but that it opens to its end.

A file that asks for a password, or that restricts printing and copying, could not be stored and printed by the other
side (CGS 1-273); one that is cut off proves nothing; one that acts by itself is a danger to whoever reads it.
"""

import base64
import hashlib
from typing import Any

from django.utils.translation import gettext as _

from hmis_portal.files import file_reader, foreign, office_reader
from hmis_portal.files.readers import Reader

# The same file often comes twice, after another answer was wrong or by a second click: by kind and hash.
_opened: set[tuple[str, str]] = set()
MOST_REMEMBERED = 1000


def why_not_to_keep(data: bytes, kind: str) -> str:
    """What stands against keeping this file, and what to do; "" when anyone can open it."""
    known = (kind, hashlib.sha256(data).hexdigest())
    if known in _opened:
        return ""
    answer = _ask(data, kind)
    wrong = _wrong_with(answer, kind)
    if not wrong:
        if len(_opened) >= MOST_REMEMBERED:
            _opened.clear()
        _opened.add(known)
    return wrong


def as_jpeg(data: bytes) -> tuple[bytes, str]:
    """A HEIC photo as JPEG and ""; or nothing, and the sentence that says what stands against it."""
    answer = _ask(data, "heic")
    if "jpeg" in answer:
        return base64.b64decode(answer["jpeg"]), ""
    if "error" in answer:
        return b"", _(
            "The selected photo (HEIC) cannot be opened. Send it as JPEG: on an iPhone, choose Settings, Camera, Formats, "
            "Most Compatible and take it again, or share a copy as JPEG"
        )
    return b"", _wrong_with(answer, "heic")


def _ask(data: bytes, kind: str) -> dict[str, Any]:
    reader: Reader = office_reader if kind == "docx" else file_reader
    return foreign.ask(reader, data, about=kind) or {"error": "limits"}


def _wrong_with(answer: dict[str, Any], kind: str) -> str:
    if answer.get("locked"):
        return _(
            "The selected file is locked with a password or restricted. Save it without protection, or scan the paper "
            "again, and select the new file"
        )
    if "refused" in answer:
        return foreign.too_much(answer)
    if "error" in answer:
        return _(
            "The selected file cannot be opened: it may be damaged or cut off. Save it or scan the paper again and "
            "select the new file"
        )
    if kind == "pdf" and not answer["pages"]:
        return _("The selected file has no page. Scan the paper again and select the new file")
    if answer.get("pixels", 0) > file_reader.MOST_PIXELS:
        most = file_reader.MOST_PIXELS // 1_000_000
        return _(
            "The selected picture must have %(most)s million pixels or fewer. Save it smaller and select it again"
        ) % {"most": most}
    return _unsafe(answer.get("unsafe", ""))


def _unsafe(what: str) -> str:
    """Somebody else opens what is kept here, on a computer where such things would run."""
    return {
        "": "",
        "macros": _("The selected file has macros. Save it without macros and select it again"),
        "remote": _(
            "The selected file takes its template or another part from another computer. Save it as PDF and select the "
            "new file"
        ),
        "embedded": _(
            "The selected file carries another file inside it. Print it to PDF, or take that file out, and select the "
            "new file"
        ),
        "script": _("The selected file contains a script. Print it to PDF and select the new file"),
        "launch": _(
            "The selected file opens something else by itself. Print it to PDF and select the new file"
        ),
        "mixed": _(
            "The selected file is of two kinds at once. Save it or scan the paper again and select the new file"
        ),
    }[what]
