"""8. What beat sends each morning, on the live database some days later: each reminder once."""

from collections import Counter

from tests.browser.letters import newest
from tests.browser.story import LATE_STARTER, Story

SLOW_DIRECTOR = "una@slow.example"
SLOW_SIGNATORY = "otto@slow.example"
# Another agency whose MOU has waited three days and whose application seven; a late starter whose courses are due in
# seven days. The rows are moved back, as the clock would have moved on.
_DAYS_PASS = f"""
from datetime import timedelta
from allauth.account.models import EmailAddress
from django.db.models import F
from agencies.models import User
from agencies.services import opening
from onboarding.application.opening import start
from onboarding.mou import agreement
from onboarding.models import Application, Mou
from training.models import Requirement

una = User.objects.create_user("{SLOW_DIRECTOR}", "correct horse battery staple", first_name="Una", last_name="Slow")
EmailAddress.objects.create(user=una, email=una.email, verified=True, primary=True)
facts = {{"legal_name": "Slow River Shelter", "ein": "", "city": "Hartford", "phone": "860 555 0100",
         "services": ["emergency_shelter"], "victim_service_provider": False}}
agency = opening.open_agency(by=una, facts=facts, title="Director")
signer = agreement.Signer("{SLOW_SIGNATORY}", "Otto", "Slow", title="Chair", authority="Bylaws")
mou = agreement.issue(agency=agency, by=una, signer=signer)
application = start(agency=agency, by=una)
Mou.objects.filter(pk=mou.pk).update(state_since=F("state_since") - timedelta(days=3))
Application.objects.filter(pk=application.pk).update(touched_at=F("touched_at") - timedelta(days=7))
late = Requirement.objects.open().filter(person__email="{LATE_STARTER}")
days = (late.first().due_on - late.first().assigned_on).days - 7
late.update(assigned_on=F("assigned_on") - timedelta(days=days), due_on=F("due_on") - timedelta(days=days))
answer = late.count()
"""
_MORNING = """
from hmis_portal.celery import app
for name in ("onboarding-reminders", "training-reminders"):
    app.send_task(app.conf.beat_schedule[name]["task"])
"""
EXPECTED = {
    (SLOW_SIGNATORY, "Reminder: an MOU with CT HMIS Lead Agency waits for you"),
    (SLOW_DIRECTOR, "Your application is waiting for you"),
    (LATE_STARTER, "Your HMIS training is due soon"),
}


def each_comes_once(story: Story) -> None:
    portal = story.portal
    assert portal.shell(_DAYS_PASS)
    before = sent(story)
    portal.shell(_MORNING)
    for address, subject in EXPECTED:
        newest(portal, address, subject)
    portal.shell(_MORNING)
    # One worker takes the tasks in their order: once it has answered this question, the second morning is over.
    visitor = story.person("late visitor")
    visitor.open("/support/")
    visitor.see("Support")
    visitor.fill(
        {"name": "Vera", "email": "vera@else.example", "subject": "Hours", "text": "When are you open?"}
    )
    visitor.press("Send question")
    visitor.see("Your question was sent")
    newest(portal, "vera@else.example", "We have your question")
    new = sent(story) - before
    assert set(new) >= EXPECTED, new
    assert set(new.values()) == {1}, new


def sent(story: Story) -> Counter[tuple[str, str]]:
    return Counter((str(one["To"]), str(one["Subject"])) for one in story.portal.outbox())
