"""Check your answers on a phone: how long it is when closed, that the keyboard opens it, and that paper has all of it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import NARROW, WIDE, Camera
from tests.browser.person import open_context

pytestmark = pytest.mark.browser

SCREEN = 844  # of a phone, in pixels
MOST = 6  # screens
# An agency with 3 projects, 8 people and 2 sites.
MAKE = """
from django.test import Client
from agencies.models import Project, Staff
from bench import large
from onboarding.models import Site
from tests.factories import CANFactory, CoCFactory, StaffFactory
from hmis_portal.management.commands.portal import load_reference
load_reference()
agency, director = large.make(projects=3)
Site.objects.create(
    agency=agency, address="9 Elm Street, Hartford", workstations=2, connection="broadband", intake_desks=1
)
for number in range(8 - Staff.objects.filter(agency=agency).count()):
    StaffFactory(agency=agency, first_name="Pat", last_name=f"Person {number}").projects.set(
        Project.objects.filter(agency=agency)
    )
client = Client()
client.force_login(director, backend="allauth.account.auth_backends.AuthenticationBackend")
answer = [str(agency.pk), client.cookies["sessionid"].value]
"""


@pytest.fixture(scope="module")
def filled_in(live_portal):
    return live_portal.shell(MAKE)


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def check_page(live_portal, browser, filled_in, request):
    agency, session = filled_in
    context = open_context(browser, live_portal.base_url, java_script_enabled=request.param)
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_portal.base_url}])
    page = context.new_page()
    page.goto(f"/agencies/{agency}/application/check/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    yield page
    context.close()


def screens(page: Page) -> float:
    page.set_viewport_size({"width": NARROW, "height": SCREEN})
    height: int = page.locator("body").bounding_box()["height"]  # type: ignore[index]
    page.set_viewport_size({"width": WIDE, "height": SCREEN})
    return height / SCREEN


def test_it_is_short_until_a_section_is_opened(check_page) -> None:
    assert screens(check_page) < MOST
    question = check_page.get_by_text("Receives federal money", exact=True)
    expect(question).to_be_hidden()
    check_page.locator("#section-agency > summary").press("Enter")
    expect(question).to_be_visible()
    check_page.get_by_role("link", name="All sections open").click()
    expect(check_page.get_by_role("cell", name="Pat Person 1")).to_be_visible()


def test_paper_has_all_of_it(check_page) -> None:
    bed = check_page.get_by_text("Total beds").first
    check_page.emulate_media(media="print")
    expect(bed).to_be_visible()
    check_page.emulate_media(media="screen")
    expect(bed).to_be_hidden()


def test_nothing_is_found_in_it(live_portal, browser, filled_in) -> None:
    agency, session = filled_in
    context = open_context(browser, live_portal.base_url)
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_portal.base_url}])
    page, camera = context.new_page(), Camera()
    for name in ("closed", "all", "missing"):
        page.goto(f"/agencies/{agency}/application/check/?show={name}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
        camera.look(page, f"check-{name}")
    context.close()
    assert camera.problems == []
