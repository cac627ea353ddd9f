"""Check your answers: sections closed with their counts, things alike as one row each, what is missing, what changed."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.hud.drafts import ROWS, with_rows
from agencies.hud.store import write_project
from agencies.models import Project
from onboarding.application import revisions
from onboarding.models import Application
from onboarding.sections.answers import Answers
from onboarding.sections.catalogue import SECTIONS
from tests.agencies.hud import drafts
from tests.applications import make_application
from tests.factories import ProjectFactory, StaffFactory
from tests.onboarding.helpers import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def check(cast, client_of):
    """The page as the director sees it, with what stands behind its question mark."""
    client, address = client_of(cast.director), reverse("onboarding:check_answers", args=[cast.agency.pk])
    return lambda asked="": client.get(f"{address}{asked}").text


def shelter(cast, name, **given):
    project = ProjectFactory(agency=cast.agency, project_name=name)
    draft = drafts.shelter(project_name=name, hmis=[], **given)
    write_project(
        project=with_rows(Project.objects.filter(pk=project.pk)).get(), draft=draft,
        ids={kind: [None] * len(getattr(draft, kind)) for kind in ROWS}, by=cast.director, confirms=True,
    )  # fmt: skip
    return project


def sections(html):
    """The key of each section on the page, and whether it is open."""
    return dict(re.findall(r'<details class="fold" id="section-(\w+)"( open)? data-print-open>', html))


def test_sections_are_closed_and_say_how_much_is_in_them(cast, complete, check):
    shelter(cast, "Elm Street")
    html = check()
    assert list(sections(html)) == [
        "agency", "people", "projects", "staff", "readiness", "documents", "declaration",
    ]  # fmt: skip
    assert not any(sections(html).values())
    counts = re.findall(r'<span class="fold-count">([^<]*)</span>', html)
    assert counts[2].startswith("2 projects, ")
    assert counts[3].startswith("2 people, ")
    assert counts[4].startswith("1 site, ")
    assert re.fullmatch(r"\d+ of \d+ answered", counts[0])


def test_one_section_is_open_for_whoever_comes_back_to_it(cast, complete, check, client_of):
    assert [key for key, is_open in sections(check("?open=staff")).items() if is_open] == ["staff"]
    person = reverse("onboarding:staff_change", args=[cast.agency.pk, cast.staff_row.pk])
    page = client_of(cast.director).get(f"{person}?from=check").text
    assert f"/agencies/{cast.agency.pk}/application/check/?open=staff#section-staff" in page
    assert all(sections(check("?show=all")).values())


def test_beds_and_people_are_one_row_each(cast, complete, check):
    beds = [
        drafts.beds(es_bed_type=1, availability=1, vet_bed_inventory=3),
        drafts.beds(key="inventory-1", household_type=3, es_bed_type=1, availability=1),
    ]
    project = shelter(cast, "Elm Street", inventory=beds)
    html = check()
    row = re.findall(
        rf"<tr>(?:(?!</tr>).)*projects/{project.pk}/beds/\?from=check#inventory-0(?:(?!</tr>).)*</tr>", html
    )
    assert len(row) == 1
    assert "Total beds" in html
    assert '<div>13<br><span class="muted">Any other veterans:</span> 3<br>' in row[0]
    assert "Youth veterans" not in row[0]
    person = reverse("onboarding:staff_change", args=[cast.agency.pk, cast.staff_row.pk])
    assert html.count(f"{person}?from=check") == 1
    assert f'<th scope="row">{cast.staff_row.name}</th>' in html


def test_only_what_is_missing(cast, application, check):
    html = check("?show=missing")
    assert html.index("Before you can send") < html.index("Questions without an answer")
    assert "<details><summary>" not in html.split("Questions without an answer")[0]
    assert "Towns served" in html
    assert ">Legal name<" not in html
    assert '<table class="table-cards table-answers">' not in html


def test_only_what_changed_since_the_last_sending(cast, complete, check, client_of):
    assert "show=changed" not in check()
    cast.agency.refresh_from_db()
    revisions.freeze(Answers(complete, cast.agency), by=cast.director)
    Application.objects.filter(pk=complete.pk).update(
        state="changes_requested", submitted_at=timezone.now(), answer_by=timezone.localdate()
    )
    assert "No answer has changed." in check("?show=changed")
    cast.agency.towns = "Windsor"
    cast.agency.save()
    html = check("?show=changed")
    before, now = re.findall(r'<td data-label="(?:Before|Now)">([^<]*)', html)[:2]
    assert (before.strip(), now.strip()) == ("Hartford, East Hartford", "Windsor")
    assert f"/agencies/{cast.agency.pk}/application/agency/services/?from=check#id_towns_field" in html
    assert not sections(html)


def test_who_only_reads_changes_nothing(cast, complete, client_of):
    address = reverse("onboarding:check_answers", args=[cast.agency.pk])
    html = client_of(cast.admin).get(f"{address}?show=missing").text
    assert "from=check" not in html
    assert "show=missing" not in html
    assert not any(sections(html).values())


@pytest.mark.parametrize("asked", ["", "?show=all", "?show=missing", "?show=changed"])
def test_queries_do_not_grow_with_projects_and_people(cast, complete, client_of, asked):
    revisions.freeze(Answers(complete, cast.agency), by=cast.director)
    Application.objects.filter(pk=complete.pk).update(
        state="changes_requested", submitted_at=timezone.now(), answer_by=timezone.localdate()
    )
    client, page = client_of(cast.director), reverse("onboarding:check_answers", args=[cast.agency.pk])
    few = queries(client, page + asked)
    for number in range(5):
        StaffFactory(agency=cast.agency).projects.add(shelter(cast, f"Shelter {number}"))
    assert queries(client, page + asked) == few
    assert few <= (21 if "changed" in asked else 19)


def test_each_section_has_a_letter_of_its_own_and_what_was_sent_keeps_what_it_said(cast, client_of):
    assert len({section.letter for section in SECTIONS}) == len(SECTIONS)
    make_application(cast.agency, by=cast.director)
    page = client_of(cast.director).get(reverse("onboarding:revision", args=[cast.agency.pk, 1])).text
    assert "A. Agency information" in page
