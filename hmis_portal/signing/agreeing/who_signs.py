"""Who must sign a text that is published, and by when. Until that day what they signed before holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.text.words import date_words


@dataclass(frozen=True)
class WhoSigns:
    """`by` is the last day; `agencies` None: all that have signed before, as they are when the text is published."""

    by: date
    agencies: frozenset[UUID] | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self | None:
        """None: nobody has to, and who signs from now on signs the newer text."""
        if not stored:
            return None
        agencies = stored["agencies"]
        return cls(
            date.fromisoformat(stored["by"]), None if agencies is None else frozenset(map(UUID, agencies))
        )

    def kept(self) -> dict[str, Any]:
        """For a JSON column."""
        agencies = None if self.agencies is None else sorted(map(str, self.agencies))
        return {"by": self.by.isoformat(), "agencies": agencies}

    def among(self, agencies: frozenset[UUID]) -> "WhoSigns":
        """Of these agencies alone."""
        return WhoSigns(self.by, agencies if self.agencies is None else self.agencies & agencies)

    @property
    def against(self) -> str:
        """Why nobody can be asked any more; "" while they can."""
        if self.by > timezone.localdate():
            return ""
        return _("The day by which it was to be signed, %(day)s, is not ahead any more. Ask anew.") % {
            "day": date_words(self.by)
        }
