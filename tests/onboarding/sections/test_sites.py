"""One site's page: its typing is kept between visits, and two colleagues do not overwrite each other."""

import pytest

from agencies.models import Agency
from onboarding.models import SectionWork, Site
from onboarding.sections import completeness
from onboarding.sections.answers import Answers
from tests.onboarding.as_sent import as_sent

pytestmark = pytest.mark.django_db
GOOD = {"address": "12 Main Street", "workstations": "5", "connection": "broadband", "intake_desks": "1"}


@pytest.fixture
def sites(cast, application):
    return f"/agencies/{cast.agency.pk}/application/sites/"


@pytest.fixture
def site(cast):
    return Site.objects.create(
        agency=cast.agency, address="1 Elm Street", workstations=1, connection="mobile", intake_desks=0
    )


def test_what_is_typed_for_a_new_site_is_kept_and_a_colleague_goes_on(cast, application, sites):
    director, coordinator = cast.client("director"), cast.client("coordinator")
    url = director.get(f"{sites}add/")["Location"]
    assert director.post(f"{url}keep/", {"version": "0", "address": "12 Ma"}).json()["version"] == 1
    assert "Continue: 12 Ma" in coordinator.get(sites).content.decode()
    gaps = [one.text for one in completeness.missing(Answers(application, cast.agency))]
    assert "12 Ma: typed, but not on the list yet" in gaps
    assert 'value="12 Ma"' in coordinator.get(url).content.decode()
    assert coordinator.post(url, GOOD | {"version": "1"}).status_code == 302
    again = director.post(url, GOOD | {"version": "1"}, follow=True)
    assert "Nothing was added twice" in again.content.decode()
    assert Site.objects.get(agency=cast.agency).address == "12 Main Street"
    assert "Continue:" not in director.get(sites).content.decode()


def test_a_site_saved_empty_is_no_site(cast, application, sites):
    client = cast.client("director")
    for more in ({}, {"later": "1"}):
        opened = client.get(f"{sites}add/", follow=True)
        empty = as_sent(opened) | {"address": "  ", **more}
        assert client.post(opened.wsgi_request.path, empty).status_code == (302 if more else 200)
    assert "Typed, but not on the list yet" not in client.get(sites).text
    gaps = [one.text for one in completeness.missing(Answers(application, cast.agency))]
    assert "Add at least one site" in gaps
    assert not any("A new site" in text for text in gaps)


def test_the_address_of_the_agency_is_offered_for_the_first_site_alone(cast, application, sites):
    Agency.objects.filter(pk=cast.agency.pk).update(street="12 O'Hara Street", city="Hartford")
    client = cast.client("director")
    url = client.get(f"{sites}add/")["Location"]
    page = client.get(url)
    assert page.context["form"]["address"].value() == "12 O'Hara Street, Hartford"
    assert "Filled in from the agency’s address" in page.text
    assert "A new site" not in client.get(sites).text, "an offer is no answer until it is saved"
    typed = GOOD | {"version": "0", "address": "12 O'Hara Street, Hartford"}
    assert client.post(url, typed).status_code == 302
    assert Site.objects.get(agency=cast.agency).address == "12 O'Hara Street, Hartford"
    assert "Filled in from" not in client.get(client.get(f"{sites}add/")["Location"]).text


def test_a_refused_site_is_kept_and_can_be_discarded(cast, application, sites, site):
    client, url = cast.client("director"), f"{sites}{site.pk}/"
    answer = client.post(url, GOOD | {"version": "0", "workstations": "many"})
    assert "There is a problem" in answer.content.decode()
    again = client.get(url).content.decode()
    assert 'value="many"' in again
    assert "There is a problem" in client.get(sites).content.decode()
    assert client.post(f"{url}discard/", {"version": "1"}).status_code == 302
    assert 'value="many"' not in client.get(url).content.decode()
    site.refresh_from_db()
    assert site.workstations == 1


def test_the_second_colleague_sees_who_saved_what_and_chooses(cast, application, sites, site):
    director, coordinator, url = cast.client("director"), cast.client("coordinator"), f"{sites}{site.pk}/"
    assert director.post(url, GOOD | {"version": "0"}).status_code == 302
    answer = coordinator.post(url, GOOD | {"version": "0", "workstations": "7"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Dana Director saved this page" in page
    assert [(row.label, row.mine, row.theirs) for row in answer.context["conflict"].clashes] == [
        ("Number of workstations", "7", "5")
    ]
    site.refresh_from_db()
    assert site.workstations == 5
    assert coordinator.post(url, GOOD | {"version": "1", "workstations": "7"}).status_code == 302
    site.refresh_from_db()
    assert site.workstations == 7


def test_removing_takes_the_typing_along(cast, application, sites, site):
    client = cast.client("director")
    assert client.post(f"{sites}{site.pk}/keep/", {"version": "0", "address": "Half"}).status_code == 200
    assert client.post(f"{sites}{site.pk}/remove/").status_code == 302
    assert not Site.objects.exists()
    assert not SectionWork.objects.filter(section__startswith="site-").exists()


def test_only_a_sending_of_ones_own_that_arrived_is_confirmed_to_the_browser(cast, application, sites, site):
    """By a cookie; what was refused because a colleague was faster is not confirmed, nor is what names nothing."""
    director, coordinator, url = cast.client("director"), cast.client("coordinator"), f"{sites}{site.pk}/"
    mine, theirs = "0123456789abcdef", "fedcba9876543210"
    assert (
        director.post(url, GOOD | {"version": "0", "arrival": mine}).cookies["portal-arrived"].value == mine
    )
    refused = coordinator.post(url, GOOD | {"version": "0", "workstations": "7", "arrival": theirs})
    assert (refused.status_code, "portal-arrived" in refused.cookies) == (409, False)
    kept = coordinator.post(url, GOOD | {"version": "1", "workstations": "many", "arrival": theirs})
    assert (kept.status_code, kept.cookies["portal-arrived"].value) == (200, theirs)
    again = director.post(url, GOOD | {"version": "2", "arrival": theirs, "later": "1"})
    assert again.cookies["portal-arrived"].value == f"{mine}.{theirs}"
    for strange in ("", "x" * 16, mine.upper(), mine + ";", mine * 400):
        answer = director.post(url, GOOD | {"version": "3", "arrival": strange, "later": "1"})
        assert "portal-arrived" not in answer.cookies, strange
