"""On hold: with a reason and for whom all wait; nothing is decided meanwhile, and the clock stands still."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hmis_portal.models import Message
from onboarding.admin.queue.listing import waiting_days
from onboarding.models import Application
from onboarding.services import perform
from onboarding.workflow import Hold
from tests.onboarding.review.verbs import page, said, url

pytestmark = pytest.mark.django_db
GIVEN = {"waits_for": "the answer of HUD", "reason": "The CoC number is not in its list."}


@pytest.fixture
def held(in_review, cast):
    return perform(
        in_review, "hold", by=cast.admin, payload=Hold("the answer of HUD"), reason=GIVEN["reason"]
    )


def test_both_sides_read_for_whom_all_wait(in_review, cast):
    admin = cast.client("admin")
    form = admin.post(url(in_review, "hold"), {}).text
    assert "Enter for whom or what all wait" in form
    assert "Enter the reason" in form
    assert "Done: Put on hold" in said(admin.post(url(in_review, "hold"), GIVEN))
    told = Message.objects.get(name="onboarding/application_on_hold")
    assert told.user == cast.director
    assert GIVEN["reason"] in told.body_text
    on_hold = "On hold: all wait for the answer of HUD"
    assert on_hold in cast.client("director").get(reverse("onboarding:journey", args=[cast.agency.pk])).text
    shown = admin.get(page(in_review)).text
    assert "the answer of HUD" in shown
    assert GIVEN["reason"] in shown
    queue = reverse("admin:onboarding_application_changelist")
    assert in_review.reference not in admin.get(queue).text
    assert "the answer of HUD" in admin.get(f"{queue}?turn=held").text


def test_nothing_is_decided_until_it_ends(held, cast):
    admin = cast.client("admin")
    for verb in ("hold", "request_changes", "approve", "hand_back"):
        assert admin.post(url(held, verb), {**GIVEN}).status_code == 302
    held.refresh_from_db()
    assert held.state == "on_hold"
    assert "Done: End the hold" in said(admin.post(url(held, "release")))
    assert "already done" in said(admin.post(url(held, "release")))
    assert Message.objects.filter(name="onboarding/hold_ended", user=cast.director).count() == 1


def test_the_clock_goes_on_where_it_stood(held, cast):
    sent, began = (timezone.now() - dt.timedelta(days=days) for days in (60, 59))
    Application.objects.filter(pk=held.pk).update(submitted_at=sent, state_since=began)
    held.refresh_from_db()
    assert waiting_days(held) is None
    released = perform(held, "release", by=cast.admin)
    assert timezone.now() - released.waits_since < dt.timedelta(days=2)
    assert waiting_days(released) <= 2
    late = reverse("admin:onboarding_application_changelist") + "?turn=all&age="
    assert held.reference in cast.client("admin").get(f"{late}in_time").text
    assert held.reference not in cast.client("admin").get(f"{late}late").text


def test_the_agency_may_withdraw_meanwhile(held, cast):
    assert perform(held, "withdraw", by=cast.director).held_for == ""
