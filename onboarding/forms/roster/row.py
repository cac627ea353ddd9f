"""A row of an uploaded staff list that has a problem, to be mended beside its preview: cells as in the file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import ACCESS_OF_ROLE, Project
from hmis_portal.files.table_reader import LONGEST_CELL
from hmis_portal.forms import PortalFormMixin
from hmis_portal.forms.fields import PersonEmailInput
from hmis_portal.forms.layout import Folded
from onboarding.roster import columns
from onboarding.roster.staff_file import UploadedLine

OWN = "email_own"  # the answer that an address is one person's own
CHOICES: Mapping[str, Mapping[str, object]] = {
    "hmis_role": columns.ROLES,
    "access_level": columns.LEVELS,
    "employment": columns.EMPLOYMENT,
    "had_account": columns.YES,
    "starts_later": columns.YES,
}


class RowForm(PortalFormMixin, forms.Form):
    """Shows what stands in the row and what is wrong with it; the preview judges, not the form."""

    hide_optional = True

    def __init__(self, line: UploadedLine, projects: Sequence[Project]) -> None:
        self.line = line
        by_name = columns.keys_of(projects)
        self.known = columns.typed_of(
            {**dict.fromkeys(columns.COLUMNS, ""), **line.by_field}, by_name, line.staff
        )[0]
        self.names = {str(project.pk): project.project_name for project in projects}
        shown = {name: self._shown(name) for name in columns.COLUMNS} | {OWN: line.by_field.get(OWN, "")}
        prefix = f"row-{line.number}"
        super().__init__({f"{prefix}-{name}": value for name, value in shown.items()}, prefix=prefix)
        for name, headings in columns.COLUMNS.items():
            self.fields[name] = self._field(name, label=headings[0], required=False)

    def _shown(self, name: str) -> Any:
        """What stands in a cell, in the words of the template where it is understood."""
        cell = self.line.by_field.get(name, "")
        if name == "projects":
            return [self.names[key] for key in self.known["projects"] if key in self.names]
        code = CHOICES[name].get(columns.plain(cell)) if cell and name in CHOICES else None
        return cell if code is None else columns.said_of(name, code)

    def _field(self, name: str, **common: Any) -> forms.Field:
        if name == "projects":
            choices = [(project, project) for project in self.names.values()]
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
        if name in CHOICES:
            codes: Any = [code for code in CHOICES[name].values() if code is not None]
            if name == "access_level":
                codes = ACCESS_OF_ROLE.get(self.known["hmis_role"], codes)
            words = dict.fromkeys([*(columns.said_of(name, code) for code in codes), self._shown(name)])
            return forms.ChoiceField(
                choices=[("", _("Select one")), *((text, text) for text in words if text)], **common
            )
        widget = PersonEmailInput() if name == "email" else forms.TextInput()
        hint = _("Like 11/22/2026") if name == "start_date" else ""
        return forms.CharField(widget=widget, help_text=hint, **common)

    def full_clean(self) -> None:
        self._errors, self.cleaned_data = ErrorDict(), {}
        for name, words in self.line.faults:
            self.add_error(name if name in self.fields else None, words)

    def place_of(self, name: str) -> str:
        return _("Row %s") % self.line.number

    def get_layout(self) -> list[object]:
        wrong = {name for name, _words in self.line.faults}
        wrong |= {"hmis_role"} if "access_level" in wrong else set()
        others = [name for name in self.fields if name not in wrong]
        return [
            *(name for name in self.fields if name in wrong),
            Folded(gettext_lazy("The other cells of this row"), *others),
        ]

    def mended(self, data: QueryDict) -> dict[str, str]:
        """The cells that were typed or chosen otherwise than they stand."""
        if self.add_prefix("email") not in data:
            return {}  # the row was not on the page
        return dict(self._mended(data))

    def _mended(self, data: QueryDict) -> Iterator[tuple[str, str]]:
        for name in self.fields:
            typed, shown = data.getlist(self.add_prefix(name)), self._shown(name)
            if name == "projects":
                chosen = list(filter(None, typed))
                if set(chosen) != set(shown):
                    yield name, "; ".join(chosen)[:LONGEST_CELL]
            elif typed and typed[0].strip() != shown:
                yield name, typed[0].replace("\x00", "")[:LONGEST_CELL]
        if data.get(self.add_prefix(OWN), "") != self.line.by_field.get(OWN, ""):
            yield OWN, data.get(self.add_prefix(OWN), "") and "on"
