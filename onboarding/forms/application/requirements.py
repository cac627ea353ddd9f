"""Step 1: one check box for each wording that is still open."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext as _

from hmis_portal.forms import PortalFormMixin
from onboarding.models import RequirementText


class ConfirmForm(PortalFormMixin, forms.Form):
    def __init__(self, *args: object, texts: Iterable[RequirementText], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for text in texts:
            label = text.get_requirement_display()
            self.fields[f"text_{text.pk}"] = forms.BooleanField(
                label=_("I confirm this for my agency: %s") % label.lower(),
                error_messages={
                    "required": _("Confirm the requirement “%s”, or ask us about it first") % label
                },
            )
