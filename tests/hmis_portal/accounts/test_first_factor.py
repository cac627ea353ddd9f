"""Whoever sets a password anew by e-mail does not thereby get to set up the first factor of an HMIS account."""

from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse

from agencies.models import User
from agencies.services import account
from hmis_portal.models import AuditEvent, PowerRequest
from hmis_portal.powers import asking
from hmis_portal.web.errors import GuardFailed, WrongState
from tests.cast import Cast, confirm_again
from tests.factories import PASSWORD, UserFactory
from tests.hmis_portal.accounts.codes import code_now
from tests.hmis_portal.accounts.letters import link_in

pytestmark = pytest.mark.django_db
PAGES = ("/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/")


@pytest.fixture
def auditor(cast: Cast) -> User:
    """Works for the HMIS, with a password and no second factor yet."""
    cast.auditor.set_password(PASSWORD)
    cast.auditor.save()
    EmailAddress.objects.update_or_create(
        user=cast.auditor, email=cast.auditor.email, defaults={"verified": True, "primary": True}
    )
    return cast.auditor


def reset(visitor: Client, user: User) -> None:
    """As who reads the mailbox: a link, a new password, and signed in with it."""
    visitor.post("/accounts/password/reset/", {"email": user.email})
    page = visitor.get(link_in(outbox.outbox[-1]), follow=True).request["PATH_INFO"]
    visitor.post(page, {"password1": "another-lantern-at-sea-4"})
    visitor.post("/accounts/login/", {"login": user.email, "password": "another-lantern-at-sea-4"})
    confirm_again(visitor, user)


@pytest.mark.parametrize("page", PAGES)
def test_a_reset_password_sets_up_nothing(visitor: Client, auditor: User, page: str) -> None:
    reset(visitor, auditor)
    for send in (visitor.get, visitor.post):
        answer = send(page, follow=True)
        assert answer.redirect_chain == [("/accounts/2fa/", 302)]
        assert "an HMIS Admin has to confirm who you are" in answer.content.decode()
    assert not Authenticator.objects.filter(user=auditor).exists()


def test_an_admin_who_checked_allows_it_for_72_hours(
    visitor: Client, auditor: User, cast: Cast, client_of: Any, reference: None, commits: Any
) -> None:
    reset(visitor, auditor)
    admin, url = client_of(cast.admin), reverse("admin:agencies_user_allow_first_factor", args=[auditor.pk])
    person = reverse("admin:agencies_user_change", args=[auditor.pk])
    assert url in admin.get(person).content.decode()
    admin.post(url, {"checked": "called_back", "reason": "Called the office at 9:10"})
    assert "an HMIS Admin has to confirm" in visitor.get(PAGES[0], follow=True).text
    outbox.outbox.clear()
    with commits():
        asking.grant(PowerRequest.objects.get(), by=UserFactory(groups=("HMIS Admin",)))
    event = AuditEvent.objects.get(verb="allowed a first second factor")
    assert event.reason.endswith("Called the office at 9:10")
    assert event.actor == cast.admin
    assert "checked your identity" in next(one.body for one in outbox.outbox if one.to == [auditor.email])
    assert visitor.get(PAGES[0]).status_code == 200
    secret = visitor.get(PAGES[0]).context["form"].secret
    visitor.post(PAGES[0], {"code": code_now(secret)})
    assert Authenticator.objects.filter(user=auditor).exists()
    auditor.refresh_from_db()
    assert (auditor.password_reset_at, auditor.first_factor_until) == (None, None)


def test_what_was_allowed_lapses(auditor: User, cast: Cast) -> None:
    with time_machine.travel("2026-11-02T12:00:00Z", tick=False) as clock:
        User.objects.filter(pk=auditor.pk).update(password_reset_at="2026-11-02T11:00:00Z")
        auditor.refresh_from_db()
        given = {"user": auditor, "by": cast.admin, "reason": "Seen"}
        with pytest.raises(GuardFailed, match="another grants it"):
            account.allow_first_factor(**given)
        power = PowerRequest()
        account.allow_first_factor(**given, power=power)
        with pytest.raises(WrongState):
            account.allow_first_factor(**given, power=power)
        clock.shift(72 * 3600)
        account.allow_first_factor(**given, power=power)


def test_nobody_allows_themselves(cast: Cast) -> None:
    with pytest.raises(GuardFailed, match="Ask another HMIS Admin"):
        account.allow_first_factor(user=cast.admin, by=cast.admin, reason="Me")


def test_others_cannot_allow_it(visitor: Client, auditor: User, cast: Cast) -> None:
    url = reverse("admin:agencies_user_allow_first_factor", args=[auditor.pk])
    assert cast.client("trainer").post(url, {}).status_code == 403


def test_the_first_password_of_a_colleague_sets_up_a_factor(
    visitor: Client, cast: Cast, commits: Any
) -> None:
    with commits():
        made = account.make_colleague(
            by=cast.admin, email="new@hmis.example", first_name="New", last_name="Colleague"
        )
    page = visitor.get(link_in(outbox.outbox[-1]), follow=True).request["PATH_INFO"]
    visitor.post(page, {"password1": "another-lantern-at-sea-4"})
    made.refresh_from_db()
    assert made.password_reset_at is None


def test_people_of_agencies_and_who_has_a_factor_are_not_held(
    visitor: Client, dana: User, auditor: User
) -> None:
    reset(visitor, dana)
    assert visitor.get(PAGES[0]).status_code == 200
    Authenticator.objects.create(user=auditor, type="totp", data={"secret": "x"})
    visitor.post("/accounts/password/reset/", {"email": auditor.email})
    page = visitor.get(link_in(outbox.outbox[-1]), follow=True).request["PATH_INFO"]
    visitor.post(page, {"password1": "another-lantern-at-sea-4"})
    auditor.refresh_from_db()
    assert auditor.password_reset_at is None
