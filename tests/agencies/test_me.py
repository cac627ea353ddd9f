"""A person's own account: details, messages, closing it; where a sign-in leads."""

import datetime as dt

import pytest

from agencies import emails, permissions
from agencies.models import AgencyRole, Invitation, User
from agencies.services import account, invitations
from hmis_portal.models import AuditEvent, Message
from hmis_portal.web.errors import GuardFailed, WrongState
from tests.cast import Cast, confirm_again
from tests.factories import AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("director", "journey"),
        ("coordinator", "journey"),
        ("signatory", "mou"),
        ("staff", "training"),
        ("admin", "admin"),
        ("trainer", "admin"),
    ],
)
def test_sign_in_leads_to_the_place_of_work(cast: Cast, client_of, kind: str, page: str) -> None:
    agency = f"/agencies/{cast.agency.pk}/"
    places = {"journey": agency, "mou": f"{agency}mou/", "training": "/training/", "admin": "/admin/"}
    assert client_of(getattr(cast, kind)).get("/start/")["Location"] == places[page]


def test_nobody_yet_is_led_to_opening_an_agency(client_of) -> None:
    assert client_of(UserFactory()).get("/start/")["Location"] == "/agencies/new/"


def test_several_places_give_a_choice(cast: Cast, client_of) -> None:
    permissions.grant(cast.director, cast.other_agency, AgencyRole.EDITOR)
    text = client_of(cast.director).get("/start/").content.decode()
    assert "Harbor House" in text
    assert "River Street Shelter" in text


def test_an_open_invitation_is_shown(cast: Cast, client_of) -> None:
    invitations.invite(
        agency=cast.other_agency, email=cast.director.email, role=AgencyRole.EDITOR, by=cast.stranger
    )
    assert "You are invited as: Editor" in client_of(cast.director).get("/start/").content.decode()


def test_details_are_changed_and_recorded(cast: Cast, client_of) -> None:
    client = client_of(cast.director)
    data = {"first_name": "Dana", "last_name": "Changed", "title": "CEO", "phone": "860 555 0142"}
    client.post("/me/", data)
    cast.director.refresh_from_db()
    assert (cast.director.last_name, cast.director.title, cast.director.phone) == (
        "Changed",
        "CEO",
        "860-555-0142",
    )
    client.post("/me/", data)
    event = AuditEvent.objects.get(verb="changed own details")
    assert event.data["changed"]["last_name"] == ["Director", "Changed"]


def test_a_second_tab_is_told_what_the_first_saved(cast: Cast, client_of) -> None:
    client = client_of(cast.director)
    seen = client.get("/me/").context["form"]["seen"].value()
    data = {"first_name": "Dana", "last_name": "Director", "title": "", "phone": "", "seen": seen}
    assert client.post("/me/", data | {"phone": "860 555 0142"}).status_code == 302
    answer = client.post("/me/", data | {"title": "Zoë’s deputy"})
    assert answer.status_code == 200
    assert f"{cast.director} changed this on" in answer.text
    assert "Phone: 860-555-0142" in answer.text
    cast.director.refresh_from_db()
    assert (cast.director.phone, cast.director.title) != ("", "Zoë’s deputy")
    assert answer.context["form"]["title"].value() == "Zoë’s deputy"
    again = data | {"title": "Zoë’s deputy", "seen": answer.context["form"]["seen"].value()}
    assert client.post("/me/", again).status_code == 302
    cast.director.refresh_from_db()
    assert (cast.director.phone, cast.director.title) == ("", "Zoë’s deputy")


def test_invalid_details_come_back(cast: Cast, client_of) -> None:
    text = (
        client_of(cast.director)
        .post("/me/", {"first_name": "", "last_name": "X", "phone": "12"})
        .content.decode()
    )
    assert "Enter your first name" in text
    assert "Enter a phone number with 10 digits" in text


def test_me_asks_few_queries(cast: Cast, client_of, django_assert_max_num_queries) -> None:
    for _number in range(10):
        permissions.grant(cast.director, AgencyFactory(), AgencyRole.EDITOR)
    client = client_of(cast.director)
    with django_assert_max_num_queries(12):
        assert client.get("/me/").status_code == 200


