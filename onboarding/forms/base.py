"""What every form of the application has: two buttons, and a way through typed strings."""

from collections.abc import Callable, Mapping
from typing import Any, Self

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from hmis_portal import documents
from hmis_portal.forms import PortalFormMixin
from onboarding.models import Application
from onboarding.sections import uploads

Typed = dict[str, list[str]]
Fields = dict[str, Typed]  # by field: what was typed in each of its inputs
LATER = "later"
# A draft longer than this is shown again with its error, and not kept: no honest answer is that long.
LONGEST_DRAFT = 300_000


class DraftForm(PortalFormMixin):
    """A form whose draft is saved between visits. Put before forms.Form or forms.ModelForm."""

    submit_label = _("Save and continue")
    extra_buttons = ((LATER, "1", _("Save and come back later")),)

    def inputs(self) -> dict[str, list[str]]:
        """By field, the names of its inputs that take typing: files are not among them."""
        return {
            name: input_names(self, name)
            for name, field in self.fields.items()
            if not (isinstance(field, forms.FileField) or field.disabled)
        }

    def by_field(self, typed: Typed) -> Fields:
        """What was typed in each field, of any length."""
        return {
            field: {name: [storable(value) for value in typed[name]] for name in names if name in typed}
            for field, names in self.inputs().items()
        }

    def as_typed(self, fields: Fields) -> Typed:
        """The way back from `by_field`."""
        return {name: values for inputs in fields.values() for name, values in inputs.items()}

    def typed(self, data: QueryDict | MultiValueDict[str, Any]) -> Typed | None:
        """What was typed, as strings that can be kept; None when it is too long to keep."""
        values = self.as_typed(self.by_field(dict(data.lists())))
        return (
            None
            if sum(len(value) for texts in values.values() for value in texts) > LONGEST_DRAFT
            else values
        )

    def shown(self) -> Fields:
        """What stands in each field as the page shows it: as it was typed, or what is stored."""
        data: Any = self.data
        return self.by_field(dict(data.lists()) if self.is_bound else stored_as_typed(self))

    def in_inputs(self, field: str, values: Typed, sent: Typed) -> Typed:
        """What is said in a field, by the names of its inputs on the page from which `sent` comes."""
        return {name: values.get(name, []) for name in self.inputs().get(field, values)}

    def question(self, field: str) -> BoundField | None:
        """The question of this name in `by_field`."""
        return self[field] if field in self.fields else None

    def in_words(self, name: str) -> str:
        """What stands under a name that is no single question: a whole row."""
        return ""

    def whose(self, field: str) -> str:
        """Where a question stands whose label alone does not tell: a position and the person's name, a row."""
        return ""

    def left_out(self, typed: Typed) -> list[str]:
        """Sentences about what was typed or stood here and is asked no more, because another answer changed."""
        return []

    def without_judging(self) -> Self:
        """Show a draft as it was typed, without saying what is wrong with it."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        return self


class SectionForm(DraftForm):
    """Put before forms.Form or forms.ModelForm. `store` writes the rows and returns what changed for the audit."""

    application: Application
    # Fields that are files: name → kind of upload and number of the readiness question, if any.
    file_kinds: Mapping[str, tuple[str, str]] = {}

    def only(self, shows: Callable[[str], bool]) -> Self:
        """Ask just these fields: the section's others stand on other pages, and `store` leaves them as they are."""
        self.fields = {name: field for name, field in self.fields.items() if shows(name)}
        return self

    def store(self, by: User) -> Mapping[str, object]:
        raise NotImplementedError

    def lacking(self) -> list[str]:
        """What the answers, as they are saved, leave to be answered on the same page."""
        return []

    def keep_files(self, by: User) -> None:
        """Keep every file that is in order, also when another answer is not: no file is asked for twice."""
        for name, (kind, question) in self.file_kinds.items():
            file = self.cleaned_data.get(name)
            if not file or self.has_error(name) or (name in self.shown_when and not self.is_shown(name)):
                continue
            with documents.away_beside(self, name):
                uploads.add(agency=self.application.agency, kind=kind, question=question, file=file, by=by)


def input_names(form: forms.BaseForm, name: str) -> list[str]:
    """Of one field: three for a date in three parts, two for an address with a question."""
    full, widget = form.add_prefix(name), form.fields[name].widget
    named = (
        suffixes(widget)
        if isinstance(widget, forms.MultiWidget)
        else ["", *getattr(widget, "also_named", ())]
    )
    return [f"{full}{suffix}" for suffix in named]


def storable(text: str) -> str:
    """PostgreSQL's JSON takes no NUL and no half of a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def suffixes(widget: forms.MultiWidget) -> list[str]:
    """What the names of a widget's inputs end with, such as "_month"."""
    names: list[str] = widget.widgets_names  # type: ignore[attr-defined]
    return names


def stored_as_typed(form: forms.BaseForm) -> Typed:
    """The stored values of an unbound form as the strings a person would have typed."""
    typed: Typed = {}
    for name, field in form.fields.items():
        if isinstance(field, forms.FileField):
            continue
        full, value = form.add_prefix(name), form.get_initial_for_field(field, name)
        if isinstance(field.widget, forms.MultiWidget):
            parts = field.widget.decompress(value)
            pairs = zip(suffixes(field.widget), parts or [], strict=True)
            typed.update({f"{full}{suffix}": ["" if part is None else str(part)] for suffix, part in pairs})
            continue
        value = field.prepare_value(value)
        if isinstance(field.widget, forms.CheckboxInput):
            if value:
                typed[full] = ["on"]
        elif isinstance(value, (list, tuple, set)) or hasattr(value, "iterator"):
            typed[full] = [str(getattr(item, "pk", item)) for item in value]
        elif value is not None or not isinstance(field, forms.MultipleChoiceField):
            typed[full] = ["" if value is None else str(value)]
    return typed


def judged(form: SectionForm) -> SectionForm:
    """An unbound form as if its stored values had been typed and sent: its errors are what they lack."""
    form.data, form.is_bound = as_data(stored_as_typed(form)), True
    if isinstance(form, forms.ModelForm):
        # What is stored keeps the constraints of its table, and to look means to write a query for each.
        form.instance.validate_constraints = lambda **_exclude: None
    return form


def as_data(typed: Mapping[str, list[str]]) -> QueryDict:
    """Kept strings as a form takes them."""
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    return data
