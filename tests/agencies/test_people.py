"""Managers, editors and invitations of an agency."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from agencies import permissions
from agencies.models import AgencyRole, Invitation, User
from agencies.services import invitations, people, powers
from hmis_portal.models import AuditEvent, Message
from hmis_portal.powers import asking
from hmis_portal.web.errors import GuardFailed, WrongState
from tests.cast import Cast, confirm_again
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NEW = {"first_name": "Nina", "last_name": "New", "email": "Nina@Harbor.example", "role": "editor"}


def page(cast: Cast, rest: str = "") -> str:
    return f"/agencies/{cast.agency.pk}/people/{rest}"


def invited(cast: Cast, role: AgencyRole = AgencyRole.EDITOR) -> Invitation:
    return invitations.invite(agency=cast.agency, email="nina@harbor.example", role=role, by=cast.director)


def test_people_page_lists_roles_and_invitations(
    cast: Cast, client_of, django_assert_max_num_queries
) -> None:
    invited(cast)
    client = client_of(cast.director)
    with django_assert_max_num_queries(12):
        text = client.get(page(cast)).content.decode()
    for words in ("Dana Director", "Chris Coordinator", "Sidney Signatory", "nina@harbor.example"):
        assert words in text
    assert "Robin Stranger" not in text


def test_editors_see_the_people_without_the_acts(cast: Cast, client_of) -> None:
    text = client_of(cast.coordinator).get(page(cast)).content.decode()
    assert "Dana Director" in text
    assert "Invite a colleague" not in text


def test_invite_makes_a_person_without_password_and_mails_a_link(cast: Cast, client_of, mailoutbox) -> None:
    client_of(cast.director).post(page(cast, "invite/"), NEW)
    user = User.objects.get(email="nina@harbor.example")
    row = Invitation.objects.get(user=user)
    assert not user.has_usable_password()
    assert (row.role, row.agency, row.created_by) == ("editor", cast.agency, cast.director)
    assert timedelta(days=13) < row.expires_at - timezone.now() <= timedelta(days=14)
    assert not permissions.roles(user, cast.agency)
    assert mailoutbox[0].to == ["nina@harbor.example"]
    assert "/invitations/" in mailoutbox[0].body
    assert "[personal link]" in Message.objects.get(user=user).body_text
    assert AuditEvent.objects.filter(verb="invited", actor=cast.director, agency_id=cast.agency.pk).exists()


def test_inviting_twice_sends_the_same_invitation_again(cast: Cast, client_of, mailoutbox) -> None:
    for _click in range(2):
        client_of(cast.director).post(page(cast, "invite/"), NEW)
    assert Invitation.objects.get().sent_count == 2
    assert len(mailoutbox) == 2


def test_a_person_with_the_role_is_not_invited_again(cast: Cast, client_of, mailoutbox) -> None:
    answer = client_of(cast.director).post(page(cast, "invite/"), {**NEW, "email": cast.coordinator.email})
    assert answer.status_code == 303
    assert not Invitation.objects.exists()
    assert not mailoutbox


def test_invitations_of_a_day_are_limited(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "INVITED_A_DAY", 1)
    invited(cast)
    with pytest.raises(GuardFailed):
        invitations.invite(
            agency=cast.agency, email="other@harbor.example", role=AgencyRole.EDITOR, by=cast.director
        )


def test_send_again_makes_it_valid_anew(cast: Cast, client_of, mailoutbox) -> None:
    row = invited(cast)
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        client_of(cast.director).post(f"/agencies/{cast.agency.pk}/invitations/{row.pk}/resend/")
        row.refresh_from_db()
        assert not row.has_lapsed
    assert row.sent_count == 2
    assert mailoutbox[-1].to == ["nina@harbor.example"]


def test_sending_has_an_end(cast: Cast) -> None:
    row = invited(cast)
    for _time in range(invitations.SENT_AT_MOST - 1):
        invitations.send_again(invitation=row, by=cast.director)
    with pytest.raises(GuardFailed):
        invitations.send_again(invitation=row, by=cast.director)


def test_revoke_asks_first_and_then_stops_the_link(cast: Cast, client_of) -> None:
    row = invited(cast)
    url = f"/agencies/{cast.agency.pk}/invitations/{row.pk}/revoke/"
    client = client_of(cast.director)
    assert "Revoke the invitation?" in client.get(url).content.decode()
    row.refresh_from_db()
    assert row.is_open
    client.post(url)
    row.refresh_from_db()
    assert row.revoked_at
    assert client.post(url).status_code == 303  # a second click says so and does nothing
    assert AuditEvent.objects.filter(verb="revoked invitation").count() == 1


def test_another_agencys_invitation_is_not_found(cast: Cast, client_of) -> None:
    row = invitations.invite(
        agency=cast.other_agency, email="x@river.example", role=AgencyRole.EDITOR, by=cast.stranger
    )
    url = f"/agencies/{cast.agency.pk}/invitations/{row.pk}/revoke/"
    assert client_of(cast.director).post(url).status_code == 404


def test_a_manager_removes_an_editor_who_is_told(cast: Cast, client_of, mailoutbox) -> None:
    url = page(cast, f"{cast.coordinator.pk}/end/editor/")
    client = client_of(cast.director)
    assert "Remove Chris Coordinator?" in client.get(url).content.decode()
    client.post(url)
    assert not permissions.is_editor(User.objects.get(pk=cast.coordinator.pk), cast.agency)
    assert mailoutbox[0].to == [cast.coordinator.email]
    assert AuditEvent.objects.filter(verb="ended role", before="Editor").exists()
    assert client_of(cast.coordinator).get(page(cast)).status_code == 404


def test_an_editor_lays_down_the_own_role_but_removes_nobody(cast: Cast, client_of, mailoutbox) -> None:
    client = client_of(cast.coordinator)
    assert client.post(page(cast, f"{cast.director.pk}/end/manager/")).status_code == 403
    assert client.post(page(cast, f"{cast.coordinator.pk}/end/editor/")).status_code == 302
    assert not permissions.is_editor(User.objects.get(pk=cast.coordinator.pk), cast.agency)
    assert not mailoutbox


def test_the_last_manager_cannot_leave(cast: Cast, client_of) -> None:
    answer = client_of(cast.director).post(page(cast, f"{cast.director.pk}/end/manager/"))
    assert answer.status_code == 303
    assert permissions.is_manager(User.objects.get(pk=cast.director.pk), cast.agency)


def test_a_manager_whose_account_is_closed_does_not_count(cast: Cast) -> None:
    second = UserFactory()
    permissions.grant(second, cast.agency, AgencyRole.MANAGER)
    User.objects.filter(pk=second.pk).update(is_active=False)
    with pytest.raises(GuardFailed):
        people.end_role(agency=cast.agency, person=cast.director, role=AgencyRole.MANAGER, by=cast.director)


def test_hand_over_tells_both(cast: Cast, client_of, mailoutbox) -> None:
    client = confirm_again(client_of(cast.director), cast.director)
    client.post(page(cast, "hand-over/"), {"to": cast.coordinator.pk, "stay": "yes"})
    director, coordinator = User.objects.get(pk=cast.director.pk), User.objects.get(pk=cast.coordinator.pk)
    assert permissions.roles(coordinator, cast.agency) == {"manager"}
    assert permissions.roles(director, cast.agency) == {"editor"}
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([director.email, coordinator.email])
    assert (
        client.post(page(cast, "hand-over/"), {"to": cast.coordinator.pk, "stay": "yes"}).status_code == 403
    )
    assert AuditEvent.objects.filter(verb="handed over management").count() == 1


def test_people_with_the_longest_names_hand_over(cast: Cast, client_of) -> None:
    User.objects.filter(pk__in=[cast.director.pk, cast.coordinator.pk]).update(
        first_name="Maximiliane-" * 8, last_name="Wolfeschlegel" * 7
    )
    confirm_again(client_of(cast.director), cast.director).post(
        page(cast, "hand-over/"), {"to": cast.coordinator.pk, "stay": "yes"}
    )
    assert permissions.is_manager(User.objects.get(pk=cast.coordinator.pk), cast.agency)
    assert AuditEvent.objects.get(verb="handed over management").before.startswith("Maximiliane-")


def test_hand_over_only_to_people_of_the_agency(cast: Cast, client_of) -> None:
    answer = confirm_again(client_of(cast.director), cast.director).post(
        page(cast, "hand-over/"), {"to": cast.stranger.pk, "stay": "no"}
    )
    assert "Select the answer to “Who takes over?” from the list" in answer.content.decode()
    with pytest.raises(GuardFailed):
        people.hand_over(agency=cast.agency, by=cast.director, to=cast.stranger, stay_as_editor=False)


def test_nobody_to_hand_over_to_is_said(cast: Cast, client_of) -> None:
    for role, person in ((AgencyRole.EDITOR, cast.coordinator), (AgencyRole.SIGNATORY, cast.signatory)):
        permissions.revoke(person, cast.agency, role)
    assert (
        "nobody to hand over to"
        in confirm_again(client_of(cast.director), cast.director)
        .get(page(cast, "hand-over/"))
        .content.decode()
    )


def name_manager(cast: Cast, commits, **given: Any) -> None:
    """Asked by one HMIS Admin, granted by another."""
    second = UserFactory(groups=(permissions.HMIS_ADMIN,))
    with commits():
        row = powers.ask_to_name_manager(
            agency=cast.agency, by=cast.admin,
            **{"first_name": "", "last_name": "", "title": "", "replaced": [], **given},
        )  # fmt: skip
        asking.grant(row, by=second)


def test_admin_names_a_manager_with_account_at_once(cast: Cast, commits, mailoutbox) -> None:
    new = UserFactory(email="nora@harbor.example")
    name_manager(cast, commits, email=new.email, reason="Director retired", replaced=[cast.director])
    assert permissions.roles(User.objects.get(pk=new.pk), cast.agency) == {"manager"}
    assert not permissions.roles(User.objects.get(pk=cast.director.pk), cast.agency)
    named = [mail for mail in mailoutbox if "was named" in mail.subject or "now manage" in mail.subject]
    assert {mail.to[0] for mail in named} >= {new.email, cast.director.email}
    assert all("Director retired" in mail.body for mail in named)
    with pytest.raises(WrongState):
        name_manager(cast, commits, email=new.email, reason="again")


def test_admin_names_a_manager_without_account_by_invitation(cast: Cast, commits, mailoutbox) -> None:
    name_manager(
        cast, commits, email="nora@harbor.example", first_name="Nora", last_name="Next", reason="Gone"
    )
    assert Invitation.objects.get().role == "manager"
    assert {cast.director.email, "nora@harbor.example"} <= {mail.to[0] for mail in mailoutbox}


def test_a_colleague_is_chosen_among_those_without_a_role(cast: Cast, client_of) -> None:
    staff = cast.staff_row
    client = client_of(cast.director)
    text = client.get(page(cast, "invite/")).text
    assert f'<option value="{staff.email}">{staff.name}, {staff.email}</option>' in text
    assert f'value="{cast.coordinator.email}"' not in text
    assert cast.other_staff_row.email not in text
    chosen = {"colleague": staff.email, "role": "editor", "first_name": "Typed", "last_name": "Before"}
    assert (
        client.post(page(cast, "invite/"), {**chosen, "colleague": cast.coordinator.email}).status_code == 200
    )
    assert client.post(page(cast, "invite/"), chosen).status_code == 302
    assert Invitation.objects.get().user.email == staff.email
    assert f'value="{staff.email}"' not in client.get(page(cast, "invite/")).text, "invited already"
