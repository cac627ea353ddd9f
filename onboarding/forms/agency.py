"""Section A: what the agency is, and the people it names."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from crispy_forms.layout import HTML, Fieldset
from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import REQUIRED_POSITIONS, Agency, Contact, LegalForm, Position, User
from hmis_portal.forms import EINField, PhoneField, UploadField, YesNoField, ZIPField
from onboarding.forms.base import SectionForm
from onboarding.models import Application, Upload

STATES = [
    "AL",
    "AK",
    "AZ",
    "AR",
    "CA",
    "CO",
    "CT",
    "DE",
    "DC",
    "FL",
    "GA",
    "HI",
    "ID",
    "IL",
    "IN",
    "IA",
    "KS",
    "KY",
    "LA",
    "ME",
    "MD",
    "MA",
    "MI",
    "MN",
    "MS",
    "MO",
    "MT",
    "NE",
    "NV",
    "NH",
    "NJ",
    "NM",
    "NY",
    "NC",
    "ND",
    "OH",
    "OK",
    "OR",
    "PA",
    "PR",
    "RI",
    "SC",
    "SD",
    "TN",
    "TX",
    "UT",
    "VT",
    "VA",
    "VI",
    "WA",
    "WV",
    "WI",
    "WY",
]


class AgencyForm(SectionForm, forms.ModelForm):
    """The agency's own answers. `links` has the rows of `cocs` and `cans` to choose from, each with `mine`."""

    ein = EINField(
        label=_("Employer Identification Number (EIN)"), help_text=_("9 digits, on the letter from the IRS.")
    )
    legal_form = forms.ChoiceField(label=_("Legal form"), choices=LegalForm.choices, widget=forms.RadioSelect)
    proof = UploadField(
        label=_("Proof of status"),
        help_text=_("The IRS determination letter. PDF, PNG, JPEG or Word (DOCX), smaller than 10 MB."),
    )
    legal_form_other = forms.CharField(label=_("Which legal form?"), max_length=100)
    uei = forms.CharField(
        label=_("Unique Entity ID (UEI)"),
        max_length=20,
        help_text=_("12 characters, from SAM.gov."),
        widget=forms.TextInput({"class": "input-20", "autocomplete": "off"}),
    )
    federal_money = YesNoField(label=_("Does the agency receive federal money?"))
    region = forms.ChoiceField(
        label=_("State"), choices=[("", _("Select one")), *((code, code) for code in STATES)]
    )
    zip_code = ZIPField(label=_("ZIP code"))
    phone = PhoneField(label=_("Phone"))
    website = forms.URLField(
        label=_("Web site"),
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=_("Like https://example.org."),
    )
    cocs = forms.MultipleChoiceField(
        label=_("Continuums of Care (CoC)"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The regional planning bodies in whose area you serve people. Select all that apply."),
    )
    cans = forms.MultipleChoiceField(
        label=_("Coordinated Access Networks (CAN)"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "The networks through which people reach help where you serve them. Select all that apply."
        ),
    )
    coc_member = YesNoField(label=_("Is the agency a member of a Continuum of Care?"), required=False)

    file_kinds = {"proof": (Upload.Kind.PROOF, None)}
    shown_when = {
        "proof": ("legal_form", "501c3"),
        "legal_form_other": ("legal_form", "other"),
        "uei": ("federal_money", "yes"),
    }
    required_messages = {
        "legal_name": _("Enter the agency's legal name"),
        "legal_form": _("Select the agency's legal form"),
        "legal_form_other": _("Enter the legal form"),
        "proof": _("Select the file that proves the agency's status"),
        "federal_money": _("Select yes if the agency receives federal money"),
        "ein": _("Enter the Employer Identification Number (EIN)"),
        "uei": _("Enter the Unique Entity ID (UEI)"),
        "street": _("Enter the street address"),
        "city": _("Enter the city or town"),
        "region": _("Select the state"),
        "zip_code": _("Enter the ZIP code"),
        "phone": _("Enter the agency's phone number"),
        "mission": _("Enter the agency's mission and services"),
        "cocs": _("Select at least one Continuum of Care"),
        "cans": _("Select at least one Coordinated Access Network"),
        "towns": _("Enter the towns you serve"),
    }

    class Meta:
        model = Agency
        fields = (
            "legal_name", "common_name", "ein", "legal_form", "legal_form_other", "federal_money", "uei", "street", "city",
            "region", "zip_code", "phone", "website", "mission", "towns", "coc_member", "languages",
        )  # fmt: skip
        labels: ClassVar = {
            "legal_name": _("Legal name"),
            "common_name": _("Common name"),
            "street": _("Street"),
            "city": _("City or town"),
            "mission": _("Mission and services"),
            "towns": _("Towns served"),
            "languages": _("Languages served"),
        }
        help_texts: ClassVar = {
            "legal_name": _("As on the letter from the IRS or in the state's register."),
            "common_name": _("The name people know, when it is another."),
            "mission": _("What the agency does and for whom, in a few sentences."),
            "towns": _("Separate them by commas, or write “all of Connecticut”."),
            "languages": _("In which you serve people, like English, Spanish."),
        }
        widgets: ClassVar = {
            "mission": forms.Textarea({"rows": 5}),
            "towns": forms.Textarea({"rows": 3}),
        }

    REQUIRED = ("street", "city", "mission", "towns")

    def __init__(
        self,
        *args: Any,
        application: Application,
        proofs: Iterable[Upload],
        links: Mapping[str, list[Any]],
        **kwargs: Any,
    ) -> None:
        self.application, self.links = application, links
        self.proofs = list(proofs)
        super().__init__(*args, **kwargs)
        for name in self.REQUIRED:
            self.fields[name].required = True
        for name, rows in self.links.items():
            self.fields[name].choices = [(str(row.pk), str(row)) for row in rows]  # type: ignore[attr-defined]
            self.initial[name] = [str(row.pk) for row in rows if row.mine]
        self.stored = dict(self.initial)
        if len(self.stored["ein"]) == 9:
            self.initial["ein"] = f"{self.stored['ein'][:2]}-{self.stored['ein'][2:]}"
        if self.proofs:
            self.fields["proof"].required_when_shown = False  # type: ignore[attr-defined]
            self.fields["proof"].label = gettext("Another proof of status")
            self.fields["proof"].help_text = format_html(
                gettext("You have uploaded {names}. Select a file to add another."),
                names=", ".join(one.filename for one in self.proofs),
            )
        self.dress()

    def get_layout(self) -> list[Any]:
        return [
            Fieldset(
                gettext("The agency"),
                "legal_name",
                "common_name",
                "ein",
                "legal_form",
                "legal_form_other",
                "proof",
                "federal_money",
                "uei",
            ),
            Fieldset(gettext("Where it is"), "street", "city", "region", "zip_code", "phone", "website"),
            Fieldset(
                gettext("What it does, and where"),
                "mission",
                "cocs",
                "cans",
                "towns",
                "coc_member",
                "languages",
            ),
        ]

    def clean_ein(self) -> str:
        return str(self.cleaned_data["ein"]).replace("-", "")

    def clean_uei(self) -> str:
        uei = str(self.cleaned_data.get("uei") or "").replace(" ", "").upper()
        if uei and not (len(uei) == 12 and uei.isascii() and uei.isalnum()):
            raise forms.ValidationError(_("Enter a UEI with 12 letters and digits, like J3RW5C2KABC1"))
        return uei

    def store(self, by: User) -> dict[str, Any]:
        changed = {
            name: [_plain(self.stored.get(name)), _plain(self.cleaned_data[name])] for name in self.changed()
        }
        plain = [name for name in changed if name in self.Meta.fields]
        # The row is written also when nothing changed: writing it locks it, before anything else is locked.
        self.instance.save(update_fields=plain or ["legal_name"])
        for name, rows in self.links.items():
            if name in changed:
                keys = set(self.cleaned_data[name])
                getattr(self.instance, name).set([row for row in rows if str(row.pk) in keys])
        return changed

    def changed(self) -> list[str]:
        return [
            name
            for name in self.cleaned_data
            if name != "proof" and _plain(self.stored.get(name)) != _plain(self.cleaned_data[name])
        ]


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, (list, tuple)) else "" if value is None else value


