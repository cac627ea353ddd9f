"""Run as a program, apart from the tests' process, where Playwright would leave an event loop behind.

`python -m tests.browser.widths MANIFEST.json CHROMIUM`: opens each page of the manifest ({"pages": {name: file},
"static": {address: file}}) without scripts, at three widths, and prints those that scroll sideways, a line each.
"""

import json
import sys
from pathlib import Path

from playwright.sync_api import Route, sync_playwright

from tests.browser.looking import HEIGHT, NARROW, NARROWEST, WIDE, scrolls_sideways

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip
HOST = "http://portal.test"
# What sticks out furthest, in words that help to find it.
WIDEST = """() => {
  const inside = (one) => one && (getComputedStyle(one).overflowX !== "visible" || inside(one.parentElement));
  const wide = [...document.body.querySelectorAll("*")].filter(
    (one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !inside(one));
  const last = wide.at(-1);
  return last ? last.outerHTML.slice(0, 160) : "";
}"""


def main(manifest: str, chromium: str) -> None:
    wanted = json.loads(Path(manifest).read_text())

    def answer(route: Route) -> None:
        address = route.request.url.removeprefix(HOST)
        path = wanted["pages"].get(address.lstrip("/")) or wanted["static"].get(address)
        if path is None:
            route.abort()
        else:
            route.fulfill(
                path=path, content_type="text/html; charset=utf-8" if path.endswith(".html") else None
            )

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        page = browser.new_context(java_script_enabled=True).new_page()
        page.route("**/*", answer)
        for name in wanted["pages"]:
            page.goto(f"{HOST}/{name}")
            for width in (WIDE, NARROW, NARROWEST):
                page.set_viewport_size({"width": width, "height": HEIGHT})
                if scrolls_sideways(page):
                    print(f"{name} at {width}: {page.evaluate(WIDEST)}")  # noqa: T201
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
