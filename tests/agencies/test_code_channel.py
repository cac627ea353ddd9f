"""Where a person gets the HMIS's sign-in codes: entered by them or on the roster, and nobody else's."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from agencies.models import CodeChannel
from hmis_portal.models import AuditEvent
from tests.agencies.helpers import typed as roster
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PAGE = "/me/sign-in-codes/"


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("(860) 555 0142", "8605550142", "860-555-0142"),
        ("+1 860.555.0142", "8605550142", "860-555-0142"),
        (" Sasha@Home.Example ", "sasha@home.example", "sasha@home.example"),
    ],
)
def test_a_person_enters_their_own_in_one_spelling(cast: Cast, client_of, typed, kept, shown) -> None:
    client = client_of(cast.staff)
    assert client.post(PAGE, {"channel": typed}).status_code == 302
    assert CodeChannel.objects.get(person=cast.staff).value == kept
    client.post(PAGE, {"channel": typed})
    assert AuditEvent.objects.filter(verb="entered channel for sign-in codes").count() == 1
    assert shown in client.get("/me/").text


@pytest.mark.parametrize("typed", ["", "555 0142", "me@", "860-555-0142 ext. 7"])
def test_what_is_neither_is_refused_in_words(cast: Cast, client_of, typed) -> None:
    answer = client_of(cast.staff).post(PAGE, {"channel": typed})
    assert answer.status_code == 200
    assert "Enter " in answer.context["form"].errors["channel"][0]
    assert not CodeChannel.objects.exists()


def test_nobody_elsewhere_has_the_same_in_another_spelling(cast: Cast, client_of) -> None:
    client_of(cast.stranger).post(PAGE, {"channel": "860-555-0142"})  # of another agency
    answer = client_of(cast.staff).post(PAGE, {"channel": "(860)5550142"})
    assert "entered for another person already" in answer.text
    assert not CodeChannel.objects.filter(person=cast.staff).exists()
    with pytest.raises(IntegrityError):
        CodeChannel.objects.create(
            person=cast.staff, kind="mobile", value="860 555 0143", entered_by=cast.staff
        )


def test_the_roster_enters_it_until_the_person_does(cast: Cast, client_of) -> None:
    page = reverse("agencies:change_staff", args=[cast.agency.pk, cast.staff_row.pk])
    client = client_of(cast.coordinator)
    assert "No channel for sign-in codes" in client.get(reverse("agencies:staff", args=[cast.agency.pk])).text
    data = roster(cast, email=cast.staff_row.email)
    assert client.post(page, {**data, "code_channel": "860 555 0142"}).status_code == 302
    channel = CodeChannel.objects.get(person=cast.staff)
    assert (channel.value, channel.entered_by) == ("8605550142", cast.coordinator)
    client_of(cast.staff).post(PAGE, {"channel": "860 555 0199"})
    assert "code_channel" not in client.get(page).text
    client.post(page, {**data, "code_channel": "860 555 0142"})
    assert CodeChannel.objects.get(person=cast.staff).value == "8605550199"
