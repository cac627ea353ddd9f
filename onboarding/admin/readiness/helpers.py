"""Readiness questions sent to somebody outside: who was asked, what they answered, what became of it; the link is revoked here."""

from typing import ClassVar

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
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, link, status
from hmis_portal.forms import PortalFormMixin
from hmis_portal.text.words import datetime_words
from onboarding.models import HelpAnswer, HelpRequest, ReadinessQuestion
from onboarding.readiness import helpers
from onboarding.sections.answers import words


class RevokeLinkForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Revoke the link")
    submit_danger = True


@admin.register(HelpRequest)
class HelpRequestAdmin(ReadOnlyAdmin):
    list_display = ("name", "email", "agency_name", "sent_at", "done_at", "status_word")
    list_filter = ("end",)
    list_select_related = ("application__agency",)
    date_hierarchy = "sent_at"
    search_fields = ("name", "email", "application__agency__legal_name", "application__agency__ein")
    fields: ClassVar = (
        "name", "email", "agency_name", "asked_by", "note", "sent_at", "sent_count", "expires_at", "done_at", "status_word", "act",
        "asked",
    )  # fmt: skip
    readonly_fields: ClassVar = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[HelpRequest]:
        rows: QuerySet[HelpRequest] = super().get_queryset(request)
        return rows.prefetch_related("answers__question", "answers__decided_by")

    @admin.display(description=gettext_lazy("agency"), ordering="application__agency__legal_name")
    def agency_name(self, row: HelpRequest) -> SafeString:
        url = reverse("admin:onboarding_application_review", args=[row.application_id])
        return link(url, row.application.agency.name)

    @admin.display(description=gettext_lazy("state"))
    def status_word(self, row: HelpRequest) -> SafeString:
        return status(*helpers.state_of(row))

    @admin.display(description=gettext_lazy("what can be done"))
    def act(self, row: HelpRequest) -> SafeString | str:
        if row.ended_at:
            return _("Nothing: the link ended on %(when)s") % {"when": datetime_words(row.ended_at)}
        return link(
            reverse("admin:onboarding_helprequest_revoke", args=[row.pk]), RevokeLinkForm.submit_label
        )

    @admin.display(description=gettext_lazy("questions and answers"))
    def asked(self, row: HelpRequest) -> SafeString:
        answers = {answer.question.number: answer for answer in row.answers.all()}
        questions = ReadinessQuestion.objects.filter(
            version_id=row.application.readiness_version_id, number__in=row.questions
        )
        lines = ((question, _in_words(answers.get(question.number))) for question in questions)
        items = format_html_join("", "<li><strong>{}</strong><br>{}</li>", lines)
        return format_html('<ul class="remarks">{}</ul>', items)

    def get_urls(self) -> list[URLPattern]:
        admins = {"read": permissions.is_hmis_admin, "write": permissions.is_hmis_admin}
        view = guarded(self, self.revoke_view, **admins)
        return [path("<int:pk>/revoke/", view, name="onboarding_helprequest_revoke"), *super().get_urls()]

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(HelpRequest.objects.select_related("application__agency"), pk=pk)

        def act() -> str:
            helpers.revoke(row, by=permissions.person(request))
            return _("The link of %(name)s opens nothing any more.") % {"name": row.name}

        return act_page(
            self, request, title=_("Revoke the link of %(name)s") % {"name": row.name},
            form=RevokeLinkForm(request.POST if request.method == "POST" else None), act=act,
            back=reverse("admin:onboarding_helprequest_change", args=[pk]),
            facts=[(_("Agency"), row.application.agency.name), (_("E-mail"), row.email)],
            explanation=_("What the helper answered and nobody has used yet is no longer offered to the agency."),
        )  # fmt: skip


def _in_words(answer: HelpAnswer | None) -> str:
    if answer is None:
        return _("Not answered")
    answer_words = "; ".join(words(answer.question, answer.value).splitlines())
    answer_words = _("%(said)s, on %(when)s") % {
        "said": answer_words,
        "when": datetime_words(answer.answered_at),
    }
    if answer.decided_at is None:
        return answer_words
    became = _("used by %(who)s") if answer.taken else _("left by %(who)s")
    return f"{answer_words}; {became % {'who': answer.decided_by}}"
