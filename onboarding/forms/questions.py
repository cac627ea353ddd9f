"""Questions to support, and what is written in their threads."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies import permissions
from agencies.models import Agency, User
from hmis_portal.forms import EmailField, NameField, PortalFormMixin, UploadField
from onboarding.models import Thread, ThreadMessage

LONGEST = ThreadMessage._meta.get_field("text").max_length


class SupportForm(PortalFormMixin, forms.Form):
    """A visitor gives name and e-mail; a signed-in person chooses the agency where they act for one."""

    submit_label = _("Send question")
    required_messages = {
        "name": _("Enter your name"),
        "email": _("Enter your e-mail"),
        "subject": _("Enter what it is about"),
        "text": _("Enter your question"),
    }
    name = NameField(label=_("Your name"), max_length=200, widget=forms.TextInput({"autocomplete": "name"}))
    email = EmailField(
        label=_("Your e-mail"),
        max_length=254,
        help_text=_("The answer goes there."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    agency = forms.ModelChoiceField(
        label=_("About which agency?"), queryset=Agency.objects.none(), required=False
    )
    subject = forms.CharField(label=_("What is it about?"), max_length=200)
    text = forms.CharField(
        label=_("Your question"), max_length=LONGEST, widget=forms.Textarea({"rows": 7}),
        help_text=_("Do not write names or other facts of the people you serve."),
    )  # fmt: skip
    file = UploadField(label=_("A file"), required=False)
    shared = forms.BooleanField(
        label=_("Show it to everybody who manages or edits for the agency"),
        required=False,
        help_text=_(
            "They read it and the answers, and can go on with it. Otherwise it stays between you and the HMIS Admin."
        ),
    )

    def __init__(self, *args: object, user: User | None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        mine = [agency.pk for agency, _roles in permissions.memberships(user)] if user else []
        if user:
            del self.fields["name"], self.fields["email"]
        else:
            del self.fields["file"]
        if mine:
            self.fields["agency"].queryset = Agency.objects.filter(pk__in=mine)  # type: ignore[attr-defined]
            self.fields["agency"].initial = mine[0] if len(mine) == 1 else None
        else:
            del self.fields["agency"], self.fields["shared"]

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        agency = data.get("agency")
        if data.get("shared") and not (agency and permissions.is_editor(self.user, agency)):
            self.add_error("shared", gettext("Select the agency for which you manage or edit"))
        return data


class WriteForm(PortalFormMixin, forms.Form):
    """Go on with a question; says who reads it."""

    submit_label = _("Send")
    required_messages = {"text": _("Enter your message")}
    called = {"text": _("Your message")}
    text = forms.CharField(label=_("Write again"), max_length=LONGEST, widget=forms.Textarea({"rows": 5}))
    file = UploadField(label=_("A file"), required=False)

    def __init__(self, *args: object, thread: Thread, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        hint = gettext("The HMIS Admin reads this.")
        if thread.agency and thread.is_shared:
            hint = gettext("The HMIS Admin and everybody who manages or edits for %(agency)s read this.")
            hint %= {"agency": thread.agency.name}
        self.fields["text"].help_text = hint


class AnswerForm(WriteForm):
    """The HMIS Admin's answer; says who reads it."""

    submit_label = _("Send answer")
    required_messages = {"text": _("Enter your answer")}
    called = {"text": _("Your answer")}
    extra_buttons = (("close", "yes", _("Close without an answer")),)

    def __init__(self, *args: object, thread: Thread, **kwargs: object) -> None:
        super().__init__(*args, thread=thread, **kwargs)
        self.fields["text"].label = gettext("Your answer")
        if thread.opened_by is None:
            del self.fields["file"]  # a visitor has no page on which to open it
        hint, agency = gettext("%(name)s gets this by e-mail."), ""
        if thread.agency and thread.is_shared:
            hint = gettext(
                "Everybody who manages or edits for %(agency)s reads this; whom it concerns gets it by e-mail."
            )
            agency = thread.agency.name
        name = str(thread.opened_by or thread.name or thread.email)
        self.fields["text"].help_text = hint % {"name": name, "agency": agency}


class ToAgencyForm(PortalFormMixin, forms.Form):
    """The HMIS Admin begins a conversation with an agency."""

    submit_label = _("Send message")
    required_messages = {"subject": _("Enter what it is about"), "text": _("Enter your message")}
    subject = forms.CharField(label=_("What is it about?"), max_length=200)
    text = forms.CharField(label=_("Your message"), max_length=LONGEST, widget=forms.Textarea({"rows": 7}))
    file = UploadField(label=_("A file"), required=False)

    def __init__(self, *args: object, agency: Agency, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        hint = gettext(
            "Everybody who manages or edits for %(agency)s reads this; its managers get it by e-mail."
        )
        self.fields["text"].help_text = hint % {"agency": agency.name}
