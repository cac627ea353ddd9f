"""The rows behind a figure of the reports, by a name that stands in a link: the list counts what the report counted."""

import datetime as dt
from typing import Any

from onboarding.journey.reports import decisions, pipeline
from onboarding.journey.reports.narrowing import Narrowing
from onboarding.journey.reports.spans import SPANS

END = "~"


def rows(name: str, narrowing: Narrowing) -> Any:
    """A QuerySet of agencies, applications or MOUs. Raises LookupError for a figure that does not exist."""
    kind, _dot, what = name.partition(".")
    match kind:
        case "at" if what in pipeline.TITLES:
            return pipeline.at(what, narrowing)
        case "took":
            return SPANS[what].rows(narrowing)
        case "did" if what in decisions.VERBS:
            return decisions.done(what, narrowing)
        case "at_once":
            return decisions.approved_at_once(narrowing)
        case "asked_about" if what.isidentifier():
            return decisions.asked_about(what, narrowing)
    raise LookupError(name)


def written(name: str, narrowing: Narrowing) -> str:
    parts: list[object] = [narrowing.since, narrowing.until, narrowing.coc, narrowing.can, narrowing.reviewer]
    return END.join([name, *("" if part is None else str(part) for part in parts)])


def read(text: str) -> tuple[str, Narrowing]:
    """Raises ValueError where nobody wrote it so."""
    name, since, until, *keys = text.split(END)
    coc, can, reviewer = (int(key) if key else None for key in keys)
    return name, Narrowing(dt.date.fromisoformat(since), dt.date.fromisoformat(until), coc, can, reviewer)
