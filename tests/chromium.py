"""The browser that opens pages in tests."""

import shutil

# Without hinting letters are as wide as in a browser that has windows. Pages live for a second: what V8 spent on compiling
# axe-core anew, and better, on each of them never paid.
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--font-render-hinting=none",
        "--js-flags=--no-opt,--no-maglev"]  # fmt: skip


def executable() -> str | None:
    """The system's Chromium, for half the work the one that has no windows; None lets Playwright use one it downloaded."""
    known = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, known)), None)
