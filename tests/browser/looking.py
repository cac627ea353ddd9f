"""What is demanded of every page: its status and heading, axe-core without findings, no sideways scroll, a picture."""

import json
import logging
from pathlib import Path

from playwright.sync_api import Page, TimeoutError

from hmis_portal.dev_services import BASE_DIR

SCREENS = BASE_DIR / "test-results" / "screens"
WIDE, NARROW, NARROWEST = 1280, 390, 320
HEIGHT = 900
# WCAG 2.2 AA, and axe-core's own good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A static file of the live portal (tests/live_settings.py), which the browser keeps: half a megabyte travels once.
LOAD_AXE = """() => new Promise((loaded, failed) => {
  const script = document.createElement("script");
  document.head.append(Object.assign(script, {src: "/static/axe/axe.min.js", onload: () => loaded(), onerror: failed}));
})"""


def findings(page: Page) -> list[str]:
    """What axe-core finds on the page, its folds opened as a reader opens them: rule, and the first places."""
    page.wait_for_load_state()  # with its styles
    page.evaluate(LOAD_AXE)
    found = page.evaluate(
        """async rules => {
          const folds = document.querySelectorAll("details[data-print-open]:not([open])");
          for (const fold of folds) fold.open = true;
          const done = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
          for (const fold of folds) fold.open = false;
          return done.violations;
        }""",
        RULES,
    )
    return [
        f"{one['id']}: {one['help']}: {json.dumps([[node['html'][:200], node['failureSummary']] for node in one['nodes'][:3]])}"
        for one in found
    ]


def scrolls_sideways(page: Page) -> bool:
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


class Camera:
    """Numbers the pages of a walk, checks each, and keeps their pictures; what it finds is told at the end.

    The pictures are for people to look at and judged by nobody: they are taken with `pytest --pictures`.
    """

    takes_pictures = False

    def __init__(self, folder: Path = SCREENS) -> None:
        self.folder, self.count = folder, 0
        self.problems: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)

    def look(self, page: Page, name: str) -> None:
        """The caller has asserted status and heading. Leaves the page 1280 pixels wide."""
        self.count += 1
        where = f"{self.count:02} {name} ({page.url})"
        self.problems += [f"{where}: {one}" for one in findings(page)]
        self.take(page, name, WIDE)
        for width in (NARROWEST, NARROW):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            if scrolls_sideways(page):
                self.problems.append(f"{where} scrolls sideways at {width} pixels")
        self.take(page, name, NARROW)
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})

    def take(self, page: Page, name: str, width: int) -> None:
        """Where Chromium draws no frame (seen once in some thousand, on a busy machine), it is asked again, and at last
        done without."""
        if not self.takes_pictures:
            return
        for _ in range(3):
            try:
                page.screenshot(
                    path=self.folder / f"{self.count:02}-{name}-{width}.png",
                    full_page=True,
                    animations="disabled",
                    timeout=20_000,
                )
                return
            except TimeoutError:
                page.bring_to_front()
        logging.getLogger(__name__).warning("No picture: %s at %s pixels, %s", name, width, page.url)


def empty(folder: Path) -> None:
    """Take the pictures of an earlier walk away."""
    for path in folder.glob("*.p*"):
        path.unlink()
