"""4. The signatory accepts, consents, reads and signs; the sealed file appears."""

import re
import subprocess
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.letters import link
from tests.browser.story import PASSWORD, SIGNATORY, Person, Story
from tests.servers import PATIENCE


def signs_the_mou(story: Story) -> None:
    signatory = story.person("signatory")
    signatory.open(link(story.portal, SIGNATORY, "read and sign"))
    signatory.see("Accept your invitation", "signatory-invitation")
    signatory.fill({"password": PASSWORD})
    signatory.press("Create account and accept")
    signatory.see("Your agency’s MOU", "signatory-mou")
    signatory.click(signatory.page.locator(".turn-act a"))
    consents(signatory)
    signatory.see("Read the MOU", "read")
    signatory.reads("0 of 32 clauses read")
    signatory.follow("Begin with clause 1")
    signatory.see("1. Parties and purpose", "read-clause")
    signatory.press("I have read clause 1", exact=True)
    signatory.see("2. Definitions")
    signatory.reads("1 of 32 clauses read")
    signatory.follow("Back to the contents")
    signatory.follow("The whole text on one page")
    signatory.see("The whole MOU on one page", "read-whole")
    signatory.press("I have read clause 2", exact=True)
    expect(signatory.page.locator("[data-reading] p")).to_have_text("2 of 32 clauses read")
    assert signatory.page.evaluate("document.activeElement.textContent").strip().startswith("3.")
    reads_every_clause(signatory)
    file_is_made(signatory)
    signatory.see("Sign the MOU", "sign")
    signatory.fill({"authorized": "on", "typed_name": "Sidney Mars"})
    signatory.press("Sign the MOU")
    signatory.see("Sign the MOU", "sign-errors")
    signatory.reads("Type your full name exactly so: Sidney Marsh")
    signatory.fill({"typed_name": "Sidney Marsh"})
    signatory.press("Sign the MOU")
    confirms_identity(signatory, "reauthenticate")
    signatory.see("Your agency’s MOU")
    signatory.reads("Signed.")
    appears(signatory, "MOU signed by the agency")
    signatory.see("Your agency’s MOU", "mou-signed")
    data = signatory.fetch(
        signatory.page.get_by_role("link", name="MOU signed by the agency").get_attribute("href") or ""
    )[2]
    (story.camera.folder / "mou-signed.pdf").write_bytes(data)


def consents(person: Person, picture: str = "consent") -> None:
    """Open the test file, type back its number, agree: the same page for everybody who signs."""
    person.see(re.compile("lectronic"), picture)
    address = person.page.get_by_role("link", name="Test file").get_attribute("href") or ""
    status, kind, paper = person.fetch(address)
    assert (status, kind) == (200, "application/pdf")
    person.fill({"number": number_in(paper), "agree": "on"})
    person.press("Agree and read the document")


def reads_every_clause(person: Person) -> None:
    """On the page of the whole text: press the button at the end of each clause that is left, then go on."""
    buttons = person.page.locator("form[data-read-clause] button")
    person.page.wait_for_load_state()
    for left in range(buttons.count(), 0, -1):
        buttons.first.click()
        expect(buttons).to_have_count(left - 1)
    person.reads("32 of 32 clauses read")
    person.follow("Go on to sign")


def file_is_made(person: Person) -> None:
    """The worker makes the file to sign; the page says so until then."""
    appears(person, "The exact file you sign")


def confirms_identity(person: Person, picture: str = "") -> None:
    person.see("Confirm that it is you", picture)
    person.fill({"password": PASSWORD})
    person.press("Confirm", exact=True)


def appears(person: Person, link_text: str) -> None:
    """Ask for the page again until the worker's file stands there, and show it then."""
    deadline = time.monotonic() + PATIENCE
    while link_text not in person.fetch(person.page.url)[2].decode():
        assert time.monotonic() < deadline, f"“{link_text}” never appeared on {person.page.url}"
        person.page.wait_for_timeout(300)
    person.page.reload()
    expect(person.page.get_by_role("link", name=link_text)).to_be_visible()


def number_in(pdf: bytes) -> str:
    found = re.search(r"\b\d{4}\b", as_text(pdf))
    assert found, as_text(pdf)
    return found.group(0)


def as_text(pdf: bytes) -> str:
    return tool("pdftotext", "-layout", pdf=pdf)


def signatures(pdf: bytes) -> list[str]:
    """What pdfsig prints of each signature."""
    return tool("pdfsig", "-nocert", pdf=pdf).split("Signature #")[1:]


def tool(program: str, *options: str, pdf: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.pdf"
        path.write_bytes(pdf)
        tail = ["-"] if program == "pdftotext" else []
        done = subprocess.run(
            [program, *options, str(path), *tail], capture_output=True, text=True, check=False
        )
    return done.stdout + done.stderr
