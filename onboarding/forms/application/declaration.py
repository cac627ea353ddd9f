"""Section F: the statement of accuracy."""

from collections.abc import Mapping

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from onboarding.application.declaration import STATEMENT, fingerprint
from onboarding.forms.base import SectionForm
from onboarding.models import Application
from onboarding.sections.answers import Answers


class DeclarationForm(SectionForm, forms.ModelForm[Application]):
    """Who states that the answers are accurate."""

    declared_name = forms.CharField(label=_("Name"), max_length=200)
    declared_title = forms.CharField(label=_("Title"), max_length=150)
    accurate = forms.BooleanField(label=STATEMENT)

    required_messages = {
        "declared_name": _("Enter your name"),
        "declared_title": _("Enter your title"),
        "accurate": _("Check the box to state that the answers are accurate"),
    }

    class Meta:
        model = Application
        fields = ("declared_name", "declared_title")

    def __init__(
        self, *args: object, application: Application, user: User | None, stands: bool, **kwargs: object
    ) -> None:
        """`stands`: the statement was made, and nothing has changed since."""
        self.application = application
        super().__init__(*args, instance=application, **kwargs)
        if stands:
            self.initial["accurate"] = True
        elif user:
            self.initial.update(declared_name=user.get_full_name(), declared_title=user.title)

    def store(self, by: User) -> Mapping[str, object]:
        application = self.application
        application.declared_at, application.declared_by = timezone.now(), by
        application.declared_text = str(STATEMENT)
        application.declared_sha256 = fingerprint(Answers(application, application.agency))
        application.save(
            update_fields=[
                "declared_name", "declared_title", "declared_at", "declared_by", "declared_text", "declared_sha256",
            ]
        )  # fmt: skip
        return {"declared": [None, application.declared_name]}
