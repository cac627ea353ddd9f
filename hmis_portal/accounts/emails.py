"""Every e-mail about an account: one function, one file under templates/emails/account/.

The links of confirmation and reset are made at sending; no answer tells whether an address has an account.
"""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core import signing
from django.utils.crypto import salted_hmac

from hmis_portal import mail
from hmis_portal.models import EmailChange

CONFIRM_EMAIL = "account.confirm_email"
RESET_PASSWORD = "account.reset_password"  # noqa: S105 - the kind of a link
STOP_EMAIL_CHANGE = "account.stop_email_change"
SIGNING_CODE = "account.signing_code"
STOP_SALT = "hmis_portal.stop_email_change"


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


@mail.link_maker(STOP_EMAIL_CHANGE)
def stop_email_change_link(change_id: str) -> str:
    """A link that stops a change of address; good until the change is over."""
    return mail.absolute("account_stop_email_change", token=signing.dumps(int(change_id), salt=STOP_SALT))


def confirm_signup(address: EmailAddress) -> None:
    """To a person who made an account; `address` is allauth's row."""
    mail.send(
        "account/confirm_signup",
        to=address.user,
        context={"email": address.email},
        link=mail.Link(CONFIRM_EMAIL, str(address.pk)),
    )


def confirm_email(address: EmailAddress) -> None:
    """To an address that a person wants to use instead of the present one."""
    mail.send(
        "account/confirm_email",
        to=address.email,
        context={"name": address.user.get_short_name(), "email": address.email},
        link=mail.Link(CONFIRM_EMAIL, str(address.pk)),
    )


@mail.link_maker(SIGNING_CODE)
def signing_code(nonce: str) -> str:
    """Six digits that only the portal's secret key makes of the nonce: neither the log nor the session holds them."""
    return f"{int(salted_hmac(SIGNING_CODE, nonce, algorithm='sha256').hexdigest(), 16) % 10**6:06}"


def code_to_sign(user: AbstractBaseUser, *, nonce: str, document: str) -> None:
    mail.send(
        "account/signing_code",
        to=user,
        context={"document": document},
        key=f"signing_code:{nonce}",
        code=mail.Link(SIGNING_CODE, nonce),
    )


def email_change_asked(change: EmailChange) -> None:
    """To the old address: what was asked, and the link that stops it."""
    mail.send(
        "account/email_change_asked",
        to=change.user,
        context={"new": change.new, "due_at": change.due_at},
        key=f"email_change_asked:{change.pk}",
        link=mail.Link(STOP_EMAIL_CHANGE, str(change.pk)),
    )


def email_change_stopped(change: EmailChange) -> None:
    """To the old address, which goes on being the account's."""
    mail.send(
        "account/email_change_stopped",
        to=change.user,
        context={"old": change.old, "new": change.new, "link_url": mail.absolute("account_reset_password")},
        key=f"email_change_stopped:{change.pk}",
    )


def email_change_stopped_new(change: EmailChange) -> None:
    """To the address that will not be used."""
    mail.send(
        "account/email_change_stopped_new",
        to=change.new,
        context={"new": change.new},
        key=f"email_change_stopped:{change.pk}",
    )


def email_changed(change: EmailChange) -> None:
    """To the new address, by which the account is known now."""
    mail.send(
        "account/email_changed",
        to=change.user,
        context={"old": change.old, "new": change.new},
        key=f"email_changed:{change.pk}",
    )


def email_changed_old(change: EmailChange) -> None:
    """To the address that no longer works."""
    mail.send(
        "account/email_changed_old",
        to=change.old,
        context={"new": change.new},
        key=f"email_changed:{change.pk}",
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


def anchor(address: str, *, number: int, mark: str) -> None:
    """How far the record of this portal went today."""
    mail.send(
        "account/anchor",
        to=address,
        context={"number": number, "mark": mark},
        key=f"anchor:{number}:{mark[-16:]}",
    )
