"""HMIS Admins beside each other: the second person is told, a hand-over is told, and who reviews is seen."""

import pytest
from django.urls import reverse

from hmis_portal.models import Message
from onboarding.services import perform
from onboarding.workflow import HandOver
from tests.onboarding.helpers import settings_are
from tests.onboarding.review.verbs import page, second_admin

pytestmark = pytest.mark.django_db


def test_the_second_person_is_told_and_finds_it_in_a_list(in_review, cast, client_of):
    settings_are(four_eyes=True)
    other = second_admin()
    perform(in_review, "recommend", by=cast.admin)
    told = Message.objects.filter(name="onboarding/second_person_wanted")
    assert [message.user for message in told] == [other]
    listed = reverse("admin:onboarding_application_changelist") + "?turn=second"
    shown = client_of(other).get(listed).text
    assert in_review.reference in shown
    assert "A second person of the CT HMIS Admin" in shown
    assert in_review.reference not in client_of(cast.admin).get(listed).text
    steps = client_of(cast.director).get(reverse("onboarding:journey", args=[cast.agency.pk])).text
    assert "It is the turn of a second person of the CT HMIS Admin" in steps


def test_a_hand_over_is_told_and_whoever_opens_it_sees_who_reviews(in_review, cast, client_of):
    other = second_admin()
    assert f"{cast.admin} reviews this application" in client_of(other).get(page(in_review)).text
    assert "reviews this application" not in client_of(cast.admin).get(page(in_review)).text
    perform(in_review, "hand_over", by=cast.admin, payload=HandOver(other))
    told = Message.objects.get(name="onboarding/review_handed_over")
    assert told.user == other
    assert f"{cast.admin} handed the review" in told.body_text
    assert f"{other} reviews this application" in client_of(cast.admin).get(page(in_review)).text
