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
def visitor(live_portal: LivePortal, browser: Browser) -> Iterator[Person]:
    person = Person(browser, live_portal.base_url, Camera(SCREENS / "verify"), java_script_enabled=False)
    yield person
    person.close()


def test_a_hostile_file_is_answered_by_the_worker(visitor: Person) -> None:
    visitor.open("/verify/")
    file = {"name": "hostile.pdf", "mimeType": "application/pdf", "buffer": two_hundred_pages()}
    visitor.page.locator('input[type="file"]').set_input_files(file)
    visitor.click(visitor.page.locator("form button[type=submit]"))
    deadline = time.monotonic() + PATIENCE
    while visitor.page.locator("h1").inner_text() != "What we found":
        assert time.monotonic() < deadline
        visitor.see("Being checked")
        visitor.page.wait_for_timeout(500)
        visitor.follow("Show the answer")
    visitor.see("What we found")
    visitor.reads("Not from this portal")
