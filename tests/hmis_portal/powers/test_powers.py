"""Acts of power take two: each way in which one HMIS Admin could do it alone is tried, and refused."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from agencies import permissions
from agencies.models import User
from agencies.services import account, powers
from hmis_portal.models import AuditEvent, PowerRequest
from hmis_portal.powers import asking
from hmis_portal.tasks import sweep_powers
from hmis_portal.web.errors import GuardFailed, WrongState
from tests.cast import Cast, sign_in
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
Outcome = PowerRequest.Outcome


def lead() -> Group:
    return Group.objects.get(name=permissions.LEAD_SIGNATORY)


def ask(cast: Cast, person: User | None = None) -> PowerRequest:
    return powers.ask_for_groups(
        user=person or cast.staff, by=cast.admin, groups=[lead()], reason="The board named them"
    )


def url(name: str, row: PowerRequest) -> str:
    return reverse(f"admin:hmis_portal_power_{name}", args=[row.pk])


def groups_of(person: User) -> list[str]:
    return sorted(group.name for group in User.objects.get(pk=person.pk).groups.all())


def told() -> set[str]:
    return {message.to[0] for message in mail.outbox}


def test_a_puppet_lead_needs_a_second_admin(cast: Cast, second: User, client_of, commits) -> None:
    """The attack: one Admin makes somebody Lead signatory who does what they are told."""
    page = reverse("admin:agencies_user_groups", args=[cast.staff.pk])
    client = client_of(cast.admin)
    assert "This takes two people" in client.get(page).text
    with commits():
        answer = client.post(page, {"groups": [lead().pk], "reason": "The board named them"}, follow=True)
    assert "Another HMIS Admin decides" in answer.text
    row = PowerRequest.objects.get()
    assert groups_of(cast.staff) == []
    assert told() == {second.email, cast.staff.email, cast.auditor.email}
    mine = client.post(url("grant", row), {})
    assert "You asked for it yourself" in mine.text
    assert groups_of(cast.staff) == []
    mail.outbox.clear()
    other = client_of(second)
    assert "The board named them" in other.get(url("grant", row)).text
    with commits():
        assert other.post(url("grant", row), {}).status_code == 302
    assert groups_of(cast.staff) == ["Lead signatory"]
    assert User.objects.get(pk=cast.staff.pk).is_staff
    assert told() == {cast.admin.email, cast.staff.email, cast.auditor.email}
    done = AuditEvent.objects.get(verb="changed groups")
    assert (done.actor, done.data["granted_by"], done.data["added"]) == (
        cast.admin,
        second.pk,
        ["Lead signatory"],
    )
    assert AuditEvent.objects.filter(verb="asked for a second person", actor=cast.admin).exists()
    assert AuditEvent.objects.filter(verb="granted as the second person", actor=second).exists()


@pytest.mark.parametrize("kind", ["lead", "trainer", "auditor"])
def test_others_of_the_hmis_read_it_and_decide_nothing(
    cast: Cast, second: User, client_of, kind: str
) -> None:
    row, client = ask(cast), client_of(cast.person(kind))
    assert row.what in client.get(reverse("admin:hmis_portal_powerrequest_change", args=[row.pk])).text
    assert row.what in client.get("/admin/").text
    assert client.post(url("grant", row), {}).status_code == 403
    assert client.post(url("refuse", row), {"reason": "No"}).status_code == 403
    assert PowerRequest.objects.get().is_waiting


def test_nobody_asks_or_grants_for_themselves(cast: Cast, second: User, client_of) -> None:
    page = reverse("admin:agencies_user_groups", args=[cast.admin.pk])
    client = client_of(cast.admin)
    assert "Nobody changes their own groups" in client.get(page).text
    client.post(page, {"groups": [lead().pk], "reason": "Me"})
    assert not PowerRequest.objects.exists()
    row = ask(cast, second)
    with pytest.raises(GuardFailed, match="It concerns you"):
        asking.grant(row, by=second)


@pytest.mark.parametrize("kind", ["lead", "trainer", "auditor", "director"])
def test_only_an_hmis_admin_asks(cast: Cast, kind: str) -> None:
    with pytest.raises(PermissionDenied):
        powers.ask_for_groups(user=cast.staff, by=cast.person(kind), groups=[lead()], reason="Why not")


def test_the_page_of_a_person_changes_no_power(cast: Cast, second: User, client_of) -> None:
    """Whatever else is sent with name and phone."""
    typed = {
        "first_name": "Sasha", "last_name": "Staff", "title": "", "phone": "", "groups": [lead().pk], "is_superuser": "on",
        "is_staff": "on", "user_permissions": [1], "is_active": "", "password": "x", "email": "a@b.example",
    }  # fmt: skip
    client_of(cast.admin).post(reverse("admin:agencies_user_change", args=[cast.staff.pk]), typed)
    user = User.objects.get(pk=cast.staff.pk)
    assert (user.is_superuser, user.is_staff, user.is_active) == (False, False, True)
    assert (user.email, user.password) == (cast.staff.email, cast.staff.password)
    assert not user.groups.exists()
    assert not user.user_permissions.exists()


def test_a_new_colleague_has_no_power_until_it_is_granted(cast: Cast, second: User, client_of) -> None:
    typed = {"email": "new@hmis.example", "first_name": "Nora", "last_name": "New", "title": "", "groups": [lead().pk], "reason": "Hired"}  # fmt: skip
    client_of(cast.admin).post(reverse("admin:agencies_user_add"), typed)
    made = User.objects.get(email="new@hmis.example")
    assert (made.is_staff, groups_of(made)) == (False, [])
    asking.grant(PowerRequest.objects.get(person=made), by=second)
    assert groups_of(made) == ["Lead signatory"]


def test_refused_and_taken_back_change_nothing(cast: Cast, second: User, client_of, commits) -> None:
    row = ask(cast)
    other = client_of(second)
    assert "Enter the reason" in other.post(url("refuse", row), {"reason": ""}).text
    with commits():
        other.post(url("refuse", row), {"reason": "Not known to me"})
    row.refresh_from_db()
    assert (row.outcome, row.decided_by) == (Outcome.REFUSED, second)
    assert "Not known to me" in next(one.body for one in mail.outbox if one.to == [cast.admin.email])
    again = ask(cast)
    assert "Only who asked takes it back" in other.get(url("take_back", again)).text
    assert other.post(url("take_back", again), {}).status_code == 403
    client_of(cast.admin).post(url("take_back", again), {})
    again.refresh_from_db()
    assert again.outcome == Outcome.TAKEN_BACK
    assert groups_of(cast.staff) == []


def test_a_decision_is_made_once(cast: Cast, second: User) -> None:
    row = ask(cast)
    asking.grant(row, by=second)
    with pytest.raises(WrongState, match="already decided: Granted"):
        asking.refuse(row, by=second, reason="Too late")
    with pytest.raises(WrongState):
        asking.grant(row, by=second)
    assert AuditEvent.objects.filter(verb="changed groups").count() == 1


def test_it_is_asked_once_and_lapses(cast: Cast, second: User, time_machine) -> None:
    row = ask(cast)
    with pytest.raises(GuardFailed, match="waits to be decided"):
        ask(cast)
    time_machine.move_to(timezone.now() + dt.timedelta(days=15))
    with pytest.raises(WrongState, match="lapsed"):
        asking.grant(row, by=second)
    sweep_powers()
    sweep_powers()
    row.refresh_from_db()
    assert row.outcome == Outcome.LAPSED
    assert AuditEvent.objects.filter(verb="let a request lapse").count() == 1
    assert groups_of(cast.staff) == []


def test_who_asked_must_still_be_an_admin_when_it_is_granted(cast: Cast, second: User) -> None:
    row = ask(cast)
    cast.admin.groups.clear()
    with pytest.raises(GuardFailed, match="no longer an HMIS Admin"):
        asking.grant(row, by=second)


def test_what_changed_meanwhile_is_not_overwritten(cast: Cast, second: User) -> None:
    row = ask(cast)
    cast.staff.groups.add(Group.objects.get(name=permissions.TRAINER))
    with pytest.raises(GuardFailed, match="changed since this was asked"):
        asking.grant(row, by=second)


def test_the_portal_keeps_an_admin(cast: Cast, second: User) -> None:
    third = UserFactory(groups=(permissions.HMIS_ADMIN,))
    row = powers.ask_for_groups(user=second, by=cast.admin, groups=[], reason="Left")
    cast.admin.groups.clear()
    with pytest.raises(GuardFailed):
        asking.grant(row, by=third)
    assert groups_of(second) == ["HMIS Admin"]


def test_the_only_admin_gives_notice_to_everybody_for_72_hours(
    cast: Cast, client_of, commits, time_machine
) -> None:
    page = reverse("admin:agencies_user_groups", args=[cast.staff.pk])
    client = client_of(cast.admin)
    assert "carried out after 72 hours" in client.get(page).text
    with commits():
        client.post(page, {"groups": [lead().pk], "reason": "The board named them"})
    row = PowerRequest.objects.get()
    everybody = {person.email for person in (cast.lead, cast.trainer, cast.auditor, cast.staff)}
    assert told() == everybody
    assert all("unless one of you stops it" in " ".join(one.body.split()) for one in mail.outbox)
    time_machine.move_to(row.notice_until - dt.timedelta(minutes=1))
    sweep_powers()
    assert groups_of(cast.staff) == []
    time_machine.move_to(row.notice_until + dt.timedelta(minutes=1))
    sweep_powers()
    sweep_powers()
    row.refresh_from_db()
    assert (row.outcome, row.decided_by) == (Outcome.UNOPPOSED, None)
    assert groups_of(cast.staff) == ["Lead signatory"]
    assert AuditEvent.objects.filter(verb="carried out after notice").count() == 1
    assert AuditEvent.objects.filter(verb="changed groups").count() == 1


@pytest.mark.parametrize("kind", ["lead", "trainer", "auditor"])
def test_anybody_told_stops_it(cast: Cast, client_of, kind: str) -> None:
    row = ask(cast)
    client = client_of(cast.person(kind))
    assert client.get(reverse("powers:request", args=[row.pk])).status_code == 302
    client.post(url("refuse", row), {"reason": "I do not know them"})
    row.refresh_from_db()
    assert (row.outcome, row.decided_by) == (Outcome.REFUSED, cast.person(kind))


def test_whom_it_concerns_stops_it_without_the_desk(cast: Cast, client_of) -> None:
    row, page = ask(cast), ""
    page = reverse("powers:request", args=[row.pk])
    client = client_of(cast.staff)
    assert "Stop it" in client.get(page).text
    assert "It is stopped" in client.post(page, {"reason": "I did not ask for this"}, follow=True).text
    row.refresh_from_db()
    assert row.decided_by == cast.staff
    assert "Stop it" not in client.get(page).text


def test_the_asker_does_not_hurry_the_notice(cast: Cast, client_of) -> None:
    row = ask(cast)
    assert "You asked for it yourself" in client_of(cast.admin).post(url("grant", row), {}).text
    assert client_of(cast.admin).post(url("refuse", row), {"reason": "x"}).status_code == 403
    assert PowerRequest.objects.get().is_waiting


def test_a_stranger_learns_of_no_request(cast: Cast, second: User, client_of) -> None:
    page = reverse("powers:request", args=[ask(cast).pk])
    assert client_of(cast.stranger).get(page).status_code == 404
    assert client_of(cast.director).get(page).status_code == 404
    assert "Stop it" not in client_of(cast.staff).get(page).text  # a second Admin decides


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": "granted", "decided_by": "admin", "decided_at": True, "carried_out_at": True},  # by who asked
        {"outcome": "granted", "decided_by": "staff", "decided_at": True, "carried_out_at": True},  # by whom it concerns
        {"outcome": "granted", "decided_by": "second", "decided_at": True},  # and not carried out
        {"outcome": "granted", "decided_at": True, "carried_out_at": True},  # by nobody
        {"outcome": "unopposed", "decided_at": True, "carried_out_at": True},  # without a notice
        {"outcome": "refused", "decided_by": "second"},  # without a time
        {"asked_by": "staff"},  # for oneself
    ],
)  # fmt: skip
def test_the_database_refuses_one_person_alone(cast: Cast, second: User, fields: dict) -> None:
    row = ask(cast)
    people = {"admin": cast.admin, "staff": cast.staff, "second": second}
    values = {
        name: people.get(value, timezone.now() if value is True else value) for name, value in fields.items()
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        PowerRequest.objects.filter(pk=row.pk).update(**values)


def test_a_decided_request_is_never_changed_and_none_deleted(cast: Cast, second: User) -> None:
    row = ask(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    asking.grant(row, by=second)
    with pytest.raises(DatabaseError), transaction.atomic():
        PowerRequest.objects.filter(pk=row.pk).update(reason="Another")


def test_the_list_does_not_grow_in_queries(
    cast: Cast, second: User, client_of, django_assert_max_num_queries
) -> None:
    client, page = client_of(cast.admin), reverse("admin:hmis_portal_powerrequest_changelist")
    ask(cast)
    client.get(page)
    for _number in range(10):
        ask(cast, UserFactory())
    with django_assert_max_num_queries(15):
        assert client.get(page + "?waits=second").status_code == 200
    assert ">11<" in client.get("/admin/").text


def test_the_first_admin_is_made_once(cast: Cast) -> None:
    with pytest.raises(WrongState, match="There is an HMIS Admin already"):
        account.make_first_admin(email="boss@hmis.example", first_name="B", last_name="Oss")
    cast.admin.groups.clear()
    made = account.make_first_admin(email="boss@hmis.example", first_name="B", last_name="Oss")
    assert permissions.is_hmis_admin(made)
    with pytest.raises(WrongState):
        account.make_first_admin(email="other@hmis.example", first_name="O", last_name="Ther")


def test_a_person_signed_in_without_the_second_factor_decides_nothing(
    cast: Cast, second: User, settings, client
) -> None:
    row = ask(cast)
    settings.ADMIN_SECOND_FACTOR = True
    client.force_login(second, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post(url("grant", row), {})
    assert PowerRequest.objects.get().is_waiting
    sign_in(client, second)
    client.post(url("grant", row), {})
    assert not PowerRequest.objects.get().is_waiting
