"""The texts of the requirements, in their versions: a new wording is asked for by one HMIS Admin, granted by another."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.models import User
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, link, status
from hmis_portal.forms import PortalFormMixin
from hmis_portal.models import PowerRequest
from hmis_portal.powers import asking, kinds
from hmis_portal.powers.admin import asked_words, takes_two
from hmis_portal.text.words import date_words
from hmis_portal.web.visits import signed_in
from onboarding.application import requirements
from onboarding.models import RequirementConfirmation, RequirementText

PUBLISH = "publish_requirement"


class WordingForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Ask to publish this wording")
    required_messages = {
        "text": gettext_lazy("Enter what a manager confirms"),
        "reason": gettext_lazy("Enter the reason"),
    }
    text = forms.CharField(
        label=gettext_lazy("What a manager confirms"), max_length=2000, widget=forms.Textarea({"rows": 8})
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea({"rows": 3})
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if text == self.initial["text"]:
            raise forms.ValidationError(_("Change the wording: this is the one in force"))
        return text


def _ask(version: RequirementText, text: str, *, by: User, reason: str) -> PowerRequest:
    return asking.ask(
        PUBLISH, by=by, target=version, reason=reason, data={"text": text},
        what=_("Publish a new wording: %(text)s") % {"text": version.get_requirement_display()},
        changes=[[version.get_requirement_display(), version.text, text]],
    )  # fmt: skip


def _against(row: PowerRequest) -> list[str]:
    version = RequirementText.objects.get(pk=row.target_id)
    if version != requirements.current_text(version.requirement):
        return [_("Another wording was published since this was asked. Refuse it, and ask anew.")]
    return []


def _publish(row: PowerRequest) -> None:
    version = RequirementText.objects.get(pk=row.target_id)
    requirements.publish(version.requirement, row.data["text"], by=row.asked_by)


kinds.add(
    kinds.PowerKind(PUBLISH, gettext_lazy("Publish a wording of a requirement"), _publish, against=_against)
)


@admin.register(RequirementText)
class RequirementTextAdmin(ReadOnlyAdmin):
    list_display = ("requirement", "version", "in_force", "begins", "confirmed", "published", "act")  # fmt: skip
    list_select_related = ("published_by",)
    ordering = ("requirement", "-version")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RequirementText]:
        newest = RequirementText.objects.filter(requirement=OuterRef("requirement")).order_by("-version")
        confirmations = RequirementConfirmation.objects.filter(text=OuterRef("pk")).order_by().values("text")
        rows: QuerySet[RequirementText] = super().get_queryset(request)
        rows = rows.annotate(
            newest=Subquery(newest.values("version")[:1]),
            confirmations=Subquery(confirmations.annotate(count=Count("pk")).values("count")),
        )
        return rows

    @admin.display(description=gettext_lazy("state"))
    def in_force(self, version: Any) -> SafeString:
        is_newest = version.version == version.newest
        return status("done", _("In force")) if is_newest else status("plain", _("Earlier"))

    @admin.display(description=gettext_lazy("text"))
    def begins(self, version: RequirementText) -> str:
        return Truncator(version.text).words(14)

    @admin.display(description=gettext_lazy("published"), ordering="published_at")
    def published(self, version: RequirementText) -> str:
        if version.published_at is None:
            return _("With the portal")
        words = _("%(day)s, %(who)s")
        return words % {"day": date_words(version.published_at), "who": version.published_by}

    @admin.display(description=gettext_lazy("agencies that confirmed it"), ordering=F("confirmations"))
    def confirmed(self, version: Any) -> int:
        return version.confirmations or 0

    @admin.display(description=gettext_lazy("new wording"))
    def act(self, version: Any) -> SafeString | str:
        if version.version != version.newest:
            return ""
        return link(
            reverse("admin:onboarding_requirement_word", args=[version.requirement]), _("Write a new one")
        )

    def get_urls(self) -> list[URLPattern]:
        admins = permissions.is_hmis_admin
        view = guarded(self, self.word_view, read=admins, write=admins)
        return [
            path("<slug:requirement>/word/", view, name="onboarding_requirement_word"),
            *super().get_urls(),
        ]

    def word_view(self, request: HttpRequest, requirement: str) -> HttpResponse:
        version = requirements.current_text(requirement)
        if version is None:
            raise Http404
        form = WordingForm(request.POST or None, initial={"text": version.text})
        confirmed = RequirementConfirmation.objects.filter(text=version).count()
        effect = _(
            "A wording can never be changed afterwards. From its publishing on managers read and confirm the new one; "
            "what was confirmed before stays in the record. Agencies that confirmed the wording in force: %(count)d. "
            "Each is asked to confirm the new one; who has sent or is live goes on meanwhile."
        ) % {"count": confirmed}

        def act() -> str:
            data = form.cleaned_data
            return asked_words(_ask(version, data["text"], by=signed_in(request), reason=data["reason"]))

        return act_page(
            self, request, title=_("Write a new wording"), caption=version, form=form, act=act,
            back=reverse("admin:onboarding_requirementtext_changelist"),
            explanation=effect + "\n" + takes_two(signed_in(request)),
        )  # fmt: skip
