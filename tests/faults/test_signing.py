"""Workers are killed and the queue is taken away while agreements are signed: nothing is lost, nothing doubled."""

import random
import time

import pytest

from tests.servers import LivePortal, Program

pytestmark = pytest.mark.fault

ISSUE = """
from tests.cast import make_cast
from agencies.models import Agency, User
from onboarding import mou as mous
from hmis_portal.signing import services
from hmis_portal.signing.models import TextVersion
if not User.objects.filter(email="signatory@harbor.example").exists():
    make_cast()
signatory, lead = User.objects.get(email="signatory@harbor.example"), User.objects.get(email="lead@hmis.example")
agency = Agency.objects.get(legal_name="Harbor House, Inc.")
request = services.issue(
    version=services.current(TextVersion.Kind.MOU), reference={reference!r}, values=mous.values(agency),
    parties=[services.NewParty("agency", agency.legal_name, signatory, str(signatory), "Chair", "Bylaws"),
             services.NewParty("lead", "Lead", lead, str(lead), "Director", "Bylaws")], agency_id=agency.pk)
answer = str(request.pk)
"""
SIGN = """
from django.utils import timezone
from hmis_portal.signing import acts, services
from hmis_portal.signing.models import SigningRequest
party = services.party(SigningRequest.objects.get(pk={request!r}), {role!r})
acts.consent(party, by=party.user, ip=None, browser="", test_file_opened=True)
answer = str(acts.sign(party, by=party.user, typed_name=party.legal_name, read_sha256=services.to_read(party).sha256,
    ip=None, browser="", authenticated_at=timezone.now()).pk)
"""
STANDING = """
from hmis_portal.signing.models import SigningRequest
request = SigningRequest.objects.get(pk={request!r})
answer = {{"steps": [one.step for one in request.revisions.all()], "certificate": hasattr(request, "certificate")}}
"""
WHOLE = """
from hmis_portal import documents
from hmis_portal.signing import integrity, verify
from hmis_portal.signing.models import Revision, SigningRequest, StoredDocument
faults = [str(one.pk) for one in integrity.check_chains()]
for request in SigningRequest.objects.filter(reference__startswith="TRIAL"):
    before = b""
    for revision in request.revisions.order_by("position"):
        data = documents.read(revision.document)
        if not data.startswith(before) or not verify.revision_is_good(revision, data):
            faults.append(f"{request.reference} {revision.step}")
        before = data
answer = faults
"""


def issue(portal: LivePortal, reference: str) -> str:
    return portal.shell(ISSUE.format(reference=reference))


def sign(portal: LivePortal, request: str, role: str) -> None:
    portal.shell(SIGN.format(request=request, role=role))


def wait_for_step(portal: LivePortal, request: str, step: str, seconds: float = 150) -> None:
    def there() -> bool:
        found = portal.shell(STANDING.format(request=request))
        return found["certificate"] if step == "certificate" else step in found["steps"]

    portal.wait_for(there, f"the file of step {step}", seconds=seconds)


def test_a_signature_given_while_the_queue_is_away_is_sealed_when_it_is_back(breakable_portal):
    portal = breakable_portal
    request = issue(portal, "AWAY-1")
    wait_for_step(portal, request, "certified")
    portal.stop_redis()
    sign(portal, request, "agency")
    assert portal.shell(STANDING.format(request=request))["steps"] == ["certified"]
    portal.start_redis()
    wait_for_step(portal, request, "agency")


def test_two_workers_killed_at_random_lose_and_double_nothing(breakable_portal, rounds, record_trial):
    portal = breakable_portal
    second = Program("worker-2", [*portal.worker.command, "-n", "second@%h"], portal)
    second.start()
    chance = random.Random(20261122)
    for number in range(rounds):
        request = issue(portal, f"TRIAL-{number}")
        for step, role in (("certified", ""), ("agency", "agency"), ("lead", "lead")):
            if role:
                sign(portal, request, role)
            victim = chance.choice([portal.worker, second])
            time.sleep(chance.uniform(0, 1.5))
            victim.kill()
            victim.start()
            wait_for_step(portal, request, step)
        wait_for_step(portal, request, "certificate")
    second.kill()
    faults = portal.shell(WHOLE)
    assert faults == []
    counted = portal.shell(
        "from hmis_portal.signing.models import *\n"
        "trial = SigningRequest.objects.filter(reference__startswith='TRIAL')\n"
        "answer = [trial.count(), Revision.objects.filter(request__in=trial).count(), CompletionCertificate.objects.filter(request__in=trial).count()]"
    )
    record_trial(
        "signing, two workers killed",
        rounds=rounds,
        lost=rounds - counted[2] + len(faults),
        doubled=counted[1] - 3 * rounds,
    )
    assert counted == [rounds, 3 * rounds, rounds]
