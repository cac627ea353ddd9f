"""One page of a project: its own answers and the rows that it asks for, and the judgment of the rules on them."""

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from agencies.hud import lists
from agencies.hud.derived import fitting, following
from agencies.hud.drafts import ROWS, draft_of, joins, names, stored_ids, stored_rows, surroundings
from agencies.hud.elements import EMERGENCY_SHELTER
from agencies.hud.forms.element import ElementForm
from agencies.hud.forms.project import ProjectForm
from agencies.hud.forms.rows import FORMS, RowForm
from agencies.hud.pages import Page, page_of
from agencies.hud.places import proposed
from agencies.hud.rows import DATED, HOPWA_FUNDERS, Affiliated, ProjectDraft
from agencies.hud.rules import Finding, affiliation_applies, check, errors
from agencies.hud.summary import place_of
from agencies.models import Agency, Project
from hmis_portal.forms.wording import PLACED, in_place

MOST_ROWS = 60
Ids = dict[str, list[uuid.UUID | None]]


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
    def several(self) -> bool:
        return len(self.visible) > 1

    @property
    def filled(self) -> list[RowForm]:
        return [form for form in self.visible if not form.blank]


class ProjectForms(ProjectForm):
    """The forms of one page, from what is stored or from what was typed: itself the project's own answers, and rows."""

    def __init__(
        self,
        data: object = None,
        files: object = None,
        *,
        project: Project,
        page: Page,
        siblings: Iterable[Project] = (),
        agency: Agency | None = None,
        fixed: bool = False,
    ) -> None:
        """`project` comes from `with_rows`; `siblings` are the agency's other projects; `data` is what was typed.

        `agency` where its address is offered for the first site of the project; `fixed` when what the project does
        (its type) stays as it is stored.
        """
        self.project, self.page, self.before, self.agency = project, page, draft_of(project), agency
        initial = {name: getattr(project, name) for name in page.own if name != "affiliated"}
        initial["affiliated"] = [affiliation.id for affiliation in self.before.affiliated]
        super().__init__(data, initial=initial, codes=lists.codes(), siblings=siblings, fixed=fixed)
        self.fields = {name: self.fields[name] for name in page.own if self._asks(name)}
        self.rows = {kind: self._rows(kind) for kind in page.kinds if not (kind == "hmis" and joins(project))}
        self.findings: list[Finding] = []

    def _asks(self, name: str) -> bool:
        affiliation = affiliation_applies(self.before.project_type, self.before.rrh_sub_type)
        return affiliation or name not in ("residential_affiliation", "affiliated")

    def _rows(self, kind: str) -> Rows:
        def row(data: Any, index: object, **more: Any) -> RowForm:
            form = FORMS[kind](data, prefix=f"{kind}-{index}", codes=self.codes, **extra, **more)
            if kind == "inventory" and self.before.project_type not in EMERGENCY_SHELTER:
                del form.fields["es_bed_type"], form.fields["availability"]
            return form

        extra: dict[str, Any] = {"opened": self.before.operating_start_date}
        stored = stored_rows(self.project, kind)
        if kind == "inventory" and len(self.before.coc) == 1:
            extra["coc"] = self.before.coc[0].coc_code
        if kind == "funders":
            extra["kept"] = frozenset(str(values["funder"]) for values in stored)
        empty = row(None, "__prefix__", initial=self._new(kind))
        if not self.is_bound:
            if kind == "coc" and not stored and (address := self._address()):
                return Rows(kind, [row(None, 0, initial=address, proposed=True)], empty)
            initials = [self._without_shared_days(kind, values) for values in stored] or [self._new(kind)]
            forms = [row(None, index, initial=initial) for index, initial in enumerate(initials)]
            return Rows(kind, forms, empty)
        forms = [row(self.data, index) for index in range(self.count_of(self.data.get(f"{kind}-rows") or ""))]
        if all(form.removed for form in forms):
            forms.append(row(MultiValueDict(), len(forms)))
        return Rows(kind, forms, empty)

    @staticmethod
    def count_of(text: str) -> int:
        """How many rows a page says it has."""
        return min(int(text), MOST_ROWS) if re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) else 0

    def _without_shared_days(self, kind: str, row: dict[str, object]) -> dict[str, object]:
        """A day that is the project's own is not shown as one that was typed for this row."""
        if kind not in DATED:
            return row
        shared = {
            f"{DATED[kind]}_{end}_date": getattr(self.before, f"operating_{end}_date")
            for end in ("start", "end")
        }
        return {name: None if shared.get(name) == value else value for name, value in row.items()}

    def _new(self, kind: str) -> dict[str, object]:
        """What a new row starts with: the CoC where there is only one to choose."""
        known = list(lists.coc_names()) if kind == "coc" else []
        return {"coc_code": known[0]} if len(known) == 1 else {}

    def _address(self) -> dict[str, object]:
        """That of the agency, unless it keeps the addresses of its sites to itself."""
        agency = self.agency
        if agency is None or agency.victim_service_provider or not agency.street:
            return {}
        place = self._place_of(agency.city, agency.zip_code)
        return {"address1": agency.street, "city": agency.city, "zip": agency.zip_code, **place}

    def _place_of(self, city: str, zip_code: str) -> dict[str, object]:
        """What a town tells, of the CoCs that there are to choose."""
        place = proposed(city, zip_code, dict(self.codes.choices("geocode.CT")))
        return place if place.get("coc_code") in lists.coc_names() else {}

    def proposals(self) -> dict[str, str]:
        """For questions of a site that have no answer yet, what its town and ZIP code tell; by the name of the input.

        What the agency's address told is no answer either, as long as nothing is saved.
        """
        proposed: dict[str, str] = {}
        offered = {} if stored_rows(self.project, "coc") else self._address()
        for row in self._filled("coc"):
            place = self._place_of(str(row["city"].value() or ""), str(row["zip"].value() or ""))
            for name, value in place.items():
                typed = str(row[name].value() or "")
                if typed in ("", str(offered.get(name, ""))) and typed != str(value):
                    proposed[row.add_prefix(name)] = str(value)
        return proposed

    @property
    def row_forms(self) -> list[RowForm]:
        """The rows that are shown, in the order of the page."""
        return [form for rows in self.rows.values() for form in rows.visible]

    @property
    def all_forms(self) -> list[ElementForm]:
        return [self, *self.row_forms]

    def unjudged(self) -> None:
        super().unjudged()
        for row in self.row_forms:
            row.unjudged()

    def hidden(self) -> list[str]:
        """The fields that do not apply to what has been answered on the page."""
        hopwa = any(form.value("funder") in HOPWA_FUNDERS for form in self._filled("funders"))
        return [] if hopwa else ["hopwa_med_assisted_living_fac"]

    def _filled(self, kind: str) -> list[RowForm]:
        return self.rows[kind].filled if kind in self.rows else []

    def read(self) -> ProjectDraft:
        """The project with what was typed on this page, as the rules read it; what does not apply is left out."""
        for form in self._judged():
            form.full_clean()
        return self.over(self.project)

    def over(self, project: Project) -> ProjectDraft:
        """What was typed, laid over a project (from `with_rows`) that a colleague may have changed meanwhile."""
        before = draft_of(project)
        changes: dict[str, Any] = {name: self.value(name) for name in self.fields if name != "affiliated"}
        for kind, rows in self.rows.items():
            changes[kind] = [self._row(kind, form, before) for form in rows.filled]
        if "affiliated" in self.fields:
            changes["affiliated"] = [
                Affiliated(id=key, name=self.siblings[key].project_name, residential=True)
                for key in self.value("affiliated") or []
            ]
        unreadable = {form.add_prefix(name) for form in self._judged() for name in form.errors}
        draft = replace(before, **changes, unreadable=frozenset(unreadable))
        return fitting(following(draft, before))

    def _judged(self) -> Iterator[ElementForm]:
        yield self
        for rows in self.rows.values():
            yield from rows.filled

    def _row(self, kind: str, form: RowForm, before: ProjectDraft) -> Any:
        values = {name: form.value(name) for name in names(kind) if name in form.fields}
        if kind in DATED:
            for end in ("start", "end"):
                name = f"{DATED[kind]}_{end}_date"
                values[name] = values[name] or getattr(before, f"operating_{end}_date")
        if form.coc:
            values["coc_code"] = form.coc
        if kind == "coc":
            # The page does not ask for the state: it is the CoC's, or the HMIS's until one is chosen.
            values["state"] = str(values.get("coc_code") or min(lists.coc_names()))[:2]
        if kind == "funders":
            values["is_new"] = values.get("funder") not in {row.funder for row in before.funders}
        return ROWS[kind][1](key=form.key, **values)

    def judge(self) -> ProjectDraft:
        """Read, check, and keep what the rules find on this page."""
        draft = self.read()
        self.findings = [
            finding for finding in check(draft, surroundings()) if page_of(finding.field) is self.page
        ]
        return draft

    def is_valid(self) -> bool:
        """Judge and write each error to its field; blank rows are not judged."""
        self.draft = self.judge()
        for row in self.row_forms:
            if row.blank:
                row.unjudged()
        for away in set(self.errors) & set(self.hidden()):
            del self.errors[away]
        for finding in errors(self.findings):
            at, name = self._place(finding.field)
            words = in_place(place_of(finding.field), finding.message)
            if words not in at.errors.get(name or "__all__", []):
                at.add_error(name, ValidationError(words, code=PLACED))
        return not any(form.errors for form in self.all_forms)

    def _place(self, path: str) -> tuple[ElementForm, str | None]:
        """The form and field that a finding is written to; one of a whole section goes to its first row."""
        kind, _dash, rest = path.partition("-")
        if kind not in self.rows:
            return self, path if path in self.fields else None
        rows = self.rows[kind]
        index, _dash, name = rest.partition("-")
        form = rows.forms[int(index)] if name else rows.visible[0]
        return form, name if name in form.fields else form.questions[0].name

    def lacks(self, path: str) -> bool:
        """Whether nothing stands yet in the field (or section) that a finding names."""
        kind, _dash, rest = path.partition("-")
        if kind in self.rows and not rest:
            return not self.rows[kind].filled
        form, field = self._place(path)
        return not field or form[field].value() in (None, "", [], ["", "", ""])

    def identities(self, project: Project) -> Ids:
        """For each kind, the stored ids of the rows of `over(project)` in its order; None for a new row."""
        ids: Ids = stored_ids(project)
        for kind in ROWS:
            if kind in self.rows:
                ids[kind] = self._identities(self.rows[kind], {str(known) for known in ids[kind]})
        if not self.over(project).inventory:
            ids["inventory"] = []
        return ids

    def _identities(self, rows: Rows, known: set[str]) -> list[uuid.UUID | None]:
        ids: list[uuid.UUID | None] = []
        for form in rows.filled:
            identity = form.cleaned_data.get("id")
            ids.append(identity if str(identity) in known and identity not in ids else None)
        return ids
