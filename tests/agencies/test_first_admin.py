"""`manage.py portal admin`: the account with which an installation begins."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from agencies.models import User
from agencies.permissions import is_hmis_admin
from hmis_portal.models import AuditEvent, Message
from tests.cast import Cast
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def made(email: str = "ines@hmis.example") -> str:
    out = io.StringIO()
    call_command(
        "portal", "admin", "--email", email, "--first-name", "Ines", "--last-name", "Alba", stdout=out
    )
    return out.getvalue()


def test_the_first_admin_sets_a_password_by_the_link_that_is_printed_and_sent(
    client: Any, reference: None
) -> None:
    link = next(line for line in made().splitlines() if line.startswith("http"))
    admin = User.objects.get(email="ines@hmis.example")
    assert (is_hmis_admin(admin), admin.is_staff, admin.has_usable_password()) == (True, True, False)
    assert Message.objects.get(name="agencies/account_made").to == admin.email
    verbs = AuditEvent.objects.filter(target_id=str(admin.pk)).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["made account", "changed groups"]
    page = client.get(link)["Location"]
    client.post(page, {"password1": "quiet-harbor-lantern-9"})
    admin.refresh_from_db()
    assert admin.check_password("quiet-harbor-lantern-9")


def test_there_is_one_first_admin(cast: Cast) -> None:
    with pytest.raises(CommandError, match="There is an HMIS Admin already"):
        made()
    assert not User.objects.filter(email="ines@hmis.example").exists()


@pytest.mark.parametrize(
    ("email", "said"),
    [("ines", "ines is not an e-mail address"), ("Dana@harbor.example", "Nobody has confirmed the address")],
)
def test_an_address_that_will_not_do_is_told(email: str, said: str, reference: None) -> None:
    User.objects.create_user("dana@harbor.example", None)
    with pytest.raises(CommandError, match=said):
        made(email)


def test_without_groups_there_is_nothing_to_be_admin_of() -> None:
    Group.objects.all().delete()
    with pytest.raises(CommandError, match="load_reference first"):
        made()


def test_an_account_whose_address_is_confirmed_may_become_the_first_admin(reference: None) -> None:
    dana = UserFactory(email="dana@harbor.example")
    assert "http" not in made(dana.email)  # it has a password
    assert is_hmis_admin(User.objects.get(pk=dana.pk))
