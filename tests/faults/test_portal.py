"""The whole portal runs, and says so when a part of it is away."""

import pytest

pytestmark = pytest.mark.fault


def test_the_running_portal_answers(live_portal) -> None:
    live_portal.wait_for(live_portal.healthy, "the portal to answer")
    assert live_portal.shell("from training.models import Course; answer = Course.objects.exists()")


def test_the_running_portal_says_when_its_queue_is_away(breakable_portal) -> None:
    breakable_portal.stop_redis()
    assert not breakable_portal.healthy()
    breakable_portal.start_redis()
    breakable_portal.wait_for(breakable_portal.healthy, "the queue to be back")
