"""An agency goes live with as many managers as the settings ask: advice at sending, and no go-live before."""

import pytest
from django.urls import reverse

from agencies import permissions
from agencies.models import Agency, AgencyRole
from hmis_portal.models import Message, PortalSettings
from onboarding.access import recompute
from onboarding.application import opening
from onboarding.journey import whose_turn
from onboarding.journey.facts import gather
from onboarding.journey.holder import Holder
from onboarding.owed.sources import lines_of
from tests.onboarding.access.trained import train
from tests.onboarding.helpers import settings_are

pytestmark = pytest.mark.django_db


def test_two_are_asked_for_unless_the_settings_say_otherwise():
    assert PortalSettings().managers_at_go_live == 2


def test_the_go_live_waits_for_a_second_manager_and_says_so(in_training, client_of, commits):
    cast = in_training
    settings_are(managers_at_go_live=2)
    for row in (cast.coordinator_row, cast.staff_row):
        train(cast, row, commits)
    recompute.recompute(cast.agency.pk)
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.JOINING
    turn = whose_turn.of_agency(gather(cast.agency))
    assert (turn.holder, turn.page) == (Holder.MANAGER, "agencies:people")
    assert "1 more manager is needed, so that one can be away" in turn.text
    line = next(line for line in lines_of(gather(cast.agency)) if line.kind == "managers")
    assert line.blocks
    assert line.title in client_of(cast.director).get(reverse("onboarding:owed", args=[cast.agency.pk])).text
    told = Message.objects.get(name="onboarding/go_live_held_up", user=cast.director)
    assert "1 more manager is needed" in told.body_text
    permissions.grant(cast.coordinator, cast.agency, AgencyRole.MANAGER)
    recompute.recompute(cast.agency.pk)
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.LIVE


def test_who_is_about_to_send_is_told_and_may_send(cast, reference, client_of):
    settings_are(managers_at_go_live=2)
    opening.start(agency=cast.agency, by=cast.director)
    page = reverse("onboarding:submit", args=[cast.agency.pk])
    director = client_of(cast.director)
    assert "goes live with one more manager" in director.get(page).text
    permissions.grant(cast.coordinator, cast.agency, AgencyRole.MANAGER)
    assert "more manager" not in director.get(page).text
