"""9. A year after go-live, as the people of one agency and the HMIS Admin live it, each seen from the other side.

Days pass as they do for the reminders: the rows are moved back, and beat's tasks are sent as at night and in the morning.
"""

import re
import time
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from onboarding.demo.answers import day
from tests.browser.letters import link, newest, text
from tests.browser.signing import confirms_identity
from tests.browser.story import (
    COLLEAGUE,
    DIRECTOR,
    PASSWORD,
    TRAINER,
    Person,
    Story,
)
from tests.servers import PATIENCE

NEW_HIRE = "nia@harbor.example"
NEW_DIRECTOR = "dana@harbor.example"
SHELTER, ANNEX = "Harbor Light Shelter", "Harbor Light Annex"
TO_DO, TO_CREATE = "/admin/onboarding/access/to-do/", "/admin/onboarding/access/create/"
# Each course of the new hire, as the trainer and the signature would record it: chapter 6 walks those pages.
_TRAINS = f"""
from django.utils import timezone
from agencies.models import Staff, User
from agencies.services import channels
from training import services
from training.models import Completion, Requirement
row, trainer = Staff.objects.get(email="{NEW_HIRE}"), User.objects.get(email="{TRAINER}")
channels.enter(person=row.user, value=row.email, by=row.user)
for one in Requirement.objects.open().filter(person=row.user).select_related("course"):
    signed = {{"source": Completion.Source.SIGNATURE, "staff": row}}
    more = signed if one.course.is_agreement else {{"score": 95}}
    day = timezone.localdate()
    result = services.Result(person=row.user, course=one.course, completed_on=day, **more)
    services.record_completion(result, by=trainer)
answer = True
"""
_A_QUARTER_PASSES = """
from datetime import timedelta
from django.db.models import F
from agencies.models import Agency
answer = Agency.objects.filter(pk={agency!r}).update(live_at=F("live_at") - timedelta(days=95))
"""
_BEAT = """
from hmis_portal.celery import app
answer = str(app.send_task(app.conf.beat_schedule[{name!r}]["task"]))
"""


def beat(story: Story, name: str) -> None:
    story.portal.shell(_BEAT.format(name=name))


def shows(person: Person, address: str, heading: str, *words: str) -> None:
    """Open the page, again and again, until the worker has done what makes these words stand there."""
    deadline = time.monotonic() + PATIENCE
    main = person.page.locator("main").first
    while True:
        person.open(address)
        person.see(heading)
        told = main.inner_text()
        if all(one in told for one in words):
            return
        assert time.monotonic() < deadline, f"{words} never stood on {address}: {told}"
        person.page.wait_for_timeout(300)


def act_on(person: Person, act: str, name: str) -> None:
    """The link of this act in the row of this person or question."""
    person.click(person.page.get_by_role("link", name=re.compile(f"{act}.*{name}")))


def a_new_hire_comes_by_a_list(story: Story) -> None:
    colleague = story.person("colleague")
    colleague.open(story.at("staff/"))
    colleague.see("Roster of staff", "roster-live")
    colleague.follow("Upload a list")
    colleague.see("Upload a staff list", "roster-upload")
    start = timezone.localdate() - timedelta(days=1)
    rows = (
        "First name,Last name,Work e-mail,HMIS role,Access level,Projects,Supervisor,Start date,Employment type",
        f"Nia,Bright,{NEW_HIRE},Case manager,case,{SHELTER},Maria Delgado,{start},staff",
    )
    sends_file(colleague, "staff.csv", "\n".join(rows))
    colleague.upload("Upload and preview")
    colleague.see("Check the uploaded list", "roster-upload-preview")
    colleague.reads("1 new person is invited by e-mail now")
    colleague.press("Save 1 person")
    colleague.see("Roster of staff")
    colleague.reads("Nia Bright", "Invited, no account yet")
    hire = story.person("new hire")
    hire.open(link(story.portal, NEW_HIRE, "account for"))
    hire.see("Accept your invitation")
    hire.fill({"password": PASSWORD})
    hire.press("Create account and accept")
    hire.see("Your training")
    shows(colleague, story.at("owed/"), "What your agency owes", "Nia Bright")
    story.portal.shell(_TRAINS)
    admin = story.person("admin")
    shows(admin, TO_CREATE, "Accounts to create", "Nia Bright")
    admin.page.locator('#content [name^="name_"]').fill("harbor-nia")
    admin.page.locator('#content [name^="made_"]').check()
    admin.press("Confirm as created")
    admin.reads("1 account is confirmed")
    assert "harbor-nia" in text(newest(story.portal, NEW_HIRE, "Welcome"))
    colleague.open(story.at("owed/"))
    colleague.see("What your agency owes")
    expect(colleague.page.locator("main")).not_to_contain_text("Nia Bright")


def sends_file(person: Person, name: str, content: str) -> None:
    file = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    person.page.locator('[name="file"]').set_input_files(file)


