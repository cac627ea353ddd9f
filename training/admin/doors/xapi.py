"""Credentials of learning systems, made and revoked here, and the statements that came."""

import json

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.permissions import person
from hmis_portal import mail
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, link, status
from hmis_portal.forms import PortalFormMixin
from training import permissions
from training.doors.xapi import credentials
from training.models import Credential, Door, Statement


class MakeForm(PortalFormMixin, forms.Form):
    submit_label = _("Make credentials")
    door = forms.ModelChoiceField(
        label=_("Source"), queryset=Door.objects.filter(kind=Door.Kind.XAPI, active=True)
    )


class RevokeForm(PortalFormMixin, forms.Form):
    submit_label, submit_danger = _("Revoke these credentials"), True


@admin.register(Credential)
class CredentialAdmin(ReadOnlyAdmin):
    list_display = ("user_name", "door", "made_by", "made_at", "used_on", "state")
    list_select_related = ("door", "made_by")
    fields = (
        "user_name",
        "door",
        "made_by",
        "made_at",
        "used_on",
        "state",
        "revoked_by",
        "revoked_at",
        "acts",
    )
    readonly_fields = ("user_name", "state", "acts")
    change_list_template = "admin/training/credentials.html"

    @admin.display(description=_("user name"))
    def user_name(self, row: Credential) -> str:
        return row.key

    @admin.display(description=_("state"))
    def state(self, row: Credential) -> SafeString:
        return status("plain", gettext("Revoked")) if row.revoked_at else status("done", gettext("In use"))

    @admin.display(description=_("acts"))
    def acts(self, row: Credential) -> SafeString | str:
        if row.revoked_at:
            return ""
        return link(reverse("admin:training_credential_revoke", args=[row.pk]), gettext("Revoke"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_make": permissions.may_change_sources(request.user)}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        may = permissions.may_change_sources
        make = guarded(self, self.make_view, read=may, write=may)
        revoke = guarded(self, self.revoke_view, read=may, write=may)
        return [
            path("make/", make, name="training_credential_make"),
            path("<int:pk>/revoke/", revoke, name="training_credential_revoke"),
            *super().get_urls(),
        ]

    def make_view(self, request: HttpRequest) -> HttpResponse:
        form = MakeForm(request.POST or None)
        return act_page(
            self, request, title=gettext("Make credentials"), form=form, act=lambda: self._made(request, form),
            back=reverse("admin:training_credential_changelist"),
            explanation=gettext("With them a learning system sends xAPI statements. The secret is shown once."),
        )  # fmt: skip

    def _made(self, request: HttpRequest, form: MakeForm) -> HttpResponse:
        credential, secret = credentials.make(form.cleaned_data["door"], by=person(request))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Credentials of %(door)s") % {"door": credential.door},
            "back": reverse("admin:training_credential_changelist"),
            "form": form,
            "facts": [
                (gettext("Endpoint"), mail.absolute("training:xapi_about").removesuffix("about")),
                (gettext("Key (user name)"), credential.key),
                (gettext("Secret (password)"), secret),
            ],
        }
        return render(request, "admin/training/credential.html", context)

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(Credential.objects.select_related("door"), pk=pk)

        def act() -> str:
            credentials.revoke(row, by=person(request))
            return gettext("The credentials are revoked. Nothing is taken by them from now on.")

        return act_page(
            self, request, title=gettext("Revoke credentials"), form=RevokeForm(request.POST or None), act=act,
            back=reverse("admin:training_credential_changelist"), facts=[(row.door, row.key)],
        )  # fmt: skip


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    list_display = ("statement_id", "door", "stored_at", "outcome")
    list_filter = ("door",)
    list_select_related = ("door",)
    search_fields = ("=statement_id",)
    search_help_text = _("Search by the statement's id")
    fields = ("statement_id", "door", "credential", "stored_at", "outcome", "voids", "as_it_came")
    readonly_fields = ("as_it_came",)

    @admin.display(description=_("as it came"))
    def as_it_came(self, row: Statement) -> str:
        return json.dumps(row.body, indent=1, ensure_ascii=False)
