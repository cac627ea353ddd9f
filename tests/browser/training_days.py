"""6. Staff are invited, see their courses, sign the user agreement; the trainer records; a certificate is downloaded."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from tests.browser import hmis_staff
from tests.browser.letters import link, newest
from tests.browser.signing import appears, as_text, confirms_identity, consents
from tests.browser.story import CASE_WORKER, COLLEAGUE, PASSWORD, TRAINER, Person, Story


def staff_accept(story: Story) -> None:
    newest(story.portal, COLLEAGUE, "training")
    worker = story.person("case worker")
    worker.open(link(story.portal, CASE_WORKER, "account for"))
    worker.see("Accept your invitation", "staff-invitation")
    worker.fill({"password": PASSWORD})
    worker.press("Create account and accept")
    worker.see("Your training", "training-mine")
    worker.reads("HMIS basics", "HMIS user agreement")


def signs_the_agreement(story: Story, name: str, full_name: str, *, pictures: bool = False) -> None:
    person = story.person(name)
    person.open("/training/")
    person.see("Your training")
    person.click(person.page.get_by_role("link", name=re.compile("Read and sign")))
    person.see("Your user agreement")
    prepare(person)
    person.see("Your user agreement", "agreement" if pictures else "")
    person.follow("I have read it: go on to sign")
    consents(person, "agreement-consent" if pictures else "")
    person.see("Sign your user agreement", "agreement-sign" if pictures else "")
    person.fill({"read": "on", "typed_name": full_name})
    person.press("Sign the agreement")
    confirms_identity(person)
    person.page.wait_for_load_state()
    assert person.status == 200
    expect(person.page.locator("main")).to_contain_text(re.compile("signed", re.IGNORECASE))


def prepare(person: Person) -> None:
    if person.page.get_by_role("button", name="Prepare the agreement").count():
        person.press("Prepare the agreement")
    appears(person, "I have read it: go on to sign")


def trainer_records(story: Story) -> None:
    trainer = hmis_staff.signs_in(story, "trainer", TRAINER)
    trainer.see("Desk", "desk-of-trainer")
    for round_ in range(6):
        trainer.open("/admin/training/requirement/")
        trainer.see(re.compile("equirement|ourse"), "requirements-admin" if not round_ else "")
        boxes = (
            trainer.page.locator("#result_list tbody tr")
            .filter(has_not_text="user agreement")
            .locator("input.action-select")
        )
        if not boxes.count():
            break
        for box in boxes.all():
            box.check()
        trainer.page.locator('select[name="action"]').select_option("record_selected")
        trainer.click(trainer.page.locator('button[name="index"]'))
        trainer.see("Enter results", "enter-results" if not round_ else "")
        trainer.page.locator('[name="completed_on"]').fill(f"{timezone.localdate():%Y-%m-%d}")
        for score in trainer.page.locator('[name$="-score"]').all():
            score.fill("96")
        trainer.press("Save results")
        trainer.page.wait_for_load_state()


def certificate_is_downloaded(story: Story) -> None:
    worker = story.person("case worker")
    worker.open("/training/")
    worker.see("Your training", "training-done")
    data = worker.download(worker.page.get_by_role("link", name=re.compile("ertificate")).first)
    (story.camera.folder / "certificate.pdf").write_bytes(data)
    words = as_text(data)
    assert "Sasha Lindqvist" in words, words


def says_where_codes_go(story: Story, name: str, email: str, channel: str, *, picture: str = "") -> None:
    """The last thing that is missing for the account: a number or address of one's own for the HMIS's sign-in codes."""
    person = story.person(name)
    person.open(link(story.portal, email, "missing for your"))
    person.see("Where sign-in codes go", picture)
    person.fill({"channel": channel})
    person.press("Save", exact=True)
    person.see("Your account", f"{picture}-saved" if picture else "")
    person.reads("Saved: sign-in codes of the HMIS go to")
