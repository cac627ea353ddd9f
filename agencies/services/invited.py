"""The account of whoever is invited: one for each address, made when it is first needed."""

from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal.text import typed
from hmis_portal.web.errors import GuardFailed


def account_for(email: str, *, first_name: str = "", last_name: str = "", title: str = "") -> User:
    """The account of an address; made without a usable password when there is none."""
    address = typed.email(email)
    user = User.objects.filter(email__iexact=address).select_related("merged_into").first()
    if user is None:
        return User.objects.create_user(
            address, None, first_name=first_name, last_name=last_name, title=title
        )
    user = user.goes_on_as
    if user.closed_at is not None:
        raise GuardFailed(
            _("The account of %s was closed. Write to support to have it opened again.") % address
        )
    return user


def has_account(user: User) -> bool:
    """Whether this person can sign in already: invitations make people who cannot yet."""
    return user.is_active and user.has_usable_password()
