"""The decisions on an application: what each asks for, and the e-mail that tells it."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hmis_portal.forms import DateField
from hmis_portal.mail_parts import Letter
from hmis_portal.models import PortalSettings
from hmis_portal.text.words import full_stop
from onboarding import emails
from onboarding.admin.base import VerbForm, VerbReasonForm
from onboarding.models import Application, Condition, DeclineReason, Mou, Remark
from onboarding.review import outcomes, remarks
from onboarding.workflow import Approval, NewCondition

CONDITION_LENGTH = Condition._meta.get_field("text").max_length or 0
FOR_HMIS_ALONE = gettext_lazy("Only the HMIS side reads this. The agency never sees it.")


class ReasonForHmis(VerbForm):
    """A reason may be given, which the record keeps and the agency does not read."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=FOR_HMIS_ALONE,
    )


class Becomes(TextChoices):
    """What an approval makes of a remark that is open."""

    CLOSED = "closed", gettext_lazy("Close it: what the agency answered or changed is enough")
    TAKEN_BACK = "taken_back", gettext_lazy("Take it back: the agency has never read it, and will not")
    CONDITION = "condition", gettext_lazy("Make it a condition of the approval, which the agency reads")


class ToldByMail(VerbForm):
    """A decision whose e-mail is shown, and may begin in other words than the portal's."""

    obj: Application
    message = ""
    letter_subject = forms.CharField(
        label=gettext_lazy("Subject of the e-mail"), max_length=200, required=False
    )
    letter_text = forms.CharField(
        label=gettext_lazy("How the e-mail begins"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "The agency’s managers get this by e-mail once you confirm; the rest follows by itself."
        ),
    )

    letter_shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft = emails.draft(self.message, self.obj, by=self.by, **self.told())
        self.fields["letter_subject"].initial = self.draft.subject
        self.fields["letter_text"].initial = self.draft.text
        self.fields["letter_shown"].initial = _digest(self.draft)

    def told(self) -> dict[str, object]:
        """What else the message says, as far as it is known before the decision."""
        return {}

    @property
    def letter(self) -> Letter | None:
        assert self.draft  # noqa: S101 - made with the form
        subject, text = (self.cleaned_data[name].strip() for name in ("letter_subject", "letter_text"))
        written = Letter(subject or self.draft.subject, text or self.draft.text)
        unchanged = (_digest(self.draft), self.cleaned_data["letter_shown"])
        return None if _digest(written) in unchanged else written


def _digest(letter: Letter) -> str:
    """By which the portal's own words are known again, though a colleague has changed meanwhile what they say."""
    words = " ".join(f"{letter.subject} {letter.text}".split())
    return sha256(words.encode()).hexdigest()


LETTER = ("letter_subject", "letter_text", "letter_shown")


class DecidesRemarks(VerbForm):
    """A decline closes the remarks that were sent; what was never sent the agency does not read."""

    obj: Application

    def shown_remarks(self) -> Sequence[tuple[object, Iterable[Remark]]]:
        closes = self.obj.remarks.filter(resolved_at__isnull=True, sent_at__isnull=False)
        return [
            (_("Remarks that this decision closes"), closes),
            (_("Remarks that the agency has never read"), remarks.unsent(self.obj)),
        ]


def answered_by_then(application: Application) -> Application:
    """As the message shows it: with the day to answer, and the reason still to be given."""
    shown = copy(application)
    shown.answer_by = timezone.localdate() + timedelta(days=PortalSettings.load().answer_days)
    shown.reason = str(emails.REASON_TO_COME)
    return shown


class RequestChangesForm(ToldByMail):
    message = "changes_requested"
    shows_guard = True
    explanation = gettext_lazy(
        "The agency gets the remarks below by e-mail and on its pages, and can change its answers again."
    )

    def shown_remarks(self) -> Sequence[tuple[object, Iterable[Remark]]]:
        return [(_("What the agency will read"), self.obj.remarks.filter(resolved_at__isnull=True))]

    def told(self) -> dict[str, object]:
        rows = [remark.as_row() for remark in self.obj.remarks.filter(resolved_at__isnull=True)]
        return {"remarks": rows, "count": len(rows), "application": answered_by_then(self.obj)}


class ApproveForm(ReasonForHmis, ToldByMail):
    """What becomes of each open remark; a group of fields for each plan, and room for a condition of one's own."""

    message = "application_approved"
    shows_guard = True
    explanation = gettext_lazy(
        "The projects of the application count as accepted, and the Lead Agency may counter-sign the MOU; once it is executed, training begins."
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for number, condition in enumerate(self.proposed, start=1):
            self._add(f"condition{number}", condition)
        self._add("own", None)
        rows = self.obj.remarks.filter(resolved_at__isnull=True).prefetch_related("replies")
        self.open_remarks = {f"remark{remark.pk}": remark for remark in rows}
        self.fields = {name: self._fate(remark) for name, remark in self.open_remarks.items()} | self.fields
        last = ("reason", *LETTER)
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    def told(self) -> dict[str, object]:
        self.proposed = outcomes.proposed_conditions(outcomes.readiness_outcomes(self.obj))
        executed = self.obj.agency.mous.filter(state=Mou.State.EXECUTED).exists()
        return {"conditions": self.proposed, "executed": executed}

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
        replies = [str(reply) for reply in remark.replies.all()] or [_("The agency has not answered it.")]
        return forms.ChoiceField(
            label=_("What becomes of the remark on %(place)s?") % {"place": remark},
            choices=[(fate.value, fate.label) for fate in (end, Becomes.CONDITION)],
            widget=forms.RadioSelect,
            help_text=" ".join([f"“{remark.text}”", *(replies if remark.sent_at else ())]),
            error_messages={"required": _("Say what becomes of the remark on %(place)s") % {"place": remark}},
        )

    def clean(self) -> dict[str, object]:
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

    def payload(self) -> Approval:
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


class DeclineForm(DecidesRemarks, ToldByMail, VerbReasonForm):
    """One reason of the list, and own words."""

    message = "application_declined"
    why = forms.ModelChoiceField(
        DeclineReason.objects.none(),
        label=gettext_lazy("Why is it declined?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": gettext_lazy("Select why it is declined")},
    )
    field_order = ("why", "reason", *LETTER)

    explanation = lazy(
        lambda: (
            _(
                "The agency is told the reason. It may re-open the application within %(days)s days. An MOU that is not executed is voided."
            )
            % {"days": PortalSettings.load().reopen_days}
        ),
        str,
    )()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        why = self.fields["why"]
        assert isinstance(why, forms.ModelChoiceField)  # noqa: S101
        why.queryset = DeclineReason.objects.filter(in_use=True)
        if not why.queryset.exists():
            del self.fields["why"]

    def told(self) -> dict[str, object]:
        return {"until": timezone.localdate() + timedelta(days=PortalSettings.load().reopen_days)}

    def reason_words(self) -> str:
        why = self.cleaned_data.get("why")
        words = super().reason_words()
        return f"{full_stop(why.text)} {words}" if why else words


class RevokeApprovalForm(ToldByMail, VerbReasonForm):
    message = "approval_revoked"
    shows_guard = True
    field_order = ("reason", *LETTER)
    explanation = gettext_lazy(
        "The application goes back to you for review; the signed MOU stays good. Possible until the MOU is executed."
    )
