"""What a password must not be: one that was stolen before or is soon guessed, also by who knows the person and the agency.

All of it is looked up in lists that come with the libraries; nothing is asked of another computer.
"""

import re
from collections.abc import Iterator

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from agencies.models import Agency, AgencyUserObjectPermission, Invitation, Staff, User
from hmis_portal.models import PortalSettings

ENOUGH = 3  # of 4: more than 10^8 guesses
LONGEST = 72  # characters that the estimate looks at; a longer password is judged by its beginning
SHORTEST_WORD = 4  # of the words around a person that are looked for


class HardToGuess(CommonPasswordValidator):
    """Django's list of stolen passwords, and zxcvbn's list and estimate, which also knows keyboards, dates and repeats."""

    def validate(self, password: str, user: User | None = None) -> None:
        around = {word.lower() for name in _names(user) for word in _words(name)}
        estimate = zxcvbn(password[:LONGEST], user_inputs=sorted(around), max_length=LONGEST)
        stolen = password.lower().strip() in self.passwords
        if not stolen and estimate["score"] >= ENOUGH:
            return
        lists = {part.get("dictionary_name") for part in estimate["sequence"]}
        if "user_inputs" in lists and not stolen:
            words = _(
                "The password is built on your name, your agency’s or the portal’s, which is tried first. Use a few words "
                "that only you would put together"
            )
        elif stolen or "passwords" in lists:
            words = _(
                "The password, or one much like it, stands in lists of stolen passwords. Use a few words that only you would "
                "put together"
            )
        else:
            words = _("The password is soon guessed. Use a few words that only you would put together")
        raise ValidationError(words, code="password_too_common")

    def get_help_text(self) -> str:
        return _("A few words that only you would put together are good.")


def _names(user: User | None) -> Iterator[str]:
    """What somebody who wants in knows of a person."""
    portal = PortalSettings.load()
    yield from (
        portal.hmis_name,
        portal.hmis_long_name,
        portal.state_name,
        portal.lead_agency,
        portal.admin_name,
    )
    if user is None:
        return
    yield from (user.first_name, user.last_name, *re.split(r"[@.]", user.email))
    if isinstance(user, User) and user.pk:
        roles = AgencyUserObjectPermission.objects.filter(user=user).values("content_object")
        invited = Invitation.objects.filter(user=user).values("agency")
        listed = Staff.objects.filter(user=user).values("agency")
        mine = Q(pk__in=roles) | Q(pk__in=invited) | Q(pk__in=listed)
        for agency in Agency.objects.filter(mine):
            yield from (agency.legal_name, agency.common_name)


def _words(name: str) -> Iterator[str]:
    """The name in one piece, and each longer word of it."""
    words = re.findall(r"\w+", name)
    yield from (word for word in ("".join(words), *words) if len(word) >= SHORTEST_WORD)
