"""All the forms of one project's page, from what is stored or from what was typed, and the judgment of the rules on them."""

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.datastructures import MultiValueDict

from agencies.hud import lists
from agencies.hud.drafts import (
    PROJECT_NAMES,
    ROWS,
    joins,
    names,
    stored_drafts,
    stored_rows,
    surroundings,
)
from agencies.hud.elements import EMERGENCY_SHELTER, is_residential
from agencies.hud.forms.fields import NOT_HOPWA
from agencies.hud.forms.rows import FORMS, ElementForm, ProjectForm, RowForm
from agencies.hud.rows import HOPWA_FUNDERS, Affiliated, ProjectDraft
from agencies.hud.rules import Finding, affiliation_applies, check, errors
from agencies.hud.summary import place_of
from agencies.models import Project
from hmis_portal.forms.wording import PLACED, in_place

MOST_ROWS = 60


@dataclass(frozen=True)
class Rows:
    """The rows of one kind as the page shows them."""

    kind: str
    forms: list[RowForm]
    empty: RowForm

    most = MOST_ROWS

    @property
    def count(self) -> int:
        return len(self.forms)

    @property
    def visible(self) -> list[RowForm]:
        return [form for form in self.forms if not form.removed]

    @property
    def filled(self) -> list[RowForm]:
        return [form for form in self.visible if not form.blank]


