"""Run as a program, apart from the tests' process, where Playwright would leave an event loop behind.

`python -m tests.browser.widths MANIFEST.json CHROMIUM [ARGUMENT …]`: opens each page of the manifest ({"pages": {name: file},
"static": {address: file}}) at three widths, and prints those that scroll sideways, a line each.
"""

import json
import mimetypes
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.looking import NARROW, NARROWEST, WIDE, scrolls_sideways

LOW = 120  # pixels: how wide a page is does not depend on it, and little is drawn
# What sticks out furthest, in words that help to find it.
WIDEST = """() => {
  const inside = (one) => one && (getComputedStyle(one).overflowX !== "visible" || inside(one.parentElement));
  const wide = [...document.body.querySelectorAll("*")].filter(
    (one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !inside(one));
  const last = wide.at(-1);
  return last ? last.outerHTML.slice(0, 160) : "";
}"""


class Files(BaseHTTPRequestHandler):
    """Gives out the files by their addresses; what all pages share is asked for once."""

    protocol_version = "HTTP/1.1"
    files: dict[str, str]

    def do_GET(self) -> None:
        path = self.files.get(self.path)
        data = Path(path).read_bytes() if path else b""
        self.send_response(200 if path else 404)
        self.send_header("Content-Type", mimetypes.guess_type(path or "")[0] or "application/octet-stream")
        self.send_header("Cache-Control", "max-age=3600")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_said: object) -> None:
        pass


def main(manifest: str, chromium: str, *arguments: str) -> None:
    wanted = json.loads(Path(manifest).read_text())
    Files.files = {**{f"/{name}": path for name, path in wanted["pages"].items()}, **wanted["static"]}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_context(base_url=f"http://127.0.0.1:{server.server_port}").new_page()
        for name in wanted["pages"]:
            page.goto(f"/{name}")
            for width in (WIDE, NARROW, NARROWEST):
                page.set_viewport_size({"width": width, "height": LOW})
                if scrolls_sideways(page):
                    print(f"{name} at {width}: {page.evaluate(WIDEST)}")  # noqa: T201
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
