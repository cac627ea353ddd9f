"""Each act on an MOU by two at the same moment: done and recorded once, and the other is told so.

Signing and counter-signing are tried with their files (test_texts_race, test_counter_sign_several, test_paper).
"""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from hmis_portal.models import AuditEvent, Message
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.models import Mou
from onboarding.services import perform
from onboarding.workflow import TABLES
from onboarding.workflow import MouVerb as V
from tests.factories import UserFactory
from tests.mou import issue_mou
from tests.onboarding.mou.states import to
from tests.payloads import sample
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
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
