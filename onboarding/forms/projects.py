from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.hud.forms import TextField
from agencies.models import Project
from hmis_portal.forms import PortalFormMixin


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
            "A copy takes over everything but the name and the last day of operation. You can change all of it."
        ),
    )
    hide_optional = True

    def __init__(self, *args: Any, others: Sequence[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {project.project_name.casefold() for project in others}
        if others:
            self.fields["copy"].choices = [  # type: ignore[attr-defined]
                ("none", _("An empty page")),
                *((str(one.pk), _("A copy of %(name)s") % {"name": one.project_name}) for one in others),
            ]
            self.fields["copy"].initial = "none"
        else:
            del self.fields["copy"]

    def clean_project_name(self) -> str:
        name: str = self.cleaned_data["project_name"]
        if name.casefold() in self.names:
            raise forms.ValidationError(
                _("The agency already lists a project of this name: give this one another name")
            )
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["copy"] = "" if data.get("copy") in (None, "none") else data["copy"]
        return data
