"""Forms of the trainers' acts, with the admin's own widgets."""

from collections.abc import Collection
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from agencies.models import User
from hmis_portal.forms import EmailField, PortalFormMixin
from training import services
from training.admin.completions.entry_forms import ENTER_DAY, recordable
from training.models import Course, HeldResult


def past_day(label: StrOrPromise, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=AdminDateWidget, **kwargs)


def _not_in_the_future(form: forms.Form, name: str) -> None:
    day = form.cleaned_data.get(name)
    if day and day > timezone.localdate():
        form.add_error(name, ValidationError(_("Enter a date that is not in the future")))


def reason(label: StrOrPromise) -> forms.CharField:
    return forms.CharField(label=label, max_length=500, widget=forms.Textarea({"rows": 3, "cols": 70}))


def score() -> forms.IntegerField:
    return forms.IntegerField(label=_("Score (percent)"), required=False, min_value=0, max_value=100)


class ScoreMixin(PortalFormMixin, forms.Form):
    """A form with a score, which some courses cannot do without."""

    def ask_for_score(self, course: Course) -> None:
        missing = services.score_missing(course, self.cleaned_data.get("score"))
        if missing and "score" not in self.errors:
            self.add_error("score", missing)


class VoidForm(PortalFormMixin, forms.Form):
    submit_label, submit_danger = _("Void this completion"), True
    reason = reason(_("Why it does not count"))


class WaiveForm(PortalFormMixin, forms.Form):
    submit_label = _("Waive the course")
    required_messages = {
        "person": _("Enter the person's e-mail address"),
        "first_on": _("Enter the first day"),
        "last_on": _("Enter the last day"),
        "reason": _("Enter why the course is waived"),
    }
    person = EmailField(label=_("The person's e-mail address"))
    course = forms.ModelChoiceField(label=_("Course"), queryset=recordable())
    first_on = forms.DateField(label=_("From"), widget=AdminDateWidget, initial=timezone.localdate)
    last_on = forms.DateField(label=_("Until (last day)"), widget=AdminDateWidget)
    reason = reason(_("Why"))

    def clean_person(self) -> User:
        user = User.objects.filter(email__iexact=self.cleaned_data["person"]).first()
        if user is None:
            raise ValidationError(_("Nobody here has this address"))
        return user.goes_on_as

    def clean(self) -> None:
        first, last = self.cleaned_data.get("first_on"), self.cleaned_data.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("The last day must not be before the first day"))


class EndWaiverForm(PortalFormMixin, forms.Form):
    submit_label, submit_danger = _("Take it back"), True
    reason = reason(_("Why it is taken back"))


class DecideEvidenceForm(ScoreMixin):
    """Accept with the real day, or refuse with a reason."""

    submit_label = _("Save the decision")
    ACCEPT, REFUSE = "accept", "refuse"
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[(ACCEPT, _("Accept it")), (REFUSE, _("Do not accept it"))],
        widget=forms.RadioSelect,
    )
    completed_on = past_day(_("Completed on, as the paper says"), required=False)
    score = score()
    reason = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea({"rows": 3, "cols": 70}),
        help_text=_("The person reads it when the proof is not accepted."),
    )  # fmt: skip

    def __init__(self, *args: object, course: Course, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.course = course

    def clean(self) -> None:
        _not_in_the_future(self, "completed_on")
        decision = self.cleaned_data.get("decision")
        if decision == self.ACCEPT:
            self.ask_for_score(self.course)
        if (
            decision == self.ACCEPT
            and not self.cleaned_data.get("completed_on")
            and "completed_on" not in self.errors
        ):
            self.add_error("completed_on", ENTER_DAY)
        if decision == self.REFUSE and not self.cleaned_data.get("reason"):
            self.add_error("reason", _("Say why the proof is not accepted"))


class HeldForm(ScoreMixin):
    """What is missing of a held result, or why it is dropped; only what is missing is asked."""

    submit_label = _("Save the decision")
    hide_optional = True
    MISSING = {
        "person": _("Enter the person's e-mail address"),
        "course": _("Choose the course"),
        "completed_on": ENTER_DAY,
    }
    RECORD, DROP, DROP_COURSE = "record", "drop", "drop_course"
    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    person = EmailField(
        label=_("The person's e-mail address here"),
        required=False,
        help_text=_("Remembered: results of this account or address are theirs from now on."),
    )
    course = forms.ModelChoiceField(
        label=_("Course"),
        required=False,
        queryset=recordable(),
        help_text=_("Remembered for this source."),
    )
    completed_on = past_day(_("Completed on"), required=False)
    score = score()
    reason = forms.CharField(
        label=_("Why it is dropped"), required=False, max_length=500,
        widget=forms.Textarea({"rows": 3, "cols": 70}),
    )  # fmt: skip

    def __init__(
        self,
        *args: object,
        held: HeldResult,
        missing: Collection[str],
        known: Course | None,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known, self.passed = known, held.attempt.get("passed", True)
        for name in {"person", "course", "completed_on", "score"} - set(missing):
            del self.fields[name]
        choices = [(self.RECORD, _("Record it")), (self.DROP, _("Drop it"))]
        if "course" in self.fields and held.door:
            words = _("Drop it and all other results of this course there: it is not a course of the HMIS")
            choices.append((self.DROP_COURSE, words))
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]

    def clean_person(self) -> User | None:
        if not (address := self.cleaned_data["person"]):
            return None
        user = User.objects.filter(email__iexact=address).first()
        if user is None:
            raise ValidationError(_("Nobody here has this address"))
        return user.goes_on_as

    def clean(self) -> None:
        _not_in_the_future(self, "completed_on")
        decision = self.cleaned_data.get("decision")
        if decision not in (self.RECORD, None) and not self.cleaned_data["reason"]:
            self.add_error("reason", _("Say why it is dropped"))
        for name in self.fields.keys() & self.MISSING.keys() if decision == self.RECORD else ():
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, ValidationError(self.MISSING[name]))
        course = self.cleaned_data.get("course") or self.known
        if decision == self.RECORD and "score" in self.fields and course and self.passed:
            self.ask_for_score(course)

    @property
    def supplied(self) -> dict[str, Any]:
        """What was missing, as `doors.holding.settle` takes it."""
        names = ("person", "course", "completed_on", "score")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}


class OfRecordedForm(PortalFormMixin, forms.Form):
    """The source takes a result back or changes it; what counts here is a person's to say."""

    submit_label = _("Save the decision")
    FOLLOW, KEEP = "follow", "keep"
    KEEPING = (KEEP, _("What is recorded here counts on"))
    FOLLOWING: ClassVar = {
        HeldResult.Why.VOIDED_THERE: _("Void the completion here too"),
        HeldResult.Why.CHANGED: _(
            "Record the grade that it has now, for the same day, and void the earlier one"
        ),
    }
    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = reason(_("Why"))

    def __init__(self, *args: object, held: HeldResult, may_void: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        following = (self.FOLLOW, self.FOLLOWING[HeldResult.Why(held.why)])
        self.fields["decision"].choices = [self.KEEPING, *([following] if may_void else [])]  # type: ignore[attr-defined]


class NewerVersionForm(PortalFormMixin, forms.Form):
    submit_label = _("Ask everyone for the newer version")
    required_messages = {"due_on": _("Enter the day by which it is due")}
    due_on = forms.DateField(label=_("Due by"), widget=AdminDateWidget)
    reason = reason(_("What is new"))

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if day <= timezone.localdate():
            raise ValidationError(_("Choose a date in the future"))
        return day
