"""Every "Change" leads to its field: of a remark, of a line of the check page, and of what is missing."""

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Contact, Position
from hmis_portal import documents
from onboarding.admin.review.page import field_key
from onboarding.application.revisions import snapshot
from onboarding.models import Application, ReadinessQuestion, Remark, Site, Upload
from onboarding.review.remarks_read import placed_remarks
from onboarding.sections import completeness
from onboarding.sections.answers import Answers
from tests.onboarding.helpers import PDF

pytestmark = pytest.mark.django_db


class Pages:
    """The pages that links lead to, each loaded once; `lost` are the links whose anchor is not on their page."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.ids: dict[str, set[str]] = {}
        self.lost: list[str] = []
        self.followed = 0

    def follow(self, what: str, link: str, *, anchored: bool = True) -> None:
        path, _hash, anchor = link.partition("#")
        if path not in self.ids:
            answer = self.client.get(path)
            assert answer.status_code == 200, (what, link, answer.status_code)
            self.ids[path] = set(re.findall(r'\sid="([^"]+)"', answer.text))
        self.followed += 1
        if (anchored and not anchor) or (anchor and anchor not in self.ids[path]):
            self.lost.append(f"{what} → {link}")


@pytest.fixture
def full(cast, complete):
    """The complete application with every optional part in it."""
    agency = cast.agency
    agency.legal_form, agency.federal_money, agency.uei = "nonprofit", True, "ABCDEF123456"
    agency.save()
    numbers = ReadinessQuestion.objects.filter(version=complete.readiness_version).values_list(
        "number", flat=True
    )
    for kind in Upload.Kind:
        for number in numbers if kind == Upload.Kind.READINESS else [None]:
            Upload.objects.create(
                agency=agency, kind=kind, question=number, filename=f"{kind}.pdf", uploaded_by=cast.director,
                document=documents.store(PDF, content_type="application/pdf"),
            )  # fmt: skip
    for position in Position:
        Contact.objects.get_or_create(
            agency=agency, position=position, defaults={"name": position.label, "email": "x@harbor.example"}
        )
    return Application.objects.select_related("agency").get(pk=complete.pk)


def test_every_change_link_of_the_check_page_leads_to_its_field(cast, full, client_of):
    client = client_of(cast.director)
    pages = Pages(client)
    text = client.get(reverse("onboarding:check_answers", args=[cast.agency.pk])).text
    for link in re.findall(r'<a href="([^"]+from=check[^"]*)"', text):
        pages.follow("check", link)
    assert pages.lost == []
    assert pages.followed > 100


def test_every_remark_leads_to_the_field_it_is_about(cast, full, client_of):
    now = timezone.now()
    Remark.objects.bulk_create(
        Remark(
            application=full, section=part["key"], field=field_key(part["key"], group["key"], row["field"]),
            place=row["question"], text="Look", written_by=cast.admin, sent_at=now,
        )
        for part in snapshot(Answers(full, cast.agency))["sections"]
        for group in part["groups"]
        for row in group["rows"]
    )  # fmt: skip
    Remark.objects.create(
        application=full, section="agency", field="long_gone", text="x", written_by=cast.admin, sent_at=now
    )
    Application.objects.filter(pk=full.pk).update(
        state="changes_requested", answer_by=timezone.localdate(), submitted_at=now
    )
    full.refresh_from_db()
    pages = Pages(client_of(cast.director))
    for remark in placed_remarks(full):
        pages.follow(
            remark.place, remark.url, anchored="long_gone" not in remark.place and remark.text != "x"
        )
    assert pages.lost == []
    assert pages.followed > 100


def test_everything_that_is_missing_leads_to_where_it_is_mended(cast, application, client_of):
    """Of an application on which nobody has worked yet, with a project of which only the name is known."""
    Site.objects.create(
        agency=cast.agency, address="12 Main Street", workstations=1, connection="broadband", intake_desks=0
    )
    cast.staff_row.projects.clear()
    type(cast.agency).objects.filter(pk=cast.agency.pk).update(street="", phone="", towns="")
    cast.agency.refresh_from_db()
    found = completeness.missing(Answers(application, cast.agency))
    pages = Pages(client_of(cast.director))
    for one in found:
        pages.follow(one.text, one.url)
    assert pages.lost == []
    assert {one.section.key for one in found} >= {
        "agency",
        "people",
        "projects",
        "staff",
        "readiness",
        "declaration",
    }
