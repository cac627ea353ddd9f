"""Every "Change" leads to its field: of a remark, of a line of the check page, and of what is missing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.hud.drafts import ROWS, with_rows
from agencies.hud.store import write_project
from agencies.models import AccessLevel, LegalForm, Position, Project, Staff
from hmis_portal import documents
from onboarding.admin.review.page import field_key
from onboarding.application.revisions import snapshot
from onboarding.models import Application, ReadinessQuestion, Remark, Site, Upload
from onboarding.review.remarks_read import placed_remarks
from onboarding.sections import completeness
from onboarding.sections.answers import Answers
from tests.agencies.hud import drafts
from tests.onboarding.helpers import PDF
from tests.people import hold

pytestmark = pytest.mark.django_db


class Pages:
    """The pages that links lead to, each loaded once; `lost` are the links whose anchor is not on their page."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.ids: dict[str, set[str]] = {}
        self.away: dict[str, set[str]] = {}
        self.lost: list[str] = []
        self.followed = 0

    def follow(self, what: str, link: str, *, anchored: bool = True) -> None:
        path, _hash, anchor = link.partition("#")
        if path not in self.ids:
            answer = self.client.get(path)
            assert answer.status_code == 200, (what, link, answer.status_code)
            self.ids[path] = set(re.findall(r'\sid="([^"]+)"', answer.text))
            self.away[path] = set(_not_asked(answer.text))
        self.followed += 1
        if anchor in self.away[path]:
            self.lost.append(f"{what} → {link}, which is not asked there")
        if (anchored and not anchor) or (anchor and anchor not in self.ids[path]):
            self.lost.append(f"{what} → {link}")


def _not_asked(html: str) -> Iterator[str]:
    """The fields that portal.js puts away, as the question they follow is answered otherwise."""
    for anchor, name, values in re.findall(
        r'<(?:div|fieldset)[^>]*? id="([^"]+)"[^>]*? data-shown-when="([^"]+)" data-shown-values="([^"]*)"',
        html,
    ):
        inputs = re.findall(rf'<input[^>]* name="{name}"[^>]*>', html)
        chosen = [re.findall(r'value="([^"]*)"', box)[0] for box in inputs if " checked" in box]
        if not inputs:
            options = re.findall(rf'<select name="{name}".*?</select>', html, re.DOTALL)[0]
            chosen = re.findall(r'<option value="([^"]*)" selected', options)
        if not set(chosen) & set(values.split("|")):
            yield anchor


HOPWA, OTHER_FUNDER = 15, 46


def every_kind_of_project(home: Project) -> list[dict[str, Any]]:
    """Each type of HUD's list with everything that may be asked of it."""
    funders = [
        drafts.funder(),
        drafts.funder(key="funders-1", funder=HOPWA, end_date=drafts.TODAY),
        drafts.funder(key="funders-2", funder=OTHER_FUNDER, other_funder="The town"),
    ]
    more: dict[str, Any] = {
        "funders": funders, "coc": [drafts.coc(), drafts.coc(key="coc-1", coc_code="CT-503", address2="Rear")],
        "operating_end_date": drafts.TODAY, "hopwa_med_assisted_living_fac": 0, "hmis": [],
        "ce": [drafts.ce(access_point=1, prevention_assessment=1, crisis_assessment=0, housing_assessment=1, direct_services=0)],
    }  # fmt: skip
    beds = [drafts.beds(), drafts.beds(key="inventory-1", household_type=3, inventory_end_date=drafts.TODAY)]
    nights = [drafts.beds(es_bed_type=1, availability=1), drafts.beds(key="inventory-1", es_bed_type=2)]
    affiliated = {"residential_affiliation": 1, "affiliated": [replace(drafts.HOME, id=str(home.pk))]}
    no_beds = {**affiliated, "housing_type": None, "inventory": []}
    return [
        *({**more, "project_type": kind, "inventory": nights} for kind in (0, 1)),
        *({**more, "project_type": kind, "inventory": beds} for kind in (2, 3, 8, 9, 10)),
        *({**more, "housing_type": None, "inventory": [], "project_type": kind} for kind in (4, 7, 11, 12, 14)),
        {**more, **no_beds, "project_type": 6},
        {**more, **no_beds, "project_type": 13, "rrh_sub_type": 1},
        {**more, "project_type": 13, "rrh_sub_type": 2, "inventory": beds},
        {**more, "project_type": 3, "coc": [], "funders": [], "inventory": [], "ce": []},
        {"project_type": None, "inventory": [], "ce": [], "funders": [], "hmis": []},
    ]  # fmt: skip


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
        for number in numbers if kind == Upload.Kind.READINESS else [""]:
            Upload.objects.create(
                agency=agency, kind=kind, question=number, filename=f"{kind}.pdf", uploaded_by=cast.director,
                document=documents.store(PDF, content_type="application/pdf"),
            )  # fmt: skip
    for position in Position:
        hold(agency, position, position.label, f"{position.value}.x@harbor.example")
    for number, given in enumerate(every_kind_of_project(cast.project)):
        row = Project.objects.create(agency=agency, project_name=f"Project {number}")
        draft = drafts.project(**{**given, "project_name": row.project_name})
        write_project(
            project=with_rows(Project.objects.filter(pk=row.pk)).get(), draft=draft,
            ids={kind: [None] * len(getattr(draft, kind)) for kind in ROWS}, by=cast.director, confirms=True,
        )  # fmt: skip
    return Application.objects.select_related("agency").get(pk=complete.pk)


def test_every_change_link_of_the_check_page_leads_to_its_field(cast, full, client_of):
    client = client_of(cast.director)
    pages = Pages(client)
    text = client.get(reverse("onboarding:check_answers", args=[cast.agency.pk])).text
    for link in re.findall(r'<a href="([^"]+from=check[^"]*)"', text):
        pages.follow("check", link)
    assert pages.lost == []
    assert pages.followed > 400


@pytest.mark.parametrize("legal_form", LegalForm)
def test_nothing_leads_to_a_question_that_is_not_asked(cast, application, legal_form, client_of):
    """Of an agency that serves no project yet, and a person without access."""
    Project.objects.filter(agency=cast.agency).delete()
    type(cast.agency).objects.filter(pk=cast.agency.pk).update(legal_form=legal_form, federal_money=False)
    Staff.objects.filter(pk=cast.staff_row.pk).update(access_level=AccessLevel.NONE)
    client = client_of(cast.director)
    pages = Pages(client)
    text = client.get(reverse("onboarding:check_answers", args=[cast.agency.pk])).text
    for link in re.findall(r'<a href="([^"]+from=check[^"]*)">Change', text):
        pages.follow("check", link, anchored="/projects/?" not in link and "/sites/?" not in link)
    assert pages.lost == []


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
