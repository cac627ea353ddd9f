"""The results of a class in one table: people chosen by what is asked of them, or pasted; each row on its own."""

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import islice

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from agencies.models import Staff, User
from agencies.permissions import person
from hmis_portal.desk.tools import DeskAdmin, row_numbers
from training import selectors
from training.admin.completions.entry_forms import (
    ChooseForm,
    ClassForm,
    Key,
    PasteForm,
    RowForm,
    recordable,
    typed_in,
)
from training.admin.completions.said import say_received
from training.doors.receiving import Kind, receive
from training.models import Requirement
from training.requirements.board import stands
from training.requirements.items import Item

SHOWN = 100  # whom the filters choose
JUDGED = 500
MOST = 400  # selected one by one: their ids are the address of the page, which servers cut at 4,094 letters

Entries = dict[tuple[str, int], dict[str, str]]  # who, and which course: what stands in the inputs


@dataclass(frozen=True)
class ClassRow:
    who: str
    form: RowForm
    known: bool
    agencies: str
    item: Item | None


@dataclass
class Table:
    choose: ChooseForm
    rows: list[ClassRow] = field(default_factory=list)
    head: ClassForm = field(default_factory=ClassForm)
    paste: PasteForm = field(default_factory=PasteForm)
    explanation: str = ""

    @property
    def faulty(self) -> bool:
        """Whether something that was sent comes back."""
        forms = (self.choose, self.head, self.paste, *(row.form for row in self.rows))
        return any(form.is_bound and form.errors for form in forms)


def class_page(model_admin: DeskAdmin, request: HttpRequest) -> HttpResponse:
    table = Table(ChooseForm(request.GET if "state" in request.GET else None))
    selected = row_numbers(request.GET.get("ids", "").split(","))
    back = reverse("admin:training_requirement_changelist") if selected else request.get_full_path()
    if "paste" in request.POST:
        _paste(request, table)
    elif request.method == "POST":
        if _save(request, table):
            return HttpResponseRedirect(back)
    elif selected:
        _select(selected, table)
        if not table.rows:
            messages.warning(request, table.explanation)
            return HttpResponseRedirect(back)
    elif table.choose.is_bound and table.choose.is_valid():
        _choose(table)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media + table.head.media,
        "title": gettext("Enter results"),
        "table": table,
        "forms": [table.choose, table.head, table.paste, *(row.form for row in table.rows)],
    }
    return render(request, "admin/training/class.html", context, status=422 if table.faulty else 200)


def _select(pks: Collection[int], table: Table) -> None:
    """Requirements picked from their list: whoever was picked was there."""
    chosen = Requirement.objects.open().filter(pk__in=list(pks)[:MOST]).select_related("course")
    recordable_rows = [row for row in chosen.order_by("course", "person") if not row.course.is_agreement]
    table.rows = _rows(
        {
            (str(row.person_id), row.course_id): {
                "result": RowForm.PASSED if row.course.min_score is None else ""
            }
            for row in recordable_rows
        }
    )
    table.explanation = _left_out(len(table.rows), len(pks))


def _left_out(shown: int, selected: int) -> str:
    """Nobody who was selected is left out without a word."""
    if not shown:
        return gettext("Select people whose course can be recorded; the agreement is signed by themselves.")
    if shown == selected:
        return ""
    words = gettext(
        "%(shown)d of the %(selected)d that you selected are listed: the others are closed, or are user agreements, "
        "which are signed by the persons themselves."
    )
    return words % {"shown": shown, "selected": selected}


def _choose(table: Table) -> None:
    data = table.choose.cleaned_data
    wanted = selectors.to_record(
        course=data["course"], agency=data["agency"], due=data["due"], without_done=data["state"] in ("open", "late")
    )  # fmt: skip
    asked = list(wanted.values_list("pk", "person")[: JUDGED + 1])
    judged = selectors.items_of({person_id for _pk, person_id in asked[:JUDGED]})
    items = {item.requirement.pk: item for of_person in judged.values() for item in of_person}
    fitting = [
        items[pk] for pk, _person in asked[:JUDGED] if pk in items and stands(items[pk], data["state"])
    ]
    filled = {"result": RowForm.PASSED} if data["passed"] else {}
    table.rows = _rows(
        {
            (str(item.requirement.person_id), item.requirement.course_id): dict(filled)
            for item in islice(fitting, SHOWN)
        }
    )
    if len(fitting) > SHOWN or len(asked) > JUDGED:
        words = gettext(
            "The first %(shown)d are listed, the earliest due first. Narrow the list to see others."
        )
        table.explanation = words % {"shown": len(table.rows)}
    elif not fitting:
        table.explanation = gettext("Nobody matches. Choose other filters, or paste lines below.")


