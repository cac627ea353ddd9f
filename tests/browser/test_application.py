"""The application in a real browser: typing is kept by itself, survives a lost connection, and scripts are not needed."""

import re
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser import clock, letters
from tests.browser.looking import findings, scrolls_sideways
from tests.browser.person import open_context

pytestmark = pytest.mark.browser

PROJECT = """
from agencies.models import Agency
from tests.factories import ProjectFactory
ProjectFactory(agency=Agency.objects.get(pk={agency!r}), project_name="Harbor Shelter")
answer = None
"""
SIGN_IN = """
from django.test import Client
from agencies.models import User
client = Client()
client.force_login(User.objects.get(email={email!r}), backend="allauth.account.auth_backends.AuthenticationBackend")
answer = client.cookies["sessionid"].value
"""
LEGAL_FORM = """
from agencies.models import Agency
row = Agency.objects.get(pk={agency!r})
answer = [row.legal_form, row.legal_form_other]
"""
COLLEAGUE = """
from django.test import Client
from agencies import permissions
from agencies.models import Agency, AgencyRole, User
from tests.factories import UserFactory
email = {email!r}
chris = User.objects.filter(email=email).first()
if chris is None:
    chris = UserFactory(email=email, first_name="Chris", last_name="Coordinator")
    permissions.grant(chris, Agency.objects.get(pk={agency!r}), AgencyRole.EDITOR)
client = Client(SERVER_NAME="localhost")
client.force_login(chris, backend="allauth.account.auth_backends.AuthenticationBackend")
answer = client.post({path!r}, {typed!r}).status_code
"""
ASK_A_HELPER = """
from agencies.models import User
from onboarding.models import Application
from onboarding.readiness import helpers
helpers.ask(
    application=Application.objects.get(agency={agency!r}), questions=["24a"], name="Kim Ito",
    email="kim@helped.example", note="", by=User.objects.get(email="helped@house.example"),
)
answer = None
"""
# Where "e-mail" stands in two lines although the page is narrower than the word.
BROKEN = """() => {
  document.querySelector("main").style.width = "2ch";
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT), broken = [];
  while (texts.nextNode()) {
    const text = texts.currentNode, at = text.data.search(/e-mail/i), range = document.createRange();
    if (at < 0) continue;
    range.setStart(text, at);
    range.setEnd(text, at + 6);
    if (range.getClientRects().length > 1) broken.push(text.data);
  }
  return broken;
}"""
KEPT = """
from onboarding.models import SectionWork
answer = SectionWork.objects.get(application__agency={agency!r}, section="agency.services").draft
"""


def test_typing_is_kept_and_survives_a_lost_connection(live_portal, open_application) -> None:
    page, agency = open_application("Kept")
    page.clock.install()
    page.goto(f"/agencies/{agency}/application/agency/services/")
    said = page.locator("[data-autosave-said]")
    with clock.stopped(page):
        page.get_by_label("Towns served").fill("Hartford, half a")
        page.clock.run_for(5000)
        expect(said).to_contain_text("is kept")
    assert live_portal.shell(KEPT.format(agency=agency))["towns"] == ["Hartford, half a"]

    page.context.set_offline(True)
    page.get_by_label("Towns served").fill("Hartford, East Hartford")
    expect(said).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    address, context = page.url, page.context
    page.close()  # a closed tab

    page = context.new_page()
    page.goto(address)
    expect(page.get_by_label("Towns served")).to_have_value("Hartford, half a")
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("Towns served")).to_have_value("Hartford, East Hartford")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("“Services and area” is saved.")).to_be_visible()

    page.goto(address)
    context.set_offline(True)
    page.get_by_label("Towns served").fill("Hartford, Windsor")
    expect(page.locator("[data-autosave-said]")).to_contain_text("cannot be reached")
    assert page.evaluate("() => Object.keys(localStorage)") != []
    context.set_offline(False)
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You have signed out.")).to_be_visible()
    assert page.evaluate("() => Object.keys(localStorage)") == []


def test_an_expired_session_loses_nothing(live_portal, open_application) -> None:
    page, agency = open_application("expired")
    page.goto(f"/agencies/{agency}/application/agency/services/")
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Towns served").fill("Hartford, Windsor")
    said = page.locator("[data-autosave-said]")
    expect(said).to_contain_text("You are signed out")
    back = f"/accounts/login/?next={quote(urlsplit(page.url).path, safe='')}"
    expect(said.get_by_role("link", name="Sign in again")).to_have_attribute("href", back)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_text("What you typed is kept in this browser")).to_be_visible()

    session = live_portal.shell(SIGN_IN.format(email="expired@house.example"))
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_portal.base_url}])
    page.goto(f"/agencies/{agency}/application/agency/services/")
    expect(page.get_by_label("Towns served")).to_have_value("")
    found = page.get_by_text("typed something here that did not reach the portal")
    expect(found).to_have_text(re.compile(r"On \w+ \d+, \d{4} at \d+:\d\d [ap]\.m\. Eastern Time you typed"))
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("Towns served")).to_have_value("Hartford, Windsor")
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.get_by_text("The page is kept as you left it")).to_be_visible()
    assert live_portal.shell(KEPT.format(agency=agency))["towns"] == ["Hartford, Windsor"]

    # A form that is not kept while one types: what was sent after the session ended is offered as well.
    invite = f"/agencies/{agency}/people/invite/"
    page.goto(invite)
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("First name").fill("Nia")
    page.get_by_label("Fills in the application").or_(page.get_by_label("Editor")).first.check()
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_portal.base_url}])
    page.goto(invite)
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("First name")).to_have_value("Nia")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Nia")
    expect(found).to_have_count(0)  # it arrived
    assert page.evaluate(BROKEN) == []


