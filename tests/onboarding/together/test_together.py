"""Two colleagues have one page open: what only one of them changed is taken, and only true clashes are asked about."""

from datetime import timedelta

import pytest
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Contact, Staff
from hmis_portal.models import AuditEvent
from onboarding.models import SectionWork, Site
from onboarding.together import merging
from tests.onboarding.as_sent import as_sent
from tests.onboarding.helpers import agency_data, people_data, readiness_data, save_pages
from tests.onboarding.roster.helpers import person_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_editors(cast, application):
    """Director and coordinator, who was faster or later by turns."""
    return cast.client("director"), cast.client("coordinator")


@pytest.fixture
def agency_page(cast, base, two_editors):
    """Its last page; the others are saved too."""
    assert save_pages(two_editors[0], base, "agency", agency_data(cast)).status_code == 302
    return f"{base}agency/services/"


def test_a_page_that_nobody_touched_says_so(cast, application, base):
    """What the digests were made of is what a browser sends back, saved and as a draft."""
    client = cast.client("director")
    site = Site.objects.create(
        agency=cast.agency, address="1 A Street", workstations=1, connection="mobile", intake_desks=0
    )
    saves = {
        "agency/about/": agency_data(cast),
        "agency/services/": agency_data(cast, mission="One\r\n\r\ntwo", languages="English"),
        "people/director/": people_data(),
        "readiness/papers/": readiness_data(),
        f"staff/{cast.staff_row.pk}/": person_data(cast, email=cast.staff_row.email),
        f"sites/{site.pk}/": {"address": "1 A Street", "workstations": "1", "connection": "mobile", "intake_desks": "0"},
        "declaration/": {"declared_name": "Dana", "declared_title": "Director", "accurate": "on"},
    }  # fmt: skip
    for path, good in saves.items():
        for times in range(3):
            opened = client.get(base + path)
            form, sent = opened.context["form"], as_sent(opened)
            work = SectionWork.objects.filter(section__startswith=path[:5]).order_by("saved_at").last()
            seen, *_rest = signing.loads(sent["merge-seen"][0], salt=merging._SALT)[1:]
            data = client.post(base + path, sent | {"later": "1"}).wsgi_request.POST
            assert merging.changed(form.by_field(dict(data.lists())), seen) == [], (path, times, work)
            if times == 1:
                version = {"version": str(SectionWork.objects.order_by("saved_at").last().version)}
                assert client.post(base + path, good | version).status_code == 302, path


def test_what_only_one_of_them_changed_is_taken(cast, two_editors, agency_page, base):
    director, coordinator, url = *two_editors, f"{base}agency/about/"
    theirs, mine = director.get(url), coordinator.get(url)
    changed = {"common_name": "Harbor", "legal_form": "other", "legal_form_other": "Trust"}
    assert director.post(url, as_sent(theirs, **changed)).status_code == 302
    answer = coordinator.post(
        url, as_sent(mine, ein="06-7654321", federal_money="yes", uei="J3RW5C2KABC1"), follow=True
    )
    assert (
        "Dana Director changed meanwhile: Common name, Legal form, Which legal form?"
        in answer.content.decode()
    )
    cast.agency.refresh_from_db()
    assert (cast.agency.common_name, cast.agency.legal_form_other) == ("Harbor", "Trust")
    assert (cast.agency.ein, cast.agency.uei) == ("067654321", "J3RW5C2KABC1")
    event = AuditEvent.objects.filter(verb="save").latest("pk")
    assert (event.actor_name, set(event.data["changed"])) == (
        str(cast.coordinator), {"ein", "federal_money", "uei"},
    )  # fmt: skip


