"""One person at a browser: opens pages, reads headings, clicks, types."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Response, expect

from tests.browser.looking import HEIGHT, WIDE, Camera

# Long enough for a machine that stands still for half a minute; nothing waits longer than it must.
PATIENCE = 90_000
expect.set_options(timeout=PATIENCE)
# What kind of input each of these fields has, once whatever is folded around it was unfolded.
OPENED = """names => names.map((name) => {
  const field = document.querySelector(`main [name="${name}"]`);
  for (let at = field.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
  return field.type;
})"""
PASSWORD = "correct horse battery staple"


def open_context(browser: Browser, base_url: str, **options: Any) -> BrowserContext:
    """A browser of one's own, with cookies of its own."""
    context = browser.new_context(
        base_url=base_url, viewport={"width": WIDE, "height": HEIGHT}, reduced_motion="reduce", **options
    )
    context.set_default_timeout(PATIENCE)
    return context


class Person:
    """A browser of one's own: cookies, a page, and the status of the last document it was sent."""

    def __init__(self, browser: Browser, base_url: str, camera: Camera, **options: Any) -> None:
        self.base_url, self.camera = base_url, camera
        self.context = open_context(browser, base_url, **options)
        self.page = self.context.new_page()
        self.status = 0
        self.troubles: list[str] = []
        self.page.on("response", self._note)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on(
            "console", lambda line: self.troubles.append(line.text) if line.type == "error" else None
        )

    def _note(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self.status = response.status

    def open(self, address: str) -> None:
        self.page.goto(address)

    def see(self, heading: str | re.Pattern[str], picture: str = "", *, status: int = 200) -> None:
        """This page has arrived, as demanded of every page; `picture` names its screenshots."""
        expect(self.page.locator("h1")).to_have_text(heading)
        self.page.wait_for_load_state()
        assert self.status == status, f"{self.page.url} answered {self.status}"
        assert not self.troubles, f"{self.page.url}: {self.troubles}"
        if picture:
            self.camera.look(self.page, picture)

    def reads(self, *words: str | re.Pattern[str]) -> None:
        for one in words:
            expect(self.page.locator("main").first).to_contain_text(one)

    def follow(self, name: str, *, exact: bool = False) -> None:
        self.click(self.page.get_by_role("link", name=name, exact=exact))

    def press(self, name: str, *, exact: bool = False) -> None:
        self.click(self.page.get_by_role("button", name=name, exact=exact))

    def click(self, link_or_button: Locator) -> None:
        """The first of them; what it leads to has arrived whole, also under the heading of the page before."""
        link_or_button.first.click()
        self.page.wait_for_load_state()

    def upload(self, button: str) -> None:
        """A script sends a page with a file and goes on by itself: what it leads to is waited for, the heading may stay."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button).first.click()

    def fill(self, answers: Mapping[str, str | Sequence[str]]) -> None:
        """Answer the questions with these names; what the page keeps to itself (hidden inputs) is passed over."""
        if not (names := list(answers)):
            return
        expect(self.page.locator(f'main [name="{names[-1]}"]').first).to_be_attached()
        for name, kind in zip(names, self.page.evaluate(OPENED, names), strict=True):
            fields, answer = self.page.locator(f'main [name="{name}"]'), answers[name]
            if kind in ("hidden", "submit"):
                continue
            if kind in ("radio", "checkbox"):
                self._choose(fields, answer)
            elif kind in ("select-one", "select-multiple"):
                fields.select_option(answer)
            elif kind == "file":
                fields.set_input_files(answer)
            else:
                fields.fill(str(answer))

    def _choose(self, fields: Locator, answer: str | Sequence[str]) -> None:
        for value in [answer] if isinstance(answer, str) else answer:
            one = (
                fields
                if value == "on" and fields.count() == 1
                else fields.and_(self.page.locator(f'[value="{value}"]'))
            )
            one.check()

    def download(self, link: Locator) -> bytes:
        """The PDF behind a link of the page."""
        status, kind, data = self.fetch(link.get_attribute("href") or "")
        assert (status, kind) == (200, "application/pdf"), (status, kind)
        return data

    def fetch(self, address: str) -> tuple[int, str, bytes]:
        """What this person is sent for an address: status, content type, bytes."""
        answer = self.context.request.get(address)
        return answer.status, answer.headers.get("content-type", ""), answer.body()

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.open("/accounts/login/")
        self.fill({"login": email, "password": password})
        self.press("Sign in", exact=True)

    def close(self) -> None:
        self.context.close()
