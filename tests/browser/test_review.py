"""An application on one page of the desk: how high it is, how many clicks a decision costs, and what the bar covers."""

import json
import re
import sys
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.looking import Camera
from tests.browser.person import open_context

pytestmark = pytest.mark.browser

SCREEN = 900
SMALL, LARGE = 3, 8  # screens
MAKE = """
from types import SimpleNamespace
from django.test import Client
from agencies import permissions
from agencies.models import AgencyRole
from onboarding.readiness import rules
from tests.applications import answer_all, make_application, name_people
from tests.cast import sign_in
from tests.factories import AgencyFactory, UserFactory
from tests.mou import issue_mou, sign, until_certified
rules.load()
admin = UserFactory(email="reviews@hmis.example", groups=("HMIS Admin",))
made = {}
for name, snapshot in json.loads(%(snapshots)r).items():
    agency = AgencyFactory(legal_name=name, common_name="")
    address = name.split()[0].lower() + "@review.example"
    director = UserFactory(email=address, first_name="Sidney", last_name="Signatory")
    permissions.grant(director, agency, AgencyRole.MANAGER)
    name_people(agency)
    application = make_application(agency, by=director, answers=snapshot)
    answer_all(application)
    people = SimpleNamespace(agency=agency, director=director, signatory=director)
    mou = issue_mou(people)
    until_certified(mou)
    sign(mou, people)
    made[name] = str(application.pk)
answer = [sign_in(Client(), admin).cookies["sessionid"].value, made]
"""
# The elements that a person tabs through, and whether the decision bar lies over the one that has the focus.
COVERED = """
() => {
  const at = document.activeElement.getBoundingClientRect();
  const bar = document.getElementById("decision-bar");
  return !bar.contains(document.activeElement) && at.height > 0 && at.bottom > bar.getBoundingClientRect().top + 1
    && at.top < bar.getBoundingClientRect().bottom && at.top >= bar.getBoundingClientRect().top;
}
"""


def group(key: str, title: str, rows: dict[str, str]) -> dict[str, Any]:
    return {
        "key": key,
        "title": title,
        "rows": [
            {"field": name, "question": name.title(), "answer": answer} for name, answer in rows.items()
        ],
    }


def snapshot(*, projects: int, people: int) -> dict[str, Any]:
    asked = {f"question{number}": "An answer of some words" for number in range(20)}
    sections = {
        "agency": [group("agency", "Agency", {"ein": "06-1234567", "cocs": "CT-505", "cans": "Central", **asked})],
        "people": [group("people", "People in charge", dict.fromkeys(("director", "signatory", "coordinator", "backup", "security"), "Pat Doe\npat@harbor.example"))],
        "projects": [
            group(f"project-P{one}-{part}", f"Shelter {one}: {part}", {"project_type": "0 Emergency Shelter", f"coc-{one}-coc_code": "CT-505", f"inventory-{one}-bed_inventory": "30", **asked})
            for one in range(projects) for part in ("About the project", "Beds and units")
        ],
        "staff": [
            group(f"staff-{one}", f"Sasha Staff {one}", {"hmis_role": "Case manager", "access_level": "Add, edit, assess, case notes in named projects", "supervisor": "Pat Doe, pat@harbor.example", **asked})
            for one in range(people)
        ],
        "readiness": [group("readiness", "Sign-in", asked)],
        "documents": [group("documents", "Documents", {"policies": "policies.pdf"})],
        "declaration": [group("declaration", "Declaration", {"declared_name": "Dana Director"})],
    }  # fmt: skip
    return {
        "format": 2,
        "sections": [
            {"key": key, "letter": letter, "title": key.title(), "groups": groups}
            for letter, (key, groups) in zip("AABCDEF", sections.items(), strict=True)
        ],
    }


