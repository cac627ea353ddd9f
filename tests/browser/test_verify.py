"""Anyone checks a file without scripts: the page says that it is being read, and a link shows the answer."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.looking import SCREENS, Camera
from tests.browser.person import Person
from tests.hmis_portal.signing.verifying.hostile import two_hundred_pages
from tests.servers import PATIENCE, LivePortal

pytestmark = pytest.mark.browser


@pytest.fixture
def verifier(live_portal: LivePortal, browser: Browser) -> Iterator[Person]:
    person = Person(browser, live_portal.base_url, Camera(SCREENS / "verify"), java_script_enabled=False)
    yield person
    person.close()


def test_a_hostile_file_is_answered_by_the_worker(verifier: Person) -> None:
    verifier.open("/verify/")
    file = {"name": "hostile.pdf", "mimeType": "application/pdf", "buffer": two_hundred_pages()}
    verifier.page.locator('input[type="file"]').set_input_files(file)
    verifier.upload("Check this file")
    heading, deadline = verifier.page.locator("h1"), time.monotonic() + PATIENCE
    while heading.inner_text() != "What we found":  # the worker may have been faster than the page
        assert time.monotonic() < deadline
        assert heading.inner_text() == "Being checked"
        verifier.page.wait_for_timeout(500)
        with verifier.page.expect_navigation():
            verifier.follow("Show the answer")
    verifier.see("What we found")
    verifier.reads("Not from this portal")
