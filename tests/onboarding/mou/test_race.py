"""Each act on an MOU by two at the same moment: done and recorded once, and the other is told so.

Counter-signing in a browser is tried with its pages (test_counter_sign_several).
"""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from hmis_portal import documents
from hmis_portal.models import AuditEvent, Message
from hmis_portal.signing.models import SignatureAct
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.models import Mou
from onboarding.mou import agreement
from onboarding.mou.party import LEAD
from onboarding.services import perform
from onboarding.workflow import TABLES
from onboarding.workflow import MouVerb as V
from tests.factories import UserFactory
from tests.mou import AGENCY_SCAN, approve, consent, issue_mou, read_all, sign_on_paper, until_certified
from tests.onboarding.mou.states import to
from tests.payloads import paper_signature, sample, signature
from tests.racing import at_once
from tests.scans import scan as make_scan

pytestmark = pytest.mark.django_db(transaction=True)
BOTH_SCAN = make_scan("signed by both sides")
WITH_FILES = {V.SIGN, V.SIGN_ON_PAPER, V.COUNTER_SIGN, V.COUNTER_SIGN_ON_PAPER}


def test_each_act_on_an_mou_is_done_once(cast, reference):
    mou, tried = issue_mou(cast), set()

    def decide(verb, by, state, *, also=None, **changes):
        tried.add(verb)
        to(mou, state, **({"void_kind": ""} | changes))
        before = AuditEvent.objects.filter(verb=verb).count()

        def act(person):
            row = Mou.objects.get(pk=mou.pk)
            payload, how = sample(Mou, verb), {"reason": "Because.", "as_system": person is None}
            return perform(row, verb, by=person, payload=payload, **how)

        results = at_once(lambda: act(by), lambda: act(also or by))
        told = [one for one in results if isinstance(one, WrongState | GuardFailed | PermissionDenied)]
        assert len(told) == 1, (verb, results)
        assert not [one for one in results if isinstance(one, Exception) and one not in told], (verb, results)
        assert AuditEvent.objects.filter(verb=verb).count() == before + 1, verb

    admin, other = cast.admin, UserFactory(groups=("HMIS Admin",))
    Message.objects.update(created_at=timezone.now() - dt.timedelta(days=2))  # asked before today
    decide(V.REMIND, cast.director, "issued")
    decide(V.DECLINE, cast.signatory, "issued")
    decide(V.SUPERSEDE, None, "issued")
    decide(V.WITHDRAW_SIGNATURE, cast.signatory, "signed")
    decide(V.REFUSE, cast.lead, "signed")
    decide(V.VOID, admin, "signed", also=other)
    for verb in (V.VOID_WITH_APPLICATION, V.VOID_WITH_AGENCY, V.VOID_WITH_MOU):
        decide(verb, None, "issued")
    decide(V.END, admin, "executed", also=other)
    cast.agency.legal_name = "Harbor Homes, Inc."
    cast.agency.save(update_fields=["legal_name"])
    decide(V.ONE_PARTY, admin, "signed", also=other)
    cast.agency.legal_name = "Harbor Houses, Inc."
    cast.agency.save(update_fields=["legal_name"])
    decide(V.ISSUE_ANEW, cast.director, "issued")
    cast.agency.legal_name = "Harbor House, Inc."
    cast.agency.save(update_fields=["legal_name"])
    decide(V.REPLACE, cast.director, "issued")
    to(mou, "issued", signatory=cast.signatory)
    decide(V.PASS_ON, cast.signatory, "issued")
    assert tried | WITH_FILES == {row.verb for row in TABLES[Mou] if row.sources}


def signed_by_hand(cast, mou):
    scan = documents.store(AGENCY_SCAN, content_type="application/pdf")
    return lambda: perform(mou, V.SIGN_ON_PAPER, by=cast.director, payload=paper_signature(scan))


def signed_in_the_browser(cast, mou):
    given = signature(agreement.agency_party(mou), legal_name="Sidney Signatory", authority="Bylaws")
    return lambda: perform(mou, V.SIGN, by=cast.signatory, payload=given)


def counter_signed_by_hand(cast, mou):
    scan = documents.store(BOTH_SCAN, content_type="application/pdf")
    return lambda: perform(
        mou,
        V.COUNTER_SIGN_ON_PAPER,
        by=cast.lead,
        payload=paper_signature(scan, "Lee Lead", title="Director"),
    )


@pytest.mark.parametrize(
    "ways",
    [
        (signed_in_the_browser, signed_in_the_browser),
        (signed_by_hand, signed_by_hand),
        (signed_in_the_browser, signed_by_hand),
    ],
)
def test_an_mou_is_signed_once_for_the_agency(cast, reference, ways):
    mou = issue_mou(cast)
    until_certified(mou)
    party = agreement.agency_party(mou)
    consent(party, cast.signatory)
    read_all(party, cast.signatory)
    one_of_two(*(way(cast, Mou.objects.get()) for way in ways))
    assert SignatureAct.objects.filter(party=party).count() == 1
    assert Mou.objects.get().state == Mou.State.SIGNED


def test_an_mou_on_paper_is_counter_signed_once(cast, reference):
    mou = sign_on_paper(cast)
    approve(cast)
    one_of_two(*(counter_signed_by_hand(cast, Mou.objects.get(pk=mou.pk)) for _time in range(2)))
    assert SignatureAct.objects.filter(party__role=LEAD).count() == 1
    assert Mou.objects.get().state == Mou.State.EXECUTED


def one_of_two(*acts):
    results = at_once(*acts)
    told = [result for result in results if isinstance(result, WrongState | GuardFailed)]
    assert len(told) == 1, results
    assert not [result for result in results if isinstance(result, Exception) and result not in told], results
