"""One agency with a large application, made by its own pages: for measuring, and for counting queries."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agencies.hud.drafts import with_rows
from agencies.hud.store import add_project
from agencies.models import Agency, Project, User
from agencies.services import opening
from onboarding.demo import walk
from onboarding.demo.walk import Person
from onboarding.roster import columns

NAMES = ("Dana Large", "director@large.example")
FACTS = {
    "legal_name": "Large County Services",
    "ein": "069999999",
    "city": "Hartford",
    "phone": "860 555 0190",
    "services": ["emergency_shelter"],
    "victim_service_provider": False,
}


def make(*, projects: int = 40, password: str = "") -> tuple[Agency, User]:
    """A draft with its agency, people and readiness answered, and so many projects, all alike. Returns its director."""
    director = User.objects.create_user(NAMES[1], password or None, first_name="Dana", last_name="Large")
    agency = opening.open_agency(by=director, facts=FACTS, title="Executive director")
    manager = Person(director, password)
    walk.start_application(manager, agency)
    walk.save_agency(manager, agency, "Hartford")
    walk.save_people(manager, agency, NAMES, NAMES, ("Chris Large", "chris@large.example"))
    walk.add_shelter(manager, agency, "Shelter 1", "Hartford")
    walk.answer_readiness(manager, agency, "Hartford")
    first = with_rows(Project.objects.filter(agency=agency)).get()
    for number in range(2, projects + 1):
        add_project(agency=agency, name=f"Shelter {number}", by=director, copy=first)
    # As if each copy had been looked at and saved.
    Project.objects.filter(agency=agency).update(confirmed_at=timezone.now(), confirmed_by=director)
    return agency, director


def upload_staff(agency: Agency, director: User, *, people: int) -> str:
    """Upload a list of so many people, which then waits to be confirmed; returns the address of its preview."""
    rows = [",".join(columns.headings())]
    rows += [
        f"Pat,Person{number},,p{number}@large.example,,Case manager,,Shelter {number % 40 + 1},,,Dana Large,,1/5/2026,Staff,"
        for number in range(people)
    ]
    file = SimpleUploadedFile("staff.csv", "\n".join(rows).encode())
    return Person(director, "").send(walk.page("staff_upload", agency), {"file": file})
