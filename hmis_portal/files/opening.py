"""Whether somebody's file can be kept: not only what it begins with, but that it opens to its end.

A file that asks for a password, or that restricts printing and copying, could not be stored and printed by the other
side (CGS 1-273); one that is cut off proves nothing.
"""

import base64
import hashlib
from typing import Any

from django.utils.translation import gettext as _

from hmis_portal.files import file_reader, foreign

# The same file often comes twice, after another answer was wrong or by a second click: by kind and hash.
_opened: set[tuple[str, str]] = set()
MOST_REMEMBERED = 1000


def why_not_to_keep(data: bytes, kind: str) -> str:
    """What stands against keeping this file, and what to do; "" when anyone can open it."""
    known = (kind, hashlib.sha256(data).hexdigest())
    if known in _opened:
        return ""
    found = _ask(data, kind)
    wrong = _wrong_with(found, kind)
    if not wrong:
        if len(_opened) >= MOST_REMEMBERED:
            _opened.clear()
        _opened.add(known)
    return wrong


def as_jpeg(data: bytes) -> tuple[bytes, str]:
    """A HEIC photo as JPEG and ""; or nothing, and the sentence that says what stands against it."""
    found = _ask(data, "heic")
    if "jpeg" in found:
        return base64.b64decode(found["jpeg"]), ""
    if "error" in found:
        return b"", _(
            "The selected photo (HEIC) cannot be opened. Send it as JPEG: on an iPhone, choose Settings, Camera, Formats, "
            "Most Compatible and take it again, or share a copy as JPEG"
        )
    return b"", _wrong_with(found, "heic")


def _ask(data: bytes, kind: str) -> dict[str, Any]:
    return foreign.ask(file_reader, data, about=kind) or {"error": "limits"}


def _wrong_with(found: dict[str, Any], kind: str) -> str:
    if found.get("locked"):
        return _(
            "The selected file is locked with a password or restricted. Save it without protection, or scan the paper "
            "again, and select the new file"
        )
    if "error" in found:
        return _(
            "The selected file cannot be opened: it may be damaged or cut off. Save it or scan the paper again and "
            "select the new file"
        )
    if kind == "pdf" and not found["pages"]:
        return _("The selected file has no page. Scan the paper again and select the new file")
    if found.get("pixels", 0) > file_reader.MOST_PIXELS:
        most = file_reader.MOST_PIXELS // 1_000_000
        return _(
            "The selected picture must have %(most)s million pixels or fewer. Save it smaller and select it again"
        ) % {"most": most}
    return ""
