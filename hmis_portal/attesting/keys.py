"""The keys of evidence, by version: the first one named marks, all of them read. The database never holds one."""

import os
import re
import secrets
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from hmis_portal.environment import private_file

SHORTEST = 40
ONE = re.compile(r"([1-9]\d{0,4}):([!-~]+)")


def new_key(version: int) -> str:
    return f"{version}:{secrets.token_urlsafe(48)}"


def present() -> tuple[int, bytes]:
    """The version and the key that marks new rows."""
    return next(iter(all_keys().items()))


def all_keys() -> dict[int, bytes]:
    """By version, the present one first. Raises ImproperlyConfigured when there is none or it cannot be read."""
    text, path = settings.EVIDENCE_KEYS, settings.EVIDENCE_KEYS_FILE
    if not text and not path:
        raise _wrong()
    return _parsed(text or _from_file(path))


def _wrong() -> ImproperlyConfigured:
    return ImproperlyConfigured(
        "Set PORTAL_EVIDENCE_KEYS, or PORTAL_EVIDENCE_KEYS_FILE to a file that holds it, to VERSION:KEY as"
        " `manage.py portal evidence_key` prints it; earlier keys stay behind it, separated by commas."
    )


def check_configured() -> None:
    """Called where the portal starts."""
    if settings.EVIDENCE_KEYS_FILE and not (settings.DEBUG or settings.TESTING):
        private_file(Path(settings.EVIDENCE_KEYS_FILE))
    all_keys()


@lru_cache(maxsize=8)
def _from_file(path: str) -> str:
    if settings.DEBUG or settings.TESTING:
        _make(Path(path))
    try:
        return Path(path).read_text().strip()
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"The file of the evidence keys cannot be read: {path}.") from error


@lru_cache(maxsize=8)
def _parsed(text: str) -> dict[int, bytes]:
    keys: dict[int, bytes] = {}
    for part in re.split(r"[,\s]+", text.strip()):
        match = ONE.fullmatch(part)
        if match is None or len(match[2]) < SHORTEST or int(match[1]) in keys:
            raise _wrong()
        keys[int(match[1])] = match[2].encode()
    return keys


def _make(path: Path) -> None:
    """In development, at first use. Of two processes that start together the first one wins."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    number, aside = tempfile.mkstemp(dir=path.parent, prefix=".evidence-")
    with os.fdopen(number, "w") as file:
        file.write(new_key(1))
    with suppress(FileExistsError):
        os.link(aside, path)
    os.unlink(aside)
