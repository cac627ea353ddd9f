"""The page behind the link of an invitation."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.utils import timezone

from agencies import emails, permissions
from agencies.models import AgencyRole, Invitation, User
from agencies.services import account, invitations
from hmis_portal.models import AuditEvent
from tests.cast import Cast
from tests.factories import PASSWORD, StaffFactory

pytestmark = pytest.mark.django_db
WORDS = {"first_name": "Nina", "last_name": "New", "password": "several words that do not belong"}


def invited(
    cast: Cast, email: str = "nina@harbor.example", role: AgencyRole = AgencyRole.EDITOR
) -> tuple[Invitation, str]:
    row = invitations.invite(agency=cast.agency, email=email, role=role, by=cast.director)
    return row, urlsplit(emails.invitation_link(str(row.pk))).path


def test_a_new_person_sets_a_password_and_is_signed_in(cast: Cast, client_of) -> None:
    row, url = invited(cast)
    client = client_of(None)
    assert (
        "Harbor House invites you to work with it here. Your role: Editor" in client.get(url).content.decode()
    )
    answer = client.post(url, WORDS)
    assert answer["Location"] == f"/agencies/{cast.agency.pk}/"
    user = User.objects.get(email="nina@harbor.example")
    assert user.check_password(WORDS["password"])
    assert permissions.roles(user, cast.agency) == {"editor"}
    assert EmailAddress.objects.get(user=user).verified
    assert client.get("/me/").status_code == 200
    row.refresh_from_db()
    assert row.accepted_at
    assert AuditEvent.objects.filter(verb="accepted invitation", actor=user).exists()


def test_the_new_account_signs_in_with_its_password(cast: Cast, client_of) -> None:
    client_of(None).post(invited(cast)[1], WORDS)
    client = client_of(None)
    client.post("/accounts/login/", {"login": "nina@harbor.example", "password": WORDS["password"]})
    assert client.get("/start/")["Location"] == f"/agencies/{cast.agency.pk}/"


def test_the_signing_page_counts_the_new_password_as_just_given(cast: Cast, client_of) -> None:
    client = client_of(None)
    client.post(invited(cast)[1], WORDS)
    assert [one["method"] for one in client.session["account_authentication_methods"]] == ["password"]


def test_weak_passwords_come_back(cast: Cast, client_of) -> None:
    row, url = invited(cast)
    text = client_of(None).post(url, {**WORDS, "password": "harbor"}).content.decode()
    assert "Error: Accept your invitation" in text
    assert 'value="Nina"' in text
    row.refresh_from_db()
    assert row.is_open


def test_a_person_with_account_signs_in_first_and_accepts(cast: Cast, client_of) -> None:
    _row, url = invited(cast, cast.staff.email)
    assert "You have an account" in client_of(None).get(url).content.decode()
    assert client_of(None).post(url, WORDS).status_code == 200  # a stranger with the link sets nothing
    assert User.objects.get(pk=cast.staff.pk).check_password(PASSWORD)
    client = client_of(cast.staff)
    client.post(url)
    assert permissions.roles(User.objects.get(pk=cast.staff.pk), cast.agency) == {"editor"}
    assert client.get(url)["Location"] == f"/agencies/{cast.agency.pk}/"  # a used link leads its owner on
    assert "accepted this invitation already" in client_of(None).get(url).text
    assert f"next={url}" in client_of(None).get(url).text
    assert "accepted this invitation already" in client_of(cast.director).get(url).text


def test_only_the_invited_address_accepts(cast: Cast, client_of) -> None:
    row, url = invited(cast)
    answer = client_of(cast.stranger).post(url, WORDS)
    assert "for another address" in answer.content.decode()
    row.refresh_from_db()
    assert row.is_open


def test_a_lapsed_link_says_so_and_offers_a_new_one(cast: Cast, client_of, mailoutbox) -> None:
    _row, url = invited(cast)
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        client = client_of(None)
        answer = client.get(url)
        assert answer.status_code == 410
        assert "This invitation has lapsed" in answer.content.decode()
        assert client.post(url, WORDS).status_code == 410
        client.post(f"{url}renew/")
        assert mailoutbox[-1].to == ["nina@harbor.example"]
        link = re.search(r"http\S+/invitations/\S+", mailoutbox[-1].body)
        assert link
        assert client.get(link.group(0)).status_code == 200


def test_a_revoked_link_says_so(cast: Cast, client_of) -> None:
    row, url = invited(cast)
    invitations.revoke_invitation(invitation=row, by=cast.director)
    assert "This invitation was withdrawn" in client_of(None).get(url).content.decode()
    assert client_of(None).post(f"{url}renew/").status_code == 303


def test_a_forged_link_is_not_found(client_of) -> None:
    assert client_of(None).get("/invitations/abc/").status_code == 404


def test_a_manager_invitation_replaces_the_editors_role(cast: Cast, client_of) -> None:
    _row, url = invited(cast, cast.coordinator.email, AgencyRole.MANAGER)
    client_of(cast.coordinator).post(url)
    assert permissions.roles(User.objects.get(pk=cast.coordinator.pk), cast.agency) == {"manager"}


def test_closed_accounts_cannot_be_invited(cast: Cast, client_of) -> None:
    account.close_account(user=cast.staff, by=cast.staff)
    answer = client_of(cast.director).post(
        f"/agencies/{cast.agency.pk}/people/invite/",
        {"first_name": "S", "last_name": "S", "email": cast.staff.email, "role": "editor"},
    )
    assert f"The account of {cast.staff.email} was closed" in answer.text  # beside what was typed
    assert not Invitation.objects.exists()


def test_staff_without_account_are_invited_to_their_own_page(
    cast: Cast, client_of, commits, mailoutbox
) -> None:
    staff = StaffFactory(agency=cast.agency, email="sam@harbor.example", first_name="Sam", last_name="Staff")
    with commits():
        row = invitations.invite_staff(staff=staff, by=cast.admin)
        assert invitations.invite_staff(staff=staff, by=cast.admin) == row  # safe to repeat
    assert [mail.to for mail in mailoutbox] == [["sam@harbor.example"]]
    staff.refresh_from_db()
    assert row is not None
    assert staff.user == row.user
    client = client_of(None)
    answer = client.post(emails.invitation_link(str(row.pk)), WORDS)
    assert answer["Location"] == "/training/"
    assert not permissions.roles(User.objects.get(pk=row.user_id), cast.agency)


def test_staff_with_account_are_linked_and_told(cast: Cast, commits, mailoutbox) -> None:
    staff = StaffFactory(agency=cast.other_agency, email=cast.staff.email)
    with commits():
        assert invitations.invite_staff(staff=staff, by=None) is None
    staff.refresh_from_db()
    assert staff.user == cast.staff
    assert "River Street Shelter lists you" in mailoutbox[0].subject


def test_an_earlier_link_lapses_when_a_newer_one_is_sent(cast: Cast, client_of) -> None:
    row, old = invited(cast)
    invitations.send_again(invitation=row, by=cast.director)
    client = client_of(None)
    page = client.get(old)
    assert page.status_code == 410
    assert "A newer link was sent" in page.text
    assert client.post(old, WORDS).status_code == 410
    row.refresh_from_db()
    assert row.accepted_at is None
    new = urlsplit(emails.invitation_link(str(row.pk))).path
    assert client.post(new, WORDS).status_code == 302
    row.refresh_from_db()
    assert row.accepted_at


def test_the_start_page_has_a_button_for_a_waiting_invitation(cast: Cast, client_of) -> None:
    _row, old = invited(cast, cast.staff.email)
    row, _later = invited(cast, cast.staff.email)
    client = client_of(cast.staff)
    assert client.get(old)["Location"] == "/start/"  # an earlier link, opened by its owner
    page = client.get("/start/").text
    assert "Accept invitation" in page
    (url,) = re.findall(
        r'action="(/invitations/[^"]+/)"', page
    )  # a link says the second in which it was made
    assert client.post(url)["Location"] == f"/agencies/{cast.agency.pk}/"
    permissions.revoke(cast.staff, cast.agency, AgencyRole.EDITOR)
    assert client.get(url)["Location"] == "/start/"  # the role has ended since
    row.refresh_from_db()
    assert row.accepted_at
