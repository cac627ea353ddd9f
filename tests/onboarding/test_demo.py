"""The demo is made by the acts that people's clicks call, and only for development."""

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Agency
from hmis_portal.management.commands.portal import load_reference
from hmis_portal.models import AuditEvent
from onboarding.demo import stories
from onboarding.demo.agencies import Demo
from onboarding.journey.facts import gather
from onboarding.journey.steps import Journey
from onboarding.models import Access

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_demo_stands_at_six_points_of_the_journey() -> None:
    load_reference()
    said: list[str] = []
    stories.make(Demo(password="correct horse battery staple", say=said.append))
    current = {agency.legal_name: Journey(gather(agency)).current for agency in Agency.objects.all()}
    assert current == {
        "Harbor House, Inc.": 2,
        "Elm Street Family Services": 4,
        "River Valley Outreach": 3,  # with a remark to answer
        "Charter Oak Supportive Housing": 4,
        "Shoreline Youth Project": 5,
        "Quinnipiac Shelter": 6,
    }
    live = Agency.objects.get(legal_name="Quinnipiac Shelter")
    assert Journey(gather(live)).done == (True,) * 6
    assert set(Access.objects.filter(staff__agency=live).values_list("state", flat=True)) == {"granted"}
    assert AuditEvent.objects.filter(
        agency_id=live.pk, verb="counter_sign", actor__email="lead@demo.example"
    ).exists()
    assert len(said) == 6
    stories.make(Demo(password="correct horse battery staple", say=said.append))
    assert len(said) == 6, "what is there is not made again"


def test_the_demo_is_refused_outside_development(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DEMO_PASSWORD", "correct horse battery staple")
    settings.DEBUG = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="never made"):
        call_command("seed_demo")
    assert not Agency.objects.exists()
