"""People and agencies in the admin: who sees what, and the acts of the HMIS Admin."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.urls import reverse

from agencies import permissions, reference
from agencies.models import Agency, AgencyRole, User
from agencies.services import invitations
from hmis_portal.models import AuditEvent, PowerRequest
from hmis_portal.powers import asking
from tests.cast import Cast
from tests.factories import AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _groups(cast: Cast, once: Any) -> None:
    once(reference.give_permissions)


def act(name: str, obj) -> str:
    return reverse(f"admin:{name}", args=[obj.pk])


@pytest.mark.parametrize(
    ("kind", "status"),
    [("admin", 200), ("lead", 200), ("auditor", 200), ("trainer", 403), ("director", 302), ("visitor", 302)],
)
def test_who_reads_agencies(cast: Cast, client_of, kind: str, status: int) -> None:
    client = client_of(None if kind == "visitor" else getattr(cast, kind))
    for url in (reverse("admin:agencies_agency_changelist"), act("agencies_agency_change", cast.agency)):
        assert client.get(url).status_code == status


@pytest.mark.parametrize("kind", ["lead", "auditor", "trainer"])
@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("agencies_agency_name_manager", "agency"), ("onboarding_agency_leave", "agency"), ("onboarding_agency_merge", "agency"),
        ("agencies_user_reset_authenticator", "staff"), ("agencies_user_close", "staff"), ("agencies_user_reopen", "staff"), ("agencies_user_end_sessions", "staff"),
    ],
)  # fmt: skip
def test_only_the_hmis_admin_acts(cast: Cast, client_of, kind: str, name: str, of: str) -> None:
    url = act(name, getattr(cast, of))
    client = client_of(getattr(cast, kind))
    assert client.get(url).status_code == 403
    assert client.post(url, {"reason": "x"}).status_code == 403
    assert "Name a manager" not in client.get(act("agencies_agency_change", cast.agency)).content.decode()


def test_nothing_is_deleted_here(cast: Cast, client_of) -> None:
    client = client_of(cast.admin)
    assert client.post(reverse("admin:agencies_user_delete", args=[cast.staff.pk])).status_code == 403
    assert client.post(reverse("admin:agencies_agency_delete", args=[cast.agency.pk])).status_code == 403


def test_lists_do_not_grow_in_queries(cast: Cast, client_of, django_assert_max_num_queries) -> None:
    for _number in range(30):
        AgencyFactory(created_by=UserFactory())
    client = client_of(cast.admin)
    client.get("/admin/")
    for model in ("agency", "user", "staff", "invitation"):
        with django_assert_max_num_queries(20):
            assert client.get(reverse(f"admin:agencies_{model}_changelist")).status_code == 200


def test_an_authenticator_is_reset_after_an_identity_check(cast: Cast, client_of, mailoutbox) -> None:
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=cast.director, type=kind, data={})
    url = act("agencies_user_reset_authenticator", cast.director)
    client = client_of(cast.admin)
    assert "Error" not in client.get(url).content.decode()
    assert "Enter what was said" in client.post(url, {"checked": "video"}).content.decode()
    assert Authenticator.objects.filter(user=cast.director).count() == 2
    client.post(url, {"checked": "video", "reason": "Called on November 22"})
    assert not Authenticator.objects.filter(user=cast.director).exists()
    event = AuditEvent.objects.get(verb="reset authenticator")
    assert event.actor == cast.admin
    assert "Called on November 22" in event.reason
    assert mailoutbox[0].to == [cast.director.email]
    assert client.post(url, {"checked": "video", "reason": "Again"}).status_code == 302
    assert AuditEvent.objects.filter(verb="reset authenticator").count() == 1


def test_nobody_resets_the_own_authenticator(cast: Cast, client_of) -> None:
    client = client_of(cast.admin)
    text = client.post(
        act("agencies_user_reset_authenticator", cast.admin), {"checked": "video", "reason": "Me"}
    ).content.decode()
    assert "Ask another HMIS Admin" in text
    assert Authenticator.objects.filter(user=cast.admin).exists()


def test_a_colleague_gets_an_account_and_a_link_and_no_power_yet(cast: Cast, client_of, mailoutbox) -> None:
    trainer = Group.objects.get(name="Trainer")
    data = {
        "email": "New@hmis.example",
        "first_name": "Nora",
        "last_name": "New",
        "title": "Trainer",
        "groups": [trainer.pk],
        "reason": "Hired",
    }
    client_of(cast.admin).post(reverse("admin:agencies_user_add"), data)
    user = User.objects.get(email="new@hmis.example")
    assert not user.is_staff
    assert not user.groups.exists()
    assert PowerRequest.objects.get(person=user).changes == [["Groups", "", "Trainer"]]
    assert not user.has_usable_password()
    assert any("/accounts/password/reset/key/" in message.body for message in mailoutbox)
    assert AuditEvent.objects.filter(verb="made account", actor=cast.admin).exists()


def test_groups_are_changed_with_a_record(cast: Cast, client_of) -> None:
    client_of(cast.admin).post(act("agencies_user_groups", cast.trainer), {"groups": [], "reason": "Left"})
    asking.grant(PowerRequest.objects.get(), by=UserFactory(groups=(permissions.HMIS_ADMIN,)))
    user = User.objects.get(pk=cast.trainer.pk)
    assert not user.is_staff
    assert AuditEvent.objects.get(verb="changed groups").before == "Trainer"


def test_closing_and_opening_again(cast: Cast, client_of) -> None:
    client = client_of(cast.admin)
    client.post(act("agencies_user_close", cast.coordinator), {"reason": "Left"})
    assert not User.objects.get(pk=cast.coordinator.pk).is_active
    client.post(act("agencies_user_reopen", cast.coordinator), {"reason": "Mistake"})
    assert User.objects.get(pk=cast.coordinator.pk).is_active
    text = client.post(act("agencies_user_close", cast.director), {"reason": "Left"}).content.decode()
    assert "only manager of Harbor House" in text


def test_naming_a_manager(cast: Cast, client_of, mailoutbox) -> None:
    url = act("agencies_agency_name_manager", cast.agency)
    data = {
        "first_name": "Nora",
        "last_name": "Next",
        "email": cast.coordinator.email,
        "replaced": [cast.director.pk],
        "reason": "Retired",
    }
    client_of(cast.admin).post(url, data)
    mailoutbox.clear()
    asking.grant(PowerRequest.objects.get(), by=UserFactory(groups=(permissions.HMIS_ADMIN,)))
    assert permissions.is_manager(User.objects.get(pk=cast.coordinator.pk), cast.agency)
    assert not permissions.is_manager(User.objects.get(pk=cast.director.pk), cast.agency)


@pytest.mark.parametrize(
    ("name", "ein", "alike"),
    [
        ("The Harbor House", "", True), ("HARBOUR HOUSE INC", "", True), ("Something Else", "061234567", True),
        ("Harbor Light Mission", "", False), ("Lake View Home", "", False),
    ],
)  # fmt: skip
def test_possible_duplicates_are_seen_by_the_admin(
    cast: Cast, client_of, name: str, ein: str, alike: bool
) -> None:
    other = AgencyFactory(legal_name=name, common_name="", ein=ein or "011111111", city="Norwich")
    client = client_of(cast.admin)
    text = client.get(act("agencies_agency_change", cast.agency)).content.decode()
    assert (act("agencies_agency_change", other) in text) is alike
    assert ("Norwich" in client.get(reverse("admin:agencies_agency_duplicates")).content.decode()) is alike


def test_a_list_counts_results_once_something_narrows_it(cast: Cast, client_of) -> None:
    client, page = client_of(cast.admin), reverse("admin:agencies_agency_changelist")
    assert "Show all" not in client.get(page).text
    for narrowed in ("?q=harbor", "?state__exact=joining"):
        assert "Show all" in client.get(page + narrowed).text, narrowed


def test_a_duplicate_is_closed_and_its_people_moved(cast: Cast, client_of, mailoutbox) -> None:
    other = AgencyFactory(legal_name="Harbor House", ein="")
    person = UserFactory()
    permissions.grant(person, other, AgencyRole.MANAGER)
    invitations.invite(agency=other, email="new@harbor.example", role=AgencyRole.EDITOR, by=person)
    mailoutbox.clear()
    client = client_of(cast.admin)
    url = act("onboarding_agency_merge", other)
    assert "Harbor House, Inc." in client.get(url).content.decode()
    client.post(url, {"into": str(cast.agency.pk), "reason": "Opened twice"})
    other.refresh_from_db()
    assert other.state == Agency.State.LEFT
    person = User.objects.get(pk=person.pk)
    assert permissions.is_manager(person, cast.agency)
    assert not permissions.roles(person, other)
    assert cast.agency.invitations.count() == 1
    assert person.email in {mail.to[0] for mail in mailoutbox}
    assert "None found." in client.get(reverse("admin:agencies_agency_duplicates")).content.decode()


def test_one_that_looks_like_no_other_is_closed_into_an_agency_that_is_searched_for(
    cast: Cast, client_of
) -> None:
    lone = AgencyFactory(legal_name="Quiet Waters Trust", common_name="", ein="")
    client, url = client_of(cast.admin), act("onboarding_agency_merge", lone)
    page = client.get(url).text
    assert "No agency looks like this one." in page
    assert 'type="radio"' not in page
    found = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "onboarding", "model_name": "application", "field_name": "agency", "term": "Harbor"},
    )
    assert [row["id"] for row in found.json()["results"]] == [str(cast.agency.pk)]
    refused = client.post(url, {"other": "", "reason": "Opened twice"})
    assert (refused.status_code, "Select the agency that goes on" in refused.text) == (422, True)
    assert client.post(url, {"other": str(lone.pk), "reason": "Opened twice"}).status_code == 422
    assert client.post(url, {"other": str(cast.agency.pk), "reason": "Opened twice"}).status_code == 302
    lone.refresh_from_db()
    assert lone.state == Agency.State.LEFT


def test_an_agency_leaves(cast: Cast, client_of) -> None:
    client = client_of(cast.admin)
    url = act("onboarding_agency_leave", cast.agency)
    assert "Enter the reason" in client.post(url, {"reason": ""}).content.decode()
    client.post(url, {"reason": "Closed its doors"})
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.LEFT
    assert client.post(url, {"reason": "Again"}).status_code == 302
    assert AuditEvent.objects.filter(verb="leave", agency_id=cast.agency.pk).count() == 1
