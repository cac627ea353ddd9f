"""Agencies that may be one organization: by their names in any script."""

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from agencies import namesakes
from agencies.models import Agency
from hmis_portal.models.written import WrittenQuery
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
    assert any({first, second} <= set(group) for group in namesakes.duplicate_groups().groups) is alike


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


@pytest.mark.usefixtures("reference")
def test_more_with_one_beginning_than_are_compared_at_once_are_compared_with_their_neighbors(
    cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namesakes, "AT_ONCE", 4)
    names = (
        "Community Aid",
        "Community Bread",
        "Community Breads",
        "Community Care",
        "Community Cares",
        "Community Roof",
    )
    for name in (*names, "Zion Home", "Zion Homes"):
        AgencyFactory(legal_name=name, ein="")
    client, page, told, crowded = client_of(cast.admin), reverse("admin:agencies_agency_duplicates"), [], []
    while page:
        answer = client.get(page)
        told += [" = ".join(agency.legal_name for agency in group) for group in answer.context["groups"]]
        crowded.append("names that begin with the same letters" in answer.text)
        following = re.search(r'href="(\?after=[^"]*)"', answer.text)
        page = reverse("admin:agencies_agency_duplicates") + following[1] if following else ""
    pairs = [
        "Community Bread = Community Breads",
        "Community Care = Community Cares",
        "Zion Home = Zion Homes",
    ]
    assert list(dict.fromkeys(told)) == pairs
    assert crowded == [True, False, False]


@pytest.mark.usefixtures("reference")
def test_more_of_exactly_one_name_than_are_compared_at_once_are_all_shown(
    cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namesakes, "AT_ONCE", 4)
    many = {AgencyFactory(legal_name="Community Aid", ein="") for _ in range(11)}
    client, page, told = client_of(cast.admin), reverse("admin:agencies_agency_duplicates"), set()
    while page:
        answer = client.get(page)
        told |= {agency for group in answer.context["groups"] for agency in group}
        following = re.search(r'href="(\?after=[^"]*)"', answer.text)
        page = reverse("admin:agencies_agency_duplicates") + html.unescape(following[1]) if following else ""
    assert told == many
    assert client.get(reverse("admin:agencies_agency_duplicates"), {"after_id": "x"}).status_code == 200


@pytest.mark.usefixtures("reference")
def test_one_that_is_alike_to_an_agency_of_another_group_is_shown_with_it(cast: Cast, client_of: Any) -> None:
    """The first and the second have one EIN, the second and the third nearly one name."""
    first = AgencyFactory(legal_name="Alder Place", ein="061111111")
    second = AgencyFactory(legal_name="Birch Homes", ein="061111111")
    third = AgencyFactory(legal_name="Birch Home", ein="")
    groups = namesakes.duplicate_groups().groups
    assert [set(group) for group in groups] == [{first, second}, {second, third}]
    assert "EIN 06-1111111" in client_of(cast.admin).get(reverse("admin:agencies_agency_duplicates")).text


def test_the_same_name_is_found_however_many_begin_as_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namesakes, "MOST_ALIKE", 2)
    with_that_bound = WrittenQuery(namesakes._sharing_with._write)
    monkeypatch.setattr(namesakes, "_sharing_with", with_that_bound)
    for place in ("Avon", "Berlin", "Canton"):
        AgencyFactory(legal_name=f"Community House {place}", ein="")
    same = AgencyFactory(legal_name="Community House Derby, Inc.", ein="")
    agency = AgencyFactory(legal_name="Community House Derby", ein="")
    agency.refresh_from_db()
    assert same in namesakes.possible_duplicates(agency)
    (found,) = [one for one in namesakes.namesakes(agency, domains=[], phones=[]) if one.agency_id == same.pk]
    assert found.shares == ("name",)


@pytest.mark.usefixtures("reference")
def test_many_that_share_an_ein_are_shown_some_at_a_time(
    cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namesakes, "AT_ONCE", 2)
    for name, ein in (
        ("Alder", "061111111"), ("Birch", "061111111"), ("Cedar", "062222222"), ("Elm", "062222222"), ("Fir", "062222222"),
        ("Hazel", "063333333"), ("Maple", "063333333"),
    ):  # fmt: skip
        AgencyFactory(legal_name=f"{name} Place", ein=ein)
    client, page, told = client_of(cast.admin), reverse("admin:agencies_agency_duplicates"), []
    while page:
        answer = client.get(page)
        names = [{agency.legal_name.split()[0] for agency in group} for group in answer.context["groups"]]
        told.append((names, "find the others by the search" in answer.text))
        following = re.search(r'href="(\?after_ein=[^"]*)"', answer.text)
        page = reverse("admin:agencies_agency_duplicates") + following[1] if following else ""
    assert told == [([{"Alder", "Birch"}], False), ([{"Cedar", "Elm"}], True), ([{"Hazel", "Maple"}], False)]


def test_agencies_without_a_name_to_compare_are_not_alike() -> None:
    """Two EINs that two agencies each have; the oldest of both have a name of which nothing is left."""
    by_ein = {ein: AgencyFactory(legal_name="x", ein=ein) for ein in ("061111111", "062222222")}
    Agency.objects.filter(pk__in=[agency.pk for agency in by_ein.values()]).update(legal_name="")
    assert {agency.name_key for agency in Agency.objects.filter(legal_name="")} == {""}
    pairs = [{by_ein[ein], AgencyFactory(legal_name=f"{ein} Place", ein=ein)} for ein in by_ein]
    assert [set(group) for group in namesakes.duplicate_groups().groups] == pairs


def test_a_name_whose_letters_unfold_into_many_is_kept() -> None:
    AgencyFactory(legal_name="\ufdfa" * 200)
    assert len(Agency.objects.get(legal_name__startswith="\ufdfa").name_key) == 200
