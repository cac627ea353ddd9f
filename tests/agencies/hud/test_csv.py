"""What the rules let pass passes as CSV; the writer's format; the checker finds each breach in the text."""

import io
import re
import uuid
import zipfile

import pytest

from agencies.hud import csv, lists
from agencies.hud.rows import (
    Affiliated,
)
from tests.agencies.hud import csv_check
from tests.agencies.hud.cases import WRONG
from tests.agencies.hud.drafts import AROUND, project, rrh_services, services_only, shelter
from tests.agencies.hud.exports import HOME, ORGANIZATION, export, faults


def test_the_zip_has_the_24_files_with_their_headers():
    with zipfile.ZipFile(
        io.BytesIO(csv.as_zip(export(project(), shelter(), rrh_services(), services_only())))
    ) as archive:
        names = archive.namelist()
        assert sorted(names) == sorted(lists.headers())
        assert len(names) == 24
        client = archive.read("Client.csv")
        assert client == lists.headers()["Client.csv"].encode() + b"\r\n"
        assert not client.startswith(b"\xef\xbb\xbf")
        rows = archive.read("ProjectCoC.csv").decode().splitlines()
        assert ',"090492",' in rows[1]
        assert ',"06103",' in rows[1]
        assert ",0,0,0,0,0,0,10,," in archive.read("Inventory.csv").decode()
        head = archive.read("Export.csv").decode().splitlines()
        assert len(head) == 2
        assert '"2026 v1.0",4,1,1,"CT-HMIS-ONBOARDING"' in head[1]


def test_right_projects_make_right_files():
    other = Affiliated(id=str(HOME), name="Home", residential=True)
    affiliated = services_only(residential_affiliation=1, affiliated=[other])
    assert faults(export(project(), shelter(), rrh_services(), affiliated)) == []


def test_every_export_has_its_own_id_of_32_characters():
    first, second = (csv.tables(export())["Export"][0]["ExportID"] for _turn in range(2))
    assert first != second
    assert re.fullmatch(r"[0-9a-f]{32}", first)


def test_text_is_quoted_and_cleaned_without_losing_letters():
    text = csv.csv_text(
        "Organization", [{"OrganizationName": 'Casa "Élan"\r\n <{[x]}> 🏠', "VictimServiceProvider": 0}]
    )
    assert text.splitlines()[1].startswith(',"Casa ""Élan"" x 🏠",0,')


@pytest.mark.parametrize(
    ("given_phone", "digits"),
    [
        ("860-555-0142", "8605550142"),
        ("+1 (860) 555-0142 ext. 12", "8605550142"),
        ("160-555-0142", ""),
        ("", ""),
    ],
)
def test_a_phone_is_ten_digits_or_nothing(given_phone, digits):
    assert csv.phone_digits(given_phone) == digits


# R2, R4's shapes and R25 are the writer's to keep out; R12's retired sources may stand in old rows.
READ_AGAIN = [
    case
    for case in WRONG
    if case[0] not in (2, 4, 12, 25)
    or case[2].endswith(("continuum_project", "project_type", "housing_type"))
]
_NOT_IN_TEXT = {"inventory-0-bed_inventory"}


@pytest.mark.parametrize(
    ("number", "draft", "field"), [case for case in READ_AGAIN if case[2] not in _NOT_IN_TEXT]
)
def test_the_checker_finds_the_same_breaches_in_the_text(number, draft, field):
    found = faults(export(draft, victim=bool(draft.victim_service_provider)))
    assert number in {fault.rule for fault in found}, field


def _edited(name, edit):
    files = csv_check.unpacked(csv.as_zip(export(shelter())))
    files[name] = edit(files[name])
    return csv_check.check_files(files, codes=AROUND.codes, cocs=AROUND.cocs)


BROKEN = [
    (1, "Funder.csv", lambda text: text + text.splitlines()[1] + "\r\n"),
    (2, "Project.csv", lambda text: text.replace(ORGANIZATION.hex, uuid.UUID(int=9).hex)),
    (2, "Funder.csv", lambda text: text.replace(HOME.hex, uuid.UUID(int=9).hex)),
    (2, "User.csv", lambda text: text.replace('"7"', '"8"')),
    (2, "Inventory.csv", lambda text: text.replace("CT-505", "CT-503")),
    (3, "Client.csv", lambda text: text.replace("PersonalID", "PersonalId", 1)),
    (3, "Funder.csv", lambda text: text.rstrip("\r\n") + ',"more"\r\n'),
    (4, "Project.csv", lambda text: text.replace("2020-01-01", "01/01/2020")),
    (4, "ProjectCoC.csv", lambda text: text.replace('"06103"', "6103")),
    (4, "ProjectCoC.csv", lambda text: text.replace('"090492"', "90492")),
    (4, "Inventory.csv", lambda text: text.replace(",0,0,0,0,0,0,10,", ",,0,0,0,0,0,10,")),
    (4, "User.csv", lambda text: text.replace("8605550142", "8601550142")),
    (4, "Export.csv", lambda text: text.replace("2026-11-22 09:30:00", "2026-11-22")),
    (17, "Inventory.csv", lambda text: text.replace(",0,0,0,0,0,0,10,", ",1,0,0,0,0,0,10,")),
    (25, "Project.csv", lambda text: text.replace("Elm Street", "Elm <Street>")),
    (26, "Export.csv", lambda text: text + text.splitlines()[1].replace('"', '"', 1) + "\r\n"),
    (26, "Export.csv", lambda text: text.replace("2026-11-22,2026-11-22", "2026-11-23,2026-11-22")),
    (26, "Export.csv", lambda text: text.replace('"CT HMIS Onboarding Portal","Alex"', ',"Alex"')),
    (26, "Export.csv", lambda text: re.sub(r'("[0-9a-f]{32}"),4,', r"\1,1,", text)),
]


@pytest.mark.parametrize(("number", "name", "edit"), BROKEN)
def test_the_checker_finds_broken_files(number, name, edit):
    assert number in {fault.rule for fault in _edited(name, edit)}


def test_a_missing_and_a_foreign_file_are_found():
    files = csv_check.unpacked(csv.as_zip(export()))
    files["Notes.csv"] = files.pop("Event.csv")
    found = csv_check.check_files(files, codes=AROUND.codes, cocs=AROUND.cocs)
    assert [(fault.rule, fault.file) for fault in found] == [(3, "Event.csv"), (3, "Notes.csv")]
