"""A new agency's whole application on a phone, counted: pages, clicks, boxes, and how many screens each page is high.

Of an agency with 3 projects, 8 people and 2 sites. Before the short pages it took 37 pages, 57 clicks and 380 boxes; a
project was 12 screens high (14 in error), readiness 12 (23), people in charge 8 and the check page 48.
"""

import re
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from onboarding.demo import answers
from tests.browser.looking import NARROW
from tests.scans import PDF

pytestmark = pytest.mark.browser

SCREEN = 844  # of a phone, in pixels
MOST, MOST_IN_ERROR, MOST_TO_CHECK, MOST_BOXES = 3, 4, 6, 300
NEARLY = 2.7
CHOICES = ("radio", "checkbox", "select-one", "select-multiple")
Typed = Mapping[str, str | list[str]]
# What stands in the boxes of a page that a person sees; a date is three boxes, a group of choices as many as are ticked.
BOXES = """
() => [...document.querySelectorAll('main form [name]')].filter(box => box.type !== 'hidden' && box.type !== 'submit')
    .map(box => ({name: box.name, type: box.type, value: box.value, checked: box.checked, seen: box.checkVisibility()
        || (['radio', 'checkbox'].includes(box.type) && box.parentElement.checkVisibility())}))
    .filter(box => box.seen)
"""
READINESS = """
from django.utils import timezone
from onboarding.demo import answers
answer = answers.readiness(timezone.localdate())
"""
TOWN = "Hartford"
OFFICERS = answers.people(
    ("Dana Director", "phone@house.example"), ("Sidney Marsh", "sidney@house.example"), ("Chris Okafor", "chris@house.example")
)  # fmt: skip
AGENCY = {
    "legal_form": "government",
    "federal_money": "no",
    "street": "12 Main Street",
    "city": TOWN,
    "region": "CT",
    "zip_code": "06103",
    "phone": "860 555 0100",
    "mission": "Shelter, housing and help on the way to a home of one's own.",
    "towns": "Hartford and the towns around it",
    "coc_member": "yes",
    "languages": "English, Spanish",
}
SHELTER = answers.shelter("Winter Shelter", town=TOWN)
HOUSING = SHELTER | {
    "project_name": "Quick Homes", "project_type": "13", "rrh_sub_type": "1", "affiliated": "0",
    "residential_affiliation": "0", "funders-0-funder": "10", "funders-0-grant_id": "ESG-2026-2",
}  # fmt: skip
OUTREACH = SHELTER | {
    "project_name": "Night Walk", "project_type": "4", "funders-0-funder": "11", "funders-0-grant_id": "ESG-2026-3"
}  # fmt: skip


class Walk:
    """One person with a phone, who counts."""

    def __init__(self, page: Page, application: str) -> None:
        self.page, self.application = page, application
        self.heights: dict[str, int] = {}
        self.in_error: dict[str, int] = {}
        self.opened = self.clicks = self.boxes = 0
        self.typed: Counter[str] = Counter()

    @property
    def at(self) -> str:
        """The page's address in the application, without the keys of rows."""
        rest = self.page.url.partition("?")[0].partition("#")[0].partition("/application/")[2]
        return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b\d+\b", "*", re.sub(r"/add/.+", "/add/", "/" + rest))

    def height(self) -> int:
        height: int = self.page.evaluate("document.documentElement.scrollHeight")
        return height

    def measure(self) -> None:
        assert self.page.evaluate("document.documentElement.scrollWidth") <= NARROW, self.page.url
        self.heights[self.at] = max(self.height(), self.heights.get(self.at, 0))

    def click(self, role: Any, name: str | re.Pattern[str]) -> None:
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name).first.click()
        self.opened += 1
        expect(self.page).not_to_have_title(re.compile("^Error: "))
        self.measure()

    def follow(self, name: str) -> None:
        self.click("link", name)

    def press(self, name: str | re.Pattern[str]) -> None:
        self.click("button", name)

    def go(self, section: str = "") -> None:
        """To the task list, and from it to a section."""
        if not self.page.url.endswith(self.application):
            self.page.goto(self.application)
            self.opened += 1
            self.measure()
        if section:
            self.follow(section)

    def send_empty(self, button: str | re.Pattern[str]) -> None:
        """A slip, measured and not counted: the page is sent before anything is answered."""
        address = self.page.url
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button).first.click()
        if self.page.title().startswith("Error: "):
            self.in_error[self.at] = max(self.height(), self.in_error.get(self.at, 0))
        self.page.goto(address)
        if self.page.locator("main details.notice").count():
            self.discard()
        if self.page.url != address:
            self.page.goto(address)

    def discard(self) -> None:
        self.page.locator("main details.notice > summary").click()
        with self.page.expect_navigation():
            self.page.locator("main details.notice").get_by_role("button").click()

    def come_back(self) -> None:
        """What was typed on a page that is nearly too high is left for later: it stands there under a notice. Not counted."""
        if self.height() < NEARLY * SCREEN:
            return
        address = self.page.url
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Save and come back later").click()
        self.page.goto(address)
        expect(self.page.locator("main details.notice")).to_be_visible()
        self.measure()

    def known_person(self) -> None:
        """Somebody whom the agency named already is begun, measured and not counted."""
        self.page.get_by_text("Add somebody whom you named already").click()
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Chris Okafor").click()
        self.measure()
        self.discard()

    def fill(self, typed: Typed) -> None:
        """Answer what is asked and does not stand there yet, until an answer asks nothing further."""
        while wanted := [box for box in self.page.evaluate(BOXES) if _differs(box, typed.get(box["name"]))]:
            for box in wanted:
                self.answer(box, typed[box["name"]])
                if box["type"] in CHOICES:
                    break  # it may ask something further
        self.measure()

    def answer(self, box: dict[str, Any], answer: str | list[str]) -> None:
        field = self.page.locator(f'main form [name="{box["name"]}"]')
        if box["type"] in ("radio", "checkbox"):
            one = field.and_(self.page.locator(f'[value="{box["value"]}"]'))
            (field if box["value"] == "on" else one).check()
        elif box["type"] in CHOICES:
            field.select_option(answer)
        else:
            field.fill(str(answer))
            self.typed[str(answer)] += 1
        self.boxes += 1

    def told(self) -> str:
        """The figures: screens as filled in and in error, the highest page first."""
        lines = [f"{self.opened} pages, {self.clicks} clicks, {self.boxes} boxes"]
        for at, height in sorted(self.heights.items(), key=lambda one: -one[1]):
            lines.append(f"{height / SCREEN:5.2f} {self.in_error.get(at, 0) / SCREEN:5.2f}  {at}")
        return "\n".join(lines)

    def short_pages(self, typed: Typed, *, slips: bool = True) -> None:
        """Each page of a section by its own button, until the last leads out of it."""
        button = re.compile("^Save and continue")
        while self.page.get_by_role("button", name=button).count():
            if slips:
                self.send_empty(button)
            self.fill(typed)
            if slips:
                self.come_back()
            self.press(button)


