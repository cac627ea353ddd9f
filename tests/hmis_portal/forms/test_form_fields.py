"""The portal's own fields: dates, numbers as people write them, files."""

import datetime as dt

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from hmis_portal.forms import DateField, EINField, PhoneField, PortalFormMixin, UploadField, ZIPField
from hmis_portal.templatetags.portal import error_links
from tests.hmis_portal.forms.made_forms import AgencyForm, answered, rendered
from tests.scans import JPEG, PDF, PNG, docx


def clean_date(month: str, day: str, year: str, **options: object) -> object:
    class Dated(PortalFormMixin, forms.Form):
        day_of = DateField(label="Start date", **options)  # type: ignore[arg-type]

    form = Dated({"day_of_month": month, "day_of_day": day, "day_of_year": year})
    return form.cleaned_data["day_of"] if form.is_valid() else error_links(form)[0]


class TestDates:
    @pytest.mark.parametrize("month", ["11", "Nov", "november", "Nov."])
    def test_a_month_by_number_or_name(self, month: str) -> None:
        assert clean_date(month, " 22 ", "2026") == dt.date(2026, 11, 22)

    @pytest.mark.parametrize(
        ("parts", "message", "target"),
        [
            (("", "", ""), "Enter the start date", "id_day_of_0"),
            (("11", "", "2026"), "Start date must include a day", "id_day_of_1"),
            (("", "22", ""), "Start date must include a month and a year", "id_day_of_0"),
            (("13", "1", "2026"), "Start date must have a month from 1 to 12", "id_day_of_0"),
            (("2", "40", "2026"), "Start date must have a day from 1 to 31", "id_day_of_1"),
            (("2", "30", "2026"), "Start date must be a real date", "id_day_of_1"),
            (("2", "3", "26"), "Start date must have a year of four digits, like 2026", "id_day_of_2"),
            (("²", "3", "2026"), "Start date must have a month from 1 to 12", "id_day_of_0"),
        ],
    )
    def test_the_wrong_part_is_named_and_linked(
        self, parts: tuple[str, str, str], message: str, target: str
    ) -> None:
        assert clean_date(*parts) == {"message": message, "target": target, "name": "day_of"}

    def test_past_and_future(self) -> None:
        tomorrow = timezone.localdate() + dt.timedelta(days=1)
        parts = (str(tomorrow.month), str(tomorrow.day), str(tomorrow.year))
        assert clean_date(*parts, not_past=True) == tomorrow
        refused = clean_date(*parts, not_future=True)
        assert isinstance(refused, dict)
        assert refused["message"] == "Start date must be today or in the past"
        early = clean_date("1", "1", "2020", earliest=dt.date(2021, 3, 4))
        assert isinstance(early, dict)
        assert early["message"] == "Start date must be March 4, 2021 or later"

    def test_what_was_typed_comes_back(self) -> None:
        html, _ = rendered(answered(start_month="Foo", start_day="9"))
        assert 'value="Foo"' in html
        assert 'value="9"' in html

    def test_a_known_date_is_filled_in(self) -> None:
        html, _ = rendered(AgencyForm(initial={"start": dt.date(2026, 3, 4)}))
        assert [f'value="{part}"' in html for part in ("3", "4", "2026")] == [True] * 3

    def test_unchanged_is_unchanged(self) -> None:
        form = AgencyForm(answered().data, initial={"start": dt.date(2026, 11, 22)})
        assert "start" not in form.changed_data


class TestNumbersOfPeople:
    @pytest.mark.parametrize(
        "typed", ["(860) 555-0142", "860.555.0142", "+1 860 555 0142", "8605550142", "1-860-555-0142"]
    )
    def test_phones_as_people_write_them(self, typed: str) -> None:
        assert PhoneField().clean(typed) == "860-555-0142"

    def test_an_extension(self) -> None:
        assert PhoneField().clean("860-555-0142 ext. 12") == "860-555-0142 ext. 12"
        assert PhoneField().clean("860 555 0142 x12") == "860-555-0142 ext. 12"

    @pytest.mark.parametrize(
        "typed", ["555-0142", "860-555-01422", "060-555-0142", "call me", "٨٦٠٥٥٥٠١٤٢", "8٦٠٥٥٥٠١٤٢"]
    )
    def test_not_a_phone(self, typed: str) -> None:
        with pytest.raises(forms.ValidationError, match="Enter a phone number with 10 digits"):
            PhoneField().clean(typed)

    @pytest.mark.parametrize("typed", ["061234567", "06-1234567", "06 123 4567"])
    def test_eins(self, typed: str) -> None:
        assert EINField().clean(typed) == "06-1234567"

    def test_not_an_ein(self) -> None:
        with pytest.raises(forms.ValidationError, match="Enter an EIN with 9 digits"):
            EINField().clean("06-12345")

    def test_zip_codes(self) -> None:
        assert ZIPField().clean(" 06103 ") == "06103"
        assert ZIPField().clean("061031234") == "06103-1234"
        with pytest.raises(forms.ValidationError, match="Enter a ZIP code with 5 or 9 digits"):
            ZIPField().clean("6103")


class Letter(PortalFormMixin, forms.Form):
    letter = UploadField(label="Letter of support")


class TestFiles:
    def post(self, name: str, content: bytes) -> Letter:
        return Letter({}, {"letter": SimpleUploadedFile(name, content)})

    @pytest.mark.parametrize(
        ("name", "content", "kind"),
        [
            ("a.pdf", PDF, "pdf"),
            ("a.PNG", PNG, "png"),
            ("a.jpeg", JPEG, "jpeg"),
            ("a.docx", docx(), "docx"),
        ],
    )
    def test_the_four_kinds(self, name: str, content: bytes, kind: str) -> None:
        form = self.post(name, content)
        assert form.is_valid(), form.errors
        assert form.cleaned_data["letter"].content_kind == kind

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.pdf", b"hello"),
            ("a.exe", b"%PDF-1.7"),
            ("a.docx", b"PK\x03\x04broken"),
            ("noextension", b"%PDF-1.7"),
        ],
    )
    def test_neither_name_nor_bytes_deceive(self, name: str, content: bytes) -> None:
        assert self.post(name, content).errors["letter"] == [
            "The selected file must be a PDF, PNG, JPEG or Word (DOCX) file"
        ]

    def test_empty_too_large_or_none(self) -> None:
        assert self.post("a.pdf", b"").errors["letter"] == ["The selected file is empty"]
        assert self.post("a.pdf", b"%PDF-" + b"0" * 10 * 1024 * 1024).errors["letter"] == [
            "The selected file must be smaller than 10 MB"
        ]
        assert Letter({"letter-bytes": "24117248"}, {}).errors["letter"] == [
            "The selected file must be smaller than 10 MB"
        ]
        assert Letter({}, {}).errors["letter"] == ["Select a file: letter of support"]
