"""Held results: each is decided once, on a page of its own."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.permissions import person
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, link, status
from hmis_portal.text.words import date_words, datetime_words
from training import permissions
from training.admin.forms import HeldForm, OfRecordedForm
from training.doors import holding
from training.doors.attempts import Attempt
from training.doors.matching import Match, Matcher
from training.models import HeldResult

KINDS = {
    HeldResult.State.WAITING: "turn",
    HeldResult.State.RECORDED: "done",
    HeldResult.State.DROPPED: "plain",
}


@admin.register(HeldResult)
class HeldResultAdmin(ReadOnlyAdmin):
    list_display = ("who", "what", "why", "door", "held_at", "status_word")
    list_filter = ("state", "why", "door")
    search_fields = ("who", "what")
    search_help_text = _("Search by person or course, as the source has them")
    list_select_related = ("door",)
    ordering = ("held_at", "pk")
    actions = ("look_again",)  # type: ignore[assignment]
    fields = (
        "who", "what", "why", "door", "came", "held_at", "status_word", "decided_by", "decided_at", "reason", "completion",
        "acts",
    )  # fmt: skip
    readonly_fields = ("status_word", "came", "acts")

    @admin.display(description=_("state"), ordering="state")
    def status_word(self, row: HeldResult) -> SafeString:
        return status(KINDS[HeldResult.State(row.state)], row.get_state_display())

    @admin.display(description=_("as it came"))
    def came(self, row: HeldResult) -> str:
        return "\n".join(f"{name}: {value}" for name, value in row.attempt.items())

    @admin.display(description=_("acts"))
    def acts(self, row: HeldResult) -> SafeString | str:
        if row.state != HeldResult.State.WAITING:
            return ""
        return link(reverse("admin:training_heldresult_decide", args=[row.pk]), gettext("Decide it"))

    def has_record_permission(self, request: HttpRequest) -> bool:
        return permissions.may_record_completions(request.user)

    @admin.action(description=_("Look again whether the selected can be recorded"), permissions=["record"])
    def look_again(self, request: HttpRequest, queryset: QuerySet[HeldResult]) -> None:
        rows = queryset.filter(state=HeldResult.State.WAITING).select_related("door")
        cleared = holding.look_again(rows, by=person(request))
        words = ngettext("%(count)d waits no longer.", "%(count)d wait no longer.", cleared) % {
            "count": cleared
        }
        messages.success(request, words)

    def get_urls(self) -> list[URLPattern]:
        may = permissions.may_record_completions
        view = guarded(self, self.decide_view, read=may, write=may)
        return [path("<int:pk>/decide/", view, name="training_heldresult_decide"), *super().get_urls()]

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        held = get_object_or_404(HeldResult.objects.select_related("door", "completion"), pk=pk)
        attempt = Attempt.of(held.attempt)
        form: HeldForm | OfRecordedForm
        if held.why in holding.OF_RECORDED:
            may_void = permissions.may_void_completions(request.user)
            form = OfRecordedForm(request.POST or None, held=held, may_void=may_void)
        else:
            match = Matcher(held.door, [attempt]).of(attempt)
            form = HeldForm(
                request.POST or None, held=held, missing=_missing(match, attempt), known=match.course,
                initial={"decision": HeldForm.RECORD},
            )  # fmt: skip
        return act_page(
            self, request, title=gettext("Decide a held result"), form=form,
            back=reverse("admin:training_heldresult_changelist") + "?state__exact=waiting",
            act=lambda: _decide(held, form, by=person(request)),
            facts=_facts(held, attempt),
        )  # fmt: skip


def _missing(match: Match, attempt: Attempt) -> set[str]:
    facts = {
        "person": match.person,
        "course": match.course,
        "completed_on": attempt.completed_at or attempt.completed_on,
        "score": attempt.score,
    }
    return {name for name, value in facts.items() if value is None}


def _facts(held: HeldResult, attempt: Attempt) -> list[tuple[str, object]]:
    when = datetime_words(attempt.completed_at) if attempt.completed_at else date_words(attempt.completed_on)
    facts = [
        (gettext("Why it is held"), held.get_why_display()),
        (gettext("Source"), held.door or gettext("By hand")),
        (gettext("Person there"), held.who),
        (gettext("Course there"), held.what),
        (gettext("Completed"), when or attempt.source_time),
        (gettext("Score (percent)"), "" if attempt.score is None else attempt.score),
        (gettext("Completion here"), held.completion or ""),
    ]
    return [(name, value) for name, value in facts if value != ""]


def _decide(held: HeldResult, form: HeldForm | OfRecordedForm, *, by: User) -> str:
    decision, reason = form.cleaned_data["decision"], form.cleaned_data["reason"]
    if decision == OfRecordedForm.FOLLOW:
        holding.follow_source(held, by=by, reason=reason)
        if held.why == HeldResult.Why.CHANGED:
            return gettext(
                "The new grade is recorded. The earlier one stays in the transcript and no longer counts."
            )
        return gettext("The completion no longer counts. It stays in the transcript.")
    if isinstance(form, HeldForm) and decision == HeldForm.RECORD:
        holding.settle(held, by=by, **form.supplied)
        return gettext("The result is recorded.")
    holding.drop(held, by=by, reason=reason, whole_course=decision == HeldForm.DROP_COURSE)
    return gettext("The result is dropped.")
