"""Who was asked to sign a version of a text, and how far they are: by agency and by person, in pages, and as CSV.

Rows are dicts: agency_key, agency_name; person_name, "" where the agency is the party; by, the last day; signed_at, or None;
gone, whether who was asked has left, or is bound by nothing any more.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hmis_portal.files.streaming import csv_response
from hmis_portal.signing.models import TextVersion

A_PAGE = 50
UUID_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SIGNED, OPEN, OVER, GONE = "signed", "open", "over", "gone"
# The state of a row: its words and the kind of the tag `status`.
STATES = {
    OPEN: (gettext_lazy("Not signed yet"), "waiting"),
    OVER: (gettext_lazy("Not signed, the day is over"), "problem"),
    SIGNED: (gettext_lazy("Signed"), "done"),
    GONE: (gettext_lazy("No longer asked"), "plain"),
}


@dataclass(frozen=True)
class SigningProgress:
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
    def tabs(self) -> list[tuple[str, object, int]]:
        """The words and the number of each state, all of them first."""
        return [
            ("", _("All"), self.everyone),
            *((name, words, self.counts[name]) for name, (words, _kind) in STATES.items()),
        ]

    @property
    def by_agency(self) -> bool:
        """Whether each agency is shown with how many of its people have signed."""
        return self.of_people and self.query.get("by") == "agency"

    @property
    def agency(self) -> str:
        """Whose people alone are shown; "" when all are."""
        key = self.query.get("agency", "")
        return key if self.of_people and UUID_KEY.fullmatch(key) else ""

    @cached_property
    def agencies(self) -> list[dict[str, Any]]:
        """Every agency, by name, and how many of its people stand in each state."""
        agencies: dict[object, dict[str, object]] = {}
        for state in STATES:
            rows = self.rows.filter(of_state(state)).order_by().values("agency_key", "agency_name")
            for row in rows.annotate(count=Count("*")):
                agency = agencies.setdefault(row["agency_key"], {**row, **dict.fromkeys(STATES, 0)})
                agency[state] = row["count"]
        return sorted(agencies.values(), key=lambda row: str(row["agency_name"]).casefold())

    @property
    def narrowed(self) -> QuerySet[Any, dict[str, object]]:
        rows = self.rows.filter(agency_key=self.agency) if self.agency else self.rows
        return rows.filter(of_state(self.state)) if self.state else rows

    @cached_property
    def page(self) -> Page[Any]:
        return Paginator(self.agencies if self.by_agency else self.narrowed, A_PAGE).get_page(
            self.query.get("page")
        )

    @property
    def shown(self) -> list[dict[str, Any]]:
        return [with_state(row) for row in self.page]

    @property
    def pager_query(self) -> str:
        asked = {"by": "agency" if self.by_agency else "", "state": self.state, "agency": self.agency}
        return "".join(f"{name}={value}&" for name, value in asked.items() if value)

    def as_csv(self) -> StreamingHttpResponse:
        """What the list is narrowed to, written row by row."""
        heads = (_("Agency"), _("Person"), _("To be signed by"), _("Signed"), _("State"))

        def cells(row: dict[str, Any]) -> tuple[Any, ...]:
            signed = timezone.localdate(row["signed_at"]).isoformat() if row["signed_at"] else ""
            return row["agency_name"], row["person_name"], row["by"].isoformat(), signed, row["state_words"]

        rows = map(with_state, self.narrowed.iterator(chunk_size=500))
        return csv_response(heads, map(cells, rows), f"{slugify(str(self.version))}.csv")


def of_state(state: str) -> Q:
    today = timezone.localdate()
    return {
        SIGNED: Q(signed_at__isnull=False),
        GONE: Q(signed_at__isnull=True, gone=True),
        OVER: Q(signed_at__isnull=True, gone=False, by__lt=today),
        OPEN: Q(signed_at__isnull=True, gone=False, by__gte=today),
    }[state]


def with_state(row: dict[str, Any]) -> dict[str, object]:
    state = OPEN if row["by"] >= timezone.localdate() else OVER
    state = GONE if row["gone"] else state
    words, kind = STATES[SIGNED if row["signed_at"] else state]
    return {**row, "state_words": words, "state_kind": kind}
