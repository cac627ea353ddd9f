"""5. Sent, sent back, sent again, approved, counter-signed: the executed MOU."""

import re

from playwright.sync_api import expect

from tests.browser import hmis_staff
from tests.browser.letters import files, link, newest
from tests.browser.signing import appears, as_text, confirms_identity, consents, signatures
from tests.browser.story import ADMIN, DIRECTOR, LEAD, SIGNATORY, Story


def sends_the_application(story: Story) -> None:
    director = story.person("director")
    director.open(story.at())
    director.see("Your six steps", "six-steps-to-send")
    director.open(story.at("application/check/"))
    director.see("Check your answers")
    director.follow("Go on to sending")
    director.see("Send the application and the MOU", "send")
    director.press("Send application")
    director.see("Application sent", "sent")
    director.reads("What happens next")
    newest(story.portal, DIRECTOR, "We have your application")
    director.open(story.at("application/"))
    director.see("Participation application", "application-locked")


def takes_it_and_asks_for_changes(story: Story) -> None:
    if "admin" not in story.people:
        hmis_staff.make(story)
    admin = hmis_staff.signs_in(story, "admin", ADMIN, pictures=True)
    admin.see("Desk", "desk")
    admin.follow("Applications waiting for review")
    admin.see("Applications", "queue")
    admin.follow("Harbor Light")
    admin.see("Harbor Light", "review-waiting")
    admin.press("Take for review")
    admin.see("Harbor Light", "review")
    admin.press("Open all")
    admin.follow("Services and area, Towns served")
    admin.fill({"text": "Name each town: the coordinated access network needs the list."})
    admin.press("Save remark")
    admin.reads("The remark is saved")
    admin.see("Harbor Light", "review-remarked")
    admin.follow("Ask for changes")
    admin.see("Ask for changes", "ask-for-changes")
    admin.reads("Name each town")
    admin.press("Ask for changes")
    admin.see("Harbor Light")


def answers_the_remark(story: Story) -> None:
    director = story.person("director")
    director.open(link(story.portal, DIRECTOR, "change 1 thing"))
    director.see("Participation application", "application-changes")
    director.reads("Towns served", "Name each town")
    director.follow("Answer the remarks")
    director.see("What to change", "what-to-change")
    director.follow("Agency information · Towns served")
    director.see("Services and area", "section-to-change")
    director.fill({"towns": "Hartford, West Hartford, East Hartford, Wethersfield"})
    director.press("Save and continue")
    director.open(story.at("application/check/"))
    director.reads("Answers were changed after the statement of accuracy")
    director.open(story.at("application/declaration/"))
    director.fill({"accurate": "on"})
    director.click(director.page.locator("main form .btn-primary"))
    director.open(story.at("application/changes/"))
    director.see("What to change", "what-changed")
    director.click(director.page.get_by_role("link", name=re.compile("^Answer")))
    director.see("Answer the reviewer", "answer-the-remark")
    director.fill({"kind": "changed"})
    director.press("Save answer")
    director.see("What to change", "remark-answered")
    director.follow("Check your answers")
    director.see("Check your answers", "check-again")
    director.follow("Go on to sending")
    director.see("Send the application and the MOU", "send-again")
    director.click(director.page.locator("main form .btn-primary"))
    director.see("Application sent", "sent-again")


def approves(story: Story) -> None:
    admin = story.person("admin")
    admin.open(link(story.portal, ADMIN, "has answered"))
    admin.see("Harbor Light", "review-answered")
    if admin.page.get_by_role("button", name="Take for review").count():
        admin.press("Take for review")
        admin.see("Harbor Light")
    admin.press("Open all")
    admin.reads("sent with revision 2")
    admin.press("Close remark")
    admin.reads("The remark is closed")
    buttons = admin.page.get_by_role("button", name="Mark as in order")
    for left in range(buttons.count(), 0, -1):
        admin.click(buttons)
        expect(buttons).to_have_count(left - 1)
    admin.follow("Approve")
    admin.see("Approve", "approve")
    admin.fill({"reason": "Complete and in order."})
    admin.press("Approve")
    admin.see("Harbor Light", "review-approved")
    admin.open("/admin/onboarding/application/reports/")
    admin.see("Reports", "reports")
    newest(story.portal, DIRECTOR, "approved")
    director = story.person("director")
    director.open(story.at())
    director.see("Your six steps", "six-steps-approved")


def counter_signs(story: Story) -> None:
    lead = hmis_staff.signs_in(story, "lead", LEAD)
    lead.see("Desk", "desk-of-lead")
    lead.open(link(story.portal, LEAD, "counter-sign"))
    if lead.page.get_by_role("heading", level=1, name="Desk").count():
        lead.follow("Harbor Light")
    consents(lead, "counter-sign-consent")
    lead.see("Counter-sign the MOU", "counter-sign")
    lead.reads("Sidney Marsh", "Valid")
    lead.fill({"title": "Director, Lead Agency", "authority": "Delegation by the board"})
    lead.fill({"read": "on", "typed_name": "Lee Whitfield"})
    lead.press("Counter-sign")
    confirms_identity(lead)
    lead.see("The MOU is executed", "counter-signed")
    lead.reads("What happens next")


def everybody_has_the_executed_mou(story: Story) -> None:
    director = story.person("director")
    director.open(story.at("mou/"))
    appears(director, "Executed MOU, signed by both sides")
    director.see("Your agency’s MOU", "mou-executed")
    data = director.download(director.page.get_by_role("link", name="Executed MOU, signed by both sides"))
    check_executed(data)
    (story.camera.folder / "mou-executed.pdf").write_bytes(data)
    for who in (DIRECTOR, SIGNATORY, LEAD):
        attached = list(files(newest(story.portal, who, "is executed")).items())
        assert [name.partition(" ")[2] for name, _data in attached] == [
            "executed.pdf",
            "certificate of completion.pdf",
        ]
        assert attached[0][1] == data
        certificate = as_text(attached[1][1])
        assert "Sidney Marsh" in certificate
        assert "Lee Whitfield" in certificate


def check_executed(data: bytes) -> None:
    """Two people have signed, after the portal certified the file; each signature is valid, the last covers it all."""
    found = signatures(data)
    names = [re.search(r"Common Name: (.*)", one) for one in found]
    assert [name and name.group(1) for name in names] == [
        "CT HMIS Onboarding Portal",
        "Sidney Marsh",
        "Lee Whitfield",
    ]
    for one in found:
        assert "Signature Validation: Signature is Valid." in one
        assert "ETSI.CAdES.detached" in one
    assert ["Total document signed" in one for one in found] == [False, False, True]