def test_put_back_does_not_overwrite_a_colleague(live_portal, open_application) -> None:
    """After a lapsed session: what was typed is offered although somebody saved meanwhile, and theirs is asked about."""
    page, agency = open_application("meanwhile")
    path = f"/agencies/{agency}/application/agency/services/"
    page.clock.install()
    page.goto(path)
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Towns served").fill("Hartford, Windsor")
    expect(page.locator("[data-autosave-said]")).to_contain_text("You are signed out")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    theirs = {"version": "0", "later": "1", "towns": "Bolton", "mission": "Chris’s “mission”"}
    given = {"agency": agency, "path": path, "typed": theirs, "email": "chris@meanwhile.example"}
    assert live_portal.shell(COLLEAGUE.format(**given)) == 302

    session = live_portal.shell(SIGN_IN.format(email="meanwhile@house.example"))
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_portal.base_url}])
    page.goto(path)
    expect(page.get_by_label("Towns served")).to_have_value("Bolton")
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("Towns served")).to_have_value("Hartford, Windsor")
    expect(page.locator("[name=mission]")).to_have_value("Chris’s “mission”")  # not touched: theirs stands
    expect(page.locator("[data-autosave-said]")).to_contain_text(
        "Chris Coordinator changed the same answers on"
    )
    expect(page.locator("[data-autosave-said]")).to_contain_text("Towns served")
    kept = live_portal.shell(KEPT.format(agency=agency))
    assert (kept["towns"], kept["mission"]) == (["Bolton"], ["Chris’s “mission”"])

    page.get_by_role("button", name="Save and come back later").click()
    expect(page.get_by_text("Chris Coordinator saved this page on")).to_be_visible()
    rows = page.locator("[data-conflict] fieldset")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Towns served")
    # While the person has not chosen nothing is sent, and nothing is lost by closing the tab.
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "/keep/" in request.url else None)
    with clock.stopped(page):
        page.get_by_label("Towns served").fill("Hartford, Windsor, Enfield")
        page.clock.run_for(30_000)
    assert sent == []
    assert live_portal.shell(KEPT.format(agency=agency))["towns"] == ["Bolton"]
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(path)
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("Towns served")).to_have_value("Hartford, Windsor, Enfield")
    page.get_by_role("button", name="Save and come back later").click()
    page.get_by_label("Yours: Hartford, Windsor, Enfield").check()
    page.get_by_role("button", name="Keep what I chose").click()
    expect(page.get_by_text("Your choice is kept with the rest of the page")).to_be_visible()
    expect(page.get_by_label("Towns served")).to_have_value("Hartford, Windsor, Enfield")
    expect(page.locator("[name=mission]")).to_have_value("Chris’s “mission”")
    expect(page.get_by_text("did not reach the portal")).to_have_count(0)


def test_what_a_colleague_saves_meanwhile_appears_in_the_open_page(live_portal, open_application) -> None:
    """In fields that were not touched; in one that was touched while the answer was on its way both are asked about."""
    page, agency = open_application("together")
    path = f"/agencies/{agency}/application/agency/services/"
    page.clock.install()
    page.goto(path)
    given = {"agency": agency, "path": path, "email": "chris@together.example"}
    theirs = {"version": "0", "later": "1", "towns": "Bolton", "mission": "Beds", "coc_member": "yes"}
    assert live_portal.shell(COLLEAGUE.format(typed=theirs, **given)) == 302

    def answer_slowly(route):
        response = route.fetch()
        page.locator("[name=mission]").fill("Beds and meals")
        route.fulfill(response=response)

    page.route("**/keep/", answer_slowly)
    page.get_by_label("Languages served").fill("Polish")
    expect(page.get_by_label("Towns served")).to_have_value("Bolton")
    expect(page.locator("[name=coc_member][value=yes]")).to_be_checked()
    expect(page.locator("[data-autosave-said]")).to_contain_text("Chris Coordinator changed meanwhile: ")
    expect(page.locator("[name=mission]")).to_have_value("Beds and meals")
    expect(page.locator("[name=mission]")).to_be_focused()
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.get_by_text("did not reach the portal")).to_have_count(0)
    asked = page.locator("[data-conflict] fieldset")
    expect(asked).to_have_count(1)
    expect(asked).to_contain_text("Mission and services")
    kept = live_portal.shell(KEPT.format(agency=agency))
    assert (kept["towns"], kept["mission"], kept["languages"]) == (
        ["Bolton"],
        ["Beds"],
        ["Polish"],
    )


