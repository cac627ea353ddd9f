"""R22–R24: HMIS participation and coordinated entry participation (elements 2.08 and 2.09)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext as _

from agencies.hud.elements import CE_SERVICES
from agencies.hud.rows import ProjectDraft
from agencies.hud.rules.base import Finding, Surroundings, rule

IN_HMIS = 1


@dataclass(frozen=True, slots=True)
class _Period:
    key: str
    start: date | None
    end: date | None

    def covers(self, day: date) -> bool:
        return self.start is not None and self.start <= day and (self.end is None or self.end >= day)


@rule(22)
def participation_without_gap_or_overlap(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for kind, prefix, what in (
        ("hmis", "hmis_participation_status", _("HMIS participation")),
        ("ce", "ce_participation_status", _("coordinated entry participation")),
    ):
        periods = [
            _Period(row.key, getattr(row, f"{prefix}_start_date"), getattr(row, f"{prefix}_end_date"))
            for row in getattr(draft, kind)
        ]
        yield from _each_period(draft, prefix, periods)
        yield from _together(draft, around, kind, prefix, what, periods)


def _each_period(draft: ProjectDraft, prefix: str, periods: Iterable[_Period]) -> Iterator[Finding]:
    opened = draft.operating_start_date
    for period in periods:
        if period.start and period.end and period.end < period.start:
            yield Finding(
                22, f"{period.key}-{prefix}_end_date", _("The period must end on or after the day it starts")
            )
        if period.start and opened and period.start < opened:
            yield Finding(
                22,
                f"{period.key}-{prefix}_start_date",
                _(
                    "The period cannot start before the project's first day of operation: change one of the dates"
                ),
            )


def _together(
    draft: ProjectDraft, around: Surroundings, kind: str, prefix: str, what: str, periods: Sequence[_Period]
) -> Iterator[Finding]:
    dated = sorted((p for p in periods if p.start), key=lambda p: (p.start or date.max, p.key))
    for earlier, later in pairwise(dated):
        if earlier.end is None or (later.start and later.start <= earlier.end):
            yield Finding(
                22,
                f"{later.key}-{prefix}_start_date",
                _("Two periods of %(what)s overlap: end the earlier one before this day") % {"what": what},
            )
    if not draft.runs_on(around.today):
        return
    day = max(around.today, draft.operating_start_date or around.today)
    unfinished = any(period.start is None for period in periods)
    if not unfinished and not any(period.covers(day) for period in periods):
        yield Finding(
            22,
            kind,
            _("Add the %(what)s in force now: one period stays open while the project runs") % {"what": what},
        )


@rule(23)
def victim_service_provider_stays_out(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if not draft.victim_service_provider:
        return
    for row in draft.hmis:
        if row.hmis_participation_type == IN_HMIS:
            yield Finding(
                23,
                f"{row.key}-hmis_participation_type",
                _("A victim service provider may not enter data in HMIS: choose comparable database"),
            )


@rule(24)
def access_point_does_something(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.ce:
        answers = {name: getattr(row, name) for name in CE_SERVICES}
        if row.access_point == 1:
            for name, value in answers.items():
                if value is None:
                    yield Finding(
                        24, f"{row.key}-{name}", _("Choose yes or no: an access point answers all four")
                    )
            if None not in answers.values() and not any(answers.values()):
                yield Finding(
                    24,
                    f"{row.key}-{CE_SERVICES[0]}",
                    _(
                        "An access point does at least one of the four: choose yes for it, or no for access point"
                    ),
                )
        else:
            for name, value in answers.items():
                if value is not None:
                    yield Finding(
                        24, f"{row.key}-{name}", _("Only an access point has this answer: remove it")
                    )
