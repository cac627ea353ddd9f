"""Closing or resetting a colleague of the HMIS, and naming a manager where there is one, take two people."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from agencies import permissions
from agencies.models import User
from agencies.services import account, people
from hmis_portal.models import AuditEvent, PowerRequest
from hmis_portal.powers import asking
from hmis_portal.web.errors import GuardFailed
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def page(name: str, person: User) -> str:
    return reverse(f"admin:agencies_user_{name}", args=[person.pk])


def again(person: User) -> User:
    return User.objects.get(pk=person.pk)


def test_the_lead_is_not_closed_by_one(cast: Cast, second: User, client_of, commits, mailoutbox) -> None:
    """The attack: the real Lead signatory is closed, and a puppet takes over."""
    client = client_of(cast.admin)
    assert "This takes two people" in client.get(page("close", cast.lead)).text
    with commits():
        client.post(page("close", cast.lead), {"reason": "Left"})
    assert again(cast.lead).is_active
    assert {one.to[0] for one in mailoutbox} == {cast.lead.email, second.email, cast.auditor.email}
    asking.grant(PowerRequest.objects.get(), by=second)
    lead = again(cast.lead)
    assert (lead.is_active, lead.is_staff, lead.groups.exists()) == (False, False, False)
    event = AuditEvent.objects.get(verb="closed account")
    assert (event.actor, event.data["granted_by"]) == (cast.admin, second.pk)


def test_the_lead_stops_their_own_closing_where_nobody_else_decides(cast: Cast, client_of) -> None:
    client_of(cast.admin).post(page("close", cast.lead), {"reason": "Left"})
    row = PowerRequest.objects.get()
    assert row.notice_until
    url = reverse("admin:hmis_portal_power_refuse", args=[row.pk])
    client_of(cast.lead).post(url, {"reason": "I have not left"})
    row.refresh_from_db()
    assert (row.outcome, row.decided_by) == ("refused", cast.lead)


def test_an_account_opened_again_has_no_power(cast: Cast, second: User, client_of) -> None:
    client_of(cast.admin).post(page("close", cast.lead), {"reason": "Left"})
    asking.grant(PowerRequest.objects.get(), by=second)
    client_of(cast.admin).post(page("reopen", cast.lead), {"reason": "Back"})
    assert not permissions.is_hmis_staff(again(cast.lead))


def test_factors_of_a_colleague_are_reset_by_two(cast: Cast, second: User, client_of) -> None:
    client = client_of(cast.admin)
    factor = Authenticator.objects.create(user=cast.lead, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.post(page("reset_authenticator", cast.lead), {"checked": "video", "reason": "Lost the phone"})
    assert Authenticator.objects.filter(pk=factor.pk).exists()
    row = PowerRequest.objects.get()
    assert "Lost the phone" in row.reason
    with pytest.raises(GuardFailed):
        asking.grant(row, by=cast.admin)
    asking.grant(row, by=second)
    assert not Authenticator.objects.filter(user=cast.lead).exists()


@pytest.mark.parametrize("act", [account.close_account, account.reset_authenticator])
def test_the_services_refuse_one_person_alone(cast: Cast, second: User, act) -> None:
    Authenticator.objects.create(user=cast.lead, type=Authenticator.Type.TOTP, data={"secret": "x"})
    with pytest.raises(GuardFailed, match="another grants it"):
        act(user=cast.lead, by=cast.admin, reason="Mine")
    assert again(cast.lead).is_active


NEW = {
    "first_name": "Nora",
    "last_name": "Next",
    "title": "",
    "email": "nora@evil.example",
    "reason": "She called",
}


def test_a_director_is_not_replaced_by_one(cast: Cast, second: User, client_of, commits, mailoutbox) -> None:
    """The attack: a manager of the Admin's own choice takes the place of the director."""
    url = reverse("admin:agencies_agency_name_manager", args=[cast.agency.pk])
    client = client_of(cast.admin)
    assert "This takes two people" in client.get(url).text
    with commits():
        client.post(url, {**NEW, "replaced": [cast.director.pk]})
    assert permissions.is_manager(again(cast.director), cast.agency)
    assert not User.objects.filter(email=NEW["email"]).exists()
    assert cast.director.email in {one.to[0] for one in mailoutbox}
    row = PowerRequest.objects.get()
    assert client_of(cast.director).get(reverse("powers:request", args=[row.pk])).status_code == 200
    asking.grant(row, by=second)
    assert not permissions.is_manager(again(cast.director), cast.agency)
    assert AuditEvent.objects.get(verb="named manager").data["granted_by"] == second.pk


def test_a_second_manager_takes_two_as_well(cast: Cast, second: User, client_of) -> None:
    """Or the puppet removes the director."""
    client_of(cast.admin).post(reverse("admin:agencies_agency_name_manager", args=[cast.agency.pk]), NEW)
    assert PowerRequest.objects.get().is_waiting
    with pytest.raises(GuardFailed, match="has a manager"):
        people.name_manager(agency=cast.agency, by=cast.admin, email=NEW["email"], reason="Mine")


def test_an_agency_without_a_manager_gets_one_from_one_admin_but_not_the_admin(cast: Cast, client_of) -> None:
    permissions.revoke(cast.director, cast.agency, permissions.AgencyRole.MANAGER)
    url = reverse("admin:agencies_agency_name_manager", args=[cast.agency.pk])
    client = client_of(cast.admin)
    assert "Nobody names themselves" in client.post(url, {**NEW, "email": cast.admin.email}).text
    client.post(url, {**NEW, "email": cast.coordinator.email})
    assert permissions.is_manager(again(cast.coordinator), cast.agency)
    assert not PowerRequest.objects.exists()


def test_managers_changed_meanwhile_are_not_overwritten(cast: Cast, second: User, client_of) -> None:
    client_of(cast.admin).post(reverse("admin:agencies_agency_name_manager", args=[cast.agency.pk]), NEW)
    permissions.grant(cast.coordinator, cast.agency, permissions.AgencyRole.MANAGER)
    with pytest.raises(GuardFailed, match="changed since this was asked"):
        asking.grant(PowerRequest.objects.get(), by=second)
