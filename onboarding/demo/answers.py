"""What a director types into the application, section by section, as the pages post it."""

from datetime import date

from agencies.models import Agency, Staff
from onboarding.models import ReadinessQuestion

Typed = dict[str, str | list[str]]
OPENED = date(2020, 1, 1)
# The answers that meet a question where "yes" does not.
MET = {"2": "no", "3": "no", "4": "none", "19": "chrome", "23": "no", "26": "no"}


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}_month": str(value.month), f"{name}_day": str(value.day), f"{name}_year": str(value.year)}


def agency(row: Agency, *, town: str, geography: dict[str, list[str]]) -> Typed:
    """Section A1 of a public agency: no file is asked for. `geography`: keys of the CoCs and CANs it serves."""
    return {
        "legal_name": row.legal_name,
        "common_name": row.common_name,
        "ein": row.ein,
        "legal_form": "government",
        "federal_money": "no",
        "street": "12 Main Street",
        "city": town,
        "region": "CT",
        "zip_code": "06103",
        "phone": row.phone or "860 555 0100",
        "mission": "Shelter, housing and help on the way to a home of one's own.",
        "towns": f"{town} and the towns around it",
        "coc_member": "yes",
        "languages": "English, Spanish",
        **geography,
    }


def people(director: tuple[str, str], signatory: tuple[str, str], coordinator: tuple[str, str]) -> Typed:
    """The people in charge; each is a name and an e-mail address."""

    def one(position: str, who: tuple[str, str], title: str) -> Typed:
        return {
            f"{position}_name": who[0],
            f"{position}_title": title,
            f"{position}_email": who[1],
            f"{position}_phone": "860 555 0110",
            f"{position}_extension": "",
        }

    domain = director[1].rpartition("@")[2]
    return {
        "director_is": "other",
        **one("director", director, "Executive director"),
        "signatory_is": "other",
        **one("signatory", signatory, "Chair of the board"),
        "coordinator_is": "other",
        **one("coordinator", coordinator, "HMIS Data Coordinator"),
        "backup_is": "other",
        **one("backup", ("Bo Backup", f"backup@{domain}"), "Program assistant"),
        "security_is": "coordinator",
        "privacy_is": "security",
        "it_is": "none",
        "billing_is": "none",
    }


def shelter(name: str, *, town: str) -> Typed:
    """An emergency shelter for families, in order by every HUD rule; each page of a project takes what it asks."""
    return {
        "project_name": name,
        **day("operating_start_date", OPENED),
        "continuum_project": "1",
        "project_type": "0",
        "housing_type": "1",
        "coc-rows": "1",
        "coc-0-coc_code": "CT-505",
        "coc-0-geocode": "090492",
        "coc-0-address1": "12 Main Street",
        "coc-0-city": town,
        "coc-0-zip": "06103",
        "coc-0-geography_type": "1",
        "funders-rows": "1",
        "funders-0-funder": "8",
        "funders-0-grant_id": "ESG-2026-1",
        **day("funders-0-start_date", OPENED),
        "inventory-rows": "1",
        "inventory-0-household_type": "3",
        "inventory-0-es_bed_type": "1",
        "inventory-0-availability": "1",
        "inventory-0-vet_bed_inventory": "2",
        "inventory-0-other_bed_inventory": "28",
        "inventory-0-unit_inventory": "10",
        "ce-rows": "1",
        "ce-0-access_point": "0",
        "ce-0-receives_referrals": "1",
    }


def person(
    first: str, last: str, email: str, *, role: str, access: str, projects: list[str], start: date
) -> Typed:
    """One person of section C."""
    return {
        "first_name": first,
        "last_name": last,
        "title": "",
        "email": email,
        "phone": "",
        "hmis_role": role,
        "access_level": access,
        "projects": projects,
        "had_account": "no",
        "supervisor_name": "Dana Director",
        "supervisor_email": "",
        **day("start_date", start),
        "employment": Staff.Employment.STAFF,
    }


def site(town: str) -> Typed:
    return {
        "address": f"12 Main Street, {town}, CT 06103",
        "workstations": "6",
        "connection": "broadband",
        "intake_desks": "5",
    }


def readiness(today: date) -> Typed:
    """Section D with every question met."""
    typed: Typed = {}
    for question in ReadinessQuestion.objects.filter(version__published_at__isnull=False).exclude(
        shown_from__gt=""
    ):
        name = f"q{question.number}"
        if question.choices and not question.asked_when:
            typed[name] = MET.get(question.number, "yes")
        for part in question.parts:
            if part == "text":
                typed[f"{name}_text"] = "As our written policy says"
            elif part == "number":
                typed[f"{name}_number"] = "5"
            elif part == "date":
                typed |= day(f"{name}_date", today)
    return typed


def declaration(name: str) -> Typed:
    return {"declared_name": name, "declared_title": "Executive director", "accurate": "on"}
