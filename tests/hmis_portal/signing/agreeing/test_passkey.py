"""A signature bound to a passkey: the device signs the statement about this very document, and nothing else passes."""

import json
from datetime import timedelta

import pgtrigger
import pytest
from django.utils import timezone
from fido2.utils import websafe_encode

from hmis_portal.signing.agreeing import acts, requests, text_versions
from hmis_portal.signing.agreeing.evidence import passkeys, statements
from hmis_portal.signing.agreeing.signature import Assertion, Identity, Site
from hmis_portal.signing.models import SignatureAct, TextVersion
from hmis_portal.signing.verifying import integrity
from hmis_portal.web.errors import GuardFailed, WrongState
from tests.hmis_portal.signing.agreeing.authenticator import FLAGS, Passkey
from tests.payloads import signature

SITE = Site("testserver", "http://testserver")


@pytest.fixture
def party(issue, cast):
    party = requests.party(issue(), "agency")
    acts.consent(party, by=cast.signatory, ip="192.0.2.7", browser="Test", test_file_opened=True)
    return party


@pytest.fixture
def key(cast):
    return Passkey(cast.signatory)


def stated(party, *, at=None, **changes):
    said = {
        "legal_name": party.legal_name,
        "title": party.title,
        "authority": party.authority,
        "typed_name": party.legal_name,
        "file_sha256": requests.to_read(party).sha256,
        "disclosure_sha256": text_versions.current(TextVersion.Kind.DISCLOSURE).sha256,
        **changes,
    }
    return statements.declare(statements.facts(party, **said), at or timezone.now())


def challenge(statement):
    return websafe_encode(statements.digest(statement))


@pytest.fixture
def sign_by(cast, commits):
    def sign(party, statement, response, *, by=None, site=SITE):
        with commits():
            return acts.sign(
                party,
                signature(party, identity=Identity(passkey=Assertion(statement, response, site))),
                by=by or cast.signatory,
            )

    return sign


def test_the_passkey_signs_the_statement_and_the_evidence_can_be_checked_again(party, key, sign_by):
    statement = stated(party)
    act = sign_by(party, statement, key.answer(challenge(statement)))
    assert act.method == SignatureAct.Method.PASSKEY
    assert act.statement == statement
    assert act.credential == websafe_encode(key.id)
    said = json.loads(act.statement)
    assert {said["file_sha256"], said["text_sha256"], said["disclosure_sha256"]} == {
        act.file_sha256,
        act.text_sha256,
        act.consent.disclosure_sha256,
    }
    key.row.delete()  # the person took the passkey from their account
    act.refresh_from_db()
    assert passkeys.holds(act)
    assert list(integrity.check_acts()) == []


def test_evidence_that_was_touched_no_longer_holds(party, key, sign_by):
    statement = stated(party)
    act = sign_by(party, statement, key.answer(challenge(statement)))
    for name, value in (
        ("statement", statement.replace("Sidney", "Sydney")),
        ("assertion", {**act.assertion, "signature": act.assertion["signature"][:-4] + "AAAA"}),
        ("assertion", {**act.assertion, "host": "elsewhere.example"}),
        ("assertion", None),
    ):
        changed = SignatureAct.objects.get(pk=act.pk)
        setattr(changed, name, value)
        assert not passkeys.holds(changed), name
    with pgtrigger.ignore("signing.SignatureAct:append_only"):
        SignatureAct.objects.update(statement=statement.replace("Sidney", "Sydney"))
    assert [found.pk for found in integrity.check_acts()] == [act.pk]


def test_an_answer_to_another_challenge_is_refused(party, key, sign_by):
    statement, other = stated(party), stated(party)
    assert statement != other  # each has its own nonce
    with pytest.raises(GuardFailed, match="did not confirm this document"):
        sign_by(party, statement, key.answer(challenge(other)))
    assert not SignatureAct.objects.exists()


def test_an_answer_given_before_for_another_document_is_refused(party, issue, key, sign_by, cast):
    first = stated(party)
    answer = key.answer(challenge(first))
    sign_by(party, first, answer)
    second = requests.party(issue(reference="MOU-2026-TEST-0002"), "agency")
    acts.consent(second, by=cast.signatory, ip=None, browser="", test_file_opened=True)
    with pytest.raises(GuardFailed, match="did not confirm this document"):
        sign_by(second, stated(second), answer)
    with pytest.raises(WrongState, match="changed since you opened it"):
        sign_by(second, first, answer)
    with pytest.raises(WrongState, match="signed this on"):
        sign_by(party, first, answer)


def test_a_statement_about_a_file_that_is_no_longer_the_one_is_refused(party, key, sign_by):
    for change in ({"file_sha256": "0" * 64}, {"disclosure_sha256": "0" * 64}, {"title": "Janitor"}):
        statement = stated(party, **change)
        with pytest.raises(WrongState, match="changed since you opened it"):
            sign_by(party, statement, key.answer(challenge(statement)))


def test_somebody_elses_passkey_is_refused(party, key, sign_by, cast):
    statement = stated(party)
    with pytest.raises(GuardFailed, match="did not confirm"):
        sign_by(party, statement, Passkey(cast.director).answer(challenge(statement)))


@pytest.mark.parametrize(
    "cheat",
    [
        {"origin": "https://testserver.evil.example"},
        {"flags": FLAGS.UP},  # the device was touched, but nobody showed who they are
        {"flags": FLAGS.UV},
    ],
)
def test_a_wrong_origin_or_an_unseen_person_is_refused(party, key, sign_by, cheat):
    statement = stated(party)
    with pytest.raises(GuardFailed, match="did not confirm"):
        sign_by(party, statement, key.answer(challenge(statement), **cheat))


@pytest.mark.parametrize("response", [{}, {"id": 1}, {"response": None}, {"rawId": "x", "response": {}}])
def test_nonsense_is_refused(party, key, sign_by, response):
    with pytest.raises(GuardFailed, match="did not confirm"):
        sign_by(party, stated(party), response)


def test_a_counter_that_goes_back_is_refused(party, issue, key, sign_by, cast):
    statement = stated(party)
    sign_by(party, statement, key.answer(challenge(statement), counter=7))
    second = requests.party(issue(reference="MOU-2026-TEST-0002"), "agency")
    acts.consent(second, by=cast.signatory, ip=None, browser="", test_file_opened=True)
    for counter in (7, 3, 0):
        again = stated(second)
        with pytest.raises(GuardFailed, match="counts backwards"):
            sign_by(second, again, key.answer(challenge(again), counter=counter))
    again = stated(second)
    assert sign_by(second, again, key.answer(challenge(again), counter=8))


def test_a_passkey_that_does_not_count_is_accepted(party, key, sign_by):
    statement = stated(party)
    assert sign_by(party, statement, key.answer(challenge(statement), counter=0))


def test_the_question_lapses_after_ten_minutes(party, key, sign_by):
    statement = stated(party, at=timezone.now() - timedelta(minutes=11))
    with pytest.raises(GuardFailed, match="longer than ten minutes"):
        sign_by(party, statement, key.answer(challenge(statement)))
