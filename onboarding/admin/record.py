"""Agencies' records: what changed in them, and proposed changes to accept or refuse."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.admin.acts import ReasonForm
from agencies.desk.lists import FoundByAgency
from agencies.models import User
from hmis_portal.desk import waiting
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, status
from hmis_portal.desk.waiting import Asked, Line, Rows, days_words, queue_of, waits_filter
from onboarding.models import Mou, RecordChange, RecordProposal
from onboarding.mou import party
from onboarding.record import proposals

AMENDED, STANDS = "amended", "stands"
KIND = {
    RecordProposal.State.OPEN: "turn",
    RecordProposal.State.ACCEPTED: "done",
    RecordProposal.State.REFUSED: "plain",
    RecordProposal.State.TAKEN_BACK: "plain",
}


class AcceptProposalForm(ReasonForm):
    """Of a new legal name it is also asked what becomes of the MOU that names the agency otherwise."""

    submit_label = gettext_lazy("Accept the change")
    field_order = ("mou", "reason")
    mou = forms.ChoiceField(
        label=gettext_lazy("Is the MOU amended?"),
        choices=[
            (AMENDED, gettext_lazy("Yes: it is signed again in the new name")),
            (STANDS, gettext_lazy("No: it stands, and both names are one party")),
        ],
        widget=forms.RadioSelect,
    )
    required_messages = {
        "mou": gettext_lazy("Select what becomes of the MOU"),
        "reason": gettext_lazy("Enter why both names are one party"),
    }
    shown_when = {"reason": ("mou", STANDS)}

    def __init__(self, *args: object, mou: Mou | None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if mou is None:
            del self.fields["mou"], self.fields["reason"]
            self.shown_when = {}
        else:
            self.fields["mou"].help_text = _("%(reference)s names the agency “%(signed)s”.") % {
                "reference": mou.reference,
                "signed": party.name_of(mou),
            }
            self.fields["reason"].label = _("Why are both names one party?")


class RefuseProposalForm(ReasonForm):
    submit_label, submit_danger = gettext_lazy("Refuse the change"), True

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The agency reads this, and it is kept in the record.")


@admin.register(RecordProposal)
class RecordProposalAdmin(FoundByAgency, ReadOnlyAdmin):
    list_display = ("what", "agency", "status_word", "proposed_by", "proposed_at")
    list_filter = (
        waits_filter({"open": (gettext_lazy("Waits for the HMIS Admin"), proposals.waiting)}),
        "state",
        "what",
    )
    list_select_related = ("agency", "proposed_by")
    search_fields = ("agency__legal_name", "agency__common_name", "agency__ein")
    fields = (
        "agency", "what", "words_before", "words_after", "effective_on", "why", "proposed_by", "proposed_at",
        "status_word", "decided_by", "decided_at", "reason", "amends_mou", "acts",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=gettext_lazy("state"))
    def status_word(self, proposal: RecordProposal) -> SafeString:
        return status(KIND[RecordProposal.State(proposal.state)], proposal.get_state_display())

    @admin.display(description=gettext_lazy("Stands there"))
    def words_before(self, proposal: RecordProposal) -> str:
        return proposals.words(proposal.what, proposal.before)

    @admin.display(description=gettext_lazy("Proposed"))
    def words_after(self, proposal: RecordProposal) -> str:
        return proposals.words(proposal.what, proposal.after)

    @admin.display(description=gettext_lazy("What you can do"))
    def acts(self, proposal: RecordProposal) -> SafeString | str:
        if proposal.state != RecordProposal.State.OPEN:
            return "–"
        names = ("accept", _("Accept")), ("refuse", _("Refuse"))
        rows = [
            (reverse(f"admin:onboarding_proposal_{name}", args=[proposal.pk]), text) for name, text in names
        ]
        return format_html_join(" · ", '<a href="{}">{}</a>', rows)

    def get_urls(self) -> list[URLPattern]:
        admins = {"read": permissions.is_hmis_admin, "write": permissions.is_hmis_admin}
        accept, refuse = guarded(self, self.accept_view, **admins), guarded(self, self.refuse_view, **admins)
        return [
            path("<int:pk>/accept/", accept, name="onboarding_proposal_accept"),
            path("<int:pk>/refuse/", refuse, name="onboarding_proposal_refuse"),
            *super().get_urls(),
        ]

    def accept_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        proposal = _one(pk)
        mou = proposals.mou_named_otherwise(proposal)
        form = AcceptProposalForm(request.POST if request.method == "POST" else None, mou=mou)

        def act() -> str:
            chosen = form.cleaned_data.get("mou")
            proposals.accept(
                proposal,
                by=permissions.person(request),
                amends_mou=chosen == AMENDED if chosen else None,
                reason=form.cleaned_data.get("reason") or "",
            )
            return _("The change is accepted. The agency's managers are told.")

        explanation = _("It takes effect at once. What was sent and signed stays as it was.")
        return self._act(request, proposal, form, act, _("Accept the change"), explanation)

    def refuse_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        proposal = _one(pk)
        form = RefuseProposalForm(request.POST if request.method == "POST" else None)

        def act() -> str:
            proposals.refuse(proposal, by=permissions.person(request), reason=form.cleaned_data["reason"])
            return _("The change is refused. The agency's managers are told.")

        explanation = _("The record stays as it is; the agency may propose another change.")
        return self._act(request, proposal, form, act, _("Refuse the change"), explanation)

    def _act(
        self,
        request: HttpRequest,
        proposal: RecordProposal,
        form: Any,
        act: Any,
        title: str,
        explanation: str,
    ) -> HttpResponse:
        return act_page(
            self, request, title=title, caption=proposal.agency.name, form=form, act=act, explanation=explanation,
            back=reverse("admin:onboarding_recordproposal_change", args=[proposal.pk]),
            facts=[
                (proposal.get_what_display(), f"{self.words_before(proposal)} → {self.words_after(proposal)}"),
                (_("Why"), proposal.why),
            ],
        )  # fmt: skip


def _one(pk: int) -> RecordProposal:
    return get_object_or_404(RecordProposal.objects.select_related("agency"), pk=pk)


@admin.register(RecordChange)
class RecordChangeAdmin(FoundByAgency, ReadOnlyAdmin):
    list_display = ("title", "agency", "changed_by", "effective_on", "changed_at")
    list_filter = ("changed_at",)
    list_select_related = ("agency", "changed_by")
    search_fields = ("agency__legal_name", "agency__common_name", "agency__ein", "title")
    fields = ("agency", "title", "what_changed", "effective_on", "changed_by", "changed_at", "told_at")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("What changed"))
    def what_changed(self, change: RecordChange) -> SafeString:
        rows = [(row["question"], row["before"] or "–", row["after"] or "–") for row in change.changed]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {} → {}</li>", rows))


@Asked
def _proposed() -> QuerySet[RecordProposal]:
    return proposals.waiting().select_related("agency")


def proposed_changes() -> Rows:
    def line(proposal: RecordProposal) -> Line:
        url = reverse("admin:onboarding_recordproposal_change", args=[proposal.pk])
        return Line(str(proposal), url, proposal.agency.name, days_words(proposal.proposed_at))

    return queue_of(
        _("Changes to accept"),
        reverse("admin:onboarding_recordproposal_changelist") + "?waits=open",
        _proposed,
        line,
        _("No agency proposes a change of its name, EIN or legal form."),
    )


def queues_for(user: User) -> list[waiting.QueueMaker]:
    reads = permissions.is_hmis_admin(user) or permissions.is_auditor(user)
    return [proposed_changes] if reads else []


waiting.add(queues_for)
