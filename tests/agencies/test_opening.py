"""A director opens the agency's account."""

import pytest
from django.urls import reverse

from agencies import permissions
from agencies.models import Agency
from agencies.services.opening import ELIGIBILITY
from hmis_portal.models import AuditEvent, Message
from tests.cast import Cast
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
URL = "/agencies/new/"
FACTS = {
    "legal_name": "New Hope, Inc.", "common_name": "", "ein": "06 1234567", "city": "Hartford", "phone": "(860) 555-0142",
    "title": "Executive director",
}  # fmt: skip
CHECKED = {
    "victim_service_provider": False,
    "services": ["day_shelter"],
    "joining_reason": "required",
    "required_by": "HUD",
}


def eligible(client):
    session = client.session
    session[ELIGIBILITY] = CHECKED
    session.save()
    return client


def test_opens_the_agency_and_makes_its_manager(client_of, mailoutbox) -> None:
    user = UserFactory(title="")
    client = eligible(client_of(user))
    answer = client.post(URL, FACTS)
    agency = Agency.objects.get()
    assert answer["Location"] == reverse("onboarding:journey", args=[agency.pk])
    assert (agency.ein, agency.services, agency.required_by, agency.state) == (
        "061234567",
        ["day_shelter"],
        "HUD",
        "joining",
    )
    user.refresh_from_db()
    assert permissions.is_manager(user, agency)
    assert user.title == "Executive director"
    assert [mail.subject for mail in mailoutbox] == ["The account of New Hope, Inc. is open"]
    event = AuditEvent.objects.get(verb="opened agency")
    assert (event.actor, event.agency_id, event.ip) == (user, agency.pk, "127.0.0.1")


def test_without_the_check_leads_to_it(client_of) -> None:
    assert client_of(UserFactory()).post(URL, FACTS)["Location"] == reverse("onboarding:eligibility")
    assert not Agency.objects.exists()


def test_a_double_click_opens_one(client_of) -> None:
    user = UserFactory()
    for _click in range(2):
        answer = eligible(client_of(user)).post(URL, FACTS)
    agency = Agency.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == reverse("onboarding:journey", args=[agency.pk])


def test_a_second_account_of_the_same_agency_opens_normally_and_learns_nothing(cast: Cast, client_of) -> None:
    same = {**FACTS, "legal_name": "HARBOR HOUSE INC", "ein": "061234567"}
    answer = eligible(client_of(UserFactory())).post(URL, same, follow=True)
    assert Agency.objects.filter(legal_name="HARBOR HOUSE INC").count() == 1
    assert "Dana" not in answer.content.decode()
    assert "duplicate" not in answer.content.decode().lower()


def test_invalid_input_comes_back_with_its_words(client_of) -> None:
    answer = eligible(client_of(UserFactory())).post(
        URL, {**FACTS, "legal_name": "", "ein": "12", "city": "Storrs"}
    )
    page = answer.content.decode()
    assert "Error: Open your agency" in page
    assert page.count("Enter your agency’s legal name".replace("’", "&#x27;")) == 2  # summary and field
    assert 'value="Storrs"' in page


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "'; DROP TABLE agencies_agency; --", "مرحبا 🏠", "a" * 5000, "nul\x00byte"],
)
def test_hostile_names_are_stored_or_refused_never_an_error(client_of, text: str) -> None:
    answer = eligible(client_of(UserFactory())).post(URL, {**FACTS, "legal_name": text}, follow=True)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_a_sixth_agency_in_a_day_is_refused(client_of) -> None:
    user = UserFactory()
    for number in range(6):
        answer = eligible(client_of(user)).post(URL, {**FACTS, "legal_name": f"Agency number {number}"})
    assert answer.status_code == 303
    assert Agency.objects.count() == 5


def test_the_message_is_readable_by_the_person(client_of) -> None:
    user = UserFactory()
    eligible(client_of(user)).post(URL, FACTS)
    message = Message.objects.get(user=user)
    assert message.status == "sent"
    assert message.subject in client_of(user).get("/me/").content.decode()