def test_messages_are_ones_own_and_marked_as_seen(cast: Cast, client_of) -> None:
    emails.agency_opened(cast.agency, to=cast.director)
    message = Message.objects.get(user=cast.director)
    client = client_of(cast.director)
    assert "Unread" in client.get("/me/messages/").content.decode()
    assert "Begin with the requirements" in client.get(f"/me/messages/{message.pk}/").content.decode()
    message.refresh_from_db()
    assert message.seen_at
    assert client_of(cast.coordinator).get(f"/me/messages/{message.pk}/").status_code == 404


def test_a_personal_link_is_not_in_the_page(cast: Cast, client_of) -> None:
    row = invitations.invite(
        agency=cast.other_agency, email=cast.director.email, role=AgencyRole.EDITOR, by=cast.stranger
    )
    message = Message.objects.get(user=cast.director)
    text = client_of(cast.director).get(f"/me/messages/{message.pk}/").content.decode()
    assert "[personal link]" in text
    assert emails.invitation_link(str(row.pk)) not in text


def test_a_message_cannot_carry_markup_into_the_page(cast: Cast, client_of) -> None:
    message = Message.objects.create(
        key="x",
        name="x",
        user=cast.director,
        to="a@b.example",
        subject="<script>1</script>",
        body_html="",
        body_text="<b onclick=x>hi</b>",
    )
    text = client_of(cast.director).get(f"/me/messages/{message.pk}/").content.decode()
    assert "<b onclick" not in text
    assert "<script>1" not in text


def test_close_account(cast: Cast, client_of, mailoutbox) -> None:
    invitations.invite(
        agency=cast.other_agency, email=cast.coordinator.email, role=AgencyRole.EDITOR, by=cast.stranger
    )
    mailoutbox.clear()
    client = confirm_again(client_of(cast.coordinator), cast.coordinator)
    assert "are kept" in client.get("/me/close/").content.decode()
    client.post("/me/close/", {"reason": "New job"})
    person = User.objects.get(pk=cast.coordinator.pk)
    assert not person.is_active
    assert person.closed_at
    assert not permissions.roles(person, cast.agency)
    assert Invitation.objects.get().revoked_at
    told = {mail.to[0] for mail in mailoutbox}
    assert told >= {cast.coordinator.email, cast.director.email}  # on the roster: the manager is told
    assert client.get("/me/")["Location"].startswith("/accounts/login/")
    assert cast.coordinator_row.__class__.objects.filter(pk=cast.coordinator_row.pk).exists()
    assert AuditEvent.objects.filter(verb="closed account", reason="New job").exists()


def test_a_closed_account_cannot_sign_in(cast: Cast, client_of) -> None:
    account.close_account(user=cast.staff, by=cast.staff)
    client = client_of(None)
    client.post("/accounts/login/", {"login": cast.staff.email, "password": "correct horse battery staple"})
    assert client.get("/me/").status_code == 302


def test_the_last_manager_hands_over_first(cast: Cast, client_of) -> None:
    client = confirm_again(client_of(cast.director), cast.director)
    assert "you are the only manager of" in client.get("/me/close/").content.decode()
    client.post("/me/close/", {"reason": ""})
    assert User.objects.get(pk=cast.director.pk).is_active


def test_managers_of_an_agency_that_left_may_close(cast: Cast) -> None:
    cast.agency.state, cast.agency.left_at = "left", dt.datetime.now(dt.UTC)
    cast.agency.save()
    account.close_account(user=cast.director, by=cast.director)
    with pytest.raises(WrongState):
        account.close_account(user=cast.director, by=cast.director)


def test_hmis_staff_do_not_close_their_own(cast: Cast) -> None:
    with pytest.raises(GuardFailed):
        account.close_account(user=cast.admin, by=cast.admin)


def test_an_account_opened_again_has_no_roles(cast: Cast) -> None:
    account.close_account(user=cast.coordinator, by=cast.coordinator)
    account.reopen_account(user=cast.coordinator, by=cast.admin, reason="Came back")
    person = User.objects.get(pk=cast.coordinator.pk)
    assert person.is_active
    assert not permissions.roles(person, cast.agency)
