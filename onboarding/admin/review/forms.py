"""What each move of an application asks for, and what a remark asks for."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.models import User
from hmis_portal.forms import DateField, PortalFormMixin
from hmis_portal.text.words import date_words
from onboarding.admin.base import VerbForm, VerbReasonForm
from onboarding.admin.review.decisions import (
    FOR_HMIS_ALONE,
    LETTER,
    ApproveForm,
    DeclineForm,
    ReasonForHmis,
    RequestChangesForm,
    RevokeApprovalForm,
    ToldByMail,
    answered_by_then,
)
from onboarding.models import Application
from onboarding.workflow import ApplicationVerb, HandOver, Hold, MoreTime

TIME_OFFERED = 14  # days after the day that stands; the reviewer may write another


class HandOverForm(VerbForm):
    explanation = gettext_lazy("Your colleague becomes the reviewer. Remarks that are not sent yet go along.")
    to = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Hand over to"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        people = permissions.people_in(permissions.HMIS_ADMIN)
        field.queryset = people.exclude(pk=self.obj.reviewer_id)
        if not field.queryset.exists():
            field.help_text = _("There is no other HMIS Admin to hand it to.")

    def payload(self) -> HandOver:
        return HandOver(self.cleaned_data["to"])


class TakeForm(VerbForm):
    explanation = gettext_lazy("You become the reviewer. The agency sees that its application is being read.")


class HoldForm(VerbReasonForm):
    explanation = gettext_lazy(
        "The clock stops, and nothing is decided until you end the hold. The agency is told for whom all wait, and why."
    )
    waits_for = forms.CharField(
        label=gettext_lazy("For whom or what do all wait?"),
        max_length=200,
        help_text=gettext_lazy("The agency reads this as whose turn it is. For example: the answer of HUD."),
        error_messages={"required": gettext_lazy("Enter for whom or what all wait")},
    )
    field_order = ("waits_for", "reason")

    def payload(self) -> Hold:
        return Hold(self.cleaned_data["waits_for"])


class ReleaseForm(VerbForm):
    explanation = gettext_lazy("The review goes on, and the clock where it stood. The agency is told.")


class UpholdForm(ToldByMail, VerbReasonForm):
    message = "decline_upheld"
    shows_guard = True
    field_order = ("reason", *LETTER)
    explanation = gettext_lazy(
        "The application stays declined, and the agency is told why. It may still re-open it."
    )


class OverturnForm(ToldByMail, VerbReasonForm):
    message = "decline_overturned"
    shows_guard = True
    field_order = ("reason", *LETTER)
    explanation = gettext_lazy(
        "You become the reviewer, and the application goes back to the agency: it has the MOU signed anew and sends both again."
    )

    def told(self) -> dict[str, object]:
        return {"application": answered_by_then(self.obj)}


class HandBackForm(VerbForm):
    explanation = gettext_lazy("The application waits in the queue again, for any HMIS Admin.")


class GiveTimeForm(VerbForm):
    obj: Application
    explanation = gettext_lazy("The agency is told the new day by e-mail, and its reminders follow it.")
    until = DateField(label=gettext_lazy("Answer by"), not_past=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = max(self.obj.answer_by or timezone.localdate(), timezone.localdate())
        self.fields["until"].help_text = _("The day is %(day)s now.") % {
            "day": date_words(self.obj.answer_by)
        }
        self.fields["until"].initial = day + timedelta(days=TIME_OFFERED)

    def payload(self) -> MoreTime:
        return MoreTime(self.cleaned_data["until"])


class RefuseTimeForm(VerbReasonForm):
    shows_guard = True
    explanation = gettext_lazy("The agency is told that the day stays as it is, and why.")


class RecommendForm(VerbForm):
    shows_guard = True
    explanation = gettext_lazy("Another HMIS Admin then approves it.")


class ReopenForm(ReasonForHmis):
    shows_guard = True
    explanation = gettext_lazy(
        "The agency can change its answers again. All of them are kept; the MOU is issued anew."
    )


VERBS: dict[str, type[VerbForm]] = {
    ApplicationVerb.TAKE: TakeForm,
    ApplicationVerb.HAND_OVER: HandOverForm,
    ApplicationVerb.HAND_BACK: HandBackForm,
    ApplicationVerb.HOLD: HoldForm,
    ApplicationVerb.RELEASE: ReleaseForm,
    ApplicationVerb.REQUEST_CHANGES: RequestChangesForm,
    ApplicationVerb.GIVE_TIME: GiveTimeForm,
    ApplicationVerb.REFUSE_TIME: RefuseTimeForm,
    ApplicationVerb.RECOMMEND: RecommendForm,
    ApplicationVerb.APPROVE: ApproveForm,
    ApplicationVerb.DECLINE: DeclineForm,
    ApplicationVerb.REVOKE_APPROVAL: RevokeApprovalForm,
    ApplicationVerb.REOPEN: ReopenForm,
    ApplicationVerb.UPHOLD: UpholdForm,
    ApplicationVerb.OVERTURN: OverturnForm,
}


class PrivateNoteForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Save private note")
    text = forms.CharField(
        label=gettext_lazy("Private note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Enter the note")},
        help_text=FOR_HMIS_ALONE,
    )


class ExplainForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Send explanation")
    text = forms.CharField(
        label=gettext_lazy("What does the remark mean?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Enter what the remark means")},
        help_text=gettext_lazy("The agency gets this by e-mail, and reads it under the remark."),
    )


class RemarkForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Save remark")
    text = forms.CharField(
        label=gettext_lazy("What should the agency change?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Enter what the agency should change")},
        help_text=gettext_lazy("The agency reads this beside its answer, once you ask for changes."),
    )
    sent_at_once = gettext_lazy("The agency gets this by e-mail at once, and reads it beside its answer.")
