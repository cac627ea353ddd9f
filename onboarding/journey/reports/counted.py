"""The figures of the reports as they were counted, for one narrowing: of whole months."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from onboarding.models.reports import NOW


@dataclass(frozen=True)
class Counted:
    months: list[dt.date]
    figures: Mapping[dt.date, Mapping[str, Mapping[str, int]]]  # as ReportFigures keeps them, by month

    def now(self, figure: str) -> Mapping[str, int]:
        return self.figures.get(NOW, {}).get(figure, {})

    def of(self, figure: str, month: dt.date | None = None) -> Counter[str]:
        """In one month, or in all of them."""
        counts: Counter[str] = Counter()
        for each in [month] if month else self.months:
            counts.update(self.figures.get(each, {}).get(figure, {}))
        return counts

    def once(self, figure: str, month: dt.date | None = None) -> int:
        """How many rows have it, each once: those of which it is so before these months are in it again."""
        since = str(month or self.months[0])
        return sum(count for before, count in self.of(figure, month).items() if before < since)

    def names(self, kind: str) -> set[str]:
        """What figures of a kind there are, "asked_about.projects" under "projects"."""
        every = {figure for month in self.months for figure in self.figures.get(month, {})}
        return {figure.removeprefix(f"{kind}.") for figure in every if figure.startswith(f"{kind}.")}
