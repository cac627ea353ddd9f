"""What people type and paste: one spelling of addresses, names, references and numbers."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from agencies.models import Invitation, Staff, User
from hmis_portal.desk.tools import DeskAdmin
from hmis_portal.forms import CleanTyping, EINField, EmailField
from hmis_portal.text import typed
from hmis_portal.text.references import read_reference
from tests.cast import Cast
from tests.factories import PASSWORD, AgencyFactory, StaffFactory, UserFactory


class Without:
    """The models of today for a migration that also mends positions, whose address is their person's now."""

    def __init__(self, apps: Any) -> None:
        self.apps = apps

    def get_model(self, app: str, name: str) -> Any:
        return self.apps.get_model(app, "Person" if name == "Contact" else name)


ZOES = [
    "zoe@harbor.example\u200b",
    "\ufeffzoe@harbor.example",
    "z\u00adoe@har\u200dbor.example",
    "Zoe@Harbor.Example\u00a0",
    "\u202ezoe@harbor.example\u202c",
    "ｚｏｅ＠harbor。example",
    "\tzoe@harbor\u2060.example\u2028",
]


@pytest.mark.parametrize("given", ZOES)
def test_one_address_has_one_spelling(given: str) -> None:
    assert EmailField().clean(given) == "zoe@harbor.example"


@pytest.mark.parametrize(
    "given", ["zoë@harbor.example", "zoı@harbor.example", "zo e@harbor.example", "\u200b@harbor.example"]
)
def test_an_address_that_no_mail_reaches_is_refused(given: str) -> None:
    with pytest.raises(forms.ValidationError, match="Enter an e-mail address in the correct format"):
        EmailField().clean(given)


def test_a_domain_of_another_script_is_one_domain() -> None:
    assert {
        typed.email(one) for one in ("a@bücher.example", "a@BÜCHER.example", "a@xn--bcher-kva.example")
    } == {"a@bücher.example"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Har\u00adbor\u200b House\u202e", "Harbor House"),
        ("Jose\u0301 O\u2019Neill\u00a0Jr.", "José O\u2019Neill Jr."),
        ("Zo\u200dë", "Zoë"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian needs its non-joiner
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),  # so does an Indian half letter
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("\u0d28\u0d4d\u200d", "\u0d28\u0d4d\u200d"),  # a Malayalam letter that ends a word
        ("علي\u200c", "علي"),
        ("Kim 👩🏽\u200d💻 ❤️\u200d🔥 🏳️\u200d🌈 Park", "Kim 👩🏽\u200d💻 ❤️\u200d🔥 🏳️\u200d🌈 Park"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"),
        ("Ann\ufe0f \u200d💻", "Ann 💻"),
        ("בית\u200f שלום", "בית שלום"),
        ("one\ttwo\r\nthree", "one two three"),
        ("\u3164\u200b", ""),
        ("a\x07b\x00", "ab\x00"),  # the field itself refuses NUL, with a sentence
    ],
)  # fmt: skip
def test_names_keep_what_is_seen_and_nothing_else(given: str, kept: str) -> None:
    assert typed.one_line(given).strip() == kept


def test_a_text_of_ten_megabytes_is_not_read_letter_by_letter() -> None:
    """That took three and a half seconds of the processor; this takes a tenth of one."""
    begun = time.process_time()
    assert typed.text("Zoë’s\u00a0House\u200b" + "\nline" * 2_000_000) == "Zoë’s House" + "\nline" * 2_000_000
    assert time.process_time() - begun < 1


def test_a_name_of_invisible_marks_is_no_name() -> None:
    class Named(CleanTyping, forms.Form):
        name = forms.CharField()
        words = forms.CharField(widget=forms.Textarea)
        secret = forms.CharField(widget=forms.PasswordInput, strip=False)

    form = Named({"name": "\u200b\u2060", "words": "one\ntwo\u202e", "secret": "a\u200bb"})
    assert not form.is_valid()
    assert "name" in form.errors
    assert form.cleaned_data == {"words": "one\ntwo", "secret": "a\u200bb"}


