"""Settings from the environment: what is not understood stops the start with a sentence that names it."""

import os
import subprocess
import sys
from zoneinfo import available_timezones

import pytest
from django.core.exceptions import ImproperlyConfigured

from hmis_portal.environment import US_ZONES, flag, number
from hmis_portal.text.words import ZONE_NAMES
from tests.servers import BASE_DIR


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("1", True),
        ("on", True),
        ("Yes", True),
        ("TRUE", True),
        ("0", False),
        ("off", False),
        ("no", False),
        ("", False),
    ],
)
def test_words_for_yes_and_no(monkeypatch, given, meant):
    monkeypatch.setenv("PORTAL_TLS", given)
    assert flag("TLS", default=not meant) is meant


def test_one_zone_for_days_schedules_and_words():
    """In a process of its own: 9 a.m. in UTC on January 1 is still December 31, in whose words it is told. The settings
    of an installation begin with it."""
    code = (
        "import django; django.setup(); from datetime import UTC, datetime; from django.utils import timezone;"
        "from hmis_portal.text.words import datetime_words; from training import validity;"
        "from hmis_portal.models import PortalSettings;"
        "at = datetime(2026, 1, 1, 9, tzinfo=UTC);"
        "print(datetime_words(at), timezone.localdate(at), validity.local_date(at), PortalSettings().time_zone, sep='|')"
    )
    zone = {"PORTAL_TIME_ZONE": "Pacific/Honolulu", "DJANGO_SETTINGS_MODULE": "hmis_portal.settings"}
    environment = {**os.environ, "PORTAL_DEBUG": "1", **zone}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BASE_DIR, env=environment, capture_output=True, text=True
    )
    words = "December 31, 2025 at 11:00 p.m. Hawaii Time|2025-12-31|2025-12-31|Pacific/Honolulu"
    assert done.stdout.strip() == words, done.stderr


def test_every_zone_has_the_name_that_people_call_it():
    assert {*US_ZONES} <= {*ZONE_NAMES} & {*available_timezones()}


def test_what_is_not_set_is_the_default(monkeypatch):
    monkeypatch.delenv("PORTAL_TLS", raising=False)
    assert flag("TLS", default=True) is True
    assert number("NOT_SET", default=30) == 30


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("TLS", "enabled", "PORTAL_TLS is “enabled”: set it to on or off"),
        ("DEBUG", "nein", "PORTAL_DEBUG is “nein”: set it to on or off"),
        ("TRUST_PROXY", "nginx", "PORTAL_TRUST_PROXY is “nginx”: set it to on or off"),
        (
            "SESSION_HOURS",
            "half a day",
            "PORTAL_SESSION_HOURS is “half a day”: set it to a whole number, 1 or more",
        ),
        ("DB_POOL", "0", "PORTAL_DB_POOL is “0”: set it to a whole number, 1 or more"),
        (
            "TIME_ZONE",
            "Hartford",
            "PORTAL_TIME_ZONE is “Hartford”: set it to one of America/New_York, America/Detroit",
        ),
        ("SWEEP_SECONDS", "1e3", "PORTAL_SWEEP_SECONDS is “1e3”: set it to a whole number, 1 or more"),
    ],
)
def test_a_wrong_value_stops_the_start(name, given, said):
    environment = {**os.environ, "PORTAL_DEBUG": "1", f"PORTAL_{name}": given}
    done = subprocess.run(
        [sys.executable, "-c", "import hmis_portal.settings"],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert said in done.stderr.strip().splitlines()[-1]


def test_a_number_is_a_number(monkeypatch):
    monkeypatch.setenv("PORTAL_DB_POOL", "-4")
    with pytest.raises(ImproperlyConfigured):
        number("DB_POOL", default=8)


USERS = {
    "migrate": "owner",
    "migrate --verbosity 0": "owner",
    "portal prepare": "owner",
    "portal --verbosity 0 prepare --no-seed": "owner",
    "portal grants": "owner",
    "portal load_reference": "portal_run",
    "shell": "portal_run",
}


def test_the_owner_of_the_tables_migrates_and_does_nothing_else():
    """In a process of its own, whose settings are read anew for each command."""
    program = (
        "import importlib, sys; sys.argv = ['manage.py', 'check']\n"
        "from hmis_portal import settings\n"
        f"for command in {[*USERS]}:\n"
        "    sys.argv = ['manage.py', *command.split()]\n"
        "    print(command, importlib.reload(settings).DATABASES['default']['USER'], sep=': ')"
    )
    environment = {
        **os.environ,
        "PORTAL_DEBUG": "1",
        "DATABASE_URL": "postgres://portal_run:a@127.0.0.1:1/portal",
        "DATABASE_OWNER_URL": "postgres://owner:b@127.0.0.1:1/portal",
    }
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert done.stdout.splitlines() == [f"{command}: {user}" for command, user in USERS.items()], done.stderr
