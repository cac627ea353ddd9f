"""Who was asked to sign a version of a text, and how far they are: by agency and by person, in pages, and as CSV.

Rows are dicts: agency_key, agency_name; person, "" where the agency is the party; by, the last day; signed_at, or None;
gone, whether who was asked has left, or is bound by nothing any more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hmis_portal.files import tables
from hmis_portal.signing.models import TextVersion

A_PAGE = 50
SIGNED, OPEN, OVER, GONE = "signed", "open", "over", "gone"
# The state of a row: its words and the kind of components/status.html.
STATES = {
    OPEN: (gettext_lazy("Not signed yet"), "waiting"),
    OVER: (gettext_lazy("Not signed, the day is over"), "problem"),
    SIGNED: (gettext_lazy("Signed"), "done"),
    GONE: (gettext_lazy("No longer asked"), "plain"),
}


@dataclass(frozen=True)
class Progress:
    version: TextVersion
    rows: QuerySet[Any, dict[str, Any]]
    query: Mapping[str, str]

    @property
    def state(self) -> str:
        """What the list is narrowed to; "" when it shows all."""
        asked = self.query.get("state", "")
        return asked if asked in STATES else ""

    @cached_property
    def of_people(self) -> bool:
        """Whether each person signs, and not each agency once."""
        return self.version.kind == TextVersion.Kind.USER_AGREEMENT

    @cached_property
    def counts(self) -> dict[str, int]:
        return {name: self.rows.filter(of_state(name)).count() for name in STATES}

    @property
    def everyone(self) -> int:
        return sum(self.counts.values())

    @property
    def tabs(self) -> list[tuple[str, Any, int]]:
        """The words and the number of each state, all of them first."""
        return [
            ("", _("All"), self.everyone),
            *((name, words, self.counts[name]) for name, (words, _kind) in STATES.items()),
        ]

    @property
    def narrowed(self) -> QuerySet[Any, dict[str, Any]]:
        return self.rows.filter(of_state(self.state)) if self.state else self.rows

    @cached_property
    def page(self) -> Page[Any]:
        return Paginator(self.narrowed, A_PAGE).get_page(self.query.get("page"))

    @property
    def shown(self) -> list[dict[str, Any]]:
        return [with_state(row) for row in self.page]

    @property
    def pager_query(self) -> str:
        return urlencode({"state": self.state}) + "&" if self.state else ""

    def as_csv(self) -> StreamingHttpResponse:
        """What the list is narrowed to, written row by row."""
        heads = (_("Agency"), _("Person"), _("To be signed by"), _("Signed"), _("State"))

        def cells() -> Iterator[tuple[Any, ...]]:
            yield heads
            for row in map(with_state, self.narrowed.iterator(chunk_size=500)):
                signed = timezone.localdate(row["signed_at"]).isoformat() if row["signed_at"] else ""
                yield row["agency_name"], row["person"], row["by"].isoformat(), signed, row["state_words"]

        return tables.csv_streamed(cells(), filename=f"{slugify(str(self.version))}.csv")


def of_state(state: str) -> Q:
    today = timezone.localdate()
    return {
        SIGNED: Q(signed_at__isnull=False),
        GONE: Q(signed_at__isnull=True, gone=True),
        OVER: Q(signed_at__isnull=True, gone=False, by__lt=today),
        OPEN: Q(signed_at__isnull=True, gone=False, by__gte=today),
    }[state]


def with_state(row: dict[str, Any]) -> dict[str, Any]:
    state = OPEN if row["by"] >= timezone.localdate() else OVER
    state = GONE if row["gone"] else state
    words, kind = STATES[SIGNED if row["signed_at"] else state]
    return {**row, "state_words": words, "state_kind": kind}
