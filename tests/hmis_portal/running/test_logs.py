"""What is written to the log can be read by operators without letting them in."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

SECRETS = [
    "/invitations/abc:def:ghi/",
    "/accounts/confirm-email/MTI:1x:yz/",
    "/accounts/password/reset/key/1-cxz-abc/",
]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All lines as the portal writes them."""
    from django.conf import settings

    stream = io.StringIO()
    formatters = {"portal": settings.LOGGING["formatters"]["portal"]}
    made = dict(formatters["portal"])
    handler = logging.StreamHandler(stream)
    handler.setFormatter(made.pop("()")(**made))
    loggers = [logging.getLogger(name) for name in ("", "django")]
    for logger in loggers:
        logger.addHandler(handler)
    yield stream
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.mark.parametrize("address", SECRETS)
@pytest.mark.parametrize(
    "line",
    ["Not Found: %s", "Gone: %s", "Forbidden (CSRF cookie not set.): %s", "Method Not Allowed (GET): %s"],
)
def test_no_line_of_djangos_holds_a_one_time_link(log: io.StringIO, line: str, address: str) -> None:
    logging.getLogger("django.request").warning(line, address)
    assert address[:-1].rpartition("/")[0] + "/…/" in log.getvalue()
    assert "abc" not in log.getvalue()
    assert "MTI" not in log.getvalue()


def test_nor_does_a_traceback(log: io.StringIO) -> None:
    try:
        raise ValueError(f"nothing at https://portal.example{SECRETS[0]}")
    except ValueError:
        logging.getLogger("django.request").exception("failed")
    assert "nothing at https://portal.example/invitations/…/" in log.getvalue()
    assert "abc:def" not in log.getvalue()


def test_nor_does_a_request_refused_before_its_view(db: None, log: io.StringIO) -> None:
    token = "very-secret-token"
    client: Any = Client(enforce_csrf_checks=True)
    assert client.post(f"/invitations/{token}/", {"password": "x"}).status_code == 403
    client.get(f"/invitations/{token}/")
    client.get(f"/invitations/{token}/nothing/")
    lines = log.getvalue()
    assert "CSRF cookie not set" in lines
    assert "/invitations/…/" in lines
    assert token not in lines
