"""Who still needs access to the HMIS: one answer a person, signed."""

import datetime as dt
from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.forms.leavers import check_last_day
from agencies.models import User
from hmis_portal.forms import DateField, PortalFormMixin
from hmis_portal.text.words import matching
from onboarding.models import Access, AccessConfirmation

Answer = AccessConfirmation.Answer


class ConfirmAccessForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Confirm and sign")
    required_messages = {"signed_name": gettext_lazy("Enter your name to sign")}

    def __init__(
        self, *args: object, rows: Sequence[Access], signer: User, due: dt.date, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.signer = rows, signer
        self.shown_when = {f"day_{row.pk}": (f"answer_{row.pk}", Answer.LEFT.value) for row in rows}
        for row in rows:
            names = {"name": row.staff.name, "role": row.staff.get_hmis_role_display()}
            self.fields[f"answer_{row.pk}"] = forms.ChoiceField(
                label=_("%(name)s, %(role)s") % names, choices=Answer.choices, widget=forms.RadioSelect,
                initial=Answer.NEEDS, help_text="; ".join(str(project) for project in row.staff.projects.all()),
            )  # fmt: skip
            self.fields[f"day_{row.pk}"] = DateField(
                label=_("Last working day of %(name)s") % names,
                initial=row.staff.last_day_as_told(signer),
                required=False,
            )
        self.fields["signed_name"] = forms.CharField(
            label=_("Your name, as your signature"), max_length=150,
            help_text=_("You confirm what you said of each person above. Today’s date is kept with it."),
        )  # fmt: skip
        self.fields["signed_name"].error_messages["required"] = str(self.required_messages["signed_name"])
        self.fields["due"] = forms.DateField(widget=forms.HiddenInput, initial=due.isoformat())

    def clean_signed_name(self) -> str:
        name: str = self.cleaned_data["signed_name"]
        if matching(name) != matching(str(self.signer)):
            raise forms.ValidationError(
                _("Sign with your own name, as your account has it: %s") % self.signer
            )
        return name

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        for row in self.rows:
            day = data.get(f"day_{row.pk}")
            if data.get(f"answer_{row.pk}") != Answer.LEFT or self.has_error(f"day_{row.pk}"):
                continue
            if day is None:
                words = _("Enter the last working day of %s") % row.staff.name
                self.add_error(f"day_{row.pk}", words)
                continue
            try:
                check_last_day(row.staff, day)
            except forms.ValidationError as fault:
                self.add_error(f"day_{row.pk}", fault)
        return data

    @property
    def answers(self) -> dict[int, tuple[str, dt.date | None]]:
        data = self.cleaned_data
        return {row.pk: (data[f"answer_{row.pk}"], data.get(f"day_{row.pk}")) for row in self.rows}

    def named(self, answer: str) -> list[str]:
        return [row.staff.name for row in self.rows if self.cleaned_data[f"answer_{row.pk}"] == answer]
