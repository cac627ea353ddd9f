"""Section B in a real browser: HUD's rules speak while typing, nothing typed is lost, and all of it works without scripts."""

import re
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser import clock
from tests.browser.looking import findings

pytestmark = pytest.mark.browser

STORED = """
from agencies.hud.drafts import project_findings
from agencies.models import Agency
answer = [
    [one.project.project_name, one.complete, sum(row.bed_inventory for row in one.project.inventory.all())]
    for one in project_findings(Agency.objects.get(pk={agency!r}))
]
"""
THEIRS = """
from django.test import Client
from agencies import permissions
from agencies.models import Agency, AgencyRole
from onboarding.models import SectionWork
from tests.factories import UserFactory
chris = UserFactory(first_name="Chris", last_name="Coordinator")
permissions.grant(chris, Agency.objects.get(pk={agency!r}), AgencyRole.EDITOR)
client = Client(SERVER_NAME="localhost")
client.force_login(chris, backend="allauth.account.auth_backends.AuthenticationBackend")
work = SectionWork.objects.get(application__agency={agency!r}, section__startswith="project-")
answer = client.post({path!r}, {{"later": "1", "version": str(work.version), "coc-rows": "1", "coc-0-city": "Bolton"}}).status_code
"""


def fill_day(page: Page, name: str, month: int, day: int, year: int) -> None:
    for part, value in (("month", month), ("day", day), ("year", year)):
        page.fill(f"[name={name}_{part}]", str(value))


def add_project(page: Page, name: str) -> None:
    page.get_by_role("link", name="Add a project").click()
    page.get_by_label("Project name").fill(name)
    page.get_by_role("button", name="Add project").click()
    at(page, "About the project")


