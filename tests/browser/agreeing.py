"""9, at its end. A leaver, and whether the HMIS's own accounts agree with what was granted: the vendor's lists."""

import csv
import io
import re
from datetime import date, timedelta

from django.utils import timezone
from playwright.sync_api import expect

from onboarding.demo.answers import day
from tests.browser.letters import newest, text
from tests.browser.living import TO_DO, act_on, beat, sends_file
from tests.browser.story import ADMIN, AGENCY, CASE_WORKER, COLLEAGUE, Story

COMPARISON, LEFT = "Compare with the HMIS’s list", "Sasha Lindqvist: access has ended"
_THE_LAST_DAY_PASSES = """
from datetime import timedelta
from django.utils import timezone
from agencies.models import Staff
yesterday = timezone.localdate() - timedelta(days=1)
answer = Staff.objects.filter(email={email!r}).update(leaves_on=yesterday)
"""
_A_NIGHT_PASSES = """
from datetime import timedelta
from django.db.models import F
from onboarding.models import CoordinatorNews, RecordChange
RecordChange.objects.update(changed_at=F("changed_at") - timedelta(days=1))
CoordinatorNews.objects.exclude(told_on=None).update(told_on=F("told_on") - timedelta(days=1))
answer = True
"""
_ACCOUNTS = """
from onboarding.models import Access, RoleInHmis
RoleInHmis.objects.create(role="hdc", roles="Agency admin")
answer = dict(Access.objects.exclude(account_name="").values_list("staff__email", "account_name"))
"""


def notice_is_given(story: Story) -> None:
    colleague, admin, worker = (story.person(name) for name in ("colleague", "admin", "case worker"))
    colleague.open(story.at("staff/"))
    act_on(colleague, "Report as leaver", "Sasha")
    colleague.see("Sasha Lindqvist leaves", "report-leaver")
    colleague.fill({"notice": "at_end", **day("last_day", timezone.localdate() + timedelta(days=14))})
    colleague.press("Report as leaver")
    colleague.see("Roster of staff", "roster-notice")
    colleague.reads("Last day", "the person is not told yet")
    act_on(colleague, "Notice period", "Sasha")
    colleague.see("Sasha Lindqvist leaves", "notice-period")
    colleague.reads("The last working day is announced")
    newest(story.portal, ADMIN, "Sasha Lindqvist leaves")
    admin.open(TO_DO)
    admin.see("To do in the HMIS", "to-do-leaving-soon")
    admin.reads("Leaving soon", "Sasha Lindqvist")
    worker.open("/me/tasks/")
    worker.see("My tasks", "my-tasks")
    expect(worker.page.locator("main")).not_to_contain_text(re.compile("last (working )?day", re.IGNORECASE))


def the_leaver_is_closed_by_a_list(story: Story) -> None:
    """The Admin takes the list into the HMIS, and brings it back with the day on which it was done."""
    assert story.portal.shell(_THE_LAST_DAY_PASSES.format(email=CASE_WORKER)) == 1
    beat(story, "recompute-access")
    newest(story.portal, CASE_WORKER, "has ended")
    admin = story.person("admin")
    admin.open(TO_DO)
    admin.see("To do in the HMIS", "to-do-close")
    admin.reads("Close the account", "Sasha Lindqvist", "the last working day")
    status, kind, data = admin.fetch("/admin/onboarding/access/list.csv")
    assert (status, kind.partition(";")[0]) == (200, "text/csv")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [(row["To do"], row["Organization"]) for row in rows] == [("Close the account", AGENCY)]
    done = io.StringIO()
    writer = csv.DictWriter(done, rows[0])
    writer.writeheader()
    writer.writerow({**rows[0], "Done on": str(timezone.localdate())})
    admin.follow("Upload what was done")
    admin.see("Upload what was done", "vendor-answers")
    sends_file(admin, "done.csv", done.getvalue())
    admin.upload("Upload and preview")
    admin.see("done.csv", "vendor-answers-preview")
    admin.reads("Sasha Lindqvist", "To be confirmed (1)")
    admin.press("Confirm what is in order")
    admin.see("To do in the HMIS")
    admin.reads("1 line is confirmed as done", "Nothing is to be done in the HMIS")
    colleague = story.person("colleague")
    colleague.open(story.at("staff/?left=1"))
    colleague.see("People who left", "roster-left")
    colleague.reads("Sasha Lindqvist")


def the_list_of_the_hmis_is_compared(story: Story) -> None:
    accounts, today = story.portal.shell(_ACCOUNTS), timezone.localdate()
    admin = story.person("admin")
    admin.open("/admin/onboarding/hmisuserlist/compare/")
    admin.see(COMPARISON, "comparison-none")
    admin.follow("Upload a list")
    admin.see("Upload the HMIS’s list of users", "comparison-upload")
    rows = (
        "Username,Full name,Role,Status,Last login",
        f"{accounts[CASE_WORKER]},Sasha,Case worker,Active,{today}",  # left, and closed here
        f"{accounts[COLLEAGUE]},Chris,Case worker,Active,{date(today.year - 1, 1, 1)}",
        f"stranger,Nobody,Case worker,Active,{today}",
    )
    sends_file(admin, "users.csv", "\n".join(rows))
    admin.upload("Upload")
    admin.see("Which column says what", "comparison-columns")
    admin.press("Compare", exact=True)
    admin.see(COMPARISON)
    admin.reads("Compared: 5 differences")
    found = {
        "Right without account": ["harbor-nia"],
        "Wrong role or project": [accounts[COLLEAGUE]],
        "Not used for long": [accounts[COLLEAGUE]],
        "Account without right": [accounts[CASE_WORKER], "stranger"],
    }
    for number, (label, names) in enumerate(found.items()):
        admin.follow(f"{label} ({len(names)})")
        expect(admin.page.locator("[aria-current=page]")).to_contain_text(label)
        admin.see(COMPARISON, f"comparison-{number}")
        assert sorted(admin.page.locator('td[data-label="Account"] strong').all_inner_texts()) == sorted(
            names
        )
    admin.page.get_by_label("stranger").check()
    admin.press("Turn into things to do")
    admin.reads("1 line is now to be done in the HMIS")
    admin.open("/admin/")
    admin.see("Desk", "desk-of-a-year")
    admin.reads("Accounts without right today", "stranger")


def the_morning_tells_of_it(story: Story) -> None:
    story.portal.shell(_A_NIGHT_PASSES)
    beat(story, "onboarding-reminders")
    digest = text(newest(story.portal, ADMIN, "in the record"))
    assert "Address and phone" in digest
    story.portal.wait_for(
        lambda: [mail for mail in story.portal.outbox(COLLEAGUE) if LEFT in text(mail)],
        f"an e-mail “{LEFT}” to the coordinator",
    )
