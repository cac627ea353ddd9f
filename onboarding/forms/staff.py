"""Section C: one person of the roster."""

from collections.abc import Iterable
from typing import Any, ClassVar

from crispy_forms.layout import Fieldset
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import ACCESS_OF_ROLE, AccessLevel, Agency, HmisRole, Project, Staff
from hmis_portal.forms import DateField, PhoneField, PortalFormMixin, YesNoField


class StaffForm(PortalFormMixin, forms.ModelForm):
    """`projects` are the agency's, `taken` the lower-case addresses of the others on the list."""

    submit_label = _("Save person")
    phone = PhoneField(label=_("Phone"), required=False)
    hmis_role = forms.ChoiceField(label=_("HMIS role"), choices=HmisRole.choices, widget=forms.RadioSelect)
    access_level = forms.ChoiceField(
        label=_("Required access level"),
        choices=AccessLevel.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "The least that the person's work needs. The table on this page says which levels a role may have."
        ),
    )
    projects = forms.MultipleChoiceField(
        label=_("Projects"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Select all in which the person works."),
    )
    had_account = YesNoField(label=_("Has the person had an HMIS account before?"), required=False)
    earlier_account = forms.CharField(label=_("Where was it, and when was it last used?"), max_length=200)
    start_date = DateField(
        label=_("Start date"), help_text=_("The first day of this work. It may lie ahead.")
    )
    employment = forms.ChoiceField(
        label=_("Employment type"), choices=Staff.Employment.choices, widget=forms.RadioSelect
    )
    starts_later = forms.BooleanField(
        label=_("Starts later: the agency may go live before this person is ready"), required=False
    )

    shown_when = {"earlier_account": ("had_account", "yes")}
    required_messages = {
        "first_name": _("Enter the first name"),
        "last_name": _("Enter the last name"),
        "email": _("Enter the work e-mail"),
        "hmis_role": _("Select the HMIS role"),
        "access_level": _("Select the access level"),
        "earlier_account": _("Enter where the account was and when it was last used"),
        "supervisor_name": _("Enter the supervisor's name"),
        "start_date": _("Enter the start date"),
        "employment": _("Select the employment type"),
    }

    class Meta:
        model = Staff
        fields = (
            "first_name", "last_name", "title", "email", "phone", "hmis_role", "access_level", "had_account",
            "earlier_account", "supervisor_name", "supervisor_email", "start_date", "employment", "starts_later",
        )  # fmt: skip
        labels: ClassVar = {
            "first_name": _("First name"),
            "last_name": _("Last name"),
            "title": _("Title"),
            "email": _("Work e-mail"),
            "supervisor_name": _("Supervisor"),
            "supervisor_email": _("Supervisor's e-mail"),
        }
        help_texts: ClassVar = {"email": _("Their own address: training and agreements are sent there.")}

    def __init__(
        self,
        *args: Any,
        agency: Agency,
        projects: Iterable[Project],
        taken: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        self.agency, self.own, self.taken = agency, {str(one.pk): one for one in projects}, set(taken)
        super().__init__(*args, **kwargs)
        self.fields["projects"].choices = [(key, one.project_name) for key, one in self.own.items()]  # type: ignore[attr-defined]
        self.fields["projects"].required_when_shown = True  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["projects"] = [str(one.pk) for one in self.instance.projects.all()]
        self.dress()

    def get_layout(self) -> list[Any]:
        return [
            Fieldset(gettext("Who"), "first_name", "last_name", "title", "email", "phone"),
            Fieldset(
                gettext("Work in the HMIS"),
                "hmis_role",
                "access_level",
                "projects",
                "had_account",
                "earlier_account",
            ),
            Fieldset(
                gettext("Employment"),
                "supervisor_name",
                "supervisor_email",
                "start_date",
                "employment",
                "starts_later",
            ),
        ]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip().lower()
        if email in self.taken:
            raise forms.ValidationError(
                _("Another person on the list has this e-mail: enter this person's own")
            )
        return email

    def clean_projects(self) -> list[Project]:
        return [self.own[key] for key in self.cleaned_data["projects"]]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        role, level = data.get("hmis_role"), data.get("access_level")
        if role and level and level not in ACCESS_OF_ROLE[role]:
            allowed = gettext(" or ").join(f"“{AccessLevel(one).label}”" for one in ACCESS_OF_ROLE[role])
            self.add_error(
                "access_level",
                forms.ValidationError(
                    _("Select an access level that the role “%(role)s” may have: %(allowed)s"),
                    params={"role": HmisRole(role).label, "allowed": allowed},
                ),
            )
        if (
            level
            and level != AccessLevel.NONE
            and not data.get("projects")
            and not self.has_error("projects")
        ):
            self.add_error("projects", _("Select at least one project"))
        return data

    def data_for_service(self) -> dict[str, Any]:
        """What agencies.services.staff takes."""
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, "projects")}


def role_table() -> list[tuple[str, str]]:
    """Each role with the access levels it may have, in words."""
    return [
        (str(role.label), ", ".join(str(AccessLevel(level).label) for level in ACCESS_OF_ROLE[role]))
        for role in HmisRole
    ]