def test_only_what_both_changed_is_asked_and_choosing_judges_nothing(cast, two_editors, agency_page, base):
    director, coordinator, url = *two_editors, f"{base}agency/where/"
    theirs, mine = director.get(url), coordinator.get(url)
    same = {"phone": "860-555-0111"}
    director.post(url, as_sent(theirs, street="1 Elm", city="Bolton", website="https://a.example", **same))
    director.post(url, as_sent(director.get(url), website="https://b.example"))
    sent = as_sent(mine, street="2 Elm", city="Avon", zip_code="nonsense", region="", **same)
    answer = coordinator.post(url, sent)
    clashes = answer.context["conflict"].clashes
    assert answer.status_code == 409
    assert [(one.label, one.mine, one.theirs, one.who) for one in clashes] == [
        ("Street", "2 Elm", "1 Elm", "Dana Director"), ("City or town", "Avon", "Bolton", "Dana Director"),
    ]  # fmt: skip
    assert 'value="https://b.example"' in answer.content.decode(), "theirs alone"
    # Nothing was chosen yet: nothing is saved.
    assert coordinator.post(url, as_sent(answer)).status_code == 409
    chosen = {"merge-take-street": "mine", "merge-take-city": "theirs", "merge-choose": "1"}
    after = coordinator.post(url, as_sent(answer, **chosen), follow=True)
    page = after.content.decode()
    assert "Your choice is kept" in page
    assert "There is a problem" not in page
    draft = SectionWork.objects.get(section="agency.where").draft
    assert (draft["street"], draft["city"], draft["zip_code"]) == (["2 Elm"], ["Bolton"], ["nonsense"])
    cast.agency.refresh_from_db()
    assert cast.agency.street == "1 Elm"


def test_a_choice_holds_only_against_what_was_shown(cast, two_editors, agency_page):
    director, coordinator = two_editors
    mine = coordinator.get(agency_page)
    director.post(agency_page, as_sent(director.get(agency_page), towns="Bolton"))
    answer = coordinator.post(agency_page, as_sent(mine, towns="Avon"))
    director.post(agency_page, as_sent(director.get(agency_page), towns="Canton"))
    again = coordinator.post(agency_page, as_sent(answer, **{"merge-take-towns": "mine"}))
    assert [one.theirs for one in again.context["conflict"].clashes] == ["Canton"]
    assert coordinator.post(agency_page, as_sent(again, **{"merge-take-towns": "mine"})).status_code == 302
    cast.agency.refresh_from_db()
    assert cast.agency.towns == "Avon"


@pytest.mark.parametrize("seen", [None, "", "nonsense", "x" * 200_000, "other page"])
def test_what_was_seen_cannot_be_made_up(cast, two_editors, agency_page, base, seen):
    """Then everything that differs is asked about."""
    director, coordinator = two_editors
    mine = as_sent(coordinator.get(agency_page), mission="Beds.")
    mine["merge-seen"] = (
        as_sent(director.get(f"{base}people/director/"))["merge-seen"] if seen == "other page" else seen
    )
    director.post(agency_page, as_sent(director.get(agency_page), towns="Bolton"))
    answer = coordinator.post(agency_page, {name: value for name, value in mine.items() if value is not None})
    assert [one.field for one in answer.context["conflict"].clashes] == ["mission", "towns"]


def test_the_script_is_told_what_a_colleague_changed(cast, two_editors, agency_page):
    director, coordinator = two_editors
    mine, keep = as_sent(coordinator.get(agency_page)), f"{agency_page}keep/"
    director.post(keep, as_sent(director.get(agency_page), towns="Bolton", coc_member="yes"))
    saved = coordinator.post(keep, mine | {"languages": "Polish"}).json()
    assert saved["taken"] == {"towns": {"towns": ["Bolton"]}, "coc_member": {"coc_member": ["yes"]}}
    assert "Dana Director changed meanwhile" in saved["told"]
    draft = SectionWork.objects.get(section="agency.services").draft
    assert (draft["towns"], draft["languages"]) == (["Bolton"], ["Polish"])
    late = director.post(keep, as_sent(director.get(agency_page), version="1", languages="Greek"))
    assert late.status_code == 200
    regions = agency_page.replace("/services/", "/regions/")
    untouched = as_sent(coordinator.get(regions))
    director.post(f"{regions}keep/", as_sent(director.get(regions), cocs=None))
    assert coordinator.post(f"{regions}keep/", untouched).json()["taken"] == {"cocs": {"cocs": []}}
    stale = mine | {"languages": "Spanish", "merge-seen": mine["merge-seen"]}
    assert coordinator.post(keep, stale).json()["fields"] == "Languages served"


