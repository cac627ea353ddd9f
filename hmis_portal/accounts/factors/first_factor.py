"""Who may set up the first second factor of an account that works for the HMIS.

With it all rights of the person's groups open. So a password that was set anew by e-mail is not enough: whoever reads a
mailbox could take the power. An HMIS Admin who has checked who the person is allows it for 72 hours.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.accounts.factors import strength
from hmis_portal.models import PortalSettings
from hmis_portal.models.users import User

ALLOWED_FOR = timedelta(hours=72)


def hold(user: User) -> None:
    """Called before a password is set anew by e-mail; whoever sets the first password of an account is let be."""
    if user.is_staff and user.has_usable_password() and not strength.factors(user):
        user.password_reset_at = timezone.now()


def held(user: User) -> str:
    """Why this person may not set up a second factor now, and whom to ask; "" when they may."""
    allowed = user.first_factor_until is not None and user.first_factor_until > timezone.now()
    if not user.is_staff or user.password_reset_at is None or allowed or strength.factors(user):
        return ""
    portal = PortalSettings.load()
    words = _(
        "The password of your account was set anew by e-mail, so an HMIS Admin has to confirm who you are before you set "
        "up a second factor. Ask another HMIS Admin, or call %(phone)s or write to %(email)s."
    )
    return words % {"phone": portal.support_phone, "email": portal.support_email}


def allow(user: User) -> None:
    """An HMIS Admin has checked who this is; the caller records it."""
    user.first_factor_until = timezone.now() + ALLOWED_FOR
    user.save(update_fields=["first_factor_until"])


def set_up(user: User) -> None:
    """There is one now: what was held back and allowed is over."""
    if user.password_reset_at or user.first_factor_until:
        user.password_reset_at = user.first_factor_until = None
        user.save(update_fields=["password_reset_at", "first_factor_until"])