def test_one_person_is_kept_and_survives_a_lost_connection(live_portal, open_application) -> None:
    page, agency = open_application("People")
    live_portal.shell(PROJECT.format(agency=agency))
    page.clock.install()
    page.goto(f"/agencies/{agency}/application/staff/add/")
    said = page.locator("[data-autosave-said]")
    with clock.stopped(page):
        page.get_by_label("First name").fill("Maria")
        page.clock.run_for(5000)
        expect(said).to_contain_text("is kept")
    page.context.set_offline(True)
    page.get_by_label("Last name").fill("Lopez")
    expect(said).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    context = page.context
    page.close()  # a closed tab

    page = context.new_page()
    page.goto(f"/agencies/{agency}/application/staff/")
    expect(page.get_by_text("typed something here that did not reach the portal")).to_be_visible()
    expect(page.get_by_role("link", name="Continue: Maria")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("First name")).to_have_value("Maria")
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("Last name")).to_have_value("Lopez")
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.get_by_text("The page is kept as you left it")).to_be_visible()
    expect(page.get_by_role("link", name="Continue: Maria Lopez")).to_be_visible()
    expect(page.get_by_text("did not reach the portal")).to_have_count(0)
    assert findings(page) == []


def test_conditions_show_their_questions(open_application) -> None:
    page, _agency = open_application("Shown")
    page.get_by_role("link", name="D. Technical readiness").click()
    page.get_by_role("link", name="Public areas and remote work").click()
    note, remote = page.get_by_text("Asked next."), page.locator("#id_q17_0")
    expect(note).to_be_hidden()
    page.locator("#id_q26_2").check()
    expect(note).to_be_visible()
    page.locator("#id_q26_0").check()
    expect(remote).to_be_hidden()
    page.locator("#id_q26_1").check()
    expect(remote).to_be_visible()
    page.locator("#id_q26_0").check()
    expect(remote).to_be_hidden()


def test_a_helper_answers_from_a_browser_of_their_own(live_portal, open_application, browser) -> None:
    page, agency = open_application("helped")
    live_portal.shell(ASK_A_HELPER.format(agency=agency))
    context = open_context(browser, live_portal.base_url)
    helper = context.new_page()
    helper.goto(letters.link(live_portal, "kim@helped.example", "asks you"))
    helper.locator("[name=q24a][value=yes]").check()
    helper.get_by_role("button", name="I am done").click()
    expect(helper.get_by_text("Your answers are sent. Thank you.")).to_be_visible()
    context.close()
    page.goto(f"/agencies/{agency}/application/readiness/network/")
    page.get_by_role("button", name="Use this answer").click()
    expect(page.locator("[name=q24a][value=yes]")).to_be_checked()


def test_without_scripts(open_application) -> None:
    page, _agency = open_application("Plain", scripts=False)
    page.get_by_role("link", name="A1. Agency information").click()
    page.get_by_label("Common name").fill("Plain House")
    page.get_by_label("Employer Identification Number (EIN)").fill("12")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    expect(page.get_by_label("Common name")).to_have_value("Plain House")
    page.get_by_label("Employer Identification Number (EIN)").fill("06 1234567")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("“Name and legal form” is saved.")).to_be_visible()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Towns served").fill("Hartford")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("1 of 7 sections completed")).to_be_visible()


def test_every_page_is_accessible_and_fits(open_application) -> None:
    page, agency = open_application("Fits")
    paths = (
        "",
        "check/",
        "agency/",
        "agency/about/",
        "agency/services/",
        "people/security/",
        "staff/",
        "staff/upload/",
        "readiness/",
        "readiness/sign-in/",
        "readiness/agency-plan1/",
        "sites/add/",
        "documents/",
        "declaration/",
        "send/",
        "withdraw/",
    )
    for path in paths:
        answer = page.goto(f"/agencies/{agency}/application/{path}")
        assert answer is not None
        assert answer.status == 200
        assert findings(page) == [], path
        page.set_viewport_size({"width": 320, "height": 800})
        assert not scrolls_sideways(page), path
        page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_what_is_typed_and_then_hidden_is_no_answer(live_portal, open_application, scripts) -> None:
    page, agency = open_application(f"Hidden{scripts}", scripts=scripts)
    page.get_by_role("link", name="A1. Agency information").click()
    page.locator("[name=legal_form][value=other]").check()
    page.locator("[name=legal_form_other]").fill("Trust")
    page.locator("[name=legal_form][value=government]").check()
    page.locator("[name=federal_money][value=no]").check()
    assert page.locator("[name=legal_form_other]").is_visible() != scripts
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("“Name and legal form” is saved.")).to_be_visible()
    assert live_portal.shell(LEGAL_FORM.format(agency=agency)) == ["government", ""]