def staff(number: int) -> Typed:
    """Seven case managers, and the coordinator who supervises them."""
    role, access = ("hdc", "agency") if not number else ("case_manager", "case")
    typed = answers.person(
        f"Pat{number}", "Worker", f"pat{number}@house.example", role=role, access=access, projects=["*"], start=date(2026, 1, 5)
    )  # fmt: skip
    return {name: value for name, value in typed.items() if not name.startswith("supervisor")} | {
        "supervisor": "chris@house.example"
    }


def too_high(heights: Mapping[str, int], most: int) -> dict[str, float]:
    """The pages above the target, with how many screens they are high."""
    return {at: height / SCREEN for at, height in heights.items() if height > most * SCREEN}


def _differs(box: dict[str, Any], answer: str | list[str] | None) -> bool:
    if answer is None or answer == "":
        return False
    if box["type"] in ("radio", "checkbox"):
        wanted = answer if isinstance(answer, list) else [answer]
        return (box["value"] in wanted or wanted == ["*"]) and not box["checked"]
    return bool(box["value"] != answer)


def test_the_application_on_a_phone(open_application, live_portal, capsys) -> None:
    page, agency = open_application("phone")
    page.set_viewport_size({"width": NARROW, "height": SCREEN})
    walk = Walk(page, f"/agencies/{agency}/application/")
    walk.go("A1. Agency information")
    walk.short_pages(AGENCY)
    walk.go("A2. People in charge")
    walk.short_pages(OFFICERS)
    for number, project in enumerate((SHELTER, HOUSING, OUTREACH)):
        walk.go("Projects")
        walk.follow("Add a project")
        walk.fill({"project_name": project["project_name"]})
        walk.press("Add project")
        walk.short_pages(project, slips=not number)
    walk.go("Staff information")
    walk.known_person()
    for number in range(8):
        walk.follow("Add a person")
        if not number:
            walk.send_empty("Save person")
        walk.fill(staff(number))
        walk.press("Save person")
    walk.go("Technical readiness")
    walk.follow("Sites")
    for number in range(2):
        walk.follow("Add a site")
        if not number:
            walk.send_empty("Save site")
        walk.fill(answers.site(("Hartford", "Bolton")[number]))
        walk.press("Save site")
    walk.go("Technical readiness")
    walk.follow("The agency and its officers")
    walk.short_pages(live_portal.shell(READINESS))
    walk.go("Documents")
    page.locator('[name="kind"][value="privacy_notice"]').check()
    page.locator('[name="file"]').set_input_files(
        {"name": "privacy notice.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    walk.boxes += 2
    walk.press("Upload document")
    walk.press("These are all our documents")
    walk.go("Declaration")
    walk.fill(answers.declaration("Dana Director"))
    walk.press(re.compile("^(Save|Declare|Sign)"))
    walk.go()
    expect(page.get_by_text("Completed", exact=True)).to_have_count(7)
    walk.follow("Check your answers")
    told = walk.told()
    with capsys.disabled():
        sys.stdout.write(f"\n{told}\n")
    assert walk.boxes <= MOST_BOXES, told
    assert walk.heights.pop("/check/") < MOST_TO_CHECK * SCREEN, told
    twice = [
        typed for typed, times in walk.typed.items() if times > 1 and ("@" in typed or "Street" in typed)
    ]
    assert not twice, "no person's address and no place is typed again"
    assert too_high(walk.heights, MOST) == {}, told
    assert too_high(walk.in_error, MOST_IN_ERROR) == {}, told
