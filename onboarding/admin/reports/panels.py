"""The reports in words: for each its pictures, the table beside them with links to the lists, and its rows for a CSV."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hmis_portal.desk import charts
from onboarding.admin.reports.behind import link_to, words_of
from onboarding.journey.reports import decisions, pipeline, spans
from onboarding.journey.reports.counted import Counted
from onboarding.journey.reports.narrowing import Narrowing
from onboarding.sections.catalogue import SECTIONS


@dataclass(frozen=True)
class Cell:
    text: str
    url: str = ""


@dataclass(frozen=True)
class Table:
    heads: Sequence[str]
    rows: list[list[Cell]]


@dataclass(frozen=True)
class Part:
    """A picture and the table that holds its figures."""

    picture: charts.Bars | charts.Lines
    table: Table
    title: str = ""  # where a report has several


@dataclass(frozen=True)
class Panel:
    key: str
    title: str
    hint: str
    parts: list[Part]
    overview: Table | None = None
    csv: list[list[str]] = field(default_factory=list)


def _counted(count: int, name: str, narrowing: Narrowing) -> Cell:
    return Cell(str(count), link_to(name, narrowing) if count else "")


def _days(length: spans.Length) -> list[Cell]:
    if not length.count:
        return [Cell("–"), Cell("–")]
    return [Cell(f"{length.median:g}"), Cell(str(length.longest))]


def month_words(month: dt.date) -> str:
    return date_format(month, "F Y")


def plain(table: Table) -> list[list[str]]:
    return [list(table.heads), *([cell.text for cell in row] for row in table.rows)]


def where(narrowing: Narrowing, counted: Counted) -> Panel:
    stages = pipeline.stages(counted)
    rows = [
        [
            Cell(stage.title),
            _counted(stage.count, f"at.{stage.key}", narrowing),
            Cell(str(stage.longest) if stage.count else "–"),
        ]
        for stage in stages
    ]
    table = Table((_("Where"), _("Agencies"), _("Longest, business days")), rows)
    most = max(stages, key=lambda stage: stage.count)
    words = _("%(all)d agencies, most of them here: %(where)s, %(count)d.")
    words %= {"all": sum(stage.count for stage in stages), "where": most.title, "count": most.count}
    title = _("Agencies by step")
    picture = charts.bars("where", title, words, [(stage.title, [stage.count]) for stage in stages])
    hint = _(
        "As they stand now, whatever the period. A reviewer’s are those whose application that person reads or read."
    )
    return Panel("where", title, hint, [Part(picture, table)], csv=plain(table))


def days(narrowing: Narrowing, counted: Counted) -> Panel:
    known = spans.lengths(counted)
    heads = (_("Step"), _("How many"), _("Median, business days"), _("Longest, business days"))
    overview = Table(heads, [])
    csv, parts = [[heads[0], _("When"), *heads[1:]]], []
    for name, span in spans.SPANS.items():
        title, figure = str(span.title), f"took.{name}"
        whole = known[name].get(None, spans.Length())
        overview.rows.append([Cell(title), _counted(whole.count, figure, narrowing), *_days(whole)])
        table = Table((_("Month"), *heads[1:]), [])
        lengths = [known[name].get(month, spans.Length()) for month in narrowing.months]
        for month, length in zip(narrowing.months, lengths, strict=True):
            count = _counted(length.count, figure, narrowing.in_month(month))
            table.rows.append([Cell(month_words(month)), count, *_days(length)])
        parts.append(Part(_days_picture(name, title, whole, narrowing.months, lengths), table, title))
        rows = [[Cell(_("Whole period")), *overview.rows[-1][1:]], *table.rows]
        csv += [[title, *(cell.text for cell in row)] for row in rows]
    hint = _("Business days, without weekends and holidays, by the month in which the step ended.")
    return Panel("days", _("Days from step to step"), hint, parts, overview, csv)


def _days_picture(
    name: str, title: str, whole: spans.Length, months: list[dt.date], lengths: list[spans.Length]
) -> charts.Lines:
    words = _("Nothing ended in this period.")
    if whole.count:
        words = ngettext(
            "Ended %(count)d time. Median %(median)s, longest %(longest)d business days.",
            "Ended %(count)d times. Median %(median)s, longest %(longest)d business days.",
            whole.count,
        ) % {"count": whole.count, "median": f"{whole.median:g}", "longest": whole.longest}
    series: list[tuple[str, list[float | None]]] = [
        (_("Median"), [length.median if length.count else None for length in lengths]),
        (_("Longest"), [length.longest if length.count else None for length in lengths]),
    ]
    return charts.lines(f"days-{name}", title, words, _short(months), series)


def _short(months: Iterable[dt.date]) -> list[str]:
    return [date_format(month, "M") for month in months]


def decided(narrowing: Narrowing, counted: Counted) -> Panel:
    months = decisions.by_month(counted)
    names = [words_of(f"did.{verb}") for verb in decisions.VERBS]
    table = Table((_("Month"), *names), [])
    for when, title, within in _when(narrowing):
        cells = [_counted(months[when].done[verb], f"did.{verb}", within) for verb in decisions.VERBS]
        table.rows.append([Cell(title), *cells])
    bars = [
        (month_words(month), [months[month].done[verb] for verb in decisions.VERBS])
        for month in narrowing.months
    ]
    done = months[None].done
    words = "; ".join(f"{name}: {done[verb]}" for name, verb in zip(names, decisions.VERBS, strict=True))
    title = _("Decisions by month")
    hint = _(
        "How many applications each was done to, as the record has it; an approval that was revoked counts too."
    )
    return Panel(
        "decisions", title, hint, [Part(charts.bars("decisions", title, words, bars, names), table)], csv=plain(table)
    )  # fmt: skip


def at_once(narrowing: Narrowing, counted: Counted) -> Panel:
    months = decisions.by_month(counted)
    table = Table((_("Month"), _("Approved"), _("As first sent"), _("Rate")), [])
    for when, title, within in _when(narrowing):
        month, approved = months[when], months[when].done[decisions.APPROVE]
        table.rows.append(
            [
                Cell(title),
                _counted(approved, f"did.{decisions.APPROVE}", within),
                _counted(month.at_once, "at_once.all", within),
                Cell("–" if (rate := _rate(month)) is None else f"{rate:.0f}%"),
            ]
        )
    rates = [_rate(months[month]) for month in narrowing.months]
    rate = _rate(months[None])
    words = _("Nothing was approved in this period.")
    if rate is not None:
        words = _("%(rate)d of 100 approved applications were approved as first sent.") % {
            "rate": round(rate)
        }
    title = _("Approved as first sent")
    picture = charts.lines(
        "at-once", title, words, _short(narrowing.months), [(_("Percent"), rates)], top=100
    )
    hint = _("Of the applications approved, those that never went back for changes.")
    return Panel("at-once", title, hint, [Part(picture, table)], csv=plain(table))


def _rate(month: decisions.Month) -> float | None:
    approved = month.done[decisions.APPROVE]
    return 100 * month.at_once / approved if approved else None


def _when(narrowing: Narrowing) -> list[tuple[dt.date | None, str, Narrowing]]:
    months = [(month, month_words(month), narrowing.in_month(month)) for month in narrowing.months]
    return [*months, (None, _("Whole period"), narrowing)]


def reasons(narrowing: Narrowing, counted: Counted) -> Panel:
    known = decisions.reasons(counted)
    titles = {str(section.key): f"{section.letter}. {section.title}" for section in SECTIONS}
    counts = sorted(
        ((known.pop(key, 0), key, title) for key, title in titles.items()), key=lambda row: -row[0]
    )
    counts += [(count, key, key) for key, count in known.items()]
    rows = [[Cell(title), _counted(count, f"asked_about.{key}", narrowing)] for count, key, title in counts]
    table = Table((_("Section"), _("Applications")), rows)
    title = _("What changes were asked for")
    words = _("Most often: %(section)s, %(count)d applications.") % {
        "section": counts[0][2],
        "count": counts[0][0],
    }
    picture = charts.bars("reasons", title, words, [(title, [count]) for count, _key, title in counts])
    hint = _(
        "Applications by the section that a remark sent to the agency was about; one with remarks on two counts in both."
    )
    return Panel("reasons", title, hint, [Part(picture, table)], csv=plain(table))


PANELS: dict[str, Callable[[Narrowing, Counted], Panel]] = {
    "where": where,
    "days": days,
    "decisions": decided,
    "at-once": at_once,
    "reasons": reasons,
}


def all_of(narrowing: Narrowing, counted: Counted) -> list[Panel]:
    return [panel(narrowing, counted) for panel in PANELS.values()]
