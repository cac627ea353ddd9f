"""Without scripts, and without a mouse."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from agencies.hud.pages import PAGES
from onboarding.demo import answers
from tests.browser.applying import of_page
from tests.browser.looking import SCREENS, Camera
from tests.browser.person import PASSWORD, Person
from tests.servers import LivePortal

pytestmark = pytest.mark.browser

MAKE = """
from allauth.account.models import EmailAddress
from agencies.models import User
from agencies.services import opening
from onboarding.application.opening import start
user = User.objects.create_user({email!r}, {password!r}, first_name="Iris", last_name="Plain")
EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
facts = {{"legal_name": {name!r}, "ein": "", "city": "Hartford", "phone": "860 555 0100",
         "services": ["emergency_shelter"], "victim_service_provider": False}}
agency = opening.open_agency(by=user, facts=facts, title="Executive director")
start(agency=agency, by=user)
answer = str(agency.pk)
"""


def make(portal: LivePortal, email: str, name: str) -> str:
    return str(portal.shell(MAKE.format(email=email, name=name, password=PASSWORD)))


@pytest.fixture
def plain(live_portal: LivePortal, browser: Browser) -> Iterator[Person]:
    """A person whose browser runs no scripts."""
    person = Person(browser, live_portal.base_url, Camera(SCREENS / "plain"), java_script_enabled=False)
    yield person
    person.close()


def test_the_agency_and_a_project_without_scripts(live_portal: LivePortal, plain: Person) -> None:
    agency = make(live_portal, "iris@plain.example", "Plain Street House")
    plain.sign_in("iris@plain.example")
    plain.see("Your six steps")
    plain.open(f"/agencies/{agency}/application/agency/about/")
    plain.see("Name and legal form")
    plain.fill({"legal_form": "government", "federal_money": "no", "ein": "06-7654321"})
    plain.press("Save and continue")
    plain.see("Address and phone")
    plain.fill({"street": "12 Main Street", "zip_code": "06103", "city": ""})
    plain.press("Save and continue")
    plain.see("Address and phone")
    plain.reads("There is a problem", "Enter the city or town")
    assert plain.page.locator('[name="street"]').input_value() == "12 Main Street"
    plain.fill({"city": "Hartford", "region": "CT", "phone": "860 555 0100"})
    plain.press("Save and continue")
    plain.see("Services and area")
    plain.fill({"mission": "Shelter and help.", "towns": "Hartford"})
    plain.press("Save and continue")
    plain.see("Regions")
    plain.reads("we propose CT-505")
    for group in ("cocs", "cans"):
        plain.page.locator(f'[name="{group}"]').first.check()
    plain.press("Save and continue")
    plain.see("Participation application")
    plain.reads("“Regions” is saved.")

    plain.open(f"/agencies/{agency}/application/projects/add/")
    plain.see("Add a project")
    plain.fill({"project_name": "Plain Shelter"})
    plain.press("Add project")
    typed = answers.shelter("Plain Shelter", town="Hartford")
    for page in PAGES:
        plain.see(str(page.title))
        plain.fill(of_page(typed, page))
        plain.press("Save and continue")
    plain.see("Plain Shelter")
    plain.follow("Back to the projects")
    plain.see("Projects")
    plain.reads("Plain Shelter", "Completed")


@pytest.fixture
def typist(live_portal: LivePortal, browser: Browser) -> Iterator[Person]:
    person = Person(browser, live_portal.base_url, Camera(SCREENS / "keys"))
    yield person
    person.close()


# What a keyboard has to reach, and the outline of what has the focus.
REACHABLE = """() => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && one.tabIndex >= 0 && !one.closest('details:not([open]) > :not(summary)'))
    .map((one, number) => { one.dataset.stop = number; return one.type === 'radio' ? `radio ${one.name}` : String(number); })"""
FOCUSED = """() => {
    const one = document.activeElement, style = getComputedStyle(one);
    const shown = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none';
    const box = one.getBoundingClientRect();
    return {stop: one.type === 'radio' ? `radio ${one.name}` : one.dataset.stop ?? '', shown,
            inside: box.bottom > 0 && box.top < innerHeight, html: one.outerHTML.slice(0, 160)};
}"""


def tab_through(person: Person) -> None:
    """Tab reaches all there is, in a circle, and shows where it is each time."""
    wanted, seen = set(person.page.evaluate(REACHABLE)), set()
    for _press in range(3 * len(wanted) + 10):
        person.page.keyboard.press("Tab")
        now = person.page.evaluate(FOCUSED)
        if now["stop"] in seen and seen >= wanted:
            break
        if now["stop"]:
            assert now["shown"], f"No focus to be seen: {now['html']}"
            assert now["inside"], f"Focus outside the window: {now['html']}"
            seen.add(now["stop"])
    assert seen >= wanted, f"Tab never reached {wanted - seen}"


def test_signing_in_and_a_form_by_keyboard_alone(live_portal: LivePortal, typist: Person) -> None:
    agency = make(live_portal, "kim@keys.example", "Keyboard House")
    typist.open("/accounts/login/")
    typist.see("Sign in")
    tab_through(typist)
    keys = typist.page.keyboard
    typist.open("/accounts/login/")
    while not typist.page.evaluate("document.activeElement.name === 'login'"):
        keys.press("Tab")
    keys.type("kim@keys.example")
    while not typist.page.evaluate("document.activeElement.name === 'password'"):
        keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    typist.see("Your six steps")
    typist.open(f"/agencies/{agency}/application/people/director/")
    typist.see("Executive director")
    tab_through(typist)
    typist.open(f"/agencies/{agency}/people/invite/")
    typist.see("Invite a colleague")
    for name, words in (("first_name", "Kit"), ("last_name", "Keys"), ("email", "kit@keys.example")):
        while not typist.page.evaluate(f"document.activeElement.name === '{name}'"):
            keys.press("Tab")
        keys.type(words)
    keys.press("Tab")
    keys.press("Space")
    keys.press("Enter")
    typist.see("People who act for your agency")
    typist.reads("kit@keys.example")
