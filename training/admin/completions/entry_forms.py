"""Forms of the table in which the results of a class are entered."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hmis_portal.forms import CleanTyping, PortalFormMixin
from training import services
from training.doors import moments, pasted
from training.doors.attempts import Attempt, course_key
from training.doors.pasted import LONGEST_ADDRESS
from training.models import Course
from training.requirements.board import STATES

ENTER_DAY = _("Enter the day on which the course was completed")


def recordable() -> Any:
    """Courses whose results somebody else may enter; the agreement is signed by the persons themselves."""
    return Course.objects.exclude(passes_with=Course.PassesWith.SIGNATURE)


class ChooseForm(PortalFormMixin, forms.Form):
    """Who stands in the table, by what is asked of them; sent by GET."""

    hide_optional = True

    course = forms.ModelChoiceField(
        label=_("Course"), queryset=recordable(), required=False, empty_label=_("Any")
    )
    agency = forms.CharField(label=_("Agency (part of its name)"), max_length=100, required=False)
    state = forms.ChoiceField(
        label=_("Status"), choices=[("", _("Any")), *STATES.items()], required=False, initial="open"
    )
    due = forms.DateField(label=_("Due by"), widget=AdminDateWidget, required=False)
    passed = forms.BooleanField(label=_("Fill in “Passed” for everybody"), required=False)


class ClassForm(PortalFormMixin, forms.Form):
    """What is true of every row that does not say otherwise."""

    completed_on = forms.DateField(
        label=_("Completed on"),
        widget=AdminDateWidget,
        required=False,
        help_text=_("A row may have a day of its own."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.TextInput({"size": 60})
    )


class PasteForm(PortalFormMixin, forms.Form):
    """Lines of a spreadsheet, put into the table; nothing is recorded by that."""

    required_messages = {
        "for_course": _("Choose the course"),
        "people": _("Paste at least one line"),
    }

    people = forms.CharField(
        label=_("Lines from a spreadsheet"),
        widget=forms.Textarea({"rows": 6, "cols": 70}),
        help_text=_(
            "One person a line, by e-mail address. The line may go on with the person's own day, result (passed or failed), "
            "score and course."
        ),
    )
    for_course = forms.ModelChoiceField(
        label=_("Course of these lines"), queryset=recordable(), required=False
    )

    def clean(self) -> None:
        courses = {key: course for course in recordable() for key in (course.slug, course_key(course.title))}
        lines, wrong = pasted.read(self.cleaned_data.get("people", ""), courses)
        if any(line.course is None for line in lines) and not self.cleaned_data.get("for_course"):
            self.add_error("for_course", ValidationError(self.required_messages["for_course"]))
        if wrong:
            self.add_error("people", ValidationError(wrong))
        self.cleaned_data["lines"] = lines


class RowForm(PortalFormMixin, forms.Form):
    """One person and one course of the table. A row that says nothing is not recorded."""

    PASSED, FAILED = "passed", "failed"
    day = forms.CharField(label=_("Completed on"), max_length=40, required=False)
    result = forms.ChoiceField(
        label=_("Result"),
        choices=[("", _("Nothing to record")), (PASSED, _("Passed")), (FAILED, _("Not passed"))],
        required=False,
    )
    score = forms.IntegerField(label=_("Score (percent)"), min_value=0, max_value=100, required=False)

    def __init__(self, *args: object, key: str, course: Course, person: str, **kwargs: object) -> None:
        super().__init__(*args, prefix=key, **kwargs)
        self.course, self.person = course, person
        self.places = dict.fromkeys(self.fields, person)

    @property
    def says_something(self) -> bool:
        return any(str(self[name].value() or "").strip() for name in self.fields)

    def clean_day(self) -> date | None:
        typed: str = self.cleaned_data["day"]
        if not typed:
            return None
        when = moments.read(typed)
        if when.ambiguous:
            words = _("“%(day)s” can be read as two days: write the month as a word, or the year first")
            raise ValidationError(words, params={"day": typed})
        day = when.on or (when.at.date() if when.at else None)
        if day is None:
            raise ValidationError(_("“%(day)s” is no day"), params={"day": typed})
        return day

    def attempt(self, who: str, *, usual_day: date | None, note: str) -> Attempt | None:
        """What the row says, for the one door; None with its faults said at its fields."""
        self.full_clean()
        day = self.cleaned_data.get("day") or usual_day
        passed = self.cleaned_data.get("result") != self.FAILED
        if day is None and "day" not in self.errors:
            self.add_error("day", ENTER_DAY)
        if "score" not in self.errors and passed:
            missing = services.score_missing(self.course, self.cleaned_data.get("score"))
            if missing:
                self.add_error("score", missing)
        if self.errors:
            return None
        return Attempt(
            course=self.course.slug,
            course_name=self.course.title,
            portal_id=who if who.isdecimal() else "",
            email="" if who.isdecimal() else who,
            completed_on=day,
            score=self.cleaned_data["score"],
            passed=passed,
            remark=note,
        )


class Key(CleanTyping, forms.Form):
    """Which row an input belongs to: the portal's number of the person or an address, and the course's."""

    who = forms.CharField(max_length=LONGEST_ADDRESS)
    course = forms.IntegerField(min_value=1, max_value=2**31 - 1)

    @classmethod
    def read(cls, text: str) -> tuple[str, int] | None:
        who, _colon, course = text.rpartition(":")
        form = cls({"who": who, "course": course})
        return (form.cleaned_data["who"], form.cleaned_data["course"]) if form.is_valid() else None


def typed_in(data: Mapping[str, str], key: str) -> dict[str, str]:
    """What stands in the inputs of one row."""
    return {name: data.get(f"{key}-{name}", "") for name in RowForm.base_fields}
