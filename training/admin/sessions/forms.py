"""What a trainer types about a session."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from agencies.models import User
from hmis_portal import audit
from hmis_portal.forms import PortalFormMixin, SeenField, TellsOfChanges
from hmis_portal.running.zone import portal_zone
from hmis_portal.text import typed
from hmis_portal.text.words import time_words
from hmis_portal.web.errors import GuardFailed
from training import permissions
from training.admin.forms import reason
from training.events import TrainingEvent
from training.models import Course, Session, Signup
from training.services.sessions import Plan
from training.services.sessions.planning import (
    MOST_REPEATED,
    carried,
    days_of,
    later_of,
    others_of_trainer,
    plan_of,
)

SEPARATORS = re.compile(r"[\s,;]+")
CLOCK = ["%H:%M", "%I:%M %p", "%I %p", "%I:%M%p", "%I%p"]


def clock(label: StrOrPromise, enter: StrOrPromise) -> forms.TimeField:
    return forms.TimeField(
        label=label, input_formats=CLOCK, help_text=_("Like 9:00 am or 13:30."),
        widget=forms.TimeInput(attrs={"class": "input-10"}, format="%I:%M %p"),
        error_messages={"required": enter, "invalid": _("Enter a time, like 9:00 am or 13:30")},
    )  # fmt: skip


class SessionForm(PortalFormMixin, forms.Form):
    """When, where, for how many, and by whom."""

    required_messages = {
        "day": _("Enter the day of the session"),
        "capacity": _("Enter the number of seats"),
    }
    day = forms.DateField(label=_("Day"), widget=AdminDateWidget)
    starts = clock(_("Begins at"), _("Enter when it begins"))
    ends = clock(_("Ends at"), _("Enter when it ends"))
    place = forms.CharField(label=_("Place"), required=False, max_length=200)
    link = forms.URLField(
        label=_("Address to join online"), required=False, max_length=300, assume_scheme="https"
    )
    capacity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=500)
    trainer = forms.ModelChoiceField(label=_("Trainer"), queryset=User.objects.none(), required=False)
    told = SeenField()  # which other sessions of the trainer the page named

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        trainer: Any = self.fields["trainer"]
        trainer.queryset = permissions.who_may_train()

    def clean(self) -> None:
        data = self.cleaned_data
        if data.get("starts") and data.get("ends") and data["ends"] <= data["starts"]:
            self.add_error("ends", _("The end must be after the beginning"))
        if "link" not in self.errors and not (data.get("place") or data.get("link")):
            self.add_error("place", _("Enter a place, or the address to join online"))
        day, starts = data.get("day"), data.get("starts")
        if day and day < timezone.localdate():
            self.add_error("day", _("Enter a day that is not past"))
        elif day and starts and datetime.combine(day, starts, tzinfo=portal_zone()) <= timezone.now():
            self.add_error("starts", _("Enter a time that is still to come"))
        if not self.errors:
            self._tell_of_others()

    def _tell_of_others(self) -> None:
        """Once: the trainer gives another session at that time. The same form sent again is meant so."""
        try:
            others = others_of_trainer(self.plans(), but=self.own_sessions())
        except GuardFailed as refusal:
            self.add_error("starts", ValidationError(refusal.messages))
            return
        told = ",".join(str(other.pk) for other in others)
        if told == self.cleaned_data["told"]:
            return
        again: Any = self.data.copy()  # type: ignore[attr-defined]
        again[self.add_prefix("told")] = told
        self.data = again
        if others:
            words = gettext(
                "%(trainer)s gives another session at that time: %(others)s. Choose another time or trainer, or press the button again to leave it so."
            )
            named = "; ".join(map(str, others[:5])) + ("; …" if len(others) > 5 else "")
            self.add_error("trainer", words % {"trainer": self.cleaned_data["trainer"], "others": named})

    def plans(self) -> list[Plan]:
        return [self.plan()]

    def own_sessions(self) -> list[Session]:
        return []

    def plan(self) -> Plan:
        names = ("day", "starts", "ends", "place", "link", "capacity", "trainer")
        return Plan(**{name: self.cleaned_data[name] for name in names})


class PlanForm(SessionForm):
    submit_label = _("Plan it")
    required_messages = {**SessionForm.required_messages, "course": _("Choose the course")}
    field_order = ["course"]
    course = forms.ModelChoiceField(label=_("Course"), queryset=Course.objects.given_in_sessions())
    times = forms.IntegerField(
        label=_("Number of sessions"), min_value=1, max_value=MOST_REPEATED, initial=1,
        help_text=_("More than one are held on the same weekday, at the same hour."),
    )  # fmt: skip
    every = forms.IntegerField(label=_("Weeks from one to the next"), min_value=1, max_value=12, initial=1)

    def plans(self) -> list[Plan]:
        plan, data = self.plan(), self.cleaned_data
        return [replace(plan, day=day) for day in days_of(plan, data["times"], data["every"])]


class AlsoField(forms.BooleanField):
    """Of how far an act goes; no answer about the session, so never a change of it."""

    def has_changed(self, initial: object, data: object) -> bool:
        return False


class ChangeSessionForm(TellsOfChanges, SessionForm):
    submit_label = _("Save the change")
    seen = SeenField()
    also_later = AlsoField(
        required=False,
        help_text=_(
            "Each takes over what you change here and keeps the rest. Another day moves each by as many days."
        ),
    )

    def __init__(self, *args: object, session: Session, **kwargs: object) -> None:
        self.session, self.later = session, list(later_of(session))
        super().__init__(*args, initial=vars(plan_of(session)), **kwargs)
        words = ngettext(
            "Also change the later date of this series",
            "Also change the %(count)d later dates of this series",
            len(self.later),
        )
        _offer_later(self, words, len(self.later))

    def plans(self) -> list[Plan]:
        later = self.later if self.cleaned_data.get("also_later") else []
        return [self.plan(), *(plan for _one, plan in carried(self.session, self.plan(), later))]

    def own_sessions(self) -> list[Session]:
        return [self.session, *(self.later if self.cleaned_data.get("also_later") else [])]

    def who_changed(self) -> tuple[str, datetime] | None:
        event = audit.last(self.session, TrainingEvent.SESSION_CHANGED)
        return (event.actor_name, event.at) if event else None


class CallOffForm(PortalFormMixin, forms.Form):
    submit_label, submit_danger = _("Call it off"), True
    required_messages = {"reason": _("Say why the session is called off")}
    reason = reason(_("Why; everybody who signed up reads it"))
    also_later = AlsoField(required=False)

    def __init__(self, *args: object, later: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _offer_later(
            self,
            ngettext(
                "Also call off the later date of this series",
                "Also call off the %(count)d later dates of this series",
                later,
            ),
            later,
        )


def _offer_later(form: forms.Form, words: str, later: int) -> None:
    """Where the session is the only one left, nothing is offered."""
    if later:
        form.fields["also_later"].label = words % {"count": later}
    else:
        del form.fields["also_later"]


class AttendanceForm(PortalFormMixin, forms.Form):
    """One tick for each person on the list; who came in by the code is ticked already, who had no seat is added."""

    submit_label = _("Record attendance")
    hide_optional = True
    attended = forms.MultipleChoiceField(
        label=_("Who was there"), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(
        label=_("Others who were there"), required=False, widget=forms.Textarea({"rows": 3, "cols": 50}),
        help_text=_("People who had not signed up: their e-mail addresses, one a line."),
    )  # fmt: skip

    def __init__(self, *args: object, session: Session, **kwargs: object) -> None:
        signups = session.signups.exclude(state=Signup.State.CANCELLED).select_related("person")
        rows = list(signups.order_by("person__last_name", "person__first_name", "pk"))
        present = [row.pk for row in rows if row.here_at or row.state == Signup.State.ATTENDED]
        super().__init__(*args, initial={"attended": present}, **kwargs)
        field: Any = self.fields["attended"]
        field.choices = [(row.pk, self._line(row)) for row in rows]

    def _line(self, row: Signup) -> str:
        came = _("came in at %(time)s") % {"time": time_words(row.here_at)} if row.here_at else ""
        state = "" if row.state == Signup.State.BOOKED else row.get_state_display()
        more = ", ".join(str(part) for part in (row.person.email, state, came) if part)
        return f"{row.person} ({more})"

    def clean_others(self) -> list[User]:
        addresses = dict.fromkeys(
            typed.email(part) for part in SEPARATORS.split(self.cleaned_data["others"]) if part
        )
        known = {
            user.email: user.goes_on_as
            for user in User.objects.select_related("merged_into").filter(email__in=addresses)
        }
        if unknown := [address for address in addresses if address not in known]:
            words = _("Nobody here has this address: %(addresses)s")
            raise ValidationError(words, params={"addresses": ", ".join(unknown)})
        return list(dict.fromkeys(known[address] for address in addresses))

    def present(self) -> set[int]:
        return {int(pk) for pk in self.cleaned_data["attended"]}
