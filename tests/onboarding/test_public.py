"""The public pages and the eligibility check, as a visitor meets them."""

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from agencies.models import Agency, EligibilityCheck, User
from agencies.services import opening
from agencies.services.opening import ELIGIBILITY
from onboarding.application import requirements
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PAGES = {
    "/": "Join CT HMIS, step by step",
    "/guide/": "Before you begin",
    "/steps/": "The six steps to using the HMIS",
    "/requirements/": "What joining asks of your agency",
    "/eligibility/": "Can your agency join?",
    "/eligibility/comparable-database/": "Your agency uses a comparable database instead",
    "/eligibility/not-yet/": "Your agency cannot join yet",
    "/eligibility/other-ways/": "There may be another way for your agency",
    "/support/": "Support",
    "/support/sent/": "Your question was sent",
}
ANSWERS = {
    "services": ["emergency_shelter", "other"], "services_other": "Laundry", "commits": "yes", "joining_reason": "required",
    "required_by": "HUD", "in_other_hmis": "no",
}  # fmt: skip


@pytest.mark.parametrize("url", PAGES)
def test_each_page_has_one_heading_and_asks_little_of_the_database(
    url, client, django_assert_max_num_queries
) -> None:
    client.get("/")  # the portal's settings are in the cache afterwards
    with django_assert_max_num_queries(3):
        answer = client.get(url)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.count("<h1") == 1
    assert PAGES[url] in text


@pytest.mark.parametrize("url", ["/", "/guide/", "/steps/", "/requirements/", "/eligibility/result/"])
def test_pages_that_only_show_refuse_post(url, client) -> None:
    assert client.post(url).status_code == 405


def test_the_wording_to_be_confirmed_is_public(client) -> None:
    requirements.load()
    text = client.get("/requirements/").content.decode()
    assert "My agency is not a victim service provider." in text


def first(client) -> None:
    client.post("/eligibility/", {"victim_service_provider": "no"})


def test_an_eligible_agency_is_told_so_and_led_to_sign_up(client) -> None:
    assert (
        client.post("/eligibility/", {"victim_service_provider": "no"})["Location"]
        == "/eligibility/services/"
    )
    assert client.post("/eligibility/services/", ANSWERS)["Location"] == "/eligibility/result/"
    text = client.get("/eligibility/result/").content.decode()
    assert "/accounts/signup/?next=/agencies/new/" in text
    kept = client.session[ELIGIBILITY]
    assert kept == {
        "victim_service_provider": False, "services": ["emergency_shelter", "other"], "services_other": "Laundry",
        "joining_reason": "required", "required_by": "HUD", "other_hmis": "",
    }  # fmt: skip


def test_a_victim_service_provider_is_routed_out_and_nothing_is_kept(client) -> None:
    answer = client.post("/eligibility/", {"victim_service_provider": "yes"}, follow=True)
    text = answer.content.decode()
    assert "comparable database" in text
    assert "(860) 555-0142" in text
    assert ELIGIBILITY not in client.session
    assert client.get("/eligibility/services/")["Location"] == "/eligibility/"


def test_changing_the_first_answer_takes_the_result_back(client) -> None:
    first(client)
    client.post("/eligibility/services/", ANSWERS)
    client.post("/eligibility/", {"victim_service_provider": "yes"})
    assert client.get("/eligibility/result/")["Location"] == "/eligibility/"


def test_without_commitment_there_is_a_page_with_what_to_do(client) -> None:
    first(client)
    answer = client.post("/eligibility/services/", {**ANSWERS, "commits": "no"}, follow=True)
    assert "cannot join yet" in answer.content.decode()
    assert ELIGIBILITY not in client.session


def test_missing_answers_come_back_with_what_was_typed(client) -> None:
    first(client)
    text = client.post(
        "/eligibility/services/", {"services": ["other"], "joining_reason": "required"}
    ).content.decode()
    for words in (
        "Enter which other service you offer",
        "Enter the funder that requires it",
        "Select whether your agency will follow",
    ):
        assert text.count(words) == 2  # summary and field


def test_what_was_typed_in_a_hidden_field_is_no_answer(client) -> None:
    first(client)
    client.post(
        "/eligibility/services/", {**ANSWERS, "joining_reason": "voluntary", "services": ["day_shelter"]}
    )
    assert client.session[ELIGIBILITY]["required_by"] == ""
    assert client.session[ELIGIBILITY]["services_other"] == ""


def test_the_answers_survive_signing_in(client_of) -> None:
    client = client_of(None)
    first(client)
    client.post("/eligibility/services/", ANSWERS)
    user = UserFactory()
    client.post("/accounts/login/", {"login": user.email, "password": "correct horse battery staple"})
    assert client.get("/agencies/new/").status_code == 200


def test_the_answers_go_along_with_the_account_to_another_device(client_of, mailoutbox, time_machine) -> None:
    first_device = client_of(None)
    first(first_device)
    first_device.post("/eligibility/services/", ANSWERS)
    made = {
        "first_name": "Maria",
        "last_name": "Delgado",
        "email": "maria@harbor.example",
        "password1": "Quiet-Harbor-41",
    }
    assert first_device.post("/accounts/signup/", made).status_code == 302
    user = User.objects.get(email="maria@harbor.example")
    EmailAddress.objects.filter(user=user).update(verified=True)
    phone = client_of(user)
    assert phone.get("/start/", follow=True).redirect_chain[-1][0] == "/agencies/new/"
    facts = {
        "legal_name": "Harbor",
        "ein": "06-1234567",
        "city": "Hartford",
        "phone": "860-555-0142",
        "title": "Director",
    }
    assert "services" not in phone.get("/agencies/new/").content.decode()
    phone.post("/agencies/new/", {**facts, "services": ["day_shelter"], "victim_service_provider": "on"})
    agency = Agency.objects.get()
    assert (agency.services, agency.services_other, agency.required_by) == (
        ["emergency_shelter", "other"],
        "Laundry",
        "HUD",
    )
    assert not EligibilityCheck.objects.exists(), "once"
    opening.remember_eligibility(user, {"services": ["day_shelter"]})
    time_machine.move_to(timezone.now() + opening.ELIGIBILITY_LASTS)
    assert phone.get("/agencies/new/")["Location"] in (
        "/eligibility/",
        "/accounts/login/?next=/agencies/new/",
    )
    assert opening.eligibility_of(user) is None


def test_another_persons_answers_are_not_mine(client_of) -> None:
    opening.remember_eligibility(UserFactory(), {"services": ["day_shelter"]})
    assert client_of(UserFactory()).get("/agencies/new/")["Location"] == "/eligibility/"


def test_none_of_the_services_leads_to_other_ways(client_of) -> None:
    user = UserFactory()
    client = client_of(user)
    first(client)
    client.post("/eligibility/services/", ANSWERS)
    assert opening.eligibility_of(user)
    mixed = client.post("/eligibility/services/", {**ANSWERS, "services": ["none", "day_shelter"]})
    assert "Select “None of these” alone" in mixed.content.decode()
    answer = client.post("/eligibility/services/", {"services": ["none"]}, follow=True)
    assert "There may be another way" in answer.content.decode()
    assert opening.eligibility_of(user) is None
    assert ELIGIBILITY not in client.session