def _posted(request: HttpRequest) -> Entries:
    keys = [(key, Key.read(key)) for key in request.POST.getlist("row")]
    return {read: typed_in(request.POST, key) for key, read in keys if read}


def _paste(request: HttpRequest, table: Table) -> None:
    """Put the lines into the table; each person stands there once for a course, as the last line says it."""
    entries = _posted(request)
    table.head, paste = ClassForm(initial=request.POST.dict()), PasteForm(request.POST)
    if paste.is_valid():
        lines, course = paste.cleaned_data["lines"], paste.cleaned_data["for_course"]
        known = {
            user.email: str(user.pk) for user in User.objects.filter(email__in=[line.email for line in lines])
        }
        for line in lines:
            result = RowForm.PASSED if line.passed else RowForm.FAILED
            values = {
                "day": line.day,
                "result": result,
                "score": "" if line.score is None else str(line.score),
            }
            entries[known.get(line.email, line.email), (line.course or course).pk] = values
    else:
        table.paste = paste
    table.rows = _rows(entries)


def _save(request: HttpRequest, table: Table) -> bool:
    """Record each row that can be; whether that was all. What cannot stays in the table as it was typed."""
    table.head = ClassForm(request.POST)
    table.rows = _rows(_posted(request), request)
    if not table.head.is_valid():
        return False
    usual, note = table.head.cleaned_data["completed_on"], table.head.cleaned_data["note"]
    entered = [row for row in table.rows if row.form.says_something]
    attempts = [row.form.attempt(row.who, usual_day=usual, note=note) for row in entered]
    ready = [(row, attempt) for row, attempt in zip(entered, attempts, strict=True) if attempt]
    outcomes = receive([attempt for _row, attempt in ready], door=None, by=person(request))
    for (row, _attempt), outcome in zip(ready, outcomes, strict=True):
        if outcome.kind == Kind.REFUSED:
            row.form.add_error("day", outcome.words)
    say_received(request, [outcome for outcome in outcomes if outcome.kind != Kind.REFUSED])
    if not entered:
        messages.warning(request, gettext("Nothing is recorded yet: enter a score or choose a result."))
        return False
    table.rows = [row for row in table.rows if row not in entered or row.form.errors]
    return not any(row in entered for row in table.rows)


def _rows(entries: Entries, request: HttpRequest | None = None) -> list[ClassRow]:
    """The rows as typed in `request`, or with `entries` filled in; by name, those whom nobody knows last."""
    numbers = row_numbers(who for who, _course in entries)
    users, courses = User.objects.in_bulk(numbers), recordable().in_bulk({course for _who, course in entries})
    items = {
        (user, item.requirement.course_id): item
        for user, of_person in selectors.items_of(numbers).items()
        for item in of_person
    }
    agencies: dict[int, list[str]] = {}
    for user_id, name in (
        Staff.objects.current().filter(user__in=numbers).values_list("user", "agency__legal_name")
    ):
        agencies.setdefault(user_id, []).append(name)
    rows = []
    for (who, course), values in entries.items():
        if course not in courses:
            continue
        number = int(who) if who.isdecimal() else 0
        name = str(users.get(number, who))
        source = {"data": request.POST} if request else {"initial": values}
        form = RowForm(**source, key=f"{who}:{course}", course=courses[course], person=name)
        rows.append(
            ClassRow(
                who, form, number in users, ", ".join(agencies.get(number, [])), items.get((number, course))
            )
        )
    return sorted(rows, key=lambda row: (not row.known, row.form.person.casefold()))
