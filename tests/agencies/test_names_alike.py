"""Agencies that may be one organization: by their names in any script."""

import pytest

from agencies import namesakes
from agencies.models import Agency
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
    assert any({first, second} <= set(group) for group in namesakes.duplicate_groups()) is alike


def test_a_name_whose_letters_unfold_into_many_is_kept() -> None:
    AgencyFactory(legal_name="\ufdfa" * 200)
    assert len(Agency.objects.get(legal_name__startswith="\ufdfa").name_key) == 200
