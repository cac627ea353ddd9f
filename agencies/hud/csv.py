"""The writer of HUD's HMIS CSV: 24 files at the root of one zip (R1–R3, R26 and the format rules).

The project descriptor files carry rows, the client-level files their header alone. Pure functions of plain
values; `agencies.hud.export` brings them from the database, `tests.agencies.hud.csv_check` reads the result again.
"""

import io
import re
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from agencies.hud.drafts import ROWS
from agencies.hud.elements import specification
from agencies.hud.lists import VERSION, Column, columns, headers
from agencies.hud.rows import ProjectDraft

CSV_VERSION = VERSION.removeprefix("FY")
SOURCE_OTHER = 4
PERIOD_OTHER = 4
UNHASHED = 1
DELTA = 1
IMPLEMENTATION = "CT-HMIS-ONBOARDING"

_FILES = {
    "coc": ("ProjectCoC", "ProjectCoCID"),
    "funders": ("Funder", "FunderID"),
    "inventory": ("Inventory", "InventoryID"),
    "hmis": ("HMISParticipation", "HMISParticipationID"),
    "ce": ("CEParticipation", "CEParticipationID"),
}
_REMOVED = re.compile(r"[<>\[\]{}\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_PHONE = re.compile(r"[2-9][0-9]{2}[2-9][0-9]{6}")


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a row was made and last changed, in the state's zone."""

    created: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class Organization:
    id: uuid.UUID
    name: str
    common_name: str
    victim_service_provider: bool
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class WrittenRow:
    id: uuid.UUID
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class WrittenProject:
    """A project with the identities of its rows, kind by kind in the draft's order."""

    id: uuid.UUID
    organization: uuid.UUID
    draft: ProjectDraft
    stamp: Stamp
    rows: Mapping[str, Sequence[WrittenRow]]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who makes the export: User.csv's one row and the source's contact."""

    user_id: str
    first_name: str
    last_name: str
    email: str
    source_name: str
    phone: str = ""
    software: str = "CT HMIS Onboarding Portal"
    software_version: str = ""
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Export:
    organizations: Sequence[Organization]
    projects: Sequence[WrittenProject]
    sender: Sender
    now: datetime
    id: uuid.UUID = field(default_factory=uuid.uuid4)


Table = list[dict[str, Any]]


def tables(export: Export) -> dict[str, Table]:
    """File name without ".csv" → rows of column → value; every one of the 24 files is there."""
    files: dict[str, Table] = {name: [] for name in columns()}
    common = {"UserID": export.sender.user_id, "ExportID": export.id.hex}
    files["Export"].append(_export(export))
    files["User"].append(_user(export))
    for organization in export.organizations:
        files["Organization"].append(
            {
                "OrganizationID": organization.id.hex,
                "OrganizationName": organization.name,
                "OrganizationCommonName": organization.common_name,
                "VictimServiceProvider": int(organization.victim_service_provider),
                **_stamped(organization.stamp),
                **common,
            }
        )
    for project in export.projects:
        _add_project(files, project, common)
    return files


def _add_project(files: dict[str, Table], project: WrittenProject, common: Mapping[str, object]) -> None:
    own = {
        element.column: getattr(project.draft, element.name) for element, _column in specification("project")
    }
    files["Project"].append(
        {
            **own,
            "ProjectID": project.id.hex,
            "OrganizationID": project.organization.hex,
            **_stamped(project.stamp),
            **common,
        }
    )
    for kind in ROWS:
        file, key = _FILES[kind]
        for row, written in zip(getattr(project.draft, kind), project.rows[kind], strict=True):
            values = {element.column: getattr(row, element.name) for element, _column in specification(kind)}
            if kind == "inventory":
                values["BedInventory"] = row.counted_beds
            files[file].append(
                {
                    **values,
                    key: written.id.hex,
                    "ProjectID": project.id.hex,
                    **_stamped(written.stamp),
                    **common,
                }
            )
    for other in project.draft.affiliated:
        identity = uuid.uuid5(project.id, f"affiliation {other.id}")
        files["Affiliation"].append(
            {
                "AffiliationID": identity.hex,
                "ProjectID": project.id.hex,
                "ResProjectID": uuid.UUID(other.id).hex,
                **_stamped(project.stamp),
                **common,
            }
        )


def _stamped(stamp: Stamp) -> dict[str, datetime]:
    return {"DateCreated": stamp.created, "DateUpdated": stamp.updated}


def _export(export: Export) -> dict[str, object]:
    sender = export.sender
    return {
        "ExportID": export.id.hex,
        "SourceType": SOURCE_OTHER,
        "SourceName": sender.source_name,
        "SourceContactFirst": sender.first_name,
        "SourceContactLast": sender.last_name,
        "SourceContactPhone": phone_digits(sender.phone),
        "SourceContactEmail": sender.email,
        "ExportDate": export.now,
        "ExportStartDate": export.now.date(),
        "ExportEndDate": export.now.date(),
        "SoftwareName": sender.software,
        "SoftwareVersion": sender.software_version,
        "CSVVersion": CSV_VERSION,
        "ExportPeriodType": PERIOD_OTHER,
        "ExportDirective": DELTA,
        "HashStatus": UNHASHED,
        "ImplementationID": IMPLEMENTATION,
    }


def _user(export: Export) -> dict[str, object]:
    sender = export.sender
    return {
        "UserID": sender.user_id,
        "UserFirstName": sender.first_name,
        "UserLastName": sender.last_name,
        "UserPhone": phone_digits(sender.phone),
        "UserEmail": sender.email,
        **_stamped(sender.stamp or Stamp(export.now, export.now)),
        "ExportID": export.id.hex,
    }


def phone_digits(text: str) -> str:
    """The ten digits of a US number; "" for anything that is none."""
    digits = re.sub(r"[^0-9]", "", text.partition("ext")[0])[-10:]
    return digits if _PHONE.fullmatch(digits) else ""


def csv_text(file: str, rows: Table) -> str:
    """One file as text: the exact header, text in double quotes, dates and numbers bare, absent as nothing."""
    lines = [headers()[f"{file}.csv"]]
    lines += [",".join(_cell(row.get(column.name), column) for column in columns()[file]) for row in rows]
    return "".join(f"{line}\r\n" for line in lines)


def _cell(value: Any, column: Column) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if column.type in ("integer", "money"):
        return str(int(value))
    text = " ".join(_REMOVED.sub(" ", str(value)).split())[: column.max_length]
    return '"' + text.replace('"', '""') + '"'


def as_zip(export: Export) -> bytes:
    """The 24 files at the root of one zip, UTF-8 without a byte order mark."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, rows in tables(export).items():
            entry = zipfile.ZipInfo(f"{file}.csv", date_time=export.now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, csv_text(file, rows).encode("utf-8"))
    return buffer.getvalue()