def the_phone_changes(story: Story) -> None:
    colleague = story.person("colleague")
    colleague.open(story.at())
    colleague.follow("Name, address and people in charge")
    colleague.see("The agency’s record", "record")
    act_on(colleague, "Change", "Phone")
    colleague.see("Address and phone", "record-where")
    colleague.fill({"phone": "860-555-0199"})
    saves(colleague)
    colleague.see("The agency’s record", "record-changed")
    colleague.reads("860-555-0142 → 860-555-0199")
    admin = story.person("admin")
    admin.open(f"/admin/agencies/agency/{story.agency_id}/change/")
    admin.see(re.compile("Harbor Light"))
    admin.reads("860-555-0199")


def saves(person: Person) -> None:
    person.click(person.page.locator("form[data-autosave] .btn-primary"))


def a_deputy_is_named(story: Story) -> None:
    director = story.person("director")
    director.open(story.at("people/"))
    director.follow("Name a deputy")
    if director.page.get_by_role("heading", level=1, name="Confirm that it is you").count():
        confirms_identity(director)
    director.see("Name a deputy", "deputy")
    director.page.get_by_label("Chris Okafor").check()
    director.fill(day("until", timezone.localdate() + timedelta(days=10)))
    director.press("Name the deputy")
    director.see("People who act for your agency", "people-deputy")
    director.reads("deputy of Maria Delgado until")
    assert "You may do what a manager does" in text(newest(story.portal, COLLEAGUE, "Deputy at"))
    newest(story.portal, DIRECTOR, "Deputy at")


def the_quarter_is_confirmed(story: Story) -> None:
    assert story.portal.shell(_A_QUARTER_PASSES.format(agency=story.agency_id)) == 1
    beat(story, "onboarding-reminders")
    newest(story.portal, DIRECTOR, "Confirm who still needs access")
    colleague = story.person("colleague")
    colleague.open(story.at("owed/"))
    colleague.see("What your agency owes", "owed-of-a-live-agency")
    act_on(colleague, "Confirm who still needs access", "")
    colleague.see("Confirm who still needs access", "confirm-access")
    colleague.reads("Sasha Lindqvist", "Nia Bright", "Chris Okafor")
    colleague.fill({"signed_name": "Chris Okafor"})
    colleague.press("Confirm and sign")
    colleague.reads("Confirmed and signed", "Last confirmed by Chris Okafor")
    colleague.see("Confirm who still needs access", "confirm-access-signed")
    director = story.person("director")
    director.open(story.at("owed/"))
    director.see("What your agency owes")
    expect(director.page.locator("main")).not_to_contain_text("Confirm who still needs access")


def a_new_director_takes_over(story: Story) -> None:
    director = story.person("director")
    director.open(story.at("record/"))
    director.click(director.page.locator('main a[href*="record/people/director/"]'))
    director.see("Executive director", "succession")
    director.page.get_by_text("What happens when another person takes over").click()
    director.reads("Notices under the MOU go to the new person")
    new = {"name": "Dana Whitcomb", "title": "Executive director", "email": NEW_DIRECTOR}
    answers = {f"director_{name}": value for name, value in new.items()}
    director.fill({"director_is": "other", **answers, "hands_over": "stays"})
    director.fill(day("effective_on", timezone.localdate()))
    saves(director)
    director.see("The agency’s record", "succession-done")
    director.reads(
        "Dana Whitcomb is invited as: Agency manager", f"Notices under the MOU go to {NEW_DIRECTOR}"
    )
    newcomer = story.person("new director")
    newcomer.open(link(story.portal, NEW_DIRECTOR, "invites you"))
    newcomer.see("Accept your invitation")
    newcomer.fill({"password": PASSWORD})
    newcomer.press("Create account and accept")
    newcomer.see("Your six steps")
    newcomer.open(story.at("people/"))
    newcomer.see("People who act for your agency")
    newcomer.reads(NEW_DIRECTOR)


def a_new_project_begins(story: Story) -> None:
    colleague = story.person("colleague")
    colleague.open(story.at("projects/"))
    colleague.see("Projects of the agency", "own-projects")
    colleague.follow("Add a project")
    colleague.see("Add a project", "own-project-add")
    colleague.fill({"project_name": ANNEX})
    colleague.page.get_by_label(f"A copy of {SHELTER}").check()
    colleague.fill(day("operating_start_date", timezone.localdate() - timedelta(days=5)))
    colleague.press("Add project")
    colleague.see(ANNEX, "own-project-copied")
    colleague.press("It is right for this project")
    colleague.see("Projects of the agency")
    colleague.reads("sets it up in the HMIS")


def the_project_is_set_up(story: Story) -> None:
    colleague, admin = story.person("colleague"), story.person("admin")
    admin.open("/admin/")
    admin.see("Desk")
    admin.follow(ANNEX)
    admin.see("View project")
    admin.follow("Set up in the HMIS")
    admin.see(f"“{ANNEX}” is set up in the HMIS", "project-accept")
    admin.press("It is set up in the HMIS")
    admin.reads("is in the HMIS")
    colleague.open(story.at("staff/"))
    act_on(colleague, "Change", "Nia")
    colleague.see("Nia Bright", "roster-change")
    colleague.page.get_by_label(ANNEX).check()
    colleague.press("Save", exact=True)
    colleague.see("Roster of staff")
    colleague.reads("The entry of Nia Bright was saved")
    shows(admin, TO_DO, "To do in the HMIS", f"Projects added: {ANNEX}")
