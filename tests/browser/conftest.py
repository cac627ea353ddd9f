"""A new agency whose director is signed in."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import Camera
from tests.browser.person import open_context

MAKE = """
from django.test import Client
from agencies import permissions
from agencies.models import AgencyRole
from onboarding.application import opening
from onboarding.readiness import rules
from tests.factories import AgencyFactory, CANFactory, CoCFactory, UserFactory
rules.load()
name = {name!r}
agency = AgencyFactory(legal_name=f"{{name}} House, Inc.", legal_form="government")
agency.cocs.add(CoCFactory())
agency.cans.add(CANFactory())
director = UserFactory(email=f"{{name}}@house.example", first_name="Dana", last_name="Director")
permissions.grant(director, agency, AgencyRole.MANAGER)
opening.start(agency=agency, by=director)
client = Client()
client.force_login(director, backend="allauth.account.auth_backends.AuthenticationBackend")
answer = [str(agency.pk), client.cookies["sessionid"].value]
"""


@pytest.fixture(scope="session", autouse=True)
def _pictures(request: pytest.FixtureRequest) -> None:
    Camera.takes_pictures = request.config.getoption("--pictures")


@pytest.fixture
def open_application(live_portal, browser: Browser):
    """`open_application("name", scripts)` is the task list of a new agency, as its director; `at` a page below it."""
    contexts = []

    def open_page(name: str, *, scripts: bool = True, at: str = "") -> tuple[Page, str]:
        agency, session = live_portal.shell(MAKE.format(name=name))
        context = open_context(browser, live_portal.base_url, java_script_enabled=scripts)
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_portal.base_url}])
        contexts.append(context)
        page = context.new_page()
        page.goto(f"/agencies/{agency}/application/{at}")
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Projects" if at == "projects/" else "Participation application"
        )
        return page, agency

    yield open_page
    for context in contexts:
        context.close()
