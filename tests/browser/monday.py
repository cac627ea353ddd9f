"""A Monday morning at the desk: forty applications that wait, and what HMIS staff do with them, counted in clicks."""

import re

from django.utils import timezone
from playwright.sync_api import Browser, FilePayload, Locator, expect

from tests.browser.looking import Camera, scrolls_sideways
from tests.browser.person import Person
from tests.browser.signing import confirms_identity, consents
from tests.servers import LivePortal

FORTY, LATE = 40, 10  # as tests/browser/forty.py makes them
HEADINGS = (
    "EIN,NAME,ICO,STREET,CITY,STATE,ZIP,GROUP,SUBSECTION,AFFILIATION,CLASSIFICATION,RULING,DEDUCTIBILITY,FOUNDATION,"
    "ACTIVITY,ORGANIZATION,STATUS,TAX_PERIOD,ASSET_CD,INCOME_CD,FILING_REQ_CD,PF_FILING_REQ_CD,ACCT_PD,ASSET_AMT,"
    "INCOME_AMT,REVENUE_AMT,NTEE_CD,SORT_NAME"
)
COUNTED = "SELECT 1 FROM onboarding_reportcount WHERE at > %s AND seconds > 0"


class Counting(Person):
    """Somebody who counts the clicks; Enter after typing is one, an entry of a list that folds out is two."""

    clicks = 0

    def click(self, link_or_button: Locator) -> None:
        super().click(link_or_button)
        self.clicks += 1

    def enter(self, place: Locator, text: str) -> None:
        place.fill(text)
        place.press("Enter")
        self.clicks += 1

    def rows(self, count: int) -> Locator:
        """The list on this page holds so many."""
        rows = self.page.locator("#result_list tbody tr")
        expect(rows).to_have_count(count)
        return rows

    def chooses_all_and(self, act: str, *, colleague: str = "") -> None:
        self.click(self.page.locator("#action-toggle"))
        self.page.locator("select[name=action]").first.select_option(label=act)
        self.clicks += 2
        if colleague:
            self.page.locator("select[name=colleague]").first.select_option(label=colleague)
            self.clicks += 2
        self.press("Go")

    def is_told(self, words: str) -> None:
        expect(self.page.locator(".messagelist")).to_contain_text(words)

    def looks_at(self, address: str, heading: str | re.Pattern[str], picture: str) -> None:
        self.open(address)
        self.see(heading, picture)
        if scrolls_sideways(self.page):
            self.camera.problems.append(f"{picture} scrolls sideways at 1280 pixels")


def arrives(browser: Browser, base_url: str, camera: Camera, session: str) -> Counting:
    person = Counting(browser, base_url, camera)
    person.context.add_cookies([{"name": "sessionid", "value": session, "url": base_url}])
    return person


def takes_ten_and_assigns_thirty(admin: Counting, colleague: str) -> int:
    admin.open("/admin/")
    admin.see("Desk")
    admin.clicks = 0
    admin.follow("Applications waiting for review")
    admin.see("Applications")
    admin.enter(admin.page.locator("#searchbar"), "monday mill")
    late = admin.rows(FORTY).filter(has_text="business days, late")
    expect(late).to_have_count(LATE)
    expect(admin.rows(FORTY).first).to_contain_text("Mill 01")  # the oldest
    admin.follow("Late", exact=True)
    admin.rows(LATE)
    admin.chooses_all_and("Take for review")
    admin.is_told(f"Done with {LATE} applications.")
    assert "age=late" in admin.page.url
    admin.rows(0)
    admin.follow("In time", exact=True)
    admin.rows(FORTY - LATE)
    admin.chooses_all_and("Assign to the colleague chosen", colleague=colleague)
    admin.is_told(f"Done with {FORTY - LATE} applications.")
    admin.rows(0)
    return admin.clicks


def approves_the_oldest(admin: Counting, oldest: str, second: str) -> int:
    admin.follow("Mine", exact=True)
    expect(admin.page).to_have_url(re.compile("turn=mine"))
    admin.follow("Late", exact=True)
    admin.rows(LATE)
    admin.clicks = 0
    admin.follow(oldest)
    admin.see(oldest)
    admin.follow("Approve")
    admin.see("Approve")
    admin.press("Approve")
    admin.is_told("Done: Approve")
    clicks = admin.clicks
    admin.follow("Next in the queue")
    admin.see(second)
    return clicks


def holds_and_releases(admin: Counting, name: str) -> None:
    admin.click(admin.page.locator(".decision-more summary"))
    admin.follow("Put on hold")
    admin.see("Put on hold")
    admin.fill({"waits_for": "the answer of HUD", "reason": "HUD has to say whether it may join."})
    admin.press("Put on hold")
    admin.is_told("Done: Put on hold")
    admin.see(name)
    admin.follow("End the hold")
    admin.see("End the hold")
    admin.press("End the hold")
    admin.is_told("Done: End the hold")


def asks_for_three_changes(admin: Counting, name: str) -> int:
    """Back in the list, which is narrowed as before."""
    admin.click(admin.page.locator(".breadcrumbs").get_by_role("link", name="Applications"))
    admin.rows(LATE - 1)
    admin.clicks = 0
    admin.follow(name)
    admin.see(name)
    section = admin.page.locator("#section-agency")
    admin.click(section.locator("summary"))
    for question in ("Legal name", "Towns served", "Web site"):
        admin.click(section.get_by_role("link", name=f"Agency information, {question}"))
        section.get_by_role("textbox").fill(f"Say more about it: {question}.")
    admin.follow("Ask for changes")
    admin.see("Ask for changes")
    admin.reads("Say more about it: Web site.")
    admin.press("Ask for changes")
    admin.is_told("Done: Ask for changes")
    return admin.clicks


