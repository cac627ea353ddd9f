"""Dated conditions of approvals: which are open, and marking one as met."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from hmis_portal import audit
from hmis_portal.admin_tools import ReadOnlyAdmin, guarded, status
from onboarding import access
from onboarding.admin.base import VerbForm
from onboarding.models import Condition


class MetForm(VerbForm):
    submit_label = gettext_lazy("Mark as met")


@admin.register(Condition)
class ConditionAdmin(ReadOnlyAdmin):
    list_display = ("text", "agency_name", "owner", "due_on", "status_word", "blocks_go_live")
    list_filter = ("blocks_go_live", ("met_at", admin.EmptyFieldListFilter))
    search_fields = ("text", "owner", "application__agency__legal_name")
    list_select_related = ("application__agency", "met_by")
    fields = (
        "text",
        "agency_name",
        "owner",
        "due_on",
        "blocks_go_live",
        "status_word",
        "met_by",
        "met_at",
        "act",
    )
    readonly_fields = ("agency_name", "status_word", "act")

    @admin.display(description=gettext_lazy("agency"))
    def agency_name(self, condition: Condition) -> SafeString:
        url = reverse("admin:onboarding_application_review", args=[condition.application_id])
        return format_html('<a href="{}">{}</a>', url, condition.application.agency.name)

    @admin.display(description=gettext_lazy("state"))
    def status_word(self, condition: Condition) -> SafeString:
        if condition.met_at:
            return status("done", _("Met"))
        if condition.due_on < timezone.localdate():
            return status("problem", _("Overdue"))
        return status("waiting", _("Open"))

    @admin.display(description=gettext_lazy("what can be done"))
    def act(self, condition: Condition) -> SafeString | str:
        if condition.met_at:
            return ""
        url = reverse("admin:onboarding_condition_met", args=[condition.pk])
        return format_html('<a href="{}">{}</a>', url, _("Mark as met"))

    def get_urls(self) -> list[URLPattern]:
        view = guarded(self, self.met_view, read=permissions.is_hmis_admin, write=permissions.is_hmis_admin)
        return [path("<int:pk>/met/", view, name="onboarding_condition_met"), *super().get_urls()]

    def met_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = get_object_or_404(Condition.objects.select_related("application__agency"), pk=pk)
        back = reverse("admin:onboarding_application_review", args=[found.application_id]) + "#conditions"
        form = MetForm(request.POST or None, obj=found, by=permissions.person(request))
        form.cancel_url = back
        if request.method == "POST":
            if mark_met(pk, by=form.by):
                messages.success(request, _("The condition is marked as met."))
            else:
                messages.warning(request, _("This condition was marked as met already."))
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Mark the condition as met"),
            "form": form,
            "explanation": found.text,
            "back": back,
            "subject": found.application.reference,
            "agency_of": found.application.agency,
        }
        return render(request, "admin/onboarding/confirm.html", context)


@transaction.atomic
def mark_met(pk: int, *, by: Any) -> bool:
    """Once; an agency whose go-live it held up may go live now."""
    condition = Condition.objects.select_for_update(of=("self",)).select_related("application").get(pk=pk)
    if condition.met_at:
        return False
    condition.met_by, condition.met_at = by, timezone.now()
    condition.save(update_fields=["met_by", "met_at"])
    agency_id = condition.application.agency_id
    audit.record(by=by, verb="condition met", obj=condition, agency_id=agency_id, after="met")
    access.later(agency_id)
    return True
