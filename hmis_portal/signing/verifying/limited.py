"""Questions about files from outside, answered by a process with limits of its own: see `seal_reader` and `file_reader`."""

from pathlib import Path
from typing import Any

from hmis_portal import file_reader, foreign
from hmis_portal.signing.sealing import seal_reader


def ask(data: bytes, *, about: str, roots: list[str] | None = None) -> Any:
    """What the reader says about this file; None when it did not answer within its limits."""
    script = Path(seal_reader.__file__)
    return foreign.ask(script, data, about=about, seconds=seal_reader.SECONDS, roots=roots or [])


def read_text(data: bytes) -> dict[str, Any]:
    """{"text": …} of a PDF, {"locked": True} of one that asks for a password, or {"error": …}."""
    script = Path(file_reader.__file__)
    return foreign.ask(script, data, about="text", seconds=file_reader.SECONDS) or {"error": "limits"}
