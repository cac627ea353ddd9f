"""How was it? Asked once after sending and once after going live, never needed, summed up for the HMIS Admins."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from hmis_portal.models import AuditEvent
from onboarding.models import Feedback

HOSTILE = "<script>alert(1)</script> {{ portal }} took a week"


def test_what_was_said_after_sending_is_kept_once_and_summed_up(fill, reference, cast, client_of):
    where = fill("feedback")
    page, sent = (
        reverse("onboarding:feedback", kwargs=where),
        reverse("onboarding:submitted", args=[cast.agency.pk]),
    )
    director, colleague = client_of(cast.director), client_of(cast.coordinator)
    assert page in director.get(sent).text
    refused = director.post(page, {"rating": "6", "words": "Well"})
    assert refused.status_code == 200
    assert "Well</textarea>" in refused.text
    assert director.post(page, {"rating": "4", "words": HOSTILE}).status_code == 302
    assert (
        colleague.post(page, {"rating": "1"}).status_code == 303
    )  # a colleague who had the page open is told
    told = colleague.get(reverse("onboarding:journey", args=[cast.agency.pk])).text
    assert "Your agency has said how it was already" in told
    feedback = Feedback.objects.get()
    assert (feedback.rating, feedback.words, feedback.given_by) == (4, HOSTILE, cast.director)
    assert AuditEvent.objects.filter(verb="said how it was", agency_id=cast.agency.pk).count() == 1
    assert page not in director.get(sent).text
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(agency=cast.agency, moment="sending", rating=1, given_by=cast.director)
    admin = client_of(cast.admin)
    reports = admin.get(reverse("admin:onboarding_reports")).text
    assert '<td data-label="Mean: 1 very hard, 5 very easy">4.0</td>' in reports
    behind = reverse("admin:onboarding_feedback_changelist") + "?moment__exact=sending"
    assert f'<td data-label="Easy"><a href="{behind}&amp;rating__exact=4">1</a></td>' in reports
    listed = admin.get(f"{behind}&rating__exact=4").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ portal }} took a week" in listed
    assert "<script>alert" not in listed


def test_it_is_asked_after_going_live_for_a_while(cast, client_of):
    journey = reverse("onboarding:journey", args=[cast.agency.pk])
    page = reverse("onboarding:feedback", args=[cast.agency.pk, "go-live"])
    director = client_of(cast.director)
    assert page not in director.get(journey).text
    for days, asked in ((100, False), (10, True)):
        live = timezone.now() - dt.timedelta(days=days)
        Agency.objects.filter(pk=cast.agency.pk).update(state=Agency.State.LIVE, live_at=live)
        assert (page in director.get(journey).text) is asked
        assert ("How was it?</h1>" in director.get(page).text) is True
    assert page not in client_of(cast.signatory).get(journey).text
    assert director.post(page, {"rating": "5"}).status_code == 302
    assert Feedback.objects.get().moment == "go-live"
