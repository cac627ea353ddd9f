"""Questions about files from outside, answered by a process with limits of its own: see `seal_reader`."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from hmis_portal import foreign
from hmis_portal.signing import seal_reader


def ask(data: bytes, *, about: str, roots: list[str] | None = None) -> Any:
    """What the reader says about this file; None when it did not answer within its limits."""
    script = Path(seal_reader.__file__)
    return foreign.ask(script, data, about=about, seconds=seal_reader.SECONDS, roots=roots or [])


def why_not_to_keep(data: bytes) -> str:
    """What stands against keeping this PDF as somebody's document, and what to do; "" when anyone can open it.

    A file that asks for a password, or that restricts printing and copying, could not be stored and printed by the
    other side (CGS 1-273).
    """
    found = ask(data, about="pages") or {"error": "limits"}
    if found.get("encrypted"):
        return _(
            "The selected file is locked with a password or restricted. Save it without protection, or scan the paper "
            "again, and select the new file"
        )
    if "error" in found:
        return _(
            "The selected file cannot be opened: it may be damaged or cut off. Scan the paper again and select the new file"
        )
    if not found["pages"]:
        return _("The selected file has no page. Scan the paper again and select the new file")
    return ""
