"""When the person who is to sign was last asked to: as they were named, by a reminder of the portal or of a manager."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.models import Message
from hmis_portal.text.words import datetime_words
from onboarding.models import Mou

NAMED, REMINDER = "named", "sign-reminder"  # what the keys of these messages begin with


@dataclass(frozen=True)
class LastAsked:
    """When the person named was last asked to sign; `at` is None when no such message was recorded."""

    name: str
    at: datetime | None

    @property
    def today(self) -> bool:
        """Whether one more message would be the second on this day, in the state's zone."""
        return self.at is not None and timezone.localdate(self.at) >= timezone.localdate()

    def __str__(self) -> str:
        if self.at is None:
            return ""
        words = _("%(name)s was last asked on %(when)s.")
        if self.today:
            words = _("%(name)s was last asked on %(when)s. You can send a reminder once a day.")
        return words % {"name": self.name, "when": datetime_words(self.at)}


def last_asked(mou: Mou) -> LastAsked:
    asks = Q(key__startswith=f"{NAMED}:{mou.pk}:") | Q(key__startswith=f"{REMINDER}:{mou.pk}:")
    newest = Message.objects.filter(asks, user=mou.signatory_id).order_by("-created_at")
    return LastAsked(mou.signatory_name, newest.values_list("created_at", flat=True).first())
