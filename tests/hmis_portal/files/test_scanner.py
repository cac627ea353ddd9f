"""Whether files are looked at for viruses is said by name, and `check --deploy` tells what was said."""

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from hmis_portal.environment import scanner
from tests.hmis_portal.files import clamd


def said() -> list[str]:
    return [one.id or "" for one in run_checks(include_deployment_checks=True) if "scanner" in one.msg]


def test_the_check_names_a_scanner_that_is_away_or_accepted_as_absent(settings: Any) -> None:
    settings.CLAMD_ADDRESS = ""
    assert said() == ["hmis_portal.I001"]
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    assert said() == ["hmis_portal.W001"]
    with clamd.running() as address:
        settings.CLAMD_ADDRESS = address
        assert said() == []


@pytest.mark.parametrize(
    ("given", "meant"), [("none", ""), ("clamd:3310", "clamd:3310"), ("/run/clamd.sock", "/run/clamd.sock")]
)
def test_a_scanner_is_named_or_its_absence(given: str, meant: str) -> None:
    assert scanner(given) == meant


@pytest.mark.parametrize("given", ["", "None", "clamd", "clamd:", ":3310", "off"])
def test_anything_else_stops_the_start(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="set it to the virus scanner"):
        scanner(given)