class Reviewer:
    """Somebody who counts the clicks."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, place: Locator) -> None:
        place.click()
        self.clicks += 1

    def waiting(self) -> None:
        self.page.goto("/admin/onboarding/application/?state__exact=submitted&q=house")
        self.clicks = 0

    def takes(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=re.compile(f"Take for review.*{name}")))
        expect(self.page.locator("h1")).to_have_text(name)

    def screens(self) -> float:
        self.page.wait_for_load_state()
        return (
            self.page.evaluate("document.querySelector('#footer').getBoundingClientRect().top + scrollY")
            / SCREEN
        )


def test_the_review_is_short_and_its_decisions_cost_few_clicks(live_portal, browser) -> None:
    small, large = "Sunrise House, Inc.", "Wide House, Inc."
    shown = {small: snapshot(projects=1, people=2), large: snapshot(projects=5, people=30)}
    session, _made = live_portal.shell("import json\n" + MAKE % {"snapshots": json.dumps(shown)})
    context = open_context(browser, live_portal.base_url)
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_portal.base_url}])
    page = context.new_page()
    troubles: list[str] = []
    page.set_default_timeout(20_000)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.set_viewport_size({"width": 1280, "height": SCREEN})
    reviewer = Reviewer(page)

    reviewer.waiting()
    camera = Camera()
    camera.look(page, "queue")
    page.set_viewport_size({"width": 1280, "height": SCREEN})
    reviewer.takes(large)
    heights = {"large, closed": reviewer.screens()}
    camera.look(page, "review-large")
    assert camera.problems == []
    asks_for_changes(reviewer)
    clicks = {"three remarks and changes": reviewer.clicks}

    reviewer.waiting()
    reviewer.takes(small)
    heights["small, closed"] = reviewer.screens()
    nothing_is_covered(page)
    reviewer.click(page.get_by_role("link", name="Approve"))
    reviewer.click(page.get_by_role("button", name="Approve"))
    expect(page.locator(".messagelist")).to_contain_text("Done: Approve")
    clicks["plain approval"] = reviewer.clicks
    with page.expect_navigation():
        page.get_by_role("link", name="Next in the queue").click()
    assert "q=house" in page.url, "the list that was left is the one that is come back to"
    sys.stdout.write(f"\nreview at 1280 px: screens of {SCREEN} px {heights}, clicks {clicks}\n")
    assert heights["small, closed"] <= SMALL
    assert heights["large, closed"] <= LARGE
    assert clicks["plain approval"] <= 3
    assert clicks["three remarks and changes"] <= 7
    assert not troubles
    context.close()


def asks_for_changes(reviewer: Reviewer) -> None:
    """Three remarks where the answers stand: what is done next saves the one before, and the place is not lost."""
    page, section = reviewer.page, reviewer.page.locator("#section-agency")
    reviewer.click(section.locator("summary"))
    for number in range(3):
        before = page.evaluate("scrollY")
        reviewer.click(section.get_by_role("link", name=f"Agency, Question{number * 3}"))
        section.get_by_role("textbox").fill(f"Say more, {number}.")
        assert number == 0 or abs(page.evaluate("scrollY") - before) < SCREEN
    expect(section.locator("summary")).to_contain_text("2 open remarks")
    expect(page.locator("#decision-bar [data-said]")).to_contain_text("The remark is saved")
    assert page.url.endswith("house"), "no page was loaded"
    reviewer.click(page.get_by_role("link", name="Ask for changes"))
    expect(page.locator("h1")).to_have_text("Ask for changes")
    expect(page.locator("#content-main")).to_contain_text("Say more, 2.")
    reviewer.click(page.get_by_role("button", name="Ask for changes"))
    expect(page.locator(".messagelist")).to_contain_text("Done: Ask for changes")


def nothing_is_covered(page: Page) -> None:
    """WCAG 2.4.11: whatever has the focus is in sight, though the bar stays at the foot of the window."""
    page.get_by_role("button", name="Open all").click()
    for _key in range(60):
        page.keyboard.press("Tab")
        assert not page.evaluate(COVERED), page.evaluate("document.activeElement.outerHTML")
