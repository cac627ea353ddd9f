"""R22–R24: HMIS participation and coordinated entry participation (elements 2.08 and 2.09)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from agencies.hud.elements import CE_SERVICES
from agencies.hud.rows import ProjectDraft
from agencies.hud.rules.base import Finding, Surroundings, rule
from hmis_portal.text.words import date_words

IN_HMIS = 1


@dataclass(frozen=True, slots=True)
class _Period:
    key: str
    start: date | None
    end: date | None


@rule(22)
def participation_without_gap_or_overlap(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for kind, prefix, what in (
        ("hmis", "hmis_participation_status", _("HMIS participation")),
        ("ce", "ce_participation_status", _("coordinated entry participation")),
    ):
        if kind == "hmis" and draft.joining:
            continue
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
    if not periods and draft.runs_on(around.today):
        yield Finding(
            22,
            kind,
            _("Add the %(what)s in force now: one period stays open while the project runs") % {"what": what},
        )
    elif not periods:
        yield Finding(
            22, kind, _("Add the %(what)s from the first to the last day of operation") % {"what": what}
        )
    elif draft.operating_start_date and len(dated) == len(periods):
        yield from _every_day(draft, draft.operating_start_date, kind, prefix, what, dated)


def _every_day(
    draft: ProjectDraft, opened: date, kind: str, prefix: str, what: str, dated: Sequence[_Period]
) -> Iterator[Finding]:
    """From the first day of operation to the last, or to no end while none is known."""
    first, last, closed = dated[0], dated[-1], draft.operating_end_date
    if first.start and first.start > opened:
        yield Finding(
            22,
            f"{first.key}-{prefix}_start_date",
            _(
                "The first period of %(what)s starts with the project, on %(day)s: change this day or add the period before it"
            )
            % {"what": what, "day": date_words(opened)},
        )
    for earlier, later in pairwise(dated):
        if earlier.end and later.start and (later.start - earlier.end).days > 1:
            yield Finding(
                22,
                f"{later.key}-{prefix}_start_date",
                _(
                    "Nothing is said of the %(what)s from %(since)s to %(until)s: change a day or add that period"
                )
                % {
                    "what": what,
                    "since": date_words(earlier.end + timedelta(days=1)),
                    "until": date_words(later.start - timedelta(days=1)),
                },
            )
    if closed and last.end != closed:
        yield Finding(
            22,
            f"{last.key}-{prefix}_end_date",
            _("The last period of %(what)s ends with the project: enter its last day of operation, %(day)s")
            % {"what": what, "day": date_words(closed)},
        )
    elif closed is None and last.end:
        yield Finding(
            22,
            kind,
            _("Add the %(what)s after %(day)s: one period stays open while the project runs")
            % {"what": what, "day": date_words(last.end)},
        )


@rule(23)
def victim_service_provider_stays_out(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if not draft.victim_service_provider or draft.joining:
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
