"""Agencies that may be one organization: by their names in any script."""

import re
from typing import Any

import pytest
from django.urls import reverse

from agencies import namesakes
from agencies.models import Agency
from tests.cast import Cast
from tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Приют Надежда", "ПРИЮТ  НАДЕЖДА, Inc.", True), ("避难所", "避难所", True), ("Дом", "希望", False), ("Дом", "!!!", False),
        ("Casa María", "CASA MARI\u0301A", True), ("Ｃａｓａ Marí", "Casa Marí", True), ("The Company, Inc.", "the company inc", True),
        ("The Company", "And Company", False), ("Harbor House, Inc.", "The Harbor House", True), ("!!!", "!!!", True), ("مركز الأمل", "مركز الأمل", True),
        ("House 12", "House 1-2", True),
    ],
)  # fmt: skip
def test_agencies_with_names_alike_in_any_script_are_found(one: str, other: str, alike: bool) -> None:
    first, second = AgencyFactory(legal_name=one, ein=""), AgencyFactory(legal_name=other, ein="")
    first.refresh_from_db()
    assert (namesakes.possible_duplicates(first) == [second]) is alike
    assert any({first, second} <= set(group) for group in namesakes.duplicate_groups()[0]) is alike


@pytest.mark.usefixtures("reference")
def test_many_names_are_compared_some_at_a_time(
    cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namesakes, "AT_ONCE", 3)
    for name in ("Alder Homes", "Alder Home", "Birch Homes", "Birch Home", "Birch Homs", "Cedar Homes"):
        AgencyFactory(legal_name=name, ein="")
    AgencyFactory(legal_name="Yew Place", ein="061111111")
    AgencyFactory(legal_name="Zelkova Place", ein="061111111")
    client, page, told = client_of(cast.admin), reverse("admin:agencies_agency_duplicates"), []
    while page:
        answer = client.get(page)
        told.append([{agency.legal_name for agency in group} for group in answer.context["groups"]])
        following = re.search(r'href="(\?after=[^"]*)"', answer.text)
        page = reverse("admin:agencies_agency_duplicates") + following[1] if following else ""
    assert told == [
        [{"Alder Homes", "Alder Home"}, {"Yew Place", "Zelkova Place"}],
        [{"Birch Homes", "Birch Home", "Birch Homs"}],
    ]


def test_a_name_whose_letters_unfold_into_many_is_kept() -> None:
    AgencyFactory(legal_name="\ufdfa" * 200)
    assert len(Agency.objects.get(legal_name__startswith="\ufdfa").name_key) == 200
