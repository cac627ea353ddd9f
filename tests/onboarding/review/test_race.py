"""Two people at the same moment, on two connections: one wins, the other is told, nothing happens twice."""

import datetime as dt

import pytest
from django.utils import timezone

from hmis_portal.models import AuditEvent, Message
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.access import recompute
from onboarding.models import Access, Application, Condition
from onboarding.review import conditions, more_time
from onboarding.services import perform
from onboarding.workflow import TABLES, AccessVerb, Account, Approval, HandOver, Hold, MoreTime
from onboarding.workflow import ApplicationVerb as V
from tests.applications import make_application
from tests.factories import UserFactory
from tests.onboarding.helpers import settings_are
from tests.onboarding.review.verbs import remark
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_reviewers_take_it(cast):
    application = Application.objects.create(
        agency=cast.agency,
        reference="APP-1",
        state="submitted",
        started_by=cast.director,
        submitted_at=timezone.now(),
    )
    other = UserFactory(groups=("HMIS Admin",))
    results = at_once(
        lambda: perform(Application.objects.get(pk=application.pk), "take", by=cast.admin),
        lambda: perform(Application.objects.get(pk=application.pk), "take", by=other),
    )
    assert sorted(type(result).__name__ for result in results) == ["Application", "WrongState"]
    winner = next(result for result in results if isinstance(result, Application))
    application.refresh_from_db()
    assert application.reviewer_id == winner.reviewer_id
    assert AuditEvent.objects.filter(verb="take").count() == 1


def test_an_account_is_confirmed_twice_at_once(cast):
    cast.agency.state, cast.agency.live_at = "live", timezone.now()
    cast.agency.save()
    row = Access.objects.create(staff=cast.staff_row, state="ready")
    results = at_once(
        *(
            lambda: perform(
                Access.objects.get(pk=row.pk), AccessVerb.GRANT, by=cast.admin, payload=Account("s")
            )
            for _ in range(3)
        )
    )
    assert sum(isinstance(result, WrongState) for result in results) == 2
    assert AuditEvent.objects.filter(verb="grant").count() == 1
    assert Message.objects.filter(name="onboarding/access_granted", user=cast.staff).count() == 1


def test_two_workers_recompute_at_once(cast):
    """The MOU is gone: both see the same, one suspends."""
    row = Access.objects.create(
        staff=cast.staff_row,
        state="granted",
        granted_at=timezone.now(),
        granted_by=cast.admin,
        account_name="s",
    )
    results = at_once(*(lambda: recompute.recompute(cast.agency.pk) for _ in range(2)))
    assert sorted(results) == [0, 1]
    row.refresh_from_db()
    assert (row.state, row.to_do) == ("suspended", "suspend")
    assert Message.objects.filter(name="onboarding/access_suspended", user=cast.staff).count() == 1


def one_of_two(verb, act, other=None):
    """Two people at once: it is done and recorded once, and the other is told so in words; so is who comes later."""
    before = AuditEvent.objects.filter(verb=verb).count()
    results = at_once(act, other or act)
    told = [result for result in results if isinstance(result, WrongState | GuardFailed)]
    assert len(told) == 1, (verb, results)
    assert not [result for result in results if isinstance(result, Exception) and result not in told]
    with pytest.raises((WrongState, GuardFailed)) as late:
        act()
    assert told[0].messages[0].strip()
    assert late.value.messages[0].strip()
    assert AuditEvent.objects.filter(verb=verb).count() == before + 1, verb


def test_each_act_on_an_application_is_done_once(sent, cast):
    """As two windows send it, or two people: every act of the table, none twice, none lost.

    Only sending is tried elsewhere, with the pages of a whole application (test_sending).
    """
    settings_are(four_eyes=True)
    admin, bo, cy, di = cast.admin, *(UserFactory(groups=("HMIS Admin",)) for _ in range(3))
    later, tried = timezone.localdate() + dt.timedelta(days=60), set()

    def acts(verb, people, payload):
        def act(by):
            row = Application.objects.get(pk=sent.pk)
            how = {"by": by, "reason": "Because.", "as_system": by is None}
            return perform(row, verb, payload=payload, **how)

        return [lambda by=by: act(by) for by in people]

    def decide(verb, *people, payload=None):
        tried.add(verb)
        one_of_two(verb, *acts(verb, people, payload))

    def once(verb, by, payload=None):
        acts(verb, [by], payload)[0]()

    decide(V.TAKE, admin, bo)
    decide(V.HAND_BACK, admin, bo)
    once(V.TAKE, admin)
    decide(V.HAND_OVER, admin, bo, payload=HandOver(cy))
    decide(V.HOLD, admin, bo, payload=Hold("the answer of HUD"))
    decide(V.RELEASE, admin, bo)
    decide(V.RECOMMEND, admin, bo)
    decide(V.APPROVE, cy, di, payload=Approval())
    decide(V.REVOKE_APPROVAL, admin, bo)
    remark(sent, admin)
    decide(V.REQUEST_CHANGES, admin, bo)
    decide(V.ASK_FOR_TIME, cast.director)
    decide(V.REFUSE_TIME, admin, bo)
    once(V.ASK_FOR_TIME, cast.director)
    decide(V.GIVE_TIME, admin, bo, payload=MoreTime(later))
    Application.objects.filter(pk=sent.pk).update(state="submitted", answer_by=None)
    decide(V.MOU_LOST, None)
    decide(V.DECLINE, admin)
    decide(V.APPEAL, cast.director)
    decide(V.UPHOLD, bo, cy)
    decide(V.REOPEN, cast.director, bo)
    Application.objects.filter(pk=sent.pk).update(
        state="declined", decided_by=admin, decided_at=timezone.now()
    )
    once(V.APPEAL, cast.director)
    decide(V.OVERTURN, bo, cy)
    decide(V.WITHDRAW, cast.director)
    assert tried | {V.SUBMIT, V.RESUBMIT} == {row.verb for row in TABLES[Application] if row.sources}


def test_each_answer_to_a_condition_is_given_once(cast):
    application = make_application(
        cast.agency, by=cast.director, state="approved", decided_at=timezone.now(), decided_by=cast.admin
    )
    today = timezone.localdate()
    made = [
        Condition.objects.create(application=application, text=text, owner="Dana", due_on=today)
        for text in ("Lock the door", "Lock the window")
    ]
    later = today + dt.timedelta(days=30)
    for verb, act in (
        (
            "asked for more time for a condition",
            lambda: more_time.ask(made[0], until=later, reason="Why", by=cast.director),
        ),
        ("gave more time for a condition", lambda: more_time.give(made[0], until=later, by=cast.admin)),
        ("condition met", lambda: conditions.mark_met(made[0].pk, by=cast.admin)),
        ("condition waived", lambda: conditions.waive(made[1], reason="Why", by=cast.admin)),
    ):
        one_of_two(verb, act)
