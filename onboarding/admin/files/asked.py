"""What the file of an agency asks of the database about it alone."""

from django.db.models import QuerySet, UUIDField

from agencies.models import Contact, Project, Staff
from agencies.models.project import looked_at
from hmis_portal.models.written import Given, WrittenQuery
from onboarding.admin.files.parts import SHOWN
from onboarding.models import Application, Condition, Upload
from onboarding.sections import uploads

AGENCY = Given("agency", UUIDField())
MOST_PEOPLE = 50


@WrittenQuery
def applications() -> QuerySet[Application]:
    rows = Application.objects.filter(agency=AGENCY).select_related("reviewer")
    return rows.order_by("-started_at")[:SHOWN]


@WrittenQuery
def contacts() -> QuerySet[Contact]:
    return Contact.objects.filter(agency=AGENCY)


@WrittenQuery
def conditions() -> QuerySet[Condition]:
    return Condition.objects.filter(application__agency=AGENCY).order_by("-due_on")[: SHOWN + 1]


@WrittenQuery
def staff() -> QuerySet[Staff]:
    rows = Staff.objects.current().filter(agency=AGENCY).select_related("access", "person")
    return rows[: MOST_PEOPLE + 1]


@WrittenQuery
def projects() -> QuerySet[Project]:
    return Project.objects.filter(looked_at(), agency=AGENCY).order_by("project_name")[: SHOWN + 1]


@WrittenQuery
def documents() -> QuerySet[Upload]:
    return uploads.readable(AGENCY).order_by("-uploaded_at")[: SHOWN + 1]
