"""What every form of the portal does: sentence-style messages, "(optional)", plain widgets, conditions, values kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from hmis_portal.forms.bound import CleanField, PortalField
from hmis_portal.forms.layout import Layout
from hmis_portal.forms.wording import placed


class CleanTyping(forms.BaseForm):
    """What people paste into text fields loses what nobody sees; put before forms.Form or forms.ModelForm."""

    bound_field_class = CleanField


class PortalFormMixin(CleanTyping):
    """Put before forms.Form or forms.ModelForm; render with `{% crispy form %}`.

    submit_label       the verb on the button; "" leaves the button to the page
    submit_danger      True for what cannot be taken back
    cancel_url/_label  a quiet link beside the button
    extra_buttons      ((name, value, label), …) further submit buttons, quiet
    required_messages  {"field": "Enter …"} where the one derived from the label reads badly
    called             {"field": "Your full name"}: its noun in those sentences, where the label is none ("Type your …")
    shown_when         {"field": ("other field", "value", …)}: asked only then; a required field is required
                       only then, and its answer is dropped otherwise
    option_hints       {"field": {"value": "one short sentence"}} under single options
    hide_optional      True where most fields may stay empty, and the page says so: no "(optional)"
    places             {"field": "Beds and units, row 2"}: said before each error of a field whose label does not say which
    remarks            {"input name": ("what a reviewer asks to change", …)}, shown beside the field
    asides             {"input name": HTML} that stands at the field besides
    form_action        address to post to; the page's own when empty
    """

    submit_label: StrOrPromise = _("Save and continue")
    submit_danger: bool = False
    cancel_url: str = ""
    cancel_label: StrOrPromise = _("Cancel")
    extra_buttons: Sequence[tuple[str, str, object]] = ()
    required_messages: Mapping[str, StrOrPromise] = {}
    called: Mapping[str, StrOrPromise] = {}
    shown_when: Mapping[str, Sequence[str]] = {}
    option_hints: Mapping[str, Mapping[str, object]] = {}
    places: Mapping[str, object] = {}
    remarks: Mapping[str, Sequence[str]] = {}
    asides: Mapping[str, SafeString] = {}
    form_action: str = ""
    hide_optional: bool = False
    use_required_attribute = False
    bound_field_class = PortalField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name in self.shown_when:
            if name not in self.fields:
                continue
            field = self.fields[name]
            if not self.is_shown(name):
                self.errors.pop(name, None)
                if not isinstance(field, forms.FileField):
                    self.cleaned_data[name] = field.clean(None)
            elif (
                getattr(field, "required_when_shown", False)
                and not self.has_error(name)
                and self.cleaned_data.get(name) in field.empty_values
            ):
                self.add_error(name, ValidationError(field.error_messages["required"], code="required"))

    def place_of(self, name: str) -> str:
        """Where on the page a field stands, as its errors say; "" where its label is enough."""
        return str(self.places.get(name, ""))

    def add_error(self, field: Any, error: Any) -> None:
        place = self.place_of(field) if field else ""
        super().add_error(field, placed(place, error) if place else error)

    def is_shown(self, name: str) -> bool:
        """Whether the answers so far ask for this field."""
        trigger, *values = self.shown_when[name]
        answer = self.cleaned_data.get(trigger)
        if isinstance(answer, bool):
            answer = [str(answer), "yes" if answer else "no"]
        answers = answer if isinstance(answer, (list, tuple, set)) else [answer]
        return any(str(option) in values for option in answers)

    def get_layout(self) -> Sequence[object] | None:
        """Layout objects or field names in order; None for all fields as declared."""
        return None

    @property
    def helper(self) -> FormHelper:
        layout = self.get_layout()
        helper = FormHelper()
        helper.layout = Layout(*(self.fields if layout is None else layout))
        helper.attrs = {"novalidate": True}
        helper.form_action = self.form_action
        helper.submit_label = self.submit_label
        helper.submit_danger = self.submit_danger
        helper.cancel_url = self.cancel_url
        helper.cancel_label = self.cancel_label
        helper.extra_buttons = self.extra_buttons
        return helper

    @property
    def fields_only(self) -> FormHelper:
        """For several forms in one `<form>` written by the page: `{% crispy form form.fields_only %}`."""
        helper = self.helper
        helper.form_tag = False
        helper.disable_csrf = True
        helper.submit_label = ""
        helper.cancel_url = ""
        helper.extra_buttons = ()
        return helper