# What each person will have to do, in their own page section.
DUTIES: Mapping[str, Any] = {
    Position.DIRECTOR: _("Answers for the agency's part in the HMIS, and is told of every decision."),
    Position.SIGNATORY: _(
        "Reads and signs the Memorandum of Understanding (MOU) for the agency. May be the executive director."
    ),
    Position.COORDINATOR: _(
        "The HMIS Data Coordinator (HDC) is the HMIS's first contact: keeps projects and staff current, watches data quality, reports leavers within 24 hours."
    ),
    Position.BACKUP: _(
        "Stands in for the coordinator, so must be another person. Attends the same briefing."
    ),
    Position.SECURITY: _(
        "Keeps the security rules, does the yearly self-audit, and is called when something goes wrong."
    ),
    Position.PRIVACY: _(
        "Keeps the privacy notice and consent forms, and answers complaints. May be the Security Officer."
    ),
    Position.IT: _("Is asked about devices, networks and browsers."),
    Position.BILLING: _("Receives invoices, should there be any."),
}
OTHER, NOBODY = "other", "none"
# Whom a position may coincide with: everyone named before it, but the backup never with the coordinator.
MAY_BE: Mapping[str, tuple[str, ...]] = {
    Position.SIGNATORY: (Position.DIRECTOR,),
    Position.COORDINATOR: (Position.DIRECTOR, Position.SIGNATORY),
    Position.BACKUP: (Position.DIRECTOR, Position.SIGNATORY),
    Position.SECURITY: (Position.DIRECTOR, Position.SIGNATORY, Position.COORDINATOR, Position.BACKUP),
    Position.PRIVACY: (
        Position.DIRECTOR,
        Position.SIGNATORY,
        Position.COORDINATOR,
        Position.BACKUP,
        Position.SECURITY,
    ),
    Position.IT: (Position.DIRECTOR, Position.COORDINATOR, Position.BACKUP, Position.SECURITY),
    Position.BILLING: (Position.DIRECTOR, Position.SIGNATORY),
}
PARTS = ("name", "title", "email", "phone", "extension")


