"""Two people, or one with two tabs, change the same row: whoever saves second is told and chooses."""

import hashlib
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from hmis_portal.text.words import datetime_words


class SeenField(forms.CharField):
    """What stood when the page was opened; no answer, so never a change."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def has_changed(self, initial: object, data: object) -> bool:
        return False


class TellsOfChanges(forms.BaseForm):
    """Put before ModelForm, or a form whose `initial` is the row, with `seen = SeenField()`: refuses once when the row is not what the page showed.

    What was typed stands; saving again is meant for the row as it is now.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stands = self._digest()
        self.initial["seen"] = self.stands

    def _digest(self) -> str:
        values = repr([(name, self.initial.get(name)) for name in self.fields if name != "seen"])
        return hashlib.sha256(values.encode()).hexdigest()[:16]

    def who_changed(self) -> tuple[str, object] | None:
        """Who changed the row last, and when, where that is recorded."""
        return None

    def clean(self) -> Any:
        data = super().clean()
        seen = self.data.get(self.add_prefix("seen"))
        if seen is not None and seen != self.stands and (now := self._reads_now()):
            self.add_error(None, _told(self.who_changed(), now))
            again: Any = self.data.copy()  # type: ignore[attr-defined]
            again[self.add_prefix("seen")] = self.stands
            self.data = again
        return data

    def _reads_now(self) -> str:
        """The answers that saving would change, as they stand: "Phone: 860-555-0100"."""
        lines = []
        for name in self.changed_data:
            field, value = self.fields[name], self.initial.get(name)
            lines.append(f"{BoundField(self, field, name).label}: {_in_words(field, value)}")
        return "; ".join(lines)


def _in_words(field: forms.Field, value: object) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(field.widget, forms.TextInput):
        value = field.widget.format_value(value)
    labels = {str(code): str(label) for code, label in getattr(field, "choices", ())}
    return labels.get(str(value), str(value)) if value not in (None, "") else _("not given")


def _told(who: tuple[str, Any] | None, now: str) -> str:
    if who:
        words = _(
            "%(who)s changed this on %(when)s, after you opened the page. It now reads: %(now)s. What you typed stands "
            "below; save it again to put it in place of theirs."
        )
        return words % {"who": who[0], "when": datetime_words(who[1]), "now": now}
    words = _(
        "This was changed after you opened the page. It now reads: %(now)s. What you typed stands below; save it again "
        "to put it in its place."
    )
    return words % {"now": now}