def at(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def fill_about(page: Page) -> None:
    fill_day(page, "operating_start_date", 1, 1, 2020)
    page.select_option("[name=project_type]", "0")
    page.locator("#id_continuum_project_0").check()


def fill_where(page: Page) -> None:
    page.fill("[name=coc-0-address1]", "12 Main Street")
    page.fill("[name=coc-0-city]", "Hartford")
    page.fill("[name=coc-0-zip]", "06103")
    page.select_option("[name=coc-0-coc_code]", "CT-505")
    page.select_option("[name=coc-0-geocode]", "090492")
    page.get_by_label("Urban", exact=True).check()


def fill_funding(page: Page) -> None:
    page.select_option("[name=funders-0-funder]", "8")
    fill_day(page, "funders-0-start_date", 1, 1, 2020)


def fill_beds(page: Page) -> None:
    page.get_by_label("Site-based – single site").check()
    page.select_option("[name=inventory-0-household_type]", "1")
    page.select_option("[name=inventory-0-es_bed_type]", "1")
    page.select_option("[name=inventory-0-availability]", "1")
    page.fill("[name=inventory-0-other_bed_inventory]", "12")
    page.fill("[name=inventory-0-unit_inventory]", "4")


def fill_participation(page: Page) -> None:
    page.locator("#id_ce-0-access_point_1").check()
    page.locator("#id_ce-0-receives_referrals_0").check()


def fits(page: Page, screens: int) -> None:
    """No page of a project is longer than this on a telephone, and none is wider."""
    page.wait_for_load_state()  # with its styles
    was = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollHeight") <= screens * 844, page.url
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    assert was
    page.set_viewport_size(was)


def is_sent(answer: Response, words: str) -> bool:
    """Whether the portal has taken these words from a page that sends what is typed by itself."""
    return answer.ok and words in unquote_plus(answer.request.post_data or "")


def save(page: Page) -> None:
    page.locator(".form-actions").get_by_role("button", name="Save and continue").click()


def test_a_director_lists_a_shelter_while_the_rules_speak(
    open_application, live_portal, tmp_path: Path
) -> None:
    page, agency = open_application("speaking", at="projects/")
    page.clock.install()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: message.type == "error" and faults.append(message.text))
    add_project(page, "Winter Shelter")
    fits(page, 3)
    save(page)
    expect(page.locator(".error-summary")).to_contain_text("Enter the first day of operation")
    fits(page, 4)
    assert findings(page) == []
    fill_about(page)
    save(page)

    # What the town tells is filled in and said to be from there; what was typed stays.
    at(page, "Where it works")
    fits(page, 3)
    page.fill("[name=coc-0-address1]", "12 Main Street")
    page.select_option("[name=coc-0-coc_code]", "CT-505")
    page.get_by_label("Rural", exact=True).check()
    page.select_option("[name=coc-0-geocode]", "")
    page.fill("[name=coc-0-city]", "Hartford")
    page.fill("[name=coc-0-zip]", "06103")
    expect(page.locator("[name=coc-0-geocode]")).to_have_value("090492")
    expect(page.locator("#id_coc-0-geocode_field")).to_contain_text("From the town")
    expect(page.get_by_label("Rural", exact=True)).to_be_checked()
    save(page)

    at(page, "Who pays for it")
    fill_funding(page)
    page.get_by_role("button", name="Add another funding source").click()
    expect(page.locator("#funders-1")).to_be_focused()
    with page.expect_response(lambda answer: is_sent(answer, "funders-1-funder=46")):
        page.select_option("[name=funders-1-funder]", "46")
        expect(page.locator("#id_funders-1-other_funder_field")).to_be_visible()
        expect(page.locator("#id_funders-0-other_funder_field")).to_be_hidden()
    page.reload()
    # The last keystroke is kept within five seconds, and survives a page that is gone.
    with clock.stopped(page), page.expect_response(lambda answer: is_sent(answer, "City of Hartford")):
        page.fill("[name=funders-1-other_funder]", "City of Hartford")
        page.clock.run_for(5000)
    expect(page.locator("[data-autosave-said]")).to_contain_text("What you typed is kept")
    page.goto("about:blank")
    page.go_back()
    page.reload()
    expect(page.locator("[name=funders-1-other_funder]")).to_have_value("City of Hartford")
    fill_day(page, "funders-1-start_date", 7, 1, 2021)
    fits(page, 4)
    save(page)

    at(page, "Beds and units")
    fits(page, 3)
    fill_beds(page)
    advice = page.locator("[data-advice-list]")
    page.get_by_text("Beds dedicated to veterans").click()
    page.fill("[name=inventory-0-vet_bed_inventory]", "3")
    page.select_option("[name=inventory-0-household_type]", "4")
    said = "Beds for veterans cannot be in a household type of only children: move them or change the household type"
    expect(advice).to_contain_text(said)
    expect(page.locator("#id_inventory-0-vet_bed_inventory_field")).to_contain_text(said)
    expect(page.locator("[data-total=inventory-0]")).to_have_text("15")
    assert findings(page) == []
    save(page)
    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name=said).click()
    expect(page.locator("[name=inventory-0-vet_bed_inventory]")).to_be_focused()
    assert findings(page) == []
    fits(page, 4)
    page.fill("[name=inventory-0-vet_bed_inventory]", "0")
    save(page)

    at(page, "Participation")
    fits(page, 3)
    page.get_by_role("link", name="Check this project").last.click()
    at(page, "Winter Shelter")
    assert findings(page) == []
    fits(page, 3)
    page.get_by_role("link", name="Add the coordinated entry participation in force now").click()
    at(page, "Participation")
    fill_participation(page)
    save(page)
    expect(page.get_by_text("“Participation” is saved.")).to_be_visible()
    page.get_by_role("link", name="Back to the projects").click()
    expect(page.get_by_role("row", name="Winter Shelter")).to_contain_text("Completed")
    assert live_portal.shell(STORED.format(agency=agency)) == [["Winter Shelter", True, 12]]
    assert not [fault for fault in faults if "404" not in fault]