def reads_the_list_as_csv(admin: Counting) -> None:
    """What is left of the ten, narrowed as the list is."""
    admin.click(admin.page.locator(".breadcrumbs").get_by_role("link", name="Applications"))
    rows = admin.rows(LATE - 2)
    expect(rows.first).to_contain_text("Mill 02")
    address = admin.page.get_by_role("link", name="This list as CSV").get_attribute("href") or ""
    status, kind, data = admin.fetch(address)
    assert (status, kind.partition(";")[0]) == (200, "text/csv")
    lines = data.decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == [f'"Monday Mill {n:02}' for n in (2, *range(4, 11))]


def sees_who_reviews_it(admin: Counting, name: str, colleague: str) -> None:
    admin.open("/admin/onboarding/application/?turn=colleagues&q=monday")
    admin.follow(name)
    admin.see(name)
    since = re.compile(rf"{colleague} reviews this application. “In review” since .* at ")
    expect(admin.page.locator(".notice--warning")).to_have_text(since)


def finds_a_caller(admin: Counting, name: str, *terms: str) -> None:
    """Whatever they say of themselves, in one search; and one click leads there."""
    for term in terms:
        admin.open("/admin/")
        admin.clicks = 0
        admin.enter(admin.page.locator("#desk-search"), term)
        admin.see(f"Search results for “{term}”")
        expect(admin.page.get_by_role("main")).to_contain_text(name)
    admin.click(admin.page.get_by_role("main").get_by_role("link", name=re.compile("^APP-")))
    admin.see(name)
    assert admin.clicks == 2


def opens_the_list_behind_a_figure(admin: Counting, portal: LivePortal, can: int) -> None:
    now = timezone.now()
    portal.wait_for(
        lambda: portal.rows(COUNTED, now), "the figures to be counted, as they are within a minute"
    )
    admin.open(f"/admin/onboarding/application/reports/?can={can}")
    admin.see("Reports")
    row = admin.page.get_by_role("region", name="Agencies by step").get_by_role("row", name="In review")
    figure = row.get_by_role("link").first
    expect(figure).to_have_text(re.compile("^38"))
    admin.click(figure)
    admin.see("Agencies")
    admin.rows(38)


def narrows_the_record(admin: Counting, name: str) -> None:
    """From the agency's file to all that was done with it, and of that the remarks."""
    admin.open("/admin/")
    admin.enter(admin.page.locator("#desk-search"), name)
    admin.click(admin.page.get_by_role("main").get_by_role("link", name=name, exact=True))
    admin.see(name)
    admin.follow("History", exact=True)
    admin.see("Audit events", "record")
    expect(admin.page.locator("#result_list")).to_contain_text("Asked for changes to the application")
    admin.fill({"who": "Mora", "kind": "onboarding.remark"})
    admin.press("Show these")
    admin.rows(3)


def counter_signs_both(lead: Counting) -> None:
    lead.open("/admin/onboarding/mou/counter-sign/")
    consents(lead, "consent-several")
    lead.see("Counter-sign several MOUs", "counter-sign-several")
    cards = lead.page.locator("section.card").filter(has_text="Monday")
    expect(cards).to_have_count(2)
    for place in range(2):
        cards.nth(place).get_by_role("checkbox").check()
    lead.fill({"title": "Director", "authority": "Bylaws, article 4", "typed_name": "Lee Monday"})
    lead.press("Counter-sign the documents")
    confirms_identity(lead)
    lead.is_told("2 MOUs are counter-signed and executed")


def looks_around(admin: Counting, current: int, draft: int) -> None:
    """The pages on which the week is kept going."""
    admin.looks_at("/admin/onboarding/feedback/?q=monday", re.compile("How was it"), "feedback")
    admin.looks_at("/admin/training/completion/record/?state=open&agency=", "Enter results", "class")
    admin.looks_at("/admin/hmis_portal/portalsettings/1/change/", re.compile("ettings"), "settings")
    admin.looks_at(f"/admin/signing/textversion/{draft}/publish/", "Publish this version", "publish")
    admin.looks_at(f"/admin/signing/textversion/{current}/progress/", "Who has signed it", "progress")
    admin.reads("2 of 2 have signed.")
    admin.looks_at(
        "/admin/agencies/registerload/upload/", "Load a file of the IRS register", "register-upload"
    )


def loads_half_a_register(admin: Counting) -> None:
    """What is no whole list is refused by a worker; the list of files comes back by itself and says why."""
    admin.fill({"of_day_month": "11", "of_day_day": "10", "of_day_year": "2025"})
    row = "010000000,MONDAY MILL 01 INC" + "," * (HEADINGS.count(",") - 1)
    data = f"{HEADINGS}\r\n{row}\r\n".encode()
    file: FilePayload = {"name": "eo_ct.csv", "mimeType": "text/csv", "buffer": data}
    admin.page.locator("main input[type=file]").set_input_files(file)
    admin.upload("Load the file")
    expect(admin.page.locator("#result_list")).to_contain_text("The file has 1 row.")
    admin.looks_at("/admin/agencies/registerload/", re.compile("egister"), "register")