class PeopleForm(SectionForm, forms.Form):
    """Every position: the same person as one named before, another person, or (where allowed) nobody yet."""

    def __init__(
        self, *args: Any, application: Application, contacts: Iterable[Contact], **kwargs: Any
    ) -> None:
        self.application = application
        self.contacts = {contact.position: contact for contact in contacts}
        self.shown_when: dict[str, tuple[str, ...]] = {}
        self.required_messages: dict[str, Any] = {}
        super().__init__(*args, **kwargs)
        for position in Position:
            self._add(position)
        self.dress()

    def _add(self, position: Position) -> None:
        key, optional, words = position.value, position not in REQUIRED_POSITIONS, str(position.label)
        if position in MAY_BE:
            names = [(one, str(Position(one).label)) for one in MAY_BE[position]]
            choices = [
                (OTHER, gettext("Another person")),
                *names,
                *([(NOBODY, gettext("Nobody yet"))] if optional else []),
            ]
            self.fields[f"{key}_is"] = forms.ChoiceField(
                label=gettext("Who is the %s?") % words,
                choices=choices,
                widget=forms.RadioSelect,
                required=not optional,
            )
            self.required_messages[f"{key}_is"] = gettext("Select who the %s is") % words
        made: dict[str, forms.Field] = {
            "name": forms.CharField(label=gettext("Name"), max_length=200),
            "title": forms.CharField(label=gettext("Title"), max_length=150),
            "email": forms.EmailField(label=gettext("Work e-mail"), max_length=254),
            "phone": PhoneField(label=gettext("Phone")),
            "extension": forms.CharField(
                label=gettext("Extension"),
                max_length=5,
                required=False,
                widget=forms.TextInput({"class": "input-4", "inputmode": "numeric"}),
            ),
        }
        asks = {
            "name": _("Enter the name of the %s"),
            "title": _("Enter the title of the %s"),
            "email": _("Enter the work e-mail of the %s"),
            "phone": _("Enter the phone number of the %s"),
        }
        for part, field in made.items():
            name = f"{key}_{part}"
            self.fields[name] = field
            if part in asks:
                self.required_messages[name] = str(asks[part]) % words
            if position in MAY_BE:
                self.shown_when[name] = (f"{key}_is", OTHER)
        self._fill(position)

    def _fill(self, position: Position) -> None:
        contact, key = self.contacts.get(position), position.value
        same = None
        if contact and position in MAY_BE:
            same = next((one for one in MAY_BE[position] if _same(contact, self.contacts.get(one))), None)
        if position in MAY_BE:
            nobody = NOBODY if self.contacts and position not in REQUIRED_POSITIONS else None
            self.initial.setdefault(f"{key}_is", same or (OTHER if contact else nobody))
        if contact and not same:
            self.initial.update({f"{key}_{part}": getattr(contact, part) for part in PARTS})

    def get_layout(self) -> list[Any]:
        sets = []
        for position in Position:
            names = [
                name
                for name in (f"{position.value}_is", *(f"{position.value}_{part}" for part in PARTS))
                if name in self.fields
            ]
            duty = HTML(format_html('<p class="hint">{}</p>', DUTIES[position]))
            sets.append(Fieldset(str(position.label), duty, *names))
        return sets

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for position in Position:
            key = position.value
            extension = data.get(f"{key}_extension") or ""
            if extension and not (extension.isascii() and extension.isdigit()):
                self.add_error(f"{key}_extension", _("Enter the extension in digits, like 12"))
        self.people = self._people()
        backup, coordinator = self.people.get(Position.BACKUP), self.people.get(Position.COORDINATOR)
        if backup and coordinator and backup["email"].lower() == coordinator["email"].lower():
            message = _("Name a backup coordinator who is another person than the coordinator")
            self.add_error("backup_email" if data.get("backup_is") == OTHER else "backup_is", message)
        return data

    def _people(self) -> dict[str, dict[str, str]]:
        """Position → the person's particulars, with those who coincide filled in."""
        found: dict[str, dict[str, str]] = {}
        for position in Position:
            key = position.value
            who = self.cleaned_data.get(f"{key}_is", OTHER) or NOBODY
            if (
                who == OTHER
                and self.cleaned_data.get(f"{key}_email")
                and self.cleaned_data.get(f"{key}_name")
            ):
                found[key] = {part: str(self.cleaned_data.get(f"{key}_{part}") or "") for part in PARTS}
                number, _sep, extension = found[key]["phone"].partition(" ext. ")
                found[key].update(phone=number, extension=found[key]["extension"] or extension)
            elif who in found:
                found[key] = dict(found[who])
        return found

    def store(self, by: User) -> dict[str, Any]:
        agency_id, changed, rows = self.application.agency_id, {}, []
        for position in Position:
            before, after = self.contacts.get(position), self.people.get(position)
            told = {part: getattr(before, part) for part in PARTS} if before else None
            if told != after:
                changed[position.value] = [told, after]
                if after:
                    rows.append(Contact(agency_id=agency_id, position=position, **after))
        gone = [key for key, (_before, after) in changed.items() if after is None]
        if gone:
            Contact.objects.filter(agency_id=agency_id, position__in=gone).delete()
        Contact.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["agency", "position"], update_fields=list(PARTS)
        )
        return changed


def _same(one: Contact, other: Contact | None) -> bool:
    return other is not None and all(getattr(one, part) == getattr(other, part) for part in PARTS)
