"""What a person meets in a form: rendered, then read back as HTML."""

import datetime as dt
import io
import zipfile
from html.parser import HTMLParser

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.template import Context, Template
from django.utils import timezone

from hmis_portal.forms import (
    DateField,
    EINField,
    PhoneField,
    PortalFormMixin,
    UploadField,
    YesNoField,
    ZIPField,
)
from hmis_portal.forms.base import in_sentence
from hmis_portal.templatetags.portal import error_links


class Elements(HTMLParser):
    """Start tags in order, with their attributes; texts by the id of the element that holds them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("input", "br", "img"):
            self._open.append(dict(attrs).get("id") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for name in self._open:
            if name:
                self.texts[name] = " ".join(f"{self.texts.get(name, '')} {data}".split())

    def by_id(self, name: str) -> dict[str, str | None]:
        return next(attrs for _, attrs in self.tags if attrs.get("id") == name)

    def position(self, name: str) -> int:
        return next(index for index, (_, attrs) in enumerate(self.tags) if attrs.get("id") == name)


class AgencyForm(PortalFormMixin, forms.Form):
    submit_label = "Save and continue"
    shown_when = {"officer": ("covered", "yes")}
    option_hints = {"services": {"es": "A bed for the night."}}

    legal_name = forms.CharField(label="Legal name", max_length=10, help_text="As in the agency's papers.")
    other_name = forms.CharField(label="Other name", required=False)
    kind = forms.ChoiceField(label="Kind of agency", choices=[("", "---------"), ("n", "Nonprofit")])
    covered = YesNoField(label="Is your agency covered by HIPAA?")
    officer = forms.CharField(label="Privacy officer's name")
    services = forms.MultipleChoiceField(
        label="Services", choices=[("es", "Shelter"), ("ph", "Housing")], widget=forms.CheckboxSelectMultiple
    )
    start = DateField(label="Start date")
    users = forms.IntegerField(label="Number of users", min_value=1)
    email = forms.EmailField(label="E-mail address")
    agree = forms.BooleanField(label="I have read the policy")


def rendered(form: forms.BaseForm) -> tuple[str, Elements]:
    html = render_crispy_form(form, context={"csrf_token": "token"})
    return html, Elements(html)


def answered(**changes: object) -> AgencyForm:
    data = QueryDict(mutable=True)
    given: dict[str, object] = {
        "legal_name": "Harbor", "kind": "n", "covered": "no", "services": ["es"], "start_month": "11", "start_day": "22",
        "start_year": "2026", "users": "3", "email": "a@b.example", "agree": "on", **changes,
    }  # fmt: skip
    for name, value in given.items():
        data.setlist(name, value if isinstance(value, list) else [str(value)])
    return AgencyForm(data)


class TestFirstSight:
    def test_the_form_leaves_checking_to_the_server(self) -> None:
        html, page = rendered(AgencyForm())
        form = next(attrs for tag, attrs in page.tags if tag == "form")
        assert "novalidate" in form
        assert form["method"] == "post"
        assert "required" not in html.replace("required_", "")
        assert "asterisk" not in html
        assert "maxlength" not in html

    def test_only_optional_fields_say_so(self) -> None:
        html, _ = rendered(AgencyForm())
        assert html.count("(optional)") == 1

    def test_one_button_with_a_verb_that_stays_enabled(self) -> None:
        html, page = rendered(AgencyForm())
        buttons = [attrs for tag, attrs in page.tags if tag == "button"]
        assert len(buttons) == 1
        assert "disabled" not in buttons[0]
        assert ">Save and continue</button>" in html

    def test_a_label_names_each_input(self) -> None:
        _, page = rendered(AgencyForm())
        labelled = {attrs.get("for") for tag, attrs in page.tags if tag == "label"}
        inputs = [
            attrs["id"]
            for tag, attrs in page.tags
            if tag in ("input", "select", "textarea") and attrs.get("type") != "hidden"
        ]
        assert inputs
        assert set(inputs) <= labelled

    def test_a_hint_is_tied_to_its_input(self) -> None:
        _, page = rendered(AgencyForm())
        assert page.by_id("id_legal_name")["aria-describedby"] == "id_legal_name_helptext"
        assert page.texts["id_legal_name_helptext"] == "As in the agency's papers."

    def test_groups_stand_in_a_fieldset_with_a_legend(self) -> None:
        _, page = rendered(AgencyForm())
        for name in ("covered", "services", "start"):
            position = page.position(f"id_{name}_field")
            assert page.tags[position][0] == "fieldset"
            assert page.tags[position + 1][0] == "legend"

    def test_an_option_has_its_own_hint(self) -> None:
        _, page = rendered(AgencyForm())
        assert page.by_id("id_services_0")["aria-describedby"] == "id_services_0_hint"
        assert page.texts["id_services_0_hint"] == "A bed for the night."

    def test_a_date_is_three_text_inputs_with_labels(self) -> None:
        html, page = rendered(AgencyForm())
        parts = [
            attrs
            for tag, attrs in page.tags
            if tag == "input" and str(attrs.get("name")).startswith("start_")
        ]
        assert [part["name"] for part in parts] == ["start_month", "start_day", "start_year"]
        assert {part["type"] for part in parts} == {"text"}
        assert all(f">{word}</label>" in html for word in ("Month", "Day", "Year"))

    def test_a_question_that_depends_on_another_says_on_which(self) -> None:
        _, page = rendered(AgencyForm())
        attrs = page.by_id("id_officer_field")
        assert attrs["data-shown-when"] == "covered"
        assert attrs["data-shown-values"] == "yes"

    def test_numbers_are_text_with_a_numeric_keyboard(self) -> None:
        _, page = rendered(AgencyForm())
        assert page.by_id("id_users")["type"] == "text"
        assert page.by_id("id_users")["inputmode"] == "numeric"

    def test_the_empty_choice_asks(self) -> None:
        html, _ = rendered(AgencyForm())
        assert "Select one" in html
        assert "-----" not in html


class TestFaults:
    def test_an_empty_form_asks_for_each_act(self) -> None:
        form = AgencyForm({})
        assert [line["message"] for line in error_links(form)] == [
            "Enter the legal name",
            "Select the kind of agency",
            "Answer “Is your agency covered by HIPAA?”",
            "Select the services",
            "Enter the start date",
            "Enter the number of users",
            "Enter the e-mail address",
            "Check the box “I have read the policy”",
        ]

    def test_no_message_blames_or_begs(self) -> None:
        for form in (AgencyForm({}), answered(legal_name="x" * 11, users="many", email="nobody", kind="z")):
            for line in error_links(form):
                for word in ("invalid", "please", "required", "oops"):
                    assert word not in line["message"].lower()

    def test_the_error_stands_before_its_input_and_is_tied_to_it(self) -> None:
        _, page = rendered(answered(legal_name=""))
        assert page.position("id_legal_name_error") < page.position("id_legal_name")
        attrs = page.by_id("id_legal_name")
        assert attrs["aria-describedby"] == "id_legal_name_helptext id_legal_name_error"
        assert attrs["aria-invalid"] == "true"
        assert page.texts["id_legal_name_error"] == "Error: Enter the legal name"

    def test_a_group_is_described_by_its_error(self) -> None:
        form = answered(services=[])
        _, page = rendered(form)
        assert page.by_id("id_services_field")["aria-describedby"] == "id_services_error"
        assert error_links(form) == [{"message": "Select the services", "target": "id_services_0"}]

    def test_too_long_states_the_limit_and_keeps_the_typing(self) -> None:
        form = answered(legal_name="Harbor House")
        html, _ = rendered(form)
        assert form.errors["legal_name"] == ["Legal name must be 10 characters or fewer"]
        assert 'value="Harbor House"' in html

    def test_a_text_without_a_limit_of_its_own_has_one(self) -> None:
        assert answered(other_name="x" * 10_001).errors["other_name"] == [
            "Other name must be 10000 characters or fewer"
        ]

    def test_a_null_character_is_told_in_words(self) -> None:
        errors = answered(other_name="a\x00b").errors["other_name"]
        assert errors == [
            "Other name has a character that cannot be stored. Type it again instead of pasting"
        ]

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("users", "many", "Number of users must be a whole number, like 25"),
            ("users", "0", "Number of users must be 1 or more"),
            ("email", "nobody", "Enter an e-mail address in the correct format, like name@example.org"),
            ("kind", "z", "Select the kind of agency from the list"),
        ],
    )
    def test_each_says_what_to_do(self, field: str, value: str, message: str) -> None:
        form = answered(**{field: value})
        html, _ = rendered(form)
        assert form.errors[field] == [message]
        assert value == "z" or f'value="{value}"' in html

    def test_a_field_added_later_speaks_the_same(self) -> None:
        form = answered()
        form.fields["late"] = forms.CharField(label="County")
        assert form.errors["late"] == ["Enter the county"]

    def test_a_message_given_is_kept(self) -> None:
        class Titled(PortalFormMixin, forms.Form):
            required_messages = {"title": "Enter the contact's title"}
            title = forms.CharField()
            note = forms.CharField(error_messages={"required": "Write a few words"})

        assert Titled({}).errors == {"title": ["Enter the contact's title"], "note": ["Write a few words"]}

    def test_faults_of_the_whole_form_are_in_the_summary(self) -> None:
        form = answered()
        form.add_error(None, "Two people have the same address")
        assert error_links(form) == [{"message": "Two people have the same address", "target": ""}]

    def test_the_page_finds_forms_by_any_name_and_in_formsets(self) -> None:
        formset = forms.formset_factory(AgencyForm)(
            {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-legal_name": ""}
        )
        template = Template("{% form_problems as found %}{% for one in found %}{{ one.target }} {% endfor %}")
        text = template.render(Context({"reply": answered(legal_name=""), "people": formset}))
        assert text.split()[0] == "id_legal_name"
        assert "id_form-0-kind" in text


class TestDependentQuestions:
    def test_asked_and_required_only_after_its_answer(self) -> None:
        assert answered(covered="no").is_valid()
        assert answered(covered="yes").errors == {"officer": ["Enter the privacy officer's name"]}

    def test_an_answer_to_a_question_not_asked_is_dropped(self) -> None:
        form = answered(covered="no", officer="Pat")
        assert form.is_valid()
        assert form.cleaned_data["officer"] == ""

    def test_its_label_is_not_called_optional(self) -> None:
        html, _ = rendered(AgencyForm())
        label = html.split('for="id_officer"')[1].split("</label>")[0]
        assert "optional" not in label


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
        assert clean_date(*parts) == {"message": message, "target": target}

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


def docx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return buffer.getvalue()


class Letter(PortalFormMixin, forms.Form):
    letter = UploadField(label="Letter of support")


class TestFiles:
    def post(self, name: str, content: bytes) -> Letter:
        return Letter({}, {"letter": SimpleUploadedFile(name, content)})

    @pytest.mark.parametrize(
        ("name", "content", "kind"),
        [
            ("a.pdf", b"%PDF-1.7 ...", "pdf"),
            ("a.PNG", b"\x89PNG\r\n\x1a\n....", "png"),
            ("a.jpeg", b"\xff\xd8\xff\xe0....", "jpeg"),
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
        assert Letter({}, {}).errors["letter"] == ["Select a file: letter of support"]


def test_labels_inside_a_sentence() -> None:
    assert in_sentence("Legal name") == "legal name"
    assert in_sentence("EIN") == "EIN"
    assert in_sentence("ZIP code:") == "ZIP code"
    assert in_sentence("HMIS administrator") == "HMIS administrator"
