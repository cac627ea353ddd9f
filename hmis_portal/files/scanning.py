"""The virus scanner that CLAMD_ADDRESS names: every file that the portal keeps is shown to it by its field."""

import socket
import struct
from contextlib import closing

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SECONDS = 20
CHUNK = 64 * 1024


def scanned(data: bytes) -> bool:
    """Whether a scanner found nothing; False when none is named.

    Raises ValidationError when it found something, or is away: nothing is taken unscanned then.
    """
    if not settings.CLAMD_ADDRESS:
        return False
    try:
        answer = _ask(settings.CLAMD_ADDRESS, data)
    except OSError as error:
        raise ValidationError(
            _("Files cannot be checked for viruses right now. Try again in a few minutes."), code="scanner"
        ) from error
    if answer.endswith("FOUND"):
        raise ValidationError(
            _("The virus scanner found something in this file, so it was not kept. Select a clean file."),
            code="infected",
        )
    if not answer.endswith("OK"):
        raise ValidationError(
            _("The virus scanner could not check this file. Try again in a few minutes."), code="scanner"
        )
    return True


def is_there(address: str) -> bool:
    """Whether the scanner answers at all."""
    try:
        with closing(_connect(address)) as connection:
            connection.sendall(b"zPING\0")
            return connection.recv(16).startswith(b"PONG")
    except OSError:
        return False


def _ask(address: str, data: bytes) -> str:
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
        connection.settimeout(SECONDS)
        connection.connect(address)
        return connection
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)
