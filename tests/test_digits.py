"""Signs that Unicode calls digits and that are no number, such as "²", and digits without end: no number is read from them."""

import pytest
from django.urls import reverse

from agencies.hud.rules.base import page_order
from agencies.hud.summary import place_of
from hmis_portal.models.settings_checks import from_the_day_beside
from onboarding.admin.review.sent import Marks, sections_of
from onboarding.models import SectionKey
from tests.cast import Cast

RECORD = "/admin/training/completion/record/"
ENDLESS = "9" * 5000
BEDS = "inventory-{}-bed_inventory"


PAGES: list[tuple[str, str, dict[str, str] | None, int]] = [
    ("trainer", f"{RECORD}?ids=²", None, 200),
    ("trainer", f"{RECORD}?ids=1,{ENDLESS}", None, 302),
    ("trainer", RECORD, {"row": "²:1", "completed_on": "2026-11-02"}, 200),
    ("trainer", RECORD, {"row": f"{ENDLESS[:250]}:1", "completed_on": "2026-11-02"}, 200),
    ("trainer", "/admin/training/upload/²/change/", None, 302),
    ("trainer", "/admin/training/upload/٣/change/", None, 302),
    ("admin", "/admin/hmis_portal/whatif/²/change/", None, 302),
    ("admin", "/admin/agencies/user/{user}/merge/?into=²", None, 200),
    ("admin", reverse("admin:onboarding_access_create"), {"made_²": "on", "name_²": "x"}, 302),
    ("admin", reverse("admin:onboarding_access_create"), {f"made_{ENDLESS[:300]}": "on"}, 302),
    ("admin", reverse("admin:onboarding_hmisuserlist_compare"), {"row": "²"}, 302),
    ("admin", reverse("admin:onboarding_hmisuserlist_compare"), {"row": ENDLESS}, 302),
]


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_pages_of_the_desk(cast: Cast) -> None:
    """In one walk: each of them fails alone."""
    clients, wrong = {who: cast.client(who) for who in ("admin", "trainer")}, []
    for who, address, posted, expected in PAGES:
        client, page = clients[who], address.format(user=cast.staff.pk)
        client.raise_request_exception = False
        answer = client.get(page) if posted is None else client.post(page, posted)
        if answer.status_code != expected:
            wrong.append(f"{page[:80]} {answer.status_code}")
    assert wrong == []


def test_a_row_of_a_project() -> None:
    assert place_of(BEDS.format("²")) == ""
    assert page_order(BEDS.format("²"))[1] == -1


def test_days_of_reminders() -> None:
    from_the_day_beside(f"3, ², {ENDLESS}")


def test_beds_that_were_sent() -> None:
    rows = [
        {"field": BEDS.format(number), "question": "Beds", "answer": answer}
        for number, answer in enumerate(("12", "²", "٣"))
    ]
    group = {"key": "project-H1", "title": "Shelter", "rows": rows}
    part = {"key": SectionKey.PROJECTS, "letter": "B", "title": "Projects", "groups": [group]}
    (section,) = sections_of([part], Marks({}, {}, {}, {}))
    assert section.items[0].cells == ["", "", "15"]
