"""HUD's CSV of drafts, and what its checker finds in it."""

import uuid
from datetime import UTC, date, datetime

from agencies.hud import csv
from agencies.hud.drafts import ROWS
from agencies.hud.rows import (
    HmisRow,
)
from tests.agencies.hud import csv_check
from tests.agencies.hud.drafts import AROUND, project

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
HOME = uuid.UUID(int=2)
SENDER = csv.Sender(
    "7", "Alex", "Admin", "admin@hmis.example", "CT HMIS Onboarding Portal", phone="(860) 555-0142"
)
STAMP = csv.Stamp(NOW, NOW)
ORGANIZATION = uuid.UUID(int=1)


def written(draft, identity=None):
    return csv.WrittenProject(
        id=identity or uuid.uuid4(),
        organization=ORGANIZATION,
        draft=draft,
        stamp=STAMP,
        rows={kind: [csv.WrittenRow(uuid.uuid4(), STAMP) for _row in getattr(draft, kind)] for kind in ROWS},
    )


def export(*drafts, victim=False):
    """One agency's export: the projects given, and a home that others may be affiliated with."""
    home = project(
        hmis=[
            HmisRow(
                key="hmis-0", hmis_participation_type=0, hmis_participation_status_start_date=date(2020, 1, 1)
            )
        ]
    )
    organization = csv.Organization(ORGANIZATION, "Harbor House, Inc.", "", victim, STAMP)
    return csv.Export([organization], [written(home, HOME), *map(written, drafts)], SENDER, NOW)


def faults(made):
    files = csv_check.unpacked(csv.as_zip(made))
    return csv_check.check_files(files, codes=AROUND.codes, cocs=AROUND.cocs)