def test_whose_answer_it_is(cast, two_editors, base):
    director, coordinator, url = *two_editors, f"{base}people/backup/"
    save_pages(director, base, "people", people_data())
    theirs, mine = director.get(url), coordinator.get(url)
    director.post(url, as_sent(theirs, backup_email="bo@harbor.example", backup_phone="860-555-0199"))
    answer = coordinator.post(url, as_sent(mine, backup_email="b.backup@harbor.example", backup_title="Aide"))
    assert [one.label for one in answer.context["conflict"].clashes] == [
        "Backup coordinator (Bo Backup): Work e-mail"
    ]
    assert coordinator.post(url, as_sent(answer, **{"merge-take-backup_email": "theirs"})).status_code == 302
    named = {one.position: one for one in Contact.objects.filter(agency=cast.agency)}
    assert named["backup"].email == "bo@harbor.example"
    assert (named["backup"].title, named["backup"].phone) == ("Aide", "860-555-0199")


def test_one_line_of_the_roster(cast, two_editors, base):
    director, coordinator = two_editors
    url = f"{base}staff/{cast.staff_row.pk}/"
    assert (
        director.post(url, person_data(cast, email=cast.staff_row.email) | {"version": "0"}).status_code
        == 302
    )
    theirs, mine = director.get(url), coordinator.get(url)
    day = {"start_date_month": "2", "start_date_day": "3", "start_date_year": "2026"}
    saved = director.post(url, as_sent(theirs, **day))
    assert saved.status_code == 302, saved.context["form"].errors
    assert coordinator.post(url, as_sent(mine, title="Case worker")).status_code == 302
    person = Staff.objects.get(pk=cast.staff_row.pk)
    assert (str(person.start_date), person.title) == ("2026-02-03", "Case worker")
    answer = coordinator.post(url, as_sent(mine, start_date_day="9"))
    clashes = answer.context["conflict"].clashes
    assert [one.label for one in clashes] == ["Start date"]
    assert clashes[0].theirs == "2/3/2026"


def test_who_was_faster_is_still_known_when_nothing_is_remembered(cast, two_editors, agency_page):
    director, coordinator = two_editors
    mine = coordinator.get(agency_page)
    director.post(agency_page, as_sent(director.get(agency_page), towns="Bolton"))
    cache.clear()
    answer = coordinator.post(agency_page, as_sent(mine, towns="Avon"))
    assert [one.who for one in answer.context["conflict"].clashes] == ["Dana Director"]


def test_somebody_who_was_added_meanwhile_is_not_begun_again(cast, two_editors, base):
    director, coordinator, url = *two_editors, f"{base}staff/add/0123456789ab/"
    director.post(f"{url}keep/", as_sent(director.get(url), first_name="Ana"))
    mine = coordinator.get(url)
    assert director.post(url, person_data(cast) | {"version": "1"}).status_code == 302
    assert coordinator.post(f"{url}keep/", as_sent(mine, last_name="Ruiz")).status_code == 409
    assert SectionWork.objects.get(section="staff-new-0123456789ab").draft == {}


def test_who_has_the_page_open(cast, two_editors, base, time_machine):
    director, coordinator = two_editors
    url, beat = f"{base}agency/about/", f"/agencies/{cast.agency.pk}/open/"
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    assert "has this page open" not in director.get(url).content.decode()
    assert "Dana Director has this page open." in coordinator.get(url).content.decode()
    assert "open." not in coordinator.get(f"{base}agency/where/").content.decode()
    assert director.post(beat, {"page": "agency.about"}).json() == {
        "here": "Chris Coordinator has this page open."
    }
    time_machine.move_to(now + timedelta(seconds=59), tick=False)
    assert coordinator.post(beat, {"page": "agency.about"}).json()["here"]
    time_machine.move_to(now + timedelta(seconds=61), tick=False)
    assert coordinator.post(beat, {"page": "agency.about"}).json() == {"here": ""}
    assert coordinator.post(beat, {"page": "x" * 5_000}).json() == {"here": ""}
    with CaptureQueriesContext(connection) as found:
        coordinator.post(beat, {"page": "agency.about"})
    assert not [query for query in found.captured_queries if not query["sql"].startswith("SELECT")]
