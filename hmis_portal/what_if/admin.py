"""The page between a form and its saving: who would lose or gain access, who gets a task, how many messages go out."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models.options import Options
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hmis_portal.desk.tools import ReadOnlyAdmin, guarded, status
from hmis_portal.models import WhatIf
from hmis_portal.models.what_if import NOTHING, Foretold
from hmis_portal.text.words import date_words
from hmis_portal.what_if.asking import SEEN
from hmis_portal.what_if.trying import HORIZON

State = WhatIf.State
STATES = {State.WORKING: "waiting", State.DONE: "done", State.FAILED: "problem"}
SHOWN = 200


@dataclass(frozen=True)
class ShownTable:
    """The first rows of a list, each cell with the words of its column, and how many more there are."""

    title: str
    heads: tuple[str, ...]
    rows: list[list[tuple[str, str]]]
    more: int


@dataclass(frozen=True)
class LookPage:
    """What the page shows; its template reads the fields by their names."""

    opts: Options[WhatIf]
    title: str
    row: WhatIf
    facts: list[tuple[str, int | str]]
    tables: list[ShownTable]
    nothing: bool
    back: str
    seen: str
    horizon: int
    may_save: bool


@admin.register(WhatIf)
class WhatIfAdmin(ReadOnlyAdmin):
    list_display = ("what", "asked_by", "asked_at", "status_word", "agencies")
    list_select_related = ("asked_by",)

    @admin.display(description=_("state"))
    def status_word(self, row: WhatIf) -> SafeString:
        return status(STATES[State(row.state)], row.get_state_display())

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("todo", "result", "posted", "data")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not object_id.isdecimal():
            return super().change_view(request, object_id, *args, **kwargs)
        return self.look_view(request, int(object_id))

    def get_urls(self) -> list[URLPattern]:
        look = guarded(self, self.look_view)
        return [path("<int:pk>/look/", look, name="hmis_portal_whatif_look"), *super().get_urls()]

    def look_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(WhatIf, pk=pk)
        outcome: Foretold = {**NOTHING, **row.result}
        shown = LookPage(
            opts=self.opts,
            title=gettext("What this change would do"),
            row=row,
            facts=_facts(outcome),
            tables=_tables(outcome),
            nothing=not (outcome["lost"] or outcome["gained"] or outcome["tasks"] or outcome["at_once"])
            and outcome["later"] == outcome["otherwise"],
            back=row.page,
            seen=SEEN,
            horizon=HORIZON,
            may_save=row.state == State.DONE and row.asked_by_id == request.user.pk,
        )
        answer = render(
            request, "admin/what_if.html", {**self.admin_site.each_context(request), **vars(shown)}
        )
        if row.is_open:
            answer["Refresh"] = "3"
        return answer


def _facts(outcome: Foretold) -> list[tuple[str, int | str]]:
    later = gettext("%(changed)d, without the change %(otherwise)d")
    return [
        (gettext("People who lose access"), len(outcome["lost"])),
        (gettext("People who gain access"), len(outcome["gained"])),
        (gettext("Agencies that get a task"), len(outcome["tasks"])),
        (gettext("Messages at once"), outcome["at_once"]),
        (
            gettext("Messages to these agencies in the %(days)d days after") % {"days": HORIZON},
            later % {"changed": outcome["later"], "otherwise": outcome["otherwise"]},
        ),
    ]


def _tables(outcome: Foretold) -> list[ShownTable]:
    people = (gettext("From"), gettext("Person"), gettext("Agency"))
    lost, gained = ([_person(row) for row in sorted(rows)] for rows in (outcome["lost"], outcome["gained"]))
    tasks = [
        (name, "; ".join(words)) for _key, name, words in sorted(outcome["tasks"], key=lambda row: row[1])
    ]
    rows = (
        (gettext("Who loses access"), people, lost),
        (gettext("Who gains access"), people, gained),
        (gettext("Which agencies get a task"), (gettext("Agency"), gettext("What is to be done")), tasks),
    )
    return [
        ShownTable(
            title=title,
            heads=heads,
            rows=[[*zip(heads, cells, strict=True)] for cells in all_rows[:SHOWN]],
            more=max(0, len(all_rows) - SHOWN),
        )
        for title, heads, all_rows in rows
        if all_rows
    ]


def _person(row: list[str]) -> tuple[str, str, str]:
    day, name, agency, _key = row
    return date_words(dt.date.fromisoformat(day)), name, agency
