"""What a new password must not be, each with a sentence of its own."""

from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from agencies.models import User
from tests.cast import Cast

pytestmark = pytest.mark.django_db
STOLEN, KNOWN, GUESSED, SHORT = (
    "lists of stolen passwords",
    "built on your name",
    "soon guessed",
    "at least 12",
)


def said(password: str, user: User | None = None) -> str:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)
    return " ".join(refused.value.messages)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Password1234!", STOLEN),
        ("iloveyou123456", STOLEN),
        ("Qwertyuiop123", STOLEN),
        ("passwordpassword", GUESSED),
        ("aaaaaaaaaaaaaaaa", GUESSED),
        ("connecticut2026", KNOWN),
        ("CTHMIScthmis", KNOWN),
        ("quiet-9-sea", SHORT),
    ],
)
def test_for_anybody(password: str, sentence: str) -> None:
    assert sentence in said(password)


@pytest.mark.parametrize("password", ["HarborHouse2026", "harborhouseharbor", "coordinator-2026"])
def test_the_agency_and_the_name_are_tried_first(cast: Cast, password: str) -> None:
    assert "built on your name" in said(password, cast.coordinator)


@pytest.mark.parametrize("person", ["staff", "signatory"])
def test_also_for_who_is_on_the_roster_or_signs(cast: Cast, person: str) -> None:
    assert "built on your name" in said("HarborHouse2026", cast.person(person))


@pytest.mark.parametrize(
    "password", ["quiet-lantern-at-sea-4", "correct horse battery staple", "tänzelnde Möwe 41 kg"]
)
def test_a_few_words_of_ones_own_are_good(cast: Cast, password: str) -> None:
    validate_password(password, cast.coordinator)


def test_a_very_long_one_is_judged_in_no_time(cast: Cast) -> None:
    validate_password("quiet-lantern-at-sea-" * 60, cast.coordinator)


def test_what_is_asked_costs_the_same_for_many_agencies(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        validate_password("quiet-lantern-at-sea-4", cast.coordinator)


def test_the_page_of_a_new_account_says_it(client_of: Any) -> None:
    visitor: Client = client_of(None)
    page = visitor.post(
        "/accounts/signup/",
        {
            "first_name": "Dana",
            "last_name": "Ruizgarcia",
            "email": "d@harbor.example",
            "password1": "ruizgarcia-2026",
        },
    )
    assert "built on your name" in page.content.decode()
    assert not User.objects.filter(email="d@harbor.example").exists()
