"""Another address for an account: confirmed at the new one, stopped from the old one for 72 hours, then done."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail as outbox
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from agencies.models import User
from hmis_portal.accounts import email_change
from hmis_portal.events import AccountEvent
from hmis_portal.models import AuditEvent, EmailChange
from hmis_portal.tasks import finish_email_changes
from tests.cast import confirm_again
from tests.factories import PASSWORD, UserFactory
from tests.hmis_portal.accounts.letters import link_in

pytestmark = pytest.mark.django_db
NEW = "d.ruiz@harbor.example"


def ask(danas: Client, user: User, new: str = NEW) -> EmailChange:
    """As somebody who is signed in and knows the password."""
    confirm_again(danas, user)
    answer = danas.post("/accounts/email/", {"email": new, "action_add": ""})
    assert answer.status_code == 302
    return EmailChange.objects.get(user=user, state="waiting")


def letter(to: str, subject: str) -> outbox.EmailMessage:
    (found,) = [one for one in outbox.outbox if one.to == [to] and one.subject == subject]
    return found


def confirm(visitor: Client, new: str = NEW) -> Any:
    return visitor.post(link_in(letter(new, "Confirm your new e-mail address")), follow=True)


def stop_link(to: str = "dana@harbor.example") -> str:
    return link_in(letter(to, "Another e-mail address was asked for"))


def later(**more: int) -> Any:
    return time_machine.travel(timezone.now() + timedelta(**more), tick=False)


def events(user: User) -> list[str]:
    return list(
        AuditEvent.objects.filter(target_id=str(user.pk)).order_by("pk").values_list("verb", flat=True)
    )


def test_a_stolen_session_asks_for_nothing(danas: Client, dana: User) -> None:
    answer = danas.post("/accounts/email/", {"email": NEW, "action_add": ""})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not EmailChange.objects.exists()
    assert not outbox.outbox


def test_the_address_changes_once_it_is_confirmed_and_72_hours_are_over(
    danas: Client, visitor: Client, dana: User
) -> None:
    ask(danas, dana)
    assert f"{NEW} is not confirmed yet" in danas.get("/accounts/email/").content.decode()
    answer = confirm(visitor)
    assert f"{NEW} is confirmed. You sign in with it from" in answer.content.decode()
    with later(hours=71):
        finish_email_changes()
    dana.refresh_from_db()
    assert dana.email == "dana@harbor.example"
    outbox.outbox.clear()
    with later(hours=73):
        finish_email_changes()
        finish_email_changes()
    dana.refresh_from_db()
    assert dana.email == NEW
    assert list(EmailAddress.objects.filter(user=dana).values_list("email", "verified", "primary")) == [
        (NEW, True, True)
    ]
    assert events(dana) == [
        AccountEvent.ASKED_FOR_ANOTHER_ADDRESS, AccountEvent.CONFIRMED_ADDRESS, AccountEvent.CHANGED_ADDRESS,
    ]  # fmt: skip


def test_both_addresses_are_told_of_the_change(
    danas: Client, visitor: Client, dana: User, commits: Any
) -> None:
    ask(danas, dana)
    confirm(visitor)
    with later(hours=73), commits():
        finish_email_changes()
    assert "sign in to the CT HMIS Onboarding Portal with d.ruiz@harbor.example" in str(
        letter(NEW, "Your e-mail address was changed").body
    )
    assert "is now used with d.ruiz@harbor.example" in str(
        letter("dana@harbor.example", "The e-mail address of your account was changed").body
    )


def test_the_old_address_stops_it_signed_out_and_everybody_is_signed_out(
    danas: Client, visitor: Client, dana: User
) -> None:
    danas.logout()
    danas.post("/accounts/login/", {"login": dana.email, "password": PASSWORD})
    change = ask(danas, dana)
    confirm(Client())
    page = visitor.get(stop_link())
    assert "asked to use d.ruiz@harbor.example instead of dana@harbor.example" in page.content.decode()
    assert danas.get("/me/").status_code == 200  # opening the link does nothing
    done = visitor.post(stop_link()).content.decode()
    assert "Set a new password: whoever asked may know the present one." in done
    change.refresh_from_db()
    assert change.state == "stopped"
    assert danas.get("/me/")["Location"].startswith("/accounts/login/")
    with later(hours=73):
        finish_email_changes()
    dana.refresh_from_db()
    assert dana.email == "dana@harbor.example"
    assert not EmailAddress.objects.filter(email=NEW).exists()
    assert events(dana)[-1] == AccountEvent.STOPPED_CHANGE_OF_ADDRESS
    assert AuditEvent.objects.get(verb=AccountEvent.STOPPED_CHANGE_OF_ADDRESS).data["sessions"] == 1
    assert "The owner of the account stopped it" in str(letter(NEW, "This address is not used").body)
    letter("dana@harbor.example", "The change of your e-mail address was stopped")
    again = visitor.get(stop_link())
    assert (again.status_code, "The change is stopped" in again.content.decode()) == (200, True)


def test_who_signs_in_afterwards_stays_signed_in(danas: Client, visitor: Client, dana: User) -> None:
    ask(danas, dana)
    visitor.post(stop_link())
    visitor.post("/accounts/login/", {"login": dana.email, "password": PASSWORD})
    assert visitor.get("/me/").status_code == 200


@pytest.mark.parametrize("address", ["/accounts/email/stop/nothing/", "/accounts/email/stop/MQ:1x:abc/"])
def test_a_link_that_is_none_says_so(visitor: Client, address: str) -> None:
    answer = visitor.get(address)
    assert answer.status_code == 410
    assert "This link is not complete." in answer.content.decode()


def test_a_change_that_is_done_cannot_be_stopped(danas: Client, visitor: Client, dana: User) -> None:
    ask(danas, dana)
    link = stop_link()
    confirm(Client())
    with later(hours=73):
        finish_email_changes()
        answer = visitor.post(link)
    assert answer.status_code == 410
    assert "The address of the account was changed on" in answer.content.decode()


def test_without_the_new_address_it_lapses(danas: Client, dana: User) -> None:
    change = ask(danas, dana)
    with later(hours=73):
        finish_email_changes()
    change.refresh_from_db()
    assert change.state == "lapsed"
    assert not EmailAddress.objects.filter(email=NEW).exists()
    assert events(dana)[-1] == AccountEvent.CHANGE_OF_ADDRESS_LAPSED


def test_an_address_that_somebody_else_has_by_then_is_not_taken(
    danas: Client, visitor: Client, dana: User
) -> None:
    change = ask(danas, dana)
    confirm(visitor)
    UserFactory(email=NEW)
    with later(hours=73):
        finish_email_changes()
    change.refresh_from_db()
    dana.refresh_from_db()
    assert (change.state, dana.email) == ("lapsed", "dana@harbor.example")


def test_the_person_keeps_the_present_address(danas: Client, dana: User) -> None:
    change = ask(danas, dana)
    danas.post("/accounts/email/", {"email": NEW, "action_remove": ""})
    change.refresh_from_db()
    assert change.state == "withdrawn"
    assert not EmailAddress.objects.filter(email=NEW).exists()
    assert "not confirmed yet" not in danas.get("/accounts/email/").content.decode()


def test_asking_anew_begins_anew(danas: Client, dana: User) -> None:
    first = ask(danas, dana)
    second = ask(danas, dana, "dana.ruiz@harbor.example")
    first.refresh_from_db()
    assert (first.state, second.state) == ("withdrawn", "waiting")
    assert list(EmailAddress.objects.filter(verified=False).values_list("email", flat=True)) == [second.new]


def test_the_link_of_a_change_that_is_over_confirms_nothing(
    danas: Client, visitor: Client, dana: User
) -> None:
    ask(danas, dana)
    link = link_in(letter(NEW, "Confirm your new e-mail address"))
    visitor.post(stop_link())
    assert "This link has lapsed" in visitor.get(link).content.decode()


def test_passwords_are_reset_by_the_old_address_alone(danas: Client, visitor: Client, dana: User) -> None:
    ask(danas, dana)
    confirm(visitor)
    outbox.outbox.clear()
    visitor.post("/accounts/password/reset/", {"email": NEW})
    visitor.post("/accounts/password/reset/", {"email": "dana@harbor.example"})
    assert {one.to[0] for one in outbox.outbox if one.subject == "Set a new password"} == {
        "dana@harbor.example"
    }


def test_the_database_holds_one_change_under_way(dana: User) -> None:
    email_change.ask(dana, NEW)
    now = timezone.now()
    with pytest.raises(IntegrityError, match="email_change_waits_once"), transaction.atomic():
        EmailChange.objects.create(
            user=dana, old=dana.email, new="x@harbor.example", asked_at=now, due_at=now + EmailChange.WAIT
        )
