"""Section A1: what the agency is, where it is, and what it does."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies import locks
from agencies.hud import lists, places
from agencies.models import Agency, LegalForm, User
from hmis_portal.forms import EINField, NameField, PhoneField, UploadField, YesNoField, ZIPField
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


class AgencyForm(SectionForm, forms.ModelForm[Agency]):
    """The agency's own answers. `links` has the rows of `cocs` and `cans` to choose from, each with `mine`."""

    ein = EINField(
        label=_("Employer Identification Number (EIN)"), help_text=_("9 digits, on the letter from the IRS.")
    )
    legal_form = forms.ChoiceField(label=_("Legal form"), choices=LegalForm.choices, widget=forms.RadioSelect)
    proof = UploadField(
        label=_("Proof of status"),
        help_text=_(
            "The IRS determination letter. PDF, PNG, JPEG or Word (DOCX), smaller than 10 MB. An iPhone photo (HEIC) becomes a JPEG."
        ),
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

    file_kinds = {"proof": (Upload.Kind.PROOF, "")}
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
        field_classes: ClassVar = {"legal_name": NameField, "common_name": NameField}
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
    field_order = (
        "legal_name", "common_name", "ein", "legal_form", "legal_form_other", "proof", "federal_money", "uei",
        "street", "city", "region", "zip_code", "phone", "website",
        "mission", "towns", "cocs", "cans", "coc_member", "languages",
    )  # fmt: skip

    def __init__(
        self,
        *args: object,
        application: Application,
        proofs: Iterable[Upload],
        links: Mapping[str, list[Any]],
        **kwargs: object,
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
        for name, proposal in (("cocs", self._coc_proposal), ("cans", self._can_proposal)):
            if not self.initial.get(name) and (words := proposal()):
                self.fields[name].help_text = format_html("{} {}", self.fields[name].help_text, words)
        if len(self.stored["ein"]) == 9:
            self.initial["ein"] = f"{self.stored['ein'][:2]}-{self.stored['ein'][2:]}"
        if self.proofs:
            self.fields["proof"].required = False
            self.fields["proof"].label = gettext("Another proof of status")
            self.fields["proof"].help_text = format_html(
                gettext("You have uploaded {names}. Select a file to add another."),
                names=", ".join(proof.filename for proof in self.proofs),
            )

    def _coc_proposal(self) -> str:
        """What the towns served and the office's place say, in words; "" where they say nothing."""
        agency = self.instance
        if not (agency.towns or agency.zip_code):
            return ""
        names = dict(lists.codes().choices(f"geocode.{places.STATE}"))
        office = places.proposed(agency.city, agency.zip_code, names).get("coc_code", "")
        codes = {*places.cocs_of_towns(agency.towns, names).values(), office}
        rows = ", ".join(str(row) for row in self.links.get("cocs", ()) if row.code in codes)
        words = gettext("By the towns served and your address we propose %(cocs)s; you decide.")
        return words % {"cocs": rows} if rows else ""

    def _can_proposal(self) -> str:
        """What the towns served say, where the HMIS Admin has listed the towns of a CAN."""
        rows = [row for row in self.links.get("cans", ()) if row.among(self.instance.towns)]
        words = gettext("By the towns served we propose %(cans)s; you decide.")
        return words % {"cans": ", ".join(map(str, rows))} if rows else ""

    def clean_ein(self) -> str:
        return str(self.cleaned_data["ein"]).replace("-", "")

    def clean_uei(self) -> str:
        uei = str(self.cleaned_data.get("uei") or "").replace(" ", "").upper()
        if uei and not (len(uei) == 12 and uei.isascii() and uei.isalnum()):
            raise forms.ValidationError(_("Enter a UEI with 12 letters and digits, like J3RW5C2KABC1"))
        return uei

    def store(self, by: User) -> Mapping[str, object]:
        changed = {
            name: [_plain(self.stored.get(name)), _plain(self.cleaned_data[name])] for name in self.changed()
        }
        plain = [name for name in changed if name in self.Meta.fields]
        # The agency's row is the first that is locked: by being written, or where nothing in it changed, as everywhere.
        if plain:
            self.instance.save(update_fields=plain)
        else:
            locks.lock_agency(self.instance.pk)
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


def _plain(value: object) -> Any:
    return sorted(value) if isinstance(value, (list, tuple)) else "" if value is None else value
