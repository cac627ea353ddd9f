"""One page of a project, whose typing is kept and merged with a colleague's, that of its rows by what each row is."""

from collections.abc import Iterator
from typing import Any, Self
from uuid import UUID

from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from agencies.hud.forms import ProjectForms, RowForm
from agencies.hud.summary import kind_title, place_of
from onboarding.forms.base import DraftForm, Fields, Typed, storable, stored_as_typed

DAY = ("_month", "_day", "_year")


class ProjectPageForm(DraftForm, ProjectForms):
    """Answers of a row are named "kind/identity/field": the identity of a stored row, else its place among the new ones."""

    def without_judging(self) -> Self:
        self.unjudged()
        return self

    def by_field(self, typed: Typed) -> Fields:
        fields = super().by_field(typed)
        for row, _prefix, inputs in self._rows_in(typed):
            kind = row.partition("/")[0]
            for name, values in inputs.items():
                if (field := self._field_of(kind, name)) is not None:
                    fields.setdefault(f"{row}/{field}", {})[name] = [storable(value) for value in values]
        return fields

    def _field_of(self, kind: str, name: str) -> str | None:
        asked = self.rows[kind].empty.fields
        whole = next((name.removesuffix(part) for part in DAY if name.endswith(part)), name)
        return name if name in asked else whole if whole in asked else None

    def _rows_in(self, typed: Typed) -> Iterator[tuple[str, str, Typed]]:
        """Each row of what was sent: its name, what the names of its inputs begin with, its inputs without that."""
        rows_in: dict[str, dict[int, Typed]] = {kind: {} for kind in self.rows}
        for name, values in typed.items():
            kind, _dash, rest = name.partition("-")
            place, _dash, own = rest.partition("-")
            if kind in rows_in and own and place.isdecimal() and len(place) < 4:
                rows_in[kind].setdefault(int(place), {})[own] = values
        for kind, rows in rows_in.items():
            seen: set[str] = set()
            for index in range(self.count_of(typed.get(f"{kind}-rows", [""])[-1])):
                inputs = rows.get(index, {})
                identity = _identity(inputs.get("id", [""])[-1])
                if not identity or identity in seen:
                    identity = f"new-{sum(row_id.startswith('new-') for row_id in seen) + 1}"
                seen.add(identity)
                yield f"{kind}/{identity}", f"{kind}-{index}", inputs or {"DELETE": [""]}

    def as_typed(self, fields: Fields) -> Typed:
        typed: Typed = {f"{kind}-rows": ["0"] for kind in self.rows}
        places: dict[str, str] = {}
        for field, inputs in fields.items():
            row = field.rpartition("/")[0]
            if not row:
                typed |= inputs
                continue
            if row not in places:
                kind = row.partition("/")[0]
                places[row] = f"{kind}-{typed[f'{kind}-rows'][0]}"
                typed[f"{kind}-rows"] = [str(int(typed[f"{kind}-rows"][0]) + 1)]
            typed |= {f"{places[row]}-{name}": values for name, values in inputs.items()}
        return typed

    def shown(self) -> Fields:
        if self.is_bound:
            return super().shown()
        typed = stored_as_typed(self)
        for kind, rows in self.rows.items():
            typed[f"{kind}-rows"] = [str(rows.count)]
            for row in rows.forms:
                typed |= stored_as_typed(row)
        return self.by_field(typed)

    def in_inputs(self, field: str, values: Typed, sent: Typed) -> Typed:
        row = field.rpartition("/")[0]
        if not row:
            return super().in_inputs(field, values, sent)
        prefix = next((prefix for name, prefix, _inputs in self._rows_in(sent) if name == row), None)
        return {f"{prefix}-{name}": value for name, value in values.items()} if prefix else {}

    def _row_of(self, row: str) -> RowForm | None:
        data: Any = self.data
        if not self.is_bound:
            stored = {
                f"{kind}/{form['id'].value() or ''}": form
                for kind, rows in self.rows.items()
                for form in rows.forms
            }
            return stored.get(row)
        keys = {name: prefix for name, prefix, _inputs in self._rows_in(dict(data.lists()))}
        return next((form for form in self.row_forms if form.key == keys.get(row)), None)

    def question(self, field: str) -> BoundField | None:
        row, _slash, name = field.rpartition("/")
        if not row:
            return super().question(field)
        form = self._row_of(row)
        return form[name] if form and name in form.fields and name not in ("id", "DELETE") else None

    def whose(self, field: str) -> str:
        kind, _slash, rest = field.partition("/")
        if not rest:
            return ""
        form = self._row_of(f"{kind}/{rest.partition('/')[0]}")
        return place_of(form.key) if form else kind_title(kind)

    def in_words(self, name: str) -> str:
        """Of a whole row: that it is taken out, or what it says."""
        form = self._row_of(name)
        return (form.told_by or str(form.what)) if form else _("taken out")


def _identity(text: str) -> str:
    try:
        return str(UUID(text)) if len(text) <= 36 else ""
    except ValueError:
        return ""
