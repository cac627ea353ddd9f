"""What a report is narrowed to: days in New York, a CoC, a CAN, a reviewer."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from agencies.models import Agency
from onboarding.models import Application, Mou

M = TypeVar("M", bound=Model)


def next_month(month: dt.date) -> dt.date:
    return (month.replace(day=1) + dt.timedelta(days=31)).replace(day=1)


def midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


@dataclass(frozen=True)
class Narrowing:
    """The days from `since` up to and including `until`; keys of a CoC, a CAN, a reviewer where one is chosen."""

    since: dt.date
    until: dt.date
    coc: int | None = None
    can: int | None = None
    reviewer: int | None = None

    @property
    def months(self) -> list[dt.date]:
        """The first day of each month."""
        month, months = self.since.replace(day=1), []
        while month <= self.until:
            months.append(month)
            month = next_month(month)
        return months

    def in_month(self, month: dt.date) -> "Narrowing":
        last = next_month(month) - dt.timedelta(days=1)
        return replace(self, since=max(self.since, month), until=min(self.until, last))

    def within(self, field: str) -> Q:
        """That a moment lies in these days."""
        end = midnight(self.until + dt.timedelta(days=1))
        return Q(**{f"{field}__gte": midnight(self.since), f"{field}__lt": end})

    @property
    def is_of_some(self) -> bool:
        """Whether it leaves out any agency or application, whatever the days."""
        return any((self.coc, self.can, self.reviewer))

    def applications(self) -> QuerySet[Application]:
        rows = self._of_places(Application.objects.order_by(), "agency__")
        return rows.filter(reviewer=self.reviewer) if self.reviewer else rows

    def agencies(self) -> QuerySet[Agency]:
        """With a reviewer: those of whom that person read an application."""
        return self._reviewed(self._of_places(Agency.objects.order_by(), ""), "pk")

    def mous(self) -> QuerySet[Mou]:
        return self._reviewed(self._of_places(Mou.objects.order_by(), "agency__"), "agency")

    def _of_places(self, rows: QuerySet[M], path: str) -> QuerySet[M]:
        chosen: dict[str, object] = {f"{path}cocs": self.coc, f"{path}cans": self.can}
        return rows.filter(**{name: key for name, key in chosen.items() if key})

    def _reviewed(self, rows: QuerySet[M], agency: str) -> QuerySet[M]:
        if not self.reviewer:
            return rows
        read = Application.objects.filter(reviewer=self.reviewer)
        return rows.filter(**{f"{agency}__in": read.values("agency")})
