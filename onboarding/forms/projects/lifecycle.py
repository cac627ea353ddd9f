"""A project begins with its name; it ends, or becomes another, on a day."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.hud.elements import RRH
from agencies.hud.forms import PROJECT_TYPE_HINTS, TextField
from agencies.hud.lists import codes
from agencies.models import Project
from hmis_portal.forms import DateField, PortalFormMixin
from hmis_portal.text.words import date_words
from training.validity import add_months


def another_name(name: str, taken: Collection[str]) -> str:
    """The name, unless another project of the agency has it. `taken` are case-folded."""
    if name.casefold() in taken:
        raise forms.ValidationError(
            _("The agency already lists a project of this name: give this one another name")
        )
    return name


class AddProjectForm(PortalFormMixin, forms.Form):
    """A project begins with its name, so that everything typed after that has a home."""

    submit_label = _("Add project")
    project_name = TextField(
        label=_("Project name"),
        max_length=200,
        help_text=_("As the HMIS will show it to staff and in reports."),
        error_messages={"required": _("Enter the project's name")},
    )
    copy = forms.ChoiceField(
        label=_("Start from"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "A copy takes over everything but the name and the days of operation. You read it through once."
        ),
    )
    operating_start_date = DateField(
        label=_("First day of operation"),
        help_text=_("Of the new project. Beds and participation that began with the other begin with it."),
        error_messages={"required": _("Enter the first day of operation of the new project")},
    )
    hide_optional = True

    def __init__(self, *args: object, others: Sequence[Project], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.names = {project.project_name.casefold() for project in others}
        if others:
            self.fields["copy"].choices = [  # type: ignore[attr-defined]
                ("none", _("An empty page")),
                *(
                    (str(sibling.pk), _("A copy of %(name)s") % {"name": sibling.project_name})
                    for sibling in others
                ),
            ]
            self.fields["copy"].initial = "none"
            self.shown_when = {"operating_start_date": ("copy", *(str(sibling.pk) for sibling in others))}
        else:
            del self.fields["copy"], self.fields["operating_start_date"]

    def clean_project_name(self) -> str:
        return another_name(self.cleaned_data["project_name"], self.names)

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        data["copy"] = "" if data.get("copy") in (None, "none") else data["copy"]
        return data


class BeginsForm(PortalFormMixin, forms.Form):
    """The day on which a project's HMIS participation begins, when it is not that of go-live."""

    submit_label = _("Save the day")
    hmis_from = DateField(
        label=_("First day in the HMIS"),
        required=False,
        help_text=_("Leave it empty, and it is the day your agency goes live."),
    )

    def clean_hmis_from(self) -> date | None:
        day: date | None = self.cleaned_data["hmis_from"]
        today = timezone.localdate()
        if day and not today < day <= add_months(today, 24):
            raise forms.ValidationError(
                _("Enter a day that is after today and within the next two years, or none")
            )
        return day


class EndProjectForm(PortalFormMixin, forms.Form):
    submit_label = _("End project")
    submit_danger = True
    last_day = DateField(
        label=_("Last day of operation"),
        help_text=_("Today, an earlier day, or a day that is already fixed."),
        error_messages={"required": _("Enter the last day of operation")},
    )

    def __init__(self, *args: object, project: Project, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.project = project

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        first = self.project.operating_start_date
        if first and day < first:
            raise forms.ValidationError(
                _("The last day must be on or after the first day of operation, %(first)s")
                % {"first": date_words(first)}
            )
        if day > add_months(timezone.localdate(), 24):
            raise forms.ValidationError(_("The last day must be within the next two years"))
        return day

    def refuse(self, reasons: Iterable[str]) -> None:
        """What HUD's rules find in the closed project: it is mended on the project's page."""
        for reason in reasons:
            self.add_error("last_day", reason)


class ReplaceProjectForm(EndProjectForm):
    submit_label = _("Close this project and open the new one")
    field_order = ["project_type", "rrh_sub_type", "project_name", "last_day"]
    shown_when = {"rrh_sub_type": ("project_type", str(RRH))}
    option_hints = {"project_type": PROJECT_TYPE_HINTS}
    project_type = forms.TypedChoiceField(
        label=_("Type of the new project"),
        widget=forms.RadioSelect,
        coerce=int,
        error_messages={"required": _("Choose the type of the new project")},
    )
    rrh_sub_type = forms.TypedChoiceField(
        label=_("What does the rapid re-housing project provide?"),
        widget=forms.RadioSelect,
        coerce=int,
        empty_value=None,
        error_messages={"required": _("Choose what the rapid re-housing project provides")},
    )
    project_name = TextField(
        label=_("Name of the new project"),
        max_length=200,
        help_text=_("Another name than that of the project it replaces."),
        error_messages={"required": _("Enter the name of the new project")},
    )

    def __init__(self, *args: Any, others: Iterable[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {project.project_name.casefold() for project in others}
        self.fields["last_day"].label = _("Last day of the project as it is")
        self.fields["last_day"].help_text = _("The new project starts the day after.")
        # What it is already is no choice; only rapid re-housing may go on with another subtype.
        now = str(self.project.project_type) if self.project.project_type != RRH else ""
        self.fields["project_type"].choices = [  # type: ignore[attr-defined]
            choice for choice in codes().choices("2.02.6") if choice[0] != now
        ]
        self.fields["rrh_sub_type"].choices = codes().choices("2.02.A")  # type: ignore[attr-defined]

    def clean_project_name(self) -> str:
        return another_name(self.cleaned_data["project_name"], self.names)

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        kind = (data.get("project_type"), data.get("rrh_sub_type"))
        if kind == (self.project.project_type, self.project.rrh_sub_type):
            self.add_error("project_type", _("The project is this already: choose what it will be"))
        return data
