"""A second look at a decline: asked for once, given by another HMIS Admin, told to both sides."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hmis_portal.models import Message
from hmis_portal.web.errors import GuardFailed
from onboarding.models import Application
from onboarding.services import perform
from tests.onboarding.review.verbs import page, said, second_admin, url

pytestmark = pytest.mark.django_db
WORDS = "We serve Hartford, too."


@pytest.fixture
def declined(in_review, cast):
    return perform(in_review, "decline", by=cast.admin, reason="Serves another state.")


def test_the_letter_says_how_and_another_takes_the_decline_back(declined, cast, client_of):
    other = second_admin()
    letter = Message.objects.get(name="onboarding/application_declined").body_text
    assert "You can ask for a second look until" in letter
    director, ask = cast.client("director"), reverse("onboarding:appeal", args=[cast.agency.pk])
    home = reverse("onboarding:application", args=[cast.agency.pk])
    assert ask in director.get(home).text
    assert "Enter what should be looked at again" in director.post(ask, {"reason": " "}).text
    assert "A second look is asked for" in director.post(ask, {"reason": WORDS}, follow=True).text
    assert "asked for already" in director.post(ask, {"reason": WORDS}).text
    told = Message.objects.filter(name="onboarding/appeal_received")
    assert [message.user for message in told] == [other]
    assert WORDS in told.get().body_text
    assert "Its answer comes first" in director.post(
        reverse("onboarding:reopen", args=[cast.agency.pk]), follow=True
    ).text  # fmt: skip

    queue = reverse("admin:onboarding_application_changelist")
    assert declined.reference in client_of(other).get(queue).text
    assert WORDS in client_of(other).get(page(declined)).text
    for verb in ("uphold", "overturn"):
        refused = client_of(cast.admin).post(url(declined, verb), {"reason": "No."})
        assert "Somebody other than you must give the second look" in refused.text
    assert "Take the decline back" not in client_of(cast.admin).get(page(declined)).text
    assert "Take the decline back" in client_of(other).get(page(declined)).text
    shown = client_of(other).get(url(declined, "overturn")).text
    assert "The reason given: [the reason that you enter]" in shown
    assert 'value="Your application is no longer declined"' in shown
    given = {"reason": "They do serve Hartford.", "letter_text": "We read it anew."}
    assert "Done: Take the decline back" in said(client_of(other).post(url(declined, "overturn"), given))
    declined.refresh_from_db()
    assert (declined.state, declined.reviewer, declined.appealed_at) == ("changes_requested", other, None)
    answer = Message.objects.get(name="onboarding/decline_overturned", user=cast.director).body_text
    assert "We read it anew.\n\nThe reason given: They do serve Hartford." in answer
    assert "The MOU must be signed anew" in answer


def test_a_decline_that_stays_is_told_and_may_be_reopened(declined, cast):
    other = second_admin()
    with pytest.raises(GuardFailed, match="No second look waits"):
        perform(declined, "uphold", by=other, reason="No.")
    perform(declined, "appeal", by=cast.director, reason=WORDS)
    upheld = perform(declined, "uphold", by=other, reason="Hartford, New York.")
    with pytest.raises(GuardFailed, match="No second look waits"):
        perform(declined, "overturn", by=other, reason="Twice.")
    assert upheld.reason == "Serves another state.\n\nHartford, New York."
    told = Message.objects.get(name="onboarding/decline_upheld", user=cast.director)
    assert "It stays declined.\n\nThe reason given: Hartford, New York." in told.body_text
    shown = cast.client("director").get(reverse("onboarding:application", args=[cast.agency.pk])).text
    assert "the application stays declined" in shown
    assert perform(upheld, "reopen", by=cast.director).appeal == ""


def test_it_is_asked_for_in_time(declined, cast):
    Application.objects.update(state_since=timezone.now() - dt.timedelta(days=40))
    with pytest.raises(GuardFailed, match="within 30 days"):
        perform(declined, "appeal", by=cast.director, reason=WORDS)
