"""Every e-mail about an account: one function, one file under templates/emails/account/.

The links of confirmation and reset are made at sending; no answer tells whether an address has an account.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from hmis_portal import mail

CONFIRM_EMAIL = "account.confirm_email"
RESET_PASSWORD = "account.reset_password"  # noqa: S105 - the kind of a link


@mail.link_maker(CONFIRM_EMAIL)
def confirm_email_link(email_address_id: str) -> str:
    """A link that confirms this address; lapses after three days."""
    from allauth.account.models import EmailAddress, EmailConfirmationHMAC

    confirmation = EmailConfirmationHMAC(EmailAddress.objects.get(pk=email_address_id))
    return mail.absolute("account_confirm_email", confirmation.key)


@mail.link_maker(RESET_PASSWORD)
def reset_password_link(user_id: str) -> str:
    """A link that sets a new password once; lapses after three days, or when the password or address changes."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    user = get_user_model().objects.get(pk=user_id)
    return mail.absolute(
        "account_reset_password_from_key",
        uidb36=user_pk_to_url_str(user),
        key=default_token_generator.make_token(user),
    )


def confirm_signup(address: Any) -> None:
    """To a person who made an account; `address` is allauth's row."""
    mail.send(
        "account/confirm_signup",
        to=address.user,
        context={"email": address.email},
        link=mail.Link(CONFIRM_EMAIL, str(address.pk)),
    )


def confirm_email(address: Any) -> None:
    """To an address that a person wants to use instead of the present one."""
    mail.send(
        "account/confirm_email",
        to=address.email,
        context={"name": address.user.get_short_name(), "email": address.email},
        link=mail.Link(CONFIRM_EMAIL, str(address.pk)),
    )


def password_reset(user: AbstractBaseUser) -> None:
    mail.send("account/password_reset", to=user, context={}, link=mail.Link(RESET_PASSWORD, str(user.pk)))


def already_exists(email: str) -> None:
    mail.send(
        "account/already_exists",
        to=email,
        context={"email": email, "link_url": mail.absolute("account_reset_password")},
    )


def unknown(email: str) -> None:
    mail.send(
        "account/unknown", to=email, context={"email": email, "link_url": mail.absolute("account_signup")}
    )


def security_notice(email: str, *, happened: str, when: datetime, ip: str) -> None:
    """`happened`: one sentence."""
    mail.send(
        "account/security_notice",
        to=email,
        context={
            "happened": happened,
            "when": when,
            "ip": ip,
            "link_url": mail.absolute("account_reset_password"),
        },
    )
