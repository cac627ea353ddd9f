"""What the public guide and an agency's page tell of how long steps take: of ten cases at least, else the settings."""

import datetime as dt

import time_machine
from django.urls import reverse

from hmis_portal.models import PortalSettings
from onboarding import tasks
from onboarding.models import Application
from tests.applications import make_application
from tests.factories import AgencyFactory
from tests.onboarding.helpers import settings_are

MONDAY = dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)  # no holiday until Wednesday of the week after
DAYS = (1, 1, 2, 2, 3, 3, 3, 4, 4)


def test_a_review_is_told_as_the_settings_say_until_ten_were_decided(
    cast, reference, client_of, django_assert_max_num_queries
):
    with time_machine.travel(MONDAY, tick=False):
        settings_are(review_days=8)
        PortalSettings.load()
        make_application(cast.agency, by=cast.director)
        Application.objects.update(submitted_at=MONDAY)
    decided = [make_application(AgencyFactory(), by=cast.director, state="approved") for _day in DAYS]
    for application, days in zip(decided, DAYS, strict=True):
        application.submitted_at, application.decided_at = MONDAY, MONDAY + dt.timedelta(days=days)
        application.decided_by = cast.admin
        application.save()
    long_ago = {"decided_at": MONDAY - dt.timedelta(days=120), "decided_by": cast.admin}
    held = make_application(AgencyFactory(), by=cast.director, state="declined", **long_ago)
    of_agency = reverse("onboarding:journey", args=[cast.agency.pk])
    with time_machine.travel(MONDAY + dt.timedelta(days=4), tick=False):
        tasks.count_usual_times()
        assert "the review, usually up to 8 business days; training" in client_of(None).get("/guide/").text
        words = "A review usually takes up to 8 business days. Yours is at 4 business days."
        assert words in client_of(cast.director).get(of_agency).text
        # The tenth was on hold: it counts from when that ended, two days before the decision.
        held.submitted_at, held.clock_from = MONDAY - dt.timedelta(days=60), MONDAY
        held.decided_at = MONDAY + dt.timedelta(days=2)
        held.save()
        tasks.count_usual_times()
        usual = "usually 3 business days, at most 4 in nine of ten cases"
        with django_assert_max_num_queries(0):
            guide = client_of(None).get("/guide/").text
        assert f"first the review, {usual}; training" in guide
        assert usual in client_of(None).get("/").text
        assert usual in client_of(None).get("/steps/").text
        words = "A review usually takes 3 business days, at most 4 in nine of ten cases. Yours is at 4 business days."
        assert words in client_of(cast.director).get(of_agency).text
    with time_machine.travel(MONDAY + dt.timedelta(days=100), tick=False):  # of the last 90 days alone
        tasks.count_usual_times()
        assert "usually up to 8 business days" in client_of(None).get("/guide/").text
