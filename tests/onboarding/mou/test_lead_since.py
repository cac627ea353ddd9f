"""From when an MOU waits for the Lead signatory: of signature and approval the later one, wherever that is told."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from onboarding.admin.desk import lists
from onboarding.journey import usual_times, whose_turn
from onboarding.journey.facts import gather
from onboarding.journey.reports.narrowing import Narrowing
from onboarding.journey.reports.spans import SPANS
from onboarding.models import Mou
from onboarding.mou import renamed
from tests.applications import make_application, make_mou
from tests.onboarding.helpers import on_the_desk

NOON = dt.datetime(2026, 11, 6, 17, tzinfo=dt.UTC)


@pytest.mark.parametrize(("signed", "approved"), [(4, 2), (2, 4)])
def test_desk_turn_usual_time_and_report_count_from_the_later(cast, reference, signed, approved):
    days_ago = lambda days: NOON - dt.timedelta(days=days)  # noqa: E731
    with time_machine.travel(NOON, tick=False):
        make_application(
            cast.agency, by=cast.director, state="approved", submitted_at=days_ago(5), reviewer=cast.admin,
            decided_at=days_ago(approved), decided_by=cast.admin,
        )  # fmt: skip
        mou = make_mou(cast.agency, signatory=cast.signatory, by=cast.director, signed_at=days_ago(signed))
        (line,) = on_the_desk(lists.to_counter_sign(renamed.now()))
        assert line.since == "2 days"
        facts = gather(cast.agency)
        assert whose_turn.of_agency(facts).since == facts.lead_since == days_ago(2)
        assert usual_times._waits_for(facts) == (usual_times.COUNTER_SIGNING, days_ago(2))
        Mou.objects.filter(pk=mou.pk).update(
            state="executed", executed_at=NOON, term_ends_on=dt.date(2030, 1, 1)
        )
        today = timezone.localdate()
        assert SPANS["counter_signed"].rows(Narrowing(today, today)).get().began == days_ago(2)
