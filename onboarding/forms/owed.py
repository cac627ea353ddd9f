"""Who sees to a line of what an agency owes."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from hmis_portal.forms import PortalFormMixin


class AssignForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Save who does it")
    hide_optional = True
    person = forms.ChoiceField(
        label=gettext_lazy("Who sees to it?"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: object, people: Iterable[User], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        choices = [*((key, str(user)) for key, user in self.people.items()), ("", _("Nobody in particular"))]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> User | None:
        return self.people.get(self.cleaned_data["person"])
