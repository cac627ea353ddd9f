"""A known date, asked as month, day and year."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from hmis_portal.forms.renderer import plain_input
from hmis_portal.text.words import date_words

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"), ("may",), ("jun", "june"),
            ("jul", "july"), ("aug", "august"), ("sep", "sept", "september"), ("oct", "october"),
            ("nov", "november"), ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip


class DateParts(forms.MultiWidget):
    """Month, day and year as three text inputs of one fieldset, in the order people here write a date."""

    use_fieldset = True

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        def part(width: str) -> forms.TextInput:
            return forms.TextInput(
                {"inputmode": "numeric", "class": f"form-control input-{width}", "autocomplete": "off"}
            )

        super().__init__({"month": part("2"), "day": part("2"), "year": part("4")}, attrs)

    def get_context(self, name: str, value: object, attrs: dict[str, object] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for subwidget, label in zip(
            context["widget"]["subwidgets"], (_("Month"), _("Day"), _("Year")), strict=True
        ):
            subwidget["label"] = label
        return context

    def render(self, name: str, value: Any, attrs: Any = None, renderer: object = None) -> SafeString:
        parts = self.get_context(name, value, attrs)["widget"]["subwidgets"]
        shown = format_html_join(
            "",
            '<div><label for="{}">{}</label>{}</div>',
            ((part["attrs"].get("id", ""), part["label"], plain_input(part)) for part in parts),
        )
        return format_html('<div class="date-parts">{}</div>', shown)

    def decompress(self, value: Any) -> list[object]:
        if isinstance(value, str):
            try:
                value = dt.date.fromisoformat(value[:10])
            except ValueError:
                return [None, None, None]
        if isinstance(value, dt.datetime):
            value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
        return [value.month, value.day, value.year] if value else [None, None, None]


class DateField(forms.MultiValueField):
    """A known date, asked in three parts; cleans to `datetime.date` or None.

    not_future / not_past refuse dates after or before today in the state's zone; earliest and latest are dates.
    """

    widget = DateParts
    called: str = ""  # in errors, where it is not the label

    def __init__(
        self,
        *,
        earliest: dt.date | None = None,
        latest: dt.date | None = None,
        not_future: bool = False,
        not_past: bool = False,
        **kwargs: Any,
    ) -> None:
        self.earliest, self.latest, self.not_future, self.not_past = earliest, latest, not_future, not_past
        kwargs.pop("input_formats", None)
        parts = (
            forms.CharField(required=False),
            forms.CharField(required=False),
            forms.CharField(required=False),
        )
        super().__init__(fields=parts, require_all_fields=False, **kwargs)

    def _label(self) -> str:
        return self.called or str(self.label or gettext("The date")).strip().rstrip("?:")

    def clean(self, value: Any) -> dt.date | None:
        if self.disabled and isinstance(value, dt.date):
            return value
        parts = [str(part or "").strip() for part in (value or ["", "", ""])]
        if not any(parts):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required", params={"part": 0})
            return None
        names = (gettext("month"), gettext("day"), gettext("year"))
        missing = [index for index, part in enumerate(parts) if not part]
        if missing:
            raise ValidationError(
                _("%(label)s must include a %(missing)s"),
                code="incomplete",
                params={
                    "label": self._label(),
                    "missing": gettext(" and a ").join(names[index] for index in missing),
                    "part": missing[0],
                },
            )
        month_text = parts[0].lower().rstrip(".")
        month = MONTHS.get(month_text) or _number(month_text)
        day, year = _number(parts[1]), _number(parts[2])
        if month is None or not 1 <= month <= 12:
            self._refuse(_("%(label)s must have a month from 1 to 12"), 0)
        if day is None or not 1 <= day <= 31:
            self._refuse(_("%(label)s must have a day from 1 to 31"), 1)
        if year is None or len(parts[2]) != 4 or year < 1900:
            self._refuse(_("%(label)s must have a year of four digits, like 2026"), 2)
        try:
            date = dt.date(int(year or 0), int(month or 0), int(day or 0))
        except ValueError:
            self._refuse(_("%(label)s must be a real date"), 1)
        self._check_range(date)
        self.run_validators(date)
        return date

    def _check_range(self, date: dt.date) -> None:
        today = timezone.localdate()
        if self.not_future and date > today:
            self._refuse(_("%(label)s must be today or in the past"), 2)
        if self.not_past and date < today:
            self._refuse(_("%(label)s must be today or in the future"), 2)
        if self.earliest and date < self.earliest:
            self._refuse(_("%(label)s must be %(date)s or later"), 2, date=date_words(self.earliest))
        if self.latest and date > self.latest:
            self._refuse(_("%(label)s must be %(date)s or earlier"), 2, date=date_words(self.latest))

    def _refuse(self, message: StrOrPromise, part: int, **params: object) -> None:
        raise ValidationError(
            message, code="invalid", params={"label": self._label(), "part": part, **params}
        )

    def compress(self, data_list: object) -> Any:
        return data_list

    def has_changed(self, initial: object, data: Any) -> bool:
        if self.disabled:
            return False
        before = [str(part or "") for part in DateParts().decompress(initial)]
        return before != [str(part or "").strip() for part in (data or ["", "", ""])]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None
