"""What a director types into the sections of the application."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import User
from hmis_portal.desk.waiting import Line, Rows
from onboarding.models import ReadinessQuestion
from onboarding.sections import short_pages
from tests.cast import Cast
from tests.scans import PDF as PDF


def agency_data(cast: Cast, **changes):
    coc, can = cast.agency.cocs.get(), cast.agency.cans.get()
    return {
        "version": "0", "legal_name": "Harbor House, Inc.", "common_name": "Harbor House", "ein": "06-1234567",
        "legal_form": "government", "federal_money": "no", "street": "12 Main Street", "city": "Hartford", "region": "CT",
        "zip_code": "06103", "phone": "(860) 555-0100", "mission": "Shelter for families.", "cocs": [str(coc.pk)],
        "cans": [str(can.pk)], "towns": "Hartford, East Hartford", **changes,
    }  # fmt: skip


def people_data(**changes):
    def one(position, name, email):
        return {
            f"{position}_name": name, f"{position}_title": "Manager", f"{position}_email": email,
            f"{position}_phone": "860-555-0110", f"{position}_extension": "12",
        }  # fmt: skip

    return {
        "version": "0",
        **one("director", "Dana Director", "director@harbor.example"),
        "signatory_is": "director",
        "coordinator_is": "other",
        **one("coordinator", "Chris Coordinator", "coordinator@harbor.example"),
        "backup_is": "other",
        **one("backup", "Bo Backup", "backup@harbor.example"),
        "security_is": "coordinator",
        "privacy_is": "security", "it_is": "none", "billing_is": "none",
        **changes,
    }  # fmt: skip


def save_pages(client, base, section, data, **changes):
    """Send a section page by page as its buttons lead; returns the last answer, or the first that was refused."""
    first = {"agency": short_pages.AGENCY[0].key, "people": short_pages.PEOPLE[0].key, "readiness": "agency"}
    address = f"{base}{section}/{first[section]}/"
    while address.startswith(f"{base}{section}/"):
        answer = client.post(address, data | changes)
        if answer.status_code != 302:
            break
        address = answer["Location"]
    return answer


def readiness_data(**changes):
    """Every question met, remote work not allowed."""
    # The plan for a Privacy Officer is asked while section A2 names none.
    data = {
        "version": "0", "q6_plan": "Name one", "q6_plan_owner": "Dana Director", "q6_plan_due_month": "12",
        "q6_plan_due_day": "31", "q6_plan_due_year": "2099",
    }  # fmt: skip
    for question in ReadinessQuestion.objects.all():
        if question.shown_from:
            continue
        name = f"q{question.number}"
        if question.choices and not question.asked_when:
            good = {"2": "no", "3": "no", "4": "none", "19": "chrome", "23": "no", "26": "no"}.get(
                question.number, "yes"
            )
            data[name] = good
        for part in question.parts:
            if part == "text":
                data[f"{name}_text"] = "As our policy says"
            elif part == "number":
                data[f"{name}_number"] = "5"
            elif part == "date":
                data |= {f"{name}_date_month": "11", f"{name}_date_day": "1", f"{name}_date_year": "2026"}
    return data | changes


def signed_mou(cast: Cast, commits):
    """The agency's MOU, issued and signed as its pages do it."""
    from hmis_portal.management.commands.portal import load_reference
    from onboarding.mou import agreement
    from tests.mou import sign

    load_reference()
    with commits():
        signer = agreement.Signer(cast.signatory.email, "Sidney", "Signatory", "Chair of the board", "Bylaws")
        mou = agreement.issue(agency=cast.agency, by=cast.director, signer=signer)
    with commits():
        sign(mou, cast)
    return mou


def settings_are(**fields: Any) -> None:
    """Change the portal's settings as the admin page does."""
    from hmis_portal.models import PortalSettings

    PortalSettings.objects.update_or_create(pk=1, defaults=fields)


def on_the_desk(rows: Rows, reader: User | None = None) -> list[Line]:
    """The first lines of one of its lists."""
    asked = {"reader": reader.pk if reader else 0, "today": timezone.localdate(), "now": timezone.now()}
    return rows.queue(1, {**asked, **rows.given}).lines


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)
