"""What the pages of the agency's record ask besides: from which day a change is so, and why it is proposed."""

from datetime import date, timedelta
from typing import TypeVar

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hmis_portal.forms import DateField
from onboarding.forms.base import SectionForm

F = TypeVar("F", bound=SectionForm)
FROM, HANDS_OVER = "effective_on", "hands_over"


class Before(models.TextChoices):
    """What becomes of whoever held the position."""

    STAYS = "stays", _("Stays, with the access to this portal and to the HMIS as it is")
    NO_ROLE = "no_role", _("Stays, and no longer acts for the agency in this portal")
    LEAVES = "leaves", _("Leaves: the day below is the last working day in the HMIS")


def dated(form: F) -> F:
    """The form with the day from which what it says is so: today, or a day of the last year."""
    today = timezone.localdate()
    form.fields[FROM] = DateField(
        label=gettext("From which day is this so?"),
        help_text=gettext("Today, or an earlier day. A change that lies ahead is saved on its day."),
        initial=today,
        not_future=True,
        earliest=today - timedelta(days=366),
        error_messages={"required": gettext("Enter the day from which this is so")},
    )
    form.initial[FROM] = today
    return form


def succeeding(form: F, name: str) -> F:
    """A page of a position, with what becomes of whoever holds it when somebody else is named."""
    form.fields[HANDS_OVER] = forms.ChoiceField(
        label=gettext("If another person takes over: what does %(name)s do from then on?") % {"name": name},
        choices=Before.choices,
        widget=forms.RadioSelect,
    )
    form.initial[HANDS_OVER] = Before.STAYS.value
    return form


def day_of(form: forms.BaseForm) -> date:
    day: date = form.cleaned_data[FROM]
    return day


def proposing(form: F) -> F:
    """The form as a proposal, with the reason and the day."""
    form.submit_label, form.extra_buttons = _("Propose the change"), ()  # type: ignore[assignment]
    form.fields["why"] = forms.CharField(
        label=gettext("Why does it change?"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext(
            "Such as the amendment of the charter. Upload the paper that shows it to your documents."
        ),
        error_messages={"required": gettext("Enter why it changes")},
    )
    return dated(form)


def proposed_values(form: forms.BaseForm, names: tuple[str, ...]) -> dict[str, object]:
    """What was typed, as the agency's row keeps it; what is not asked is empty."""
    return {name: form.cleaned_data.get(name) or "" for name in names}
