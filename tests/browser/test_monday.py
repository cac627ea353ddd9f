"""A Monday morning of those who run the HMIS: forty applications wait, and none costs more clicks than it must."""

import sys

import pytest

from tests.browser import forty, monday
from tests.browser.looking import SCREENS, Camera

pytestmark = pytest.mark.browser


def test_a_monday_morning_with_forty_waiting(live_portal, browser) -> None:
    made = live_portal.shell(forty.MAKE)
    camera = Camera(SCREENS / "monday")
    admin, lead = (
        monday.arrives(browser, live_portal.base_url, camera, made[name]) for name in ("admin", "lead")
    )
    names = made["mills"]
    clicks = {"take and assign forty": monday.takes_ten_and_assigns_thirty(admin, made["colleague"])}
    clicks["plain approval"] = monday.approves_the_oldest(admin, names[0], names[1])
    monday.holds_and_releases(admin, names[1])
    clicks["three remarks and changes"] = monday.asks_for_three_changes(admin, names[2])
    monday.reads_the_list_as_csv(admin)
    monday.sees_who_reviews_it(admin, names[20], made["colleague"])
    monday.finds_a_caller(admin, names[6], *made["caller"])
    monday.opens_the_list_behind_a_figure(admin, live_portal, made["can"])
    monday.narrows_the_record(admin, names[2])
    monday.counter_signs_both(lead)
    assert live_portal.shell(forty.ASK) == 2
    monday.looks_around(admin, made["current"], made["draft"])
    monday.loads_half_a_register(admin)
    sys.stdout.write(f"\nMonday morning, clicks: {clicks}\n")
    assert clicks["take and assign forty"] <= 14
    assert clicks["plain approval"] <= 3
    assert clicks["three remarks and changes"] <= 7
    assert camera.problems == []
    for person in (admin, lead):
        assert person.troubles == []
        person.close()
