"""Sending readiness questions to somebody outside, and the form in which they answer."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hmis_portal.forms import EmailField, NameField, PortalFormMixin
from onboarding.forms.base import LATER
from onboarding.forms.readiness.form import ReadinessForm
from onboarding.models import HelpAnswer, HelpRequest, ReadinessQuestion
from onboarding.readiness import rules


class AskHelperForm(PortalFormMixin, forms.Form):
    """`choices`: the numbers of one topic's questions, or the keys of topics, each with its words."""

    submit_label = _("Send the questions")
    required_messages = {
        "what": _("Select at least one"),
        "name": _("Enter the helper's name"),
        "email": _("Enter the helper's e-mail"),
    }
    what = forms.MultipleChoiceField(label=_("What do you send?"), widget=forms.CheckboxSelectMultiple)
    name = NameField(label=_("Name of the helper"), max_length=150)
    email = EmailField(
        label=_("E-mail of the helper"),
        max_length=254,
        help_text=_("Whoever opens the link sees these questions and your agency's name, nothing else."),
    )
    note = forms.CharField(
        label=_("A note to the helper"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: object, choices: Iterable[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["what"]
        if isinstance(choice, forms.MultipleChoiceField):
            choice.choices = list(choices)


class HelperForm(ReadinessForm):
    """The questions that were sent, as the helper answered them; no file, and nothing has to be answered."""

    submit_label = _("I am done: send my answers")
    extra_buttons = ((LATER, "1", _("Save and come back later")),)
    hide_optional = True
    tells_meaning = False

    def __init__(
        self,
        *args: Any,
        request: HelpRequest,
        questions: Iterable[ReadinessQuestion],
        answers: Mapping[str, Any],
        **kwargs: Any,
    ) -> None:
        self.sent = {f"q{number}" for number in request.questions}
        super().__init__(
            *args, application=request.application, questions=questions, answers=answers, known={},
            known_at=lambda question: "", facts=rules.ReadinessFacts(), files_of=lambda question: [], last_time={},
            **kwargs,
        )  # fmt: skip
        self.only(self._is_sent)
        for field in self.fields.values():
            field.required = field.required_when_shown = False  # type: ignore[attr-defined]

    def _is_sent(self, name: str) -> bool:
        question, _underscore, part = name.partition("_")
        return question in self.sent and (not part or part in ("text", "number", "date"))

    def _is_asked_here(self, name: str) -> bool:
        """A question of which the one before it was not sent is asked all the same."""
        trigger = self.shown_when.get(name, ("",))[0]
        if trigger and not self.shows(trigger):
            del self.shown_when[name]
        return True


def answers_of(request: HelpRequest) -> Mapping[str, HelpAnswer]:
    """What the helper answered so far, by question number."""
    return {row.question.number: row for row in request.answers.select_related("question")}
