"""What the reports are narrowed to."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import ContinuumOfCare, CoordinatedAccessNetwork, User
from onboarding.journey.reports.narrowing import Narrowing, next_month
from onboarding.models import ReportFigures
from onboarding.models.reports import ALL

USUAL = "12"
YEARS = 4


def periods() -> list[tuple[str, str]]:
    words = gettext("Last %d months")
    months = [(str(count), words % count) for count in (3, 6, 12, 24)]
    this_year = timezone.localdate().year
    return [*months, *((str(year), str(year)) for year in range(this_year, this_year - YEARS, -1))]


def days_of(period: str) -> tuple[dt.date, dt.date]:
    """Whole months up to this one, or a year."""
    number = int(period)
    if number > 24:
        return dt.date(number, 1, 1), dt.date(number, 12, 31)
    today = timezone.localdate()
    month = today.year * 12 + today.month - number
    return dt.date(month // 12, month % 12 + 1, 1), next_month(today) - dt.timedelta(days=1)


def reviewers() -> QuerySet[User]:
    counted = ReportFigures.objects.filter(coc=ALL, can=ALL).exclude(reviewer=ALL)
    return User.objects.filter(pk__in=counted.values("reviewer")).order_by("last_name", "first_name")


class ReportsForm(forms.Form):
    """Sent by GET; what cannot be read is said, and the report is that of everybody in the last twelve months."""

    period = forms.ChoiceField(label=_("Period"), choices=periods, required=False)
    coc = forms.ModelChoiceField(
        ContinuumOfCare.objects.all(), label=_("CoC"), required=False, empty_label=_("All")
    )
    can = forms.ModelChoiceField(
        CoordinatedAccessNetwork.objects.all(), label=_("CAN"), required=False, empty_label=_("All")
    )
    reviewer = forms.ModelChoiceField(
        User.objects.none(), label=_("Reviewer"), required=False, empty_label=_("Everybody")
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__({"period": USUAL, **data.dict()})
        people: Any = self.fields["reviewer"]
        people.queryset = reviewers()

    def narrowing(self) -> Narrowing:
        chosen: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        since, until = days_of(chosen.get("period") or USUAL)
        of: Callable[[str], int | None] = lambda name: chosen[name].pk if chosen.get(name) else None  # noqa: E731
        return Narrowing(since, until, of("coc"), of("can"), of("reviewer"))
