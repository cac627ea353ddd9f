"""The pages that are measured, as the people who use them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib.auth.models import Group
from django.core.management.base import CommandError
from django.urls import reverse

from agencies.models import Agency, User
from bench import large, training
from onboarding.demo import answers, walk
from onboarding.models import Application, SectionWork
from onboarding.sections.catalogue import SECTIONS
from training.models import Requirement

REQUESTS = 30


# As callers say who they are; the first finds an eighth of all agencies.
SOUGHT = {
    "a common name": "hartford",
    "a person's name": "ada lopez",
    "an e-mail address": "staff5-0@a5.example",
    "an EIN": "06-0000005",
    "a phone number": "(860) 000-0005",
    "a reference": "scale-000005",
    "what is not there": "zzyzx",
}


@dataclass(frozen=True)
class Page:
    """A page as somebody asks for it; with `data` it is a form that is sent, and leads on."""

    name: str
    user: User
    address: str
    data: Callable[[], dict[str, object]] | None = None
    requests: int = REQUESTS


def measured() -> list[Page]:
    """The floor first, then the pages with limits, as the people who use them."""
    return [*(Page(*page) for page in main_pages()), *application_pages()]


def application_pages() -> list[Page]:
    """A section shown and sent, and the large ones: 40 projects on one page, 2,000 people to check."""
    agency, director = large.make(projects=40)
    preview = large.upload_staff(agency, director, people=2000)
    section = walk.page("section_page", agency, "people", "director")
    typed = answers.people(large.NAMES, large.NAMES, ("Chris Large", "chris@large.example"))

    def sent() -> dict[str, Any]:
        work = SectionWork.objects.get(application__agency=agency, section="people.director")
        return {**typed, "version": str(work.version)}

    return [
        Page("section, shown", director, section),
        Page("section, saved", director, section, sent),
        Page("readiness section", director, walk.page("section_page", agency, "readiness", "sign-in")),
        Page("check answers, 40 projects", director, walk.page("check_answers", agency)),
        Page("preview of 2,000 staff", director, preview, requests=5),
    ]


def main_pages() -> list[tuple[str, User, str]]:
    agency = Agency.objects.get(ein="060000000")  # the one with 50 staff members
    director = agency.created_by
    admin = User.objects.get(email="reviewer@scale.example")
    admin.groups.add(Group.objects.get(name="HMIS Admin"))
    in_review = Application.objects.filter(state=Application.State.IN_REVIEW).order_by("reference")
    large_one, small_one = (
        reverse("admin:onboarding_application_change", args=[row.pk]) for row in in_review[:2]
    )
    trained = Requirement.objects.order_by("pk")[0].person
    if director is None:
        raise CommandError("The seeded agency has no director.")
    of_agency = {"agency_id": agency.pk}
    board = training.make(1, people=training.BOARD)[0]
    return [
        ("floor", director, "/floor/"),
        ("home", director, reverse("onboarding:home")),
        ("six steps, 50 staff", director, reverse("onboarding:journey", kwargs=of_agency)),
        ("task list", director, reverse("onboarding:application", kwargs=of_agency)),
        ("section", director, reverse("onboarding:section", kwargs={**of_agency, "section": section()})),
        ("check answers", director, reverse("onboarding:check_answers", kwargs=of_agency)),
        ("people", director, reverse("agencies:people", kwargs=of_agency)),
        ("roster, 50 staff", director, reverse("agencies:staff", kwargs=of_agency)),
        ("training of the agency, 50 staff", director, reverse("training:agency", kwargs=of_agency)),
        ("board of 500 people, 10 courses", training.director(), reverse("training:agency", args=[board.pk])),
        ("my training", trained, reverse("training:mine")),
        ("admin desk", admin, reverse("admin:index")),
        ("admin queue of applications", admin, reverse("admin:onboarding_application_changelist")),
        ("review, 1 project and 2 people", admin, small_one),
        ("review, 5 projects and 30 people", admin, large_one),
        ("reports", admin, reverse("admin:onboarding_reports")),
        *(
            (f"search by {what}", admin, reverse("admin:onboarding_search") + f"?q={quote(term)}")
            for what, term in SOUGHT.items()
        ),
        ("file of an agency", admin, reverse("admin:agencies_agency_change", args=[agency.pk])),
        ("agencies that look alike", admin, reverse("admin:agencies_agency_duplicates")),
        ("health check", director, "/healthz"),
    ]


def section() -> str:
    return str(next(iter(SECTIONS)).key)
