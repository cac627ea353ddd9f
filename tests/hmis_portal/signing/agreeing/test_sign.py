"""Signing: the act is one transaction, given once, by the person named, after consent, reading and a fresh sign-in."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from hmis_portal.signing.agreeing import acts, requests
from hmis_portal.signing.agreeing.evidence.chain import event_hash
from hmis_portal.signing.agreeing.signature import Identity
from hmis_portal.signing.models import Revision, SealJob, SignatureAct, SigningEvent
from hmis_portal.web.errors import GuardFailed, WrongState
from tests.payloads import signature


def test_both_sides_sign_and_each_file_begins_with_the_one_before(executed):
    from hmis_portal import documents

    files = [
        documents.read(one.document) for one in Revision.objects.filter(request=executed).order_by("position")
    ]
    assert [one.step for one in executed.revisions.all()] == ["certified", "agency", "lead"]
    assert files[1].startswith(files[0])
    assert files[2].startswith(files[1])
    assert requests.final_pdf(executed).sha256 == executed.revisions.last().sha256


def test_the_act_holds_the_hashes_of_what_was_read_and_declared(issue, sign):
    request = issue()
    party = requests.party(request, "agency")
    act = sign(party)
    assert act.file_sha256 == Revision.objects.get(request=request, step="certified").sha256
    assert act.text_sha256 == request.text_sha256
    assert act.file_sha256 in act.statement
    assert act.consent.disclosure_sha256 in act.statement
    assert act.ip == "192.0.2.7"


def test_signing_twice_says_so_and_changes_nothing(issue, sign):
    party = requests.party(issue(), "agency")
    sign(party)
    with pytest.raises(WrongState, match="Sidney Signatory signed this on"):
        sign(party)
    assert SignatureAct.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"typed_name": "Somebody Else"}, "Type your full name"),
        ({"identity": Identity()}, "signing in again"),
    ],
)
def test_what_is_missing_is_named(issue, sign, changes, message):
    with pytest.raises(GuardFailed, match=message):
        sign(requests.party(issue(), "agency"), **changes)
    assert not SignatureAct.objects.exists()


def test_signing_in_again_counts_for_ten_minutes(issue, sign):
    party = requests.party(issue(), "agency")
    with pytest.raises(GuardFailed, match="signing in again"):
        sign(party, identity=Identity(timezone.now() - timedelta(minutes=11)))
    assert sign(party, identity=Identity(timezone.now() - timedelta(minutes=9)))


def test_consent_comes_first(issue, cast):
    party = requests.party(issue(), "agency")
    with pytest.raises(GuardFailed, match="Agree to electronic records first"):
        acts.sign(party, signature(party), by=cast.signatory)


def test_only_the_person_named_may_sign(issue, sign, cast):
    party = requests.party(issue(), "agency")
    with pytest.raises(PermissionDenied):
        sign(party, by=cast.director)


def test_a_file_that_is_not_the_one_read_is_refused(issue, sign):
    with pytest.raises(WrongState, match="changed since you opened it"):
        sign(requests.party(issue(), "agency"), read_sha256="0" * 64)


def test_the_lead_waits_for_the_file_with_the_agency_signature(issue, sign):
    request = issue()
    with pytest.raises(GuardFailed, match="still being made"):
        sign(requests.party(request, "lead"))


def test_another_signer_can_be_named_until_the_side_has_signed(issue, sign, cast):
    request = issue()
    party = requests.party(request, "agency")
    words = {
        "legal_name": "Dana Director",
        "title": "Executive director",
        "authority": "Bylaws",
        "by": cast.director,
    }
    requests.name_signer(party, user=cast.director, **words)
    sign(requests.party(request, "agency"))
    with pytest.raises(WrongState):
        requests.name_signer(requests.party(request, "agency"), user=cast.signatory, **words)


def test_evidence_cannot_be_changed_in_the_database(executed):
    act = SignatureAct.objects.first()
    for change in (
        lambda: SignatureAct.objects.filter(pk=act.pk).update(typed_name="X"),
        lambda: Revision.objects.update(level="x"),
        lambda: SigningEvent.objects.update(kind="x"),
        lambda: act.party.__class__.objects.filter(pk=act.party_id).update(legal_name="X"),
    ):
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            change()


def test_events_form_an_unbroken_chain(executed):
    previous = ""
    events = list(executed.events.all())
    assert [event.kind for event in events] == [
        "issued", "sealed:certified", "consented", "signed:agency", "sealed:agency", "consented", "signed:lead", "sealed:lead", "completed",
    ]  # fmt: skip
    for event in events:
        assert event.previous_hash == previous
        assert event.hash == event_hash(
            executed, event.sequence, event.kind, event.at.isoformat(), event.data, event.previous_hash
        )
        previous = event.hash


def test_a_signature_whose_file_was_never_queued_is_found_by_the_sweep(issue, sign, commits):
    from hmis_portal.signing import tasks

    request = issue()
    with transaction.atomic():
        sign(requests.party(request, "agency"), commit=False)
    assert not Revision.objects.filter(step="agency").exists()
    SealJob.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    with commits():
        tasks.sweep()
    assert Revision.objects.get(step="agency").request == request
    with commits():
        tasks.sweep()
        tasks.make_file(str(request.pk), "agency")
    assert Revision.objects.filter(step="agency").count() == 1