def test_a_lost_connection_loses_nothing(open_application) -> None:
    page, _agency = open_application("offline", at="projects/")
    add_project(page, "Elm Street")
    go_to(page, "funding")
    page.context.set_offline(True)
    page.fill("[name=funders-0-grant_id]", "G-1")
    expect(page.locator("[data-autosave-said]")).to_contain_text("cannot be reached")
    expect(page.locator("[name=funders-0-grant_id]")).to_have_value("G-1")
    page.get_by_role("button", name="Add another funding source").click()
    page.select_option("[name=funders-1-funder]", "46")
    page.fill("[name=funders-1-other_funder]", "City of Hartford")
    # The page is closed before anything reached the portal: this browser offers it to the same person.
    address, context = page.url.partition("#")[0], page.context
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(address.replace("funding/", ""))
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[name=funders-0-grant_id]")).to_have_value("")
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("[name=funders-1-other_funder]")).to_have_value("City of Hartford")
    page.select_option("[name=funders-0-funder]", "8")
    expect(page.locator("[data-autosave-said]")).to_contain_text("What you typed is kept")
    page.reload()
    expect(page.locator("[name=funders-0-grant_id]")).to_have_value("G-1")


def go_to(page: Page, key: str) -> None:
    page.goto(page.url.replace("/about/", f"/{key}/"))


def test_put_back_beside_a_colleague_keeps_both_rows(open_application, live_portal) -> None:
    page, agency = open_application("beside", at="projects/")
    add_project(page, "Elm Street")
    go_to(page, "where")
    address = page.url.partition("#")[0]
    page.fill("[name=coc-0-address2]", "Rear")
    expect(page.locator("[data-autosave-said]")).to_contain_text("What you typed is kept")
    page.context.set_offline(True)
    page.get_by_role("button", name="Add another CoC").click()
    page.fill("[name=coc-1-city]", "Stamford")
    expect(page.locator("[data-autosave-said]")).to_contain_text("cannot be reached")
    context = page.context
    page.close()
    context.set_offline(False)
    path = address.removeprefix(live_portal.base_url)
    assert live_portal.shell(THEIRS.format(agency=agency, path=path)) == 302
    page = context.new_page()
    page.goto(address)
    expect(page.locator("[name=coc-0-city]")).to_have_value("Bolton")
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("[name=coc-1-city]")).to_have_value("Stamford")
    expect(page.locator("[name=coc-0-city]")).to_have_value("Bolton")
    expect(page.locator("[data-autosave-said]")).to_contain_text("What you typed is kept")
    page.reload()
    cities = [page.locator(f"[name=coc-{index}-city]").input_value() for index in (0, 1)]
    assert sorted(cities) == ["Bolton", "Stamford"]


def test_without_scripts_a_project_is_listed_all_the_same(open_application, live_portal) -> None:
    page, agency = open_application("unscripted", at="projects/", scripts=False)
    add_project(page, "Winter Shelter")
    fill_about(page)
    # Enter in a field saves the page; it does not press the first button it finds.
    page.locator("[name=project_common_name]").press("Enter")
    at(page, "Where it works")
    fill_where(page)
    save(page)
    fill_funding(page)
    page.get_by_role("button", name="Add another funding source").click()
    expect(page.locator("[name=funders-0-funder]")).to_have_value("8")
    page.select_option("[name=funders-1-funder]", "46")
    page.fill("[name=funders-1-other_funder]", "City of Hartford")
    page.get_by_role("button", name="Remove funding source 1").click()
    expect(page.locator("#funders-0")).to_have_count(0)
    save(page)
    expect(page.locator(".error-summary")).to_contain_text("Enter the day the grant starts")
    fill_day(page, "funders-1-start_date", 7, 1, 2021)
    save(page)
    fill_beds(page)
    save(page)
    fill_participation(page)
    save(page)
    at(page, "Winter Shelter")
    assert live_portal.shell(STORED.format(agency=agency)) == [["Winter Shelter", True, 12]]
