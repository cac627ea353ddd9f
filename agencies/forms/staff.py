"""One person of the roster; the application's section C uses the same form."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.forms.channel import ChannelField
from agencies.models import ACCESS_OF_ROLE, AccessLevel, Agency, HmisRole, Person, Project, Staff
from agencies.models.project import looked_at
from agencies.models.staff import full_name
from agencies.selectors import MOST_OFFERED, choices_of
from hmis_portal.forms import (
    DateField,
    Div,
    EmailField,
    Fieldset,
    NameField,
    PersonEmailField,
    PhoneField,
    PortalFormMixin,
    YesNoField,
)
from hmis_portal.forms.layout import Folded
from hmis_portal.signing.models import NAME_LENGTH
from hmis_portal.text import typed

QUESTIONS = [
    "first_name", "last_name", "title", "email", "phone", "hmis_role", "access_level", "projects", "had_account",
    "earlier_account", "supervisor", "supervisor_name", "supervisor_email", "start_date", "employment", "starts_later",
]  # fmt: skip


class StaffForm(PortalFormMixin, forms.ModelForm[Staff]):
    """Validates; `agencies.services.staff` writes. `cleaned_data` is the services' `data`."""

    submit_label = _("Save")
    required_messages = {
        "first_name": _("Enter the first name"),
        "last_name": _("Enter the last name"),
        "email": _("Enter the work e-mail"),
        "hmis_role": _("Select the HMIS role"),
        "access_level": _("Select the access level"),
        "projects": _("Select at least one project"),
        "supervisor_name": _("Enter the supervisor's name"),
        "start_date": _("Enter the start date"),
        "employment": _("Select the employment type"),
        "earlier_account": _("Enter where the account was, and when it was last used"),
    }
    shown_when = {
        "earlier_account": ("had_account", "yes"),
        # Who has no access works in no project; as long as no level is chosen the question stands.
        "projects": ("access_level", "", *(level for level in AccessLevel if level != AccessLevel.NONE)),
        "supervisor_name": ("supervisor", ""),
        "supervisor_email": ("supervisor", ""),
    }
    first_name = NameField(label=_("First name"), max_length=100)
    last_name = NameField(label=_("Last name"), max_length=100)
    title = forms.CharField(label=_("Title"), max_length=150, required=False)
    email = PersonEmailField(
        label=_("Work e-mail"),
        max_length=254,
        help_text=_("A personal address of this one person, not a shared one."),
    )
    phone = PhoneField(label=_("Phone"), required=False)
    hmis_role = forms.ChoiceField(label=_("HMIS role"), choices=[("", "---------"), *HmisRole.choices])
    access_level = forms.ChoiceField(
        label=_("Access level"), choices=[("", "---------"), *Staff._meta.get_field("access_level").choices],  # type: ignore[misc]
        help_text=_("The least that the work needs."),
        widget=forms.Select({"data-allowed-by": "hmis_role", "data-allowed": json.dumps(ACCESS_OF_ROLE)}),
    )  # fmt: skip
    had_account = YesNoField(label=_("Has this person had an HMIS account before?"), required=False)
    earlier_account = forms.CharField(label=_("Where, and when was it last used?"), max_length=200)
    supervisor = forms.ChoiceField(label=_("Who is the supervisor?"), required=False)
    supervisor_name = NameField(label=_("Supervisor"), max_length=200)
    supervisor_email = EmailField(
        label=_("Supervisor's e-mail"),
        max_length=254,
        required=False,
        help_text=_("To be told when training becomes due."),
    )
    start_date = DateField(label=_("Start date"))
    employment = forms.ChoiceField(
        label=_("Employment"), choices=Staff.Employment.choices, widget=forms.RadioSelect
    )
    starts_later = forms.BooleanField(
        label=_("Starts later"),
        required=False,
        help_text=_(
            "Then this person does not hold up the day your agency goes live, and is invited on the start date."
        ),
    )

    field_order = QUESTIONS

    class Meta:
        model = Staff
        # The agency's own projects become choices in __init__: a model's field would read those of every agency.
        fields = [name for name in QUESTIONS if name not in ("projects", "supervisor")]

    def __init__(
        self,
        *args: Any,
        agency: Agency,
        projects: Iterable[Project] | None = None,
        taken: Collection[str] | None = None,
        known: Sequence[Person] = (),
        **kwargs: Any,
    ) -> None:
        """`projects` of the agency and `taken`, the others' addresses in lower case, spare a query each where many rows are checked.

        The supervisor is one of those `known`, or typed.
        """
        self.agency, self.taken = agency, taken
        if projects is None:
            mine = kwargs.get("instance")
            shown = looked_at() | Q(staff=mine.pk) if mine and mine.pk else looked_at()
            projects = agency.projects.filter(shown).distinct()
        self.own = {str(project.pk): project for project in projects}
        super().__init__(*args, **kwargs)
        self.initial["projects"] = (
            [str(project.pk) for project in self.instance.projects.all()] if self.instance.pk else []
        )
        self._offer(
            [person for person in known if person.email != typed.email(self.instance.email)][:MOST_OFFERED]
        )
        if self.own:
            choices = [(key, project.project_name) for key, project in self.own.items()]
            self.fields["projects"] = forms.MultipleChoiceField(
                label=_("Projects"),
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("Select all in which the person works."),
            )
            self.order_fields(QUESTIONS)

    def _offer(self, people: Sequence[Person]) -> None:
        self.known = {person.email: person for person in people}
        fields: Any = self.fields
        fields["supervisor"].choices = choices_of(people)
        if not people:
            fields["supervisor"].widget = forms.HiddenInput()
        supervisor = typed.email(self.instance.supervisor_email)
        self.initial["supervisor"] = supervisor if supervisor in self.known else ""

    def get_layout(self) -> list[object]:
        """In groups. What is asked of few is folded, also where the directory told title and phone."""
        work = ("hmis_role", "access_level", "projects", "code_channel")
        return [
            Fieldset(gettext("Who"), Div("first_name", "last_name", css_class="field-pair"), "email"),
            Fieldset(gettext("Work in the HMIS"), *(name for name in work if name in self.fields)),
            Fieldset(
                gettext("Employment"),
                "supervisor",
                "supervisor_name",
                "supervisor_email",
                "start_date",
                Div("employment", css_class="side-by-side"),
            ),
            Folded(
                gettext("If it applies: title, phone, an earlier account, starts later"),
                *("title", "phone", "had_account", "earlier_account", "starts_later"),
                open_for=("earlier_account", "starts_later"),
            ),
        ]

    def clean_projects(self) -> list[Project]:
        return [self.own[key] for key in self.cleaned_data["projects"]]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if self.taken is None:
            others = (
                Staff.objects.current()
                .filter(agency=self.agency, email__iexact=email)
                .exclude(pk=self.instance.pk)
            )
            is_taken = others.exists()
        else:
            is_taken = email in self.taken
        if is_taken:
            raise forms.ValidationError(
                _("Another person on the list has this e-mail. Each needs an address of their own")
            )
        return email

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if len(phone) > 25:
            raise forms.ValidationError(_("Phone must be 25 characters or fewer"))
        return phone

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        if person := self.known.get(data.pop("supervisor", "")):
            data |= {"supervisor_name": person.name, "supervisor_email": person.email}
        if len(full_name(data.get("first_name", ""), data.get("last_name", ""))) > NAME_LENGTH:
            words = _("First and last name together must be %(most)d characters or fewer")
            self.add_error("last_name", words % {"most": NAME_LENGTH - 1})
        role, level = data.get("hmis_role"), data.get("access_level")
        if role and level and level not in ACCESS_OF_ROLE[role]:
            names = " / ".join(
                str(Staff(access_level=allowed).get_access_level_display())
                for allowed in ACCESS_OF_ROLE[role]
            )
            label = Staff(hmis_role=role).get_hmis_role_display()
            self.add_error(
                "access_level",
                _("The role “%(role)s” may have: %(levels)s. Select that, or another role")
                % {"role": label, "levels": names},
            )
        return data

    def _post_clean(self) -> None:
        """The service writes the row under its own checks; the form leaves the instance alone."""


class RosterForm(StaffForm):
    """A person listed already; two who change the same entry learn of each other."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    code_channel = ChannelField(
        label=_("Own mobile number or e-mail address for sign-in codes"),
        required=False,
        help_text=_("The HMIS sends its codes there. Nobody else may have the same."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.instance.user
        channel = getattr(user, "code_channel", None)
        if user is None or (channel and channel.entered_by_id == user.pk):
            del self.fields["code_channel"]
        else:
            self.initial["code_channel"] = channel or ""

    def add_refusal(self, messages: list[str], *, version: str) -> None:
        """What is against saving; saving again is meant for the entry as it is now."""
        self.add_error(None, messages)
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["version"] = version
        self.data = data
