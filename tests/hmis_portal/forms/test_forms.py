"""What a person meets in a form: rendered, then read back as HTML."""

import pytest
from django import forms
from django.template import Context, Template

from hmis_portal.forms import PortalFormMixin
from hmis_portal.forms.wording import in_sentence, with_article
from hmis_portal.templatetags.portal import error_links
from tests.hmis_portal.forms.made_forms import AgencyForm, answered, rendered


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
        assert error_links(form) == [
            {"message": "Select the services", "target": "id_services_0", "name": "services"}
        ]

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
        ("typed", "message"),
        [
            ("a\x00b", "Source of 90% of funds has a character that cannot be stored."),
            ("x" * 11, "Source of 90% of funds must be 10 characters or fewer"),
        ],
    )
    def test_a_label_may_have_a_percent_sign(self, typed: str, message: str) -> None:
        class Form(PortalFormMixin, forms.Form):
            source = forms.CharField(label="Source of 90% of funds", max_length=10)

        assert message in Form({"source": typed}).errors["source"][0]

    @pytest.mark.parametrize(
        ("label", "said"),
        [
            ("What should be better, or what was good?", "The answer to “What should be better, or what was good?”"),
            ("Why; everybody reads it", "The answer to “Why; everybody reads it”"),
            ("Whole name:", "Whole name"),
        ],
    )  # fmt: skip
    def test_a_label_that_asks_is_quoted(self, label: str, said: str) -> None:
        class Form(PortalFormMixin, forms.Form):
            words = forms.CharField(label=label, max_length=3)
            chosen = forms.ChoiceField(label=label, choices=[("a", "A")])

        errors = Form({"words": "much", "chosen": "b"}).errors
        assert errors["words"] == [f"{said} must be 3 characters or fewer"]
        assert errors["chosen"] == [
            f"Select the {said.removeprefix('The ').replace('Whole', 'whole')} from the list"
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
        assert (f'value="{value}"' in html) == (
            field != "kind"
        )  # a choice that is not on the list is not shown

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
        assert error_links(form) == [
            {"message": "Two people have the same address", "target": "", "name": ""}
        ]

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


def test_labels_inside_a_sentence() -> None:
    assert in_sentence("Legal name") == "legal name"
    assert with_article("Why it does not count") == "why it does not count"
    assert in_sentence("EIN") == "EIN"
    assert in_sentence("ZIP code:") == "ZIP code"
    assert in_sentence("HMIS administrator") == "HMIS administrator"
