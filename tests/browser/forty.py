"""Forty applications that wait, made as rows inside the live portal, and two MOUs that are signed as people sign them."""

# Mills wait for a review, the first ten for too long; all is in order with the oldest, but a reviewer has to say so.
# A weir is approved, and its signed MOU waits for the Lead Agency, as that of the oldest mill will.
MAKE = """
import datetime as dt
from types import SimpleNamespace
from django.test import Client
from django.utils import timezone
from agencies.models import AgencyRole, CoordinatedAccessNetwork
from agencies import permissions
from hmis_portal.signing.models import TextVersion
from hmis_portal.text.references import new_reference
from onboarding.models import Feedback, Mou
from onboarding.readiness import rules
from onboarding.review import blockers
from tests.applications import answer_all, make_application, name_people
from tests.cast import sign_in
from tests.factories import AgencyFactory, UserFactory
from tests.mou import issue_mou, sign, until_certified
from training.models import Course, Requirement
rules.load()
now, today = timezone.now(), timezone.localdate()
admin, colleague, lead = (
    UserFactory(email=f"{first.lower()}@monday.example", first_name=first, last_name="Monday", groups=(group,))
    for first, group in (("Mora", "HMIS Admin"), ("Kim", "HMIS Admin"), ("Lee", "Lead signatory"))
)
director = UserFactory(email="dee@monday.example", first_name="Sidney", last_name="Signatory", phone="203-555-7000")
can = CoordinatedAccessNetwork.objects.create(name="Monday CAN", active=False)

def make(name, number, sent, **more):
    ein, phone = f"88{number:07d}", f"(203) 555-{7000 + number}"
    agency = AgencyFactory(legal_name=f"Monday {name}, Inc.", common_name="", ein=ein, phone=phone)
    agency.cans.add(can)
    permissions.grant(director, agency, AgencyRole.MANAGER)
    reference = new_reference("APP")
    return make_application(agency, by=director, submitted_at=sent, reference=reference, **more)

late, lately = now - dt.timedelta(days=90), now - dt.timedelta(minutes=50)
mills = [
    make(f"Mill {n:02}", n, (late if n <= 10 else lately) + dt.timedelta(minutes=n)) for n in range(1, 41)
]
name_people(mills[0].agency)
answer_all(mills[0])
decided = {"state": "approved", "reviewer": admin, "decided_by": admin, "decided_at": now}
weir = make("Weir 51", 51, late, **decided)
for one in (mills[0], weir):
    people = SimpleNamespace(agency=one.agency, director=director, signatory=director)
    mou = issue_mou(people)
    until_certified(mou)
    sign(mou, people)
blockers.count([mill.pk for mill in mills])
Feedback.objects.create(agency=mills[1].agency, moment="sending", rating=4, words="Short enough.", given_by=director)
course = Course.objects.filter(active=True).order_by("position")[0]
Requirement.objects.create(
    person=director, course=course, version=course.version, assigned_on=today, due_on=today + dt.timedelta(days=25)
)
current = TextVersion.objects.get(kind="mou", state="published")
draft = TextVersion.objects.create(kind="mou", number=90, title=current.title, body=current.body, what_changed="One word.")
answer = {
    "admin": sign_in(Client(), admin).cookies["sessionid"].value,
    "lead": sign_in(Client(), lead).cookies["sessionid"].value,
    "colleague": str(colleague), "can": can.pk, "current": current.pk, "draft": draft.pk,
    "mills": [mill.agency.name for mill in mills],
    "caller": ["88-0000007", "203.555.7007", mills[6].reference.lower().replace("-", " ")],
}
"""


# Whose MOU was executed this morning is asked to sign anew, as the page that publishes a text asks.
ASK = """
import datetime as dt
from django.utils import timezone
from hmis_portal.signing.models import TextVersion
from onboarding.models import Mou
version = TextVersion.objects.get(kind="mou", state="published")
by = timezone.localdate() + dt.timedelta(days=300)
answer = Mou.objects.filter(agency__cans__name="Monday CAN").update(renew_to=version, renew_by=by)
"""
