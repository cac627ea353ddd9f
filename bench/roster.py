"""The roster of an agency after approval: a list uploaded and saved, everybody invited with their courses, and a night."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agencies.models import Agency, Project, User
from agencies.services import opening
from bench.large import FACTS
from bench.results import timed
from onboarding.access import recompute
from onboarding.demo import walk
from onboarding.demo.walk import Person
from onboarding.models import Application
from onboarding.readiness import rules
from onboarding.roster import columns
from training import services as training_services

Row = dict[str, Any]


def measure(size: int) -> tuple[Agency, User, list[Row]]:
    """An agency in training whose roster is a list of so many people; the jobs that make it so, as whole runs."""
    agency, director = _agency(size)
    preview = _uploaded(agency, director, size)
    manager = Person(director, "")
    rows = [timed("roster: save an uploaded list", size, lambda: manager.send(preview, {}))]
    rows.append(timed("roster: invite everybody, with courses", size, lambda: _welcome(agency)))
    night = "roster: a night in which nothing is due"
    rows.append(timed(night, size, lambda: recompute.recompute(agency.pk)))
    if agency.staff.filter(user__requirements__isnull=False).distinct().count() != size:
        raise RuntimeError("Not everybody was invited and given courses.")
    return agency, director, rows


def _welcome(agency: Agency) -> None:
    """As workers do it, one run after the other."""
    while agency.staff.filter(user=None).exists():
        recompute.recompute(agency.pk)


def _agency(size: int) -> tuple[Agency, User]:
    director = User.objects.create_user(f"director{size}@roster.example", None, first_name="Dana")
    facts = {**FACTS, "ein": f"0688{size:05}"}
    agency = opening.open_agency(by=director, facts=facts, title="Executive director")
    for number in range(1, 6):
        Project.objects.create(
            agency=agency,
            project_name=f"Shelter {number}",
            confirmed_at=timezone.now(),
            confirmed_by=director,
        )
    Application.objects.create(
        agency=agency, reference=f"ROSTER-{size}", state=Application.State.APPROVED, started_by=director,
        submitted_at=timezone.now(), decided_at=timezone.now(), decided_by=director, readiness_version=rules.published(),
    )  # fmt: skip
    training_services.open_training(agency=agency, by=director)
    return agency, director


def _uploaded(agency: Agency, director: User, size: int) -> str:
    rows = [",".join(columns.headings())]
    rows += [
        f"Pat,Person{number},,p{number}.{size}@roster.example,,Case manager,,Shelter {number % 5 + 1},,,Dana Large,,1/5/2026,Staff,"
        for number in range(size)
    ]
    file = SimpleUploadedFile("staff.csv", "\n".join(rows).encode())
    return Person(director, "").send(walk.page("staff_upload", agency), {"file": file})
