"""What is asked about the project itself."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.hud.elements import is_residential
from agencies.hud.forms.element import ElementForm
from agencies.hud.forms.questions import PROJECT_TYPE_HINTS
from agencies.models import Project


class ProjectForm(ElementForm):
    kind = "project"
    shown_when = {"rrh_sub_type": ("project_type", "13"), "affiliated": ("residential_affiliation", "1")}

    def __init__(
        self, *args: Any, siblings: Iterable[Project] = (), fixed: bool = False, **kwargs: Any
    ) -> None:
        self.fixed = fixed
        self.siblings = {
            str(sibling.pk): sibling
            for sibling in siblings
            if is_residential(sibling.project_type, sibling.rrh_sub_type)
        }
        super().__init__(*args, **kwargs)
        self.fields["affiliated"] = forms.MultipleChoiceField(
            label=_("Projects whose residents it serves"),
            help_text=""
            if self.siblings
            else _("Your agency has no residential project here yet: add it first."),
            choices=[(key, sibling.project_name) for key, sibling in self.siblings.items()],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["affiliated"].required_when_shown = True  # type: ignore[attr-defined]
        for name in ("project_type", "rrh_sub_type"):
            self.fields[name].disabled = fixed

    @property
    def types(self) -> list[tuple[str, object]]:
        """Each type of project with what it is, in a sentence."""
        known = self.codes.choices("2.02.6")
        return [(label, PROJECT_TYPE_HINTS[code]) for code, label in known if code in PROJECT_TYPE_HINTS]
