"""What each move of an application asks for, and what a remark asks for."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.models import User
from hmis_portal.forms import DateField, PortalFormMixin
from hmis_portal.models import PortalSettings
from onboarding.admin.base import VerbForm, VerbReasonForm
from onboarding.models import Application, Condition, Remark
from onboarding.review import outcomes, remarks
from onboarding.workflow import ApplicationVerb, Approval, HandOver, Hold, MoreTime, NewCondition

CONDITION_LENGTH = Condition._meta.get_field("text").max_length or 0
TIME_OFFERED = 14  # days after the day that stands; the reviewer may write another
FOR_HMIS_ALONE = gettext_lazy("Only the HMIS side reads this. The agency never sees it.")


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

    def given(self) -> HandOver:
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
    field_order = ("waits_for", "note")

    def given(self) -> Hold:
        return Hold(self.cleaned_data["waits_for"])


class ReleaseForm(VerbForm):
    explanation = gettext_lazy("The review goes on, and the clock where it stood. The agency is told.")


class HandBackForm(VerbForm):
    explanation = gettext_lazy("The application waits in the queue again, for any HMIS Admin.")


class Becomes(TextChoices):
    """What an approval makes of a remark that is open."""

    CLOSED = "closed", gettext_lazy("Close it: what the agency answered or changed is enough")
    TAKEN_BACK = "taken_back", gettext_lazy("Take it back: the agency has never read it, and will not")
    CONDITION = "condition", gettext_lazy("Make it a condition of the approval, which the agency reads")


class DecidesRemarks(VerbForm):
    """A decline closes the remarks that were sent; what was never sent the agency does not read."""

    obj: Application

    def shown_remarks(self) -> Sequence[tuple[Any, Iterable[Remark]]]:
        closes = self.obj.remarks.filter(resolved_at__isnull=True, sent_at__isnull=False)
        return [
            (_("Remarks that this decision closes"), closes),
            (_("Remarks that the agency has never read"), remarks.unsent(self.obj)),
        ]


class RequestChangesForm(VerbForm):
    obj: Application
    shows_guard = True
    explanation = gettext_lazy(
        "The agency gets the remarks below by e-mail and on its pages, and can change its answers again."
    )

    def shown_remarks(self) -> Sequence[tuple[Any, Iterable[Remark]]]:
        return [(_("What the agency will read"), self.obj.remarks.filter(resolved_at__isnull=True))]


class GiveTimeForm(VerbForm):
    obj: Application
    explanation = gettext_lazy("The agency is told the new day by e-mail, and its reminders follow it.")
    until = DateField(label=gettext_lazy("Answer by"), not_past=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = max(self.obj.answer_by or timezone.localdate(), timezone.localdate())
        self.fields["until"].initial = day + timedelta(days=TIME_OFFERED)

    def given(self) -> MoreTime:
        return MoreTime(self.cleaned_data["until"])


class RefuseTimeForm(VerbReasonForm):
    shows_guard = True
    explanation = gettext_lazy("The agency is told that the day stays as it is, and why.")


class RecommendForm(VerbForm):
    shows_guard = True
    explanation = gettext_lazy("Another HMIS Admin then approves it.")


class ApproveForm(VerbForm):
    """What becomes of each open remark; a group of fields for each plan, and room for a condition of one's own."""

    obj: Application
    shows_guard = True
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=FOR_HMIS_ALONE,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposed = outcomes.proposed_conditions(outcomes.readiness_outcomes(self.obj))
        for number, condition in enumerate(self.proposed, start=1):
            self._add(f"condition{number}", condition)
        self._add("own", None)
        rows = self.obj.remarks.filter(resolved_at__isnull=True).prefetch_related("replies")
        self.open_remarks = {f"remark{remark.pk}": remark for remark in rows}
        self.fields = {name: self._fate(remark) for name, remark in self.open_remarks.items()} | self.fields
        self.order_fields([name for name in self.fields if name != "note"] + ["note"])

    def _add(self, prefix: str, proposed: NewCondition | None) -> None:
        required = proposed is not None
        label = _("Condition: what must be done") if required else _("A further condition")
        question = proposed.question if proposed else None
        self.fields[f"{prefix}_text"] = forms.CharField(
            label=label,
            max_length=CONDITION_LENGTH,
            required=required,
            initial=proposed.text if proposed else "",
            help_text=str(question) if question else "",
        )
        self.fields[f"{prefix}_owner"] = forms.CharField(
            label=_("Who sees to it"),
            max_length=200,
            required=required,
            initial=proposed.owner if proposed else "",
        )
        self.fields[f"{prefix}_due"] = DateField(
            label=_("Due"), required=required, initial=proposed.due_on if proposed else None, not_past=True
        )
        if proposed is None:
            self.fields[f"{prefix}_blocks"] = forms.BooleanField(
                label=_("Must be met before the agency goes live"), required=False
            )

    def _fate(self, remark: Remark) -> forms.ChoiceField:
        end = Becomes.TAKEN_BACK if remark.sent_at is None else Becomes.CLOSED
        said = [str(reply) for reply in remark.replies.all()] or [_("The agency has not answered it.")]
        return forms.ChoiceField(
            label=_("What becomes of the remark on %(place)s?") % {"place": remark},
            choices=[(one.value, one.label) for one in (end, Becomes.CONDITION)],
            widget=forms.RadioSelect,
            help_text=" ".join([f"“{remark.text}”", *(said if remark.sent_at else ())]),
            error_messages={"required": _("Say what becomes of the remark on %(place)s") % {"place": remark}},
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, remark in self.open_remarks.items():
            if data.get(name) == Becomes.CONDITION and len(remark.text) > CONDITION_LENGTH:
                words = _(
                    "This remark is too long for a condition. Close it, and write a further condition below"
                )
                self.add_error(name, words)
        if data.get("own_text") or data.get("own_owner") or data.get("own_due"):
            for name, text in (
                ("own_text", _("Enter what must be done")),
                ("own_owner", _("Enter who sees to it")),
                ("own_due", _("Enter the date by which it is due")),
            ):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, text)
        return data

    def given(self) -> Approval:
        data = self.cleaned_data
        conditions = [
            replace(
                proposed,
                text=data[f"condition{number}_text"],
                owner=data[f"condition{number}_owner"],
                due_on=data[f"condition{number}_due"],
            )
            for number, proposed in enumerate(self.proposed, start=1)
        ]
        if data.get("own_text"):
            blocks = data["own_blocks"]
            conditions.append(
                NewCondition(data["own_text"], data["own_owner"], data["own_due"], blocks_go_live=blocks)
            )
        conditions += [
            outcomes.own_condition(remark.text)
            for name, remark in self.open_remarks.items()
            if data[name] == Becomes.CONDITION
        ]
        return Approval(tuple(conditions), tuple(self.open_remarks.values()))


class ReopenForm(VerbForm):
    shows_guard = True
    explanation = gettext_lazy(
        "The agency can change its answers again. All of them are kept; the MOU is issued anew."
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=FOR_HMIS_ALONE,
    )


class DeclineForm(DecidesRemarks, VerbReasonForm):
    explanation = lazy(
        lambda: (
            _(
                "The agency is told the reason. It may re-open the application within %(days)s days. An MOU that is not executed is voided."
            )
            % {"days": PortalSettings.load().reopen_days}
        ),
        str,
    )()


class RevokeForm(VerbReasonForm):
    shows_guard = True
    explanation = gettext_lazy(
        "The application goes back to you for review; the signed MOU stays good. Possible until the MOU is executed."
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
    ApplicationVerb.REVOKE_APPROVAL: RevokeForm,
    ApplicationVerb.REOPEN: ReopenForm,
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