class ProjectForms:
    """All the forms of one project's page, from what is stored or from what was typed."""

    def __init__(
        self,
        project: Project,
        *,
        siblings: Iterable[Project] = (),
        data: MultiValueDict[str, str] | None = None,
        quiet: bool = False,
        fixed: bool = False,
    ) -> None:
        """`project` comes from `with_rows`; `siblings` are the agency's other projects; `data` is what was typed.

        `fixed` when what the project does (its type) stays as it is stored.
        """
        self.project = project
        self.data = data
        self.codes = lists.codes()
        self.stored = {kind: stored_rows(project, kind) for kind in ROWS}
        common: dict[str, Any] = {"codes": self.codes, "quiet": quiet}
        initial = {name: getattr(project, name) for name in PROJECT_NAMES}
        initial["affiliated"] = [row["id"] for row in project.affiliated_found]  # type: ignore[attr-defined]
        self.form = ProjectForm(data, initial=initial, siblings=siblings, fixed=fixed, **common)
        self.rows = {kind: self._rows(kind, common) for kind in FORMS if kind not in self.not_asked}
        self.findings: list[Finding] = []

    @property
    def not_asked(self) -> frozenset[str]:
        """The kinds of row that are not on the page and stay as they are stored."""
        return frozenset({"hmis"}) if joins(self.project) else frozenset()

    def _rows(self, kind: str, common: dict[str, Any]) -> Rows:
        extra: dict[str, Any] = {}
        if kind == "funders":
            extra["kept"] = frozenset(str(row["funder"]) for row in self.stored[kind])
        made = FORMS[kind]
        empty = made(
            prefix=f"{kind}-__prefix__", initial=self._new(kind), **{**common, "quiet": False}, **extra
        )
        if self.data is None:
            initials = self.stored[kind] or [self._new(kind)]
            return Rows(
                kind,
                [
                    made(prefix=f"{kind}-{index}", initial=initial, **{**common, "quiet": False}, **extra)
                    for index, initial in enumerate(initials)
                ],
                empty,
            )
        found = [
            made(self.data, prefix=f"{kind}-{index}", **common, **extra) for index in range(self._count(kind))
        ]
        if all(form.removed for form in found):
            found.append(made(MultiValueDict(), prefix=f"{kind}-{len(found)}", **common, **extra))
        return Rows(kind, found, empty)

    def _count(self, kind: str) -> int:
        text = (self.data.get(f"{kind}-rows") if self.data is not None else "") or ""
        return min(int(text), MOST_ROWS) if re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) else 0

    def _new(self, kind: str) -> dict[str, Any]:
        """What a new row starts with: the CoC where there is only one to choose."""
        if kind == "coc":
            known = list(lists.coc_names())
        else:
            known = [row["coc_code"] for row in self.stored["coc"]] if kind == "inventory" else []
        return {"coc_code": known[0]} if len(known) == 1 else {}

    @property
    def all_forms(self) -> list[ElementForm]:
        """In the order of the page, blank and removed rows left out: for the error summary."""
        return [self.form, *(form for rows in self.rows.values() for form in rows.visible if form.errors)]

    @property
    def every_form(self) -> list[ElementForm]:
        """The project's own form and those of the rows that are shown."""
        return [self.form, *(form for rows in self.rows.values() for form in rows.visible)]

    def hidden(self) -> list[str]:
        """The fields and sections that do not apply to what has been answered."""
        value = self.form.value
        project_type, sub_type = value("project_type"), value("rrh_sub_type")
        doubt = project_type is None
        gone: list[str] = []
        if not doubt:
            residential = is_residential(project_type, sub_type)
            if not residential:
                gone += ["housing_type", "inventory"]
            if not affiliation_applies(project_type, sub_type):
                gone.append("residential_affiliation")
            if project_type not in EMERGENCY_SHELTER:
                gone += [
                    f"{form.key}-{name}"
                    for form in self.rows["inventory"].forms
                    for name in ("es_bed_type", "availability")
                ]
        if "residential_affiliation" in gone or value("residential_affiliation") != 1:
            gone.append("affiliated")
        if not any(form.value("funder") in HOPWA_FUNDERS for form in self.rows["funders"].filled):
            gone.append("hopwa_med_assisted_living_fac")
        return gone

    def read(self) -> ProjectDraft:
        """What was typed, as the rules read it; what does not apply is left out."""
        for form in self._judged():
            form.full_clean()
        gone = set(self.hidden())
        unreadable = {form.add_prefix(name) for form in self._judged() for name in form.errors}
        rows: dict[str, Any] = {}
        for kind, (_model, row_class) in ROWS.items():
            if kind in self.not_asked:
                rows[kind] = stored_drafts(self.project, kind)
                continue
            filled = [] if kind in gone else self.rows[kind].filled
            rows[kind] = [self._row(row_class, form, gone) for form in filled]
        affiliated = [] if "affiliated" in gone else self.form.value("affiliated") or []
        own: dict[str, Any] = {
            name: None if name in gone else self.form.value(name) for name in PROJECT_NAMES
        }
        if "hopwa_med_assisted_living_fac" in gone:
            own["hopwa_med_assisted_living_fac"] = NOT_HOPWA
        return ProjectDraft(
            **own,
            **rows,
            affiliated=[
                Affiliated(id=key, name=self.form.siblings[key].project_name, residential=True)
                for key in affiliated
            ],
            victim_service_provider=self.project.vsp_found,  # type: ignore[attr-defined]
            joining=joins(self.project),
            unreadable=frozenset(unreadable),
        )

    def _judged(self) -> Iterator[ElementForm]:
        yield self.form
        for rows in self.rows.values():
            yield from rows.filled

    def _row(self, row_class: type[Any], form: RowForm, gone: set[str]) -> Any:
        values = {
            name: form.value(name)
            for name in names(form.kind)
            if name in form.fields and f"{form.key}-{name}" not in gone
        }
        if form.kind == "coc":
            # The page does not ask for the state: it is the CoC's, or the HMIS's until one is chosen.
            values["state"] = str(values.get("coc_code") or min(lists.coc_names()))[:2]
        if form.kind == "funders":
            values["is_new"] = values.get("funder") not in {row["funder"] for row in self.stored["funders"]}
        return row_class(key=form.key, **values)

    def judge(self) -> ProjectDraft:
        """Read, check, and keep the findings; the forms are not touched."""
        draft = self.read()
        self.findings = check(draft, surroundings())
        return draft

    def is_valid(self) -> bool:
        """Judge and write each error to its field; blank rows and rows that do not apply are not judged."""
        self.draft = self.judge()
        for rows in self.rows.values():
            for form in rows.visible:
                if form.blank or rows.kind in self.hidden():
                    form._errors = ErrorDict()
                    form.cleaned_data = {}
        for name in list(self.form.errors):
            if name in self.hidden():
                del self.form.errors[name]
        for finding in errors(self.findings):
            at, name = self._place(finding.field)
            words = in_place(place_of(finding.field), finding.message)
            if words not in at.errors.get(name, []):
                at.add_error(name, ValidationError(words, code=PLACED))
        return not any(form.errors for form in self.every_form)

    def _place(self, path: str) -> tuple[ElementForm, str]:
        """The form and field that a finding is written to; one of a whole section goes to its first row."""
        kind, _dash, rest = path.partition("-")
        if kind not in self.rows:
            return self.form, path
        rows = self.rows[kind]
        index, _dash, name = rest.partition("-")
        if name:
            form: RowForm = rows.forms[int(index)]
        else:
            form = rows.visible[0]
        if name not in form.fields:
            name = next(field for field in form.fields if field not in ("id", "DELETE"))
        return form, name

    def lacks(self, path: str) -> bool:
        """Whether nothing stands yet in the field (or section) that a finding names."""
        kind, _dash, rest = path.partition("-")
        if kind not in self.rows:
            return path in self.form.fields and self.form.value(path) in (None, "", [])
        index, _dash, name = rest.partition("-")
        if not name:
            return not self.rows[kind].filled
        form = self.rows[kind].forms[int(index)]
        return name in form.fields and form.value(name) in (None, "", [])

    def identities(self) -> dict[str, list[uuid.UUID | None]]:
        """For each kind, the stored ids of the rows of `draft` in its order; None for a new row."""
        found: dict[str, list[uuid.UUID | None]] = {}
        for kind in ROWS:
            known = {str(row["id"]) for row in self.stored[kind]}
            if kind in self.not_asked:
                found[kind] = [uuid.UUID(str(row["id"])) for row in self.stored[kind]]
                continue
            ids: list[uuid.UUID | None] = []
            for row in getattr(self.draft, kind):
                index = int(row.key.rpartition("-")[2])
                given = self.rows[kind].forms[index].cleaned_data.get("id")
                ids.append(given if str(given) in known and given not in ids else None)
            found[kind] = ids
        return found
