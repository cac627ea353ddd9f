"""Who does which section, and questions among colleagues."""

from collections.abc import Iterable, Mapping

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from hmis_portal.forms import PortalFormMixin
from onboarding.models import NoteText

LONGEST = NoteText._meta.get_field("text").max_length


class ShareForm(PortalFormMixin, forms.Form):
    """For each section a colleague, or nobody in particular."""

    submit_label = gettext_lazy("Save who does what")
    hide_optional = True

    def __init__(
        self,
        *args: object,
        titles: Mapping[str, str],
        people: Iterable[User],
        now: Mapping[str, User],
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        choices = [("", _("Nobody in particular")), *((key, str(user)) for key, user in self.people.items())]
        for section, title in titles.items():
            self.fields[section] = forms.ChoiceField(label=title, choices=choices, required=False)
            self.initial[section] = str(now[section].pk) if section in now else ""

    def wanted(self) -> dict[str, User | None]:
        """Only what this person changed: a colleague may have shared other sections meanwhile."""
        return {name: self.people.get(self.cleaned_data[name]) for name in self.changed_data}


class WriteNoteForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Send")
    required_messages = {"text": gettext_lazy("Enter what you want to say")}
    text = forms.CharField(
        label=gettext_lazy("Your words"), max_length=LONGEST, widget=forms.Textarea({"rows": 3})
    )


class AskForm(WriteNoteForm):
    submit_label = gettext_lazy("Ask")
    required_messages = {
        "field": gettext_lazy("Select the question that it is about"),
        "of": gettext_lazy("Select whom you ask"),
        "text": gettext_lazy("Enter what you want to ask"),
    }
    field_order = ["field", "of", "text"]
    field = forms.ChoiceField(label=gettext_lazy("About which question?"))
    of = forms.ChoiceField(label=gettext_lazy("Whom do you ask?"), widget=forms.RadioSelect)

    def __init__(
        self, *args: object, questions: Mapping[str, str], people: Iterable[User], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions, self.people = questions, {str(user.pk): user for user in people}
        self.fields["text"].label = _("What do you ask?")
        self.fields["field"].choices = [("", _("Select one")), *questions.items()]  # type: ignore[attr-defined]
        self.fields["of"].choices = [(key, str(user)) for key, user in self.people.items()]  # type: ignore[attr-defined]
