"""Workers are killed and the queue is taken away while agreements are signed: nothing is lost, nothing doubled."""

import random
import time

import pytest

from tests.servers import LivePortal, Program

pytestmark = pytest.mark.fault

ISSUE = """
from agencies.models import User
from onboarding.mou import agreement, wording
from hmis_portal.signing.agreeing import requests, text_versions
from hmis_portal.signing.models import TextVersion
def signer(role):
    return User.objects.get_or_create(email=f"{{role}}@faults.example", defaults={{"first_name": "Sam", "last_name": role}})[0]
request = requests.issue(
    version=text_versions.current(TextVersion.Kind.MOU), reference={reference!r}, values=wording.values(None),
    parties=[requests.NewParty(role, role.title(), signer(role), f"Sam {{role}}", "Chair", "Bylaws") for role in ("agency", "lead")])
answer = str(request.pk)
"""
SIGN = """
from django.utils import timezone
from hmis_portal.signing.agreeing import acts, requests
from hmis_portal.signing.agreeing.signature import Identity, Signature
from hmis_portal.signing.models import SigningRequest
party = requests.party(SigningRequest.objects.get(pk={request!r}), {role!r})
acts.consent(party, by=party.user, ip=None, browser="", test_file_opened=True)
signature = Signature(party.legal_name, party.title, party.authority, party.legal_name,
    requests.to_read(party).sha256, Identity(authenticated_at=timezone.now()))
answer = str(acts.sign(party, signature, by=party.user).pk)
"""
WHOLE = """
from hmis_portal import documents
from hmis_portal.signing.sealing import holding
from hmis_portal.signing.verifying import integrity
from hmis_portal.signing.models import SigningRequest
faults = [one.reference for one in integrity.check_chains()]
for request in SigningRequest.objects.filter(reference__startswith="TRIAL"):
    before = b""
    for revision in request.revisions.order_by("position"):
        data = documents.read(revision.document)
        if not data.startswith(before) or not holding.holds(data, revision.position + 1):
            faults.append(f"{request.reference} {revision.step}")
        before = data
answer = faults
"""
STEPS = "SELECT step FROM signing_revision WHERE request_id = %s ORDER BY position"
JOB = "SELECT attempts, done_at IS NOT NULL FROM signing_sealjob WHERE request_id = %s AND step = %s"
CERTIFICATE = "SELECT id FROM signing_completioncertificate WHERE request_id = %s"
COUNTED = """
SELECT count(*), (SELECT count(*) FROM signing_revision JOIN signing_signingrequest AS r ON r.id = request_id WHERE r.reference LIKE 'TRIAL-%%'),
       (SELECT count(*) FROM signing_completioncertificate JOIN signing_signingrequest AS r ON r.id = request_id WHERE r.reference LIKE 'TRIAL-%%')
FROM signing_signingrequest WHERE reference LIKE 'TRIAL-%%'
"""


def issue(portal: LivePortal, reference: str) -> str:
    return portal.shell(ISSUE.format(reference=reference))


def sign(portal: LivePortal, request: str, role: str) -> None:
    portal.shell(SIGN.format(request=request, role=role))


def steps(portal: LivePortal, request: str) -> list[str]:
    return [step for (step,) in portal.rows(STEPS, request)]


def job(portal: LivePortal, request: str, step: str) -> tuple[int, bool]:
    """How often a worker began the file of a step, and whether it is there."""
    ((attempts, done),) = portal.rows(JOB, request, step)
    return attempts, done


def wait_for_step(portal: LivePortal, request: str, step: str) -> None:
    portal.wait_for(lambda: job(portal, request, step)[1], f"the file of step {step}")


def test_a_signature_given_while_the_queue_is_away_is_sealed_when_it_is_back(breakable_portal):
    portal = breakable_portal
    request = issue(portal, "AWAY-1")
    wait_for_step(portal, request, "certified")
    portal.stop_redis()
    sign(portal, request, "agency")
    assert portal.rows("SELECT count(*) FROM signing_signatureact AS a JOIN signing_party AS p ON p.id = party_id"
                       " WHERE p.request_id = %s", request) == [(1,)]  # fmt: skip
    assert steps(portal, request) == ["certified"]
    portal.start_redis()
    wait_for_step(portal, request, "agency")
    assert steps(portal, request) == ["certified", "agency"]


def test_a_worker_killed_while_it_renders_leaves_a_file_that_still_appears_once(breakable_portal):
    portal = breakable_portal
    for number in range(20):
        request = issue(portal, f"RENDERING-{number}")
        portal.wait_for(lambda asked=request: job(portal, asked, "certified")[0], "a worker to begin")
        portal.worker.kill()
        _attempts, done = job(portal, request, "certified")
        portal.worker.start()
        if not done:
            break
    else:
        pytest.fail("Twenty files were made faster than their worker could be killed.")
    wait_for_step(portal, request, "certified")
    assert job(portal, request, "certified")[0] > 1
    assert steps(portal, request) == ["certified"]


def test_two_workers_killed_at_random_lose_and_double_nothing(breakable_portal, rounds, record_trial):
    portal = breakable_portal
    second = Program("worker-2", [*portal.worker.command, "-n", "second@%h"], portal)
    second.start()
    chance = random.Random(20261122)
    try:
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
            portal.wait_for(lambda asked=request: portal.rows(CERTIFICATE, asked), "the certificate")
    finally:
        second.kill()
    faults = portal.shell(WHOLE)
    assert faults == []
    (counted,) = portal.rows(COUNTED)
    record_trial(
        "signing, two workers killed",
        rounds=rounds,
        lost=rounds - counted[2] + len(faults),
        doubled=counted[1] - 3 * rounds,
    )
    assert counted == (rounds, 3 * rounds, rounds)