def every_form(base: type = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for one in base.__subclasses__():
        yield one
        yield from every_form(one)


def test_no_form_of_the_portal_has_another_e_mail_field(client: Any, db: None) -> None:
    client.get("/")  # loads the addresses, and with them every form
    ours = [
        one
        for one in every_form()
        if one.__module__.split(".")[0] in ("hmis_portal", "agencies", "training", "onboarding")
        and one.__module__ != "hmis_portal.accounts.forms"
    ]
    assert len(ours) > 40
    other = [
        f"{one.__name__}.{name}"
        for one in ours
        for name, field in getattr(one, "base_fields", {}).items()
        if isinstance(field, forms.EmailField) and not isinstance(field, EmailField)
    ]
    assert other == []


@pytest.mark.django_db
class TestOneIdentity:
    def test_sign_in_takes_the_address_as_it_was_pasted(self, client_of: Callable[[Any], Any]) -> None:
        UserFactory(email="zoe@harbor.example")
        for given in ZOES[:3]:
            answer = client_of(None).post("/accounts/login/", {"login": given, "password": PASSWORD})
            assert answer.status_code == 302, given

    def test_sign_up_makes_no_second_account(self, client_of: Callable[[Any], Any]) -> None:
        UserFactory(email="zoe@harbor.example")
        data = {
            "first_name": "Z\u200bo\u00adë",
            "last_name": "Ruiz\u202e",
            "password1": "quiet-harbor-lantern-9",
        }
        client_of(None).post("/accounts/signup/", {**data, "email": "zoe@harbor.example\u200b"})
        client_of(None).post("/accounts/signup/", {**data, "email": "\u200bnew@harbor.example"})
        assert sorted(User.objects.values_list("email", flat=True)) == [
            "new@harbor.example",
            "zoe@harbor.example",
        ]
        assert User.objects.get(email="new@harbor.example").get_full_name() == "Zoë Ruiz"

    def test_an_invitation_and_a_roster_entry_name_the_address_people_type(
        self, cast: Cast, client_of: Callable[[Any], Any]
    ) -> None:
        client = client_of(cast.director)
        client.post(
            reverse("agencies:invite", args=[cast.agency.pk]),
            {"first_name": "Zoe", "last_name": "Ruiz", "email": "zoe@harbor.example\u200b", "role": "editor"},
        )
        assert Invitation.objects.get().user.email == "zoe@harbor.example"
        listed = StaffFactory(agency=cast.agency, email="sam@harbor.example")
        from agencies.forms.staff import StaffForm

        form = StaffForm({"email": "sam\u200b@harbor.example"}, agency=cast.agency)
        assert "Another person on the list has this e-mail" in str(form.errors["email"]), listed

    def test_addresses_kept_before_are_cleaned_and_nobody_becomes_another(
        self, cast: Cast, capsys: Any
    ) -> None:
        lone, twin = UserFactory(email="lone@harbor.example"), UserFactory(email="twin@harbor.example")
        UserFactory(email="taken@harbor.example")
        User.objects.filter(pk=lone.pk).update(email="lone@harbor.example\u200b")
        User.objects.filter(pk=twin.pk).update(email="taken@harbor.example\u200b")
        row = StaffFactory(agency=cast.agency)
        Staff.objects.filter(pk=row.pk).update(
            email="Row\ufeff@harbor.example", supervisor_email="S@harbor.example"
        )
        importlib.import_module("agencies.migrations.0003_clean_addresses").clean(Without(apps), None)
        for one in (lone, twin, row):
            one.refresh_from_db()
        assert (lone.email, twin.email) == ("lone@harbor.example", "taken@harbor.example\u200b")
        assert (row.email, row.supervisor_email) == ("row@harbor.example", "s@harbor.example")
        assert f"account {twin.pk} keeps" in capsys.readouterr().out


@pytest.mark.parametrize(
    "given",
    [
        "MOU-2026-7KQ4-X2MB",
        "mou20267kq4x2mb",
        " MOU 2026 7KQ4 X2MB. ",
        "MOU–2026—7KQ4−X2MB",
        "M\u00adOU-2026-7KQ4\u200b-X2MB",
    ],
)
def test_a_reference_is_read_however_it_is_typed(given: str) -> None:
    assert read_reference(given) == "MOU-2026-7KQ4-X2MB"


@pytest.mark.parametrize(
    "given", ["06-1234567", "061234567", "06 1234567", "06–1234567", "０６-1234567", "06.1234567\u200b"]
)
def test_an_ein_is_read_however_it_is_typed(given: str) -> None:
    assert EINField().clean(given) == "06-1234567"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("06-123456", "Enter an EIN with 9 digits, like 06-1234567: 1 digit is missing"),
        ("06-12345678", "Enter an EIN with 9 digits, like 06-1234567: this has 1 too many"),
        ("00-0000000", "No EIN begins with 00. Enter the 9 digits as on a letter from the IRS, like 06-1234567"),
        ("pending", "Enter an EIN with 9 digits, like 06-1234567"),
    ],
)  # fmt: skip
def test_what_is_missing_from_an_ein_is_said(given: str, told: str) -> None:
    with pytest.raises(forms.ValidationError) as caught:
        EINField().clean(given)
    assert caught.value.messages == [told]


@pytest.mark.django_db
def test_every_search_of_the_desk_finds_the_agency_by_its_ein(cast: Cast, reference: None) -> None:
    AgencyFactory(legal_name="Another", ein="069876543")
    client = cast.client("admin")
    page = reverse("admin:agencies_agency_changelist")
    for given in ("06-1234567", "061234567", "06 1234567", "06–1234567 "):
        assert list(client.get(page, {"q": given}).context["cl"].queryset) == [cast.agency], given
    staff = client.get(reverse("admin:agencies_staff_changelist"), {"q": "06-1234567"})
    assert set(staff.context["cl"].queryset) == {cast.staff_row, cast.coordinator_row}
    for model, desk in admin.site._registry.items():
        names = [one for one in desk.search_fields if one.endswith("legal_name")]
        assert all(one.replace("legal_name", "ein") in desk.search_fields for one in names), model
        assert not desk.search_fields or not names or isinstance(desk, DeskAdmin), model


@pytest.mark.django_db
def test_the_desk_finds_a_person_by_a_pasted_address_and_a_name_with_dashes(
    cast: Cast, reference: None
) -> None:
    AgencyFactory(legal_name="House 1-2", ein="069876543")
    client = cast.client("admin")
    people = client.get(reverse("admin:agencies_user_changelist"), {"q": "Staff@harbor.example\u200b"})
    assert list(people.context["cl"].queryset) == [cast.staff]
    houses = client.get(reverse("admin:agencies_agency_changelist"), {"q": "1-2"})
    assert [one.legal_name for one in houses.context["cl"].queryset] == ["House 1-2"]
