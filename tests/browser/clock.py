"""The clock of a page in a test's hand: `page.clock.install()` before the page is opened, then `stopped`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from playwright.sync_api import Page


@contextmanager
def stopped(page: Page) -> Iterator[None]:
    """Within, time goes by on the page only as far as the test says by `page.clock.run_for`.

    What the page puts off longer does not happen, and how slow the machine is makes no difference. Nothing that was
    typed before may be on its way to the portal.
    """
    now = page.evaluate("Date.now()") / 1000
    page.clock.pause_at(datetime.fromtimestamp(now + 1))
    yield
    page.clock.resume()
