"""The lists for the HMIS: as files, back as files with what was done, and how roles are called there."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies import permissions
from agencies.hud import lists
from hmis_portal import audit
from hmis_portal.desk.tools import DeskAdmin, ReadOnlyAdmin, act_page, guarded
from hmis_portal.files import tables
from hmis_portal.web.doors import counted
from hmis_portal.web.errors import WrongState
from hmis_portal.web.visits import client_ip
from onboarding.access.hmis import answers, differences, vendor
from onboarding.admin.review import page
from onboarding.events import OnboardingEvent
from onboarding.forms.hmis import AnswersForm
from onboarding.models import HmisFile, RoleInHmis

SHOWN = 200


class HmisAdmin(ReadOnlyAdmin):
    """Pages about the HMIS's own accounts: reviewers read, HMIS Admins act."""

    def own(
        self, route: str, view: Callable[..., HttpResponse], name: str, *, reads: bool = False
    ) -> URLPattern:
        """One of its addresses; with `reads` reviewers open it too."""
        admins = permissions.is_hmis_admin
        wrapped = guarded(self, view, read=page.may_review if reads else admins, write=admins)
        return path(route, wrapped, name=f"onboarding_{self.opts.model_name}_{name}")


class HmisListsAdmin(HmisAdmin):
    """What `AccessAdmin` answers beside its list."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.own("list.<slug:suffix>", self.list_file_view, "list", reads=True),
            self.own("answers/", counted("imports")(self.answers_view), "answers"),
            self.own("answers/preview/", self.answers_preview_view, "answers_preview"),
            self.own("answers/errors.csv", self.answers_errors_view, "answers_errors"),
            *super().get_urls(),
        ]

    def list_file_view(self, request: HttpRequest, suffix: str) -> HttpResponse:
        """All that waits to be done in the HMIS, or of one kind, to be filled in and uploaded again."""
        kind = request.GET.get("kind", "")
        if suffix not in ("csv", "xlsx") or (kind and kind not in vendor.KINDS):
            raise Http404
        rows = [*vendor.table(kind), *differences.table_rows(kind)]
        data = {"kind": kind or "all", "rows": len(rows) - 1}
        by = permissions.person(request)
        audit.record(
            by=by, verb=OnboardingEvent.HMIS_LIST_DOWNLOADED, obj=by, data=data, ip=client_ip(request)
        )
        content = tables.csv_bytes(rows) if suffix == "csv" else tables.xlsx_bytes([(_("To do"), rows)])
        return tables.response(content, filename=_("accounts") + f".{suffix}")

    def answers_view(self, request: HttpRequest) -> HttpResponse:
        form = AnswersForm(request.POST or None, request.FILES or None)

        def act() -> str | HttpResponse:
            file = form.cleaned_data["file"]
            try:
                table = tables.read(file, file.content_kind, answers.known)
                answers.judge(table)
            except tables.Unreadable as error:
                form.add_error("file", str(error))
                return render_again()
            HmisFile.objects.update_or_create(
                kind=HmisFile.Kind.ANSWERS, uploaded_by=permissions.person(request),
                defaults={"table": table.kept(), "name": file.name},
            )  # fmt: skip
            return HttpResponseRedirect(reverse("admin:onboarding_access_answers_preview"))

        def render_again() -> HttpResponse:
            return self._upload_page(request, form, lambda: "")

        return self._upload_page(request, form, act)

    def _upload_page(self, request: HttpRequest, form: AnswersForm, act: Any) -> HttpResponse:
        return act_page(
            self, request, title=_("Upload what was done"), form=form, act=act,
            back=reverse("admin:onboarding_access_to_do"), trail=_("To do in the HMIS"),
            explanation=_("Nothing is confirmed before you have seen what the file would do."),
        )  # fmt: skip

    def answers_preview_view(self, request: HttpRequest) -> HttpResponse:
        """What the file would confirm; by POST it does, or is dropped."""
        file = self._answers_of(request)
        back = HttpResponseRedirect(reverse("admin:onboarding_access_to_do"))
        table = tables.Table.of(file.table)
        if request.method == "POST":
            file.delete()
            if "drop" in request.POST:
                messages.success(request, _("The uploaded list is dropped. Nothing was confirmed."))
                return back
            confirmed, refused = answers.confirm(table, by=permissions.person(request), ip=client_ip(request))
            words = ngettext(
                "%(count)d line is confirmed as done.", "%(count)d lines are confirmed as done.", confirmed
            )
            messages.success(request, words % {"count": confirmed})
            for sentence in refused[:SHOWN]:
                messages.warning(request, sentence)
            return back
        judged = answers.judge(table)
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": file.name, "notes": table.notes,
            "wrong": _of(judged, "wrong"), "done": _of(judged, "done"), "open": len(_of(judged, "open")), "shown": SHOWN,
        }  # fmt: skip
        return render(request, "admin/onboarding/hmis/answers.html", context)

    def answers_errors_view(self, request: HttpRequest) -> HttpResponse:
        rows = answers.with_errors(tables.Table.of(self._answers_of(request).table))
        return tables.response(tables.csv_bytes(rows), filename=_("accounts with errors") + ".csv")

    def _answers_of(self, request: HttpRequest) -> HmisFile:
        own = HmisFile.objects.filter(
            kind=HmisFile.Kind.ANSWERS, uploaded_by=permissions.person(request)
        ).first()
        if own is None:
            back = reverse("admin:onboarding_access_answers")
            raise WrongState(
                _("No uploaded list is waiting: it was already confirmed, or dropped."), back=back
            )
        return own


def _of(judged: Sequence[answers.Answer], act: answers.Act) -> list[answers.Answer]:
    return [answer for answer in judged if answer.act == act]


class RoleInHmisForm(forms.ModelForm[RoleInHmis]):
    """HUD's codes under their names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = lists.codes()
        for name, words in (("project_type", "2.02.6"), ("funder", "2.06.1")):
            if name in self.fields:
                field = self.fields[name]
                self.fields[name] = forms.TypedChoiceField(
                    choices=[("", "---------"), *codes.choices(words)], coerce=int, empty_value=None, required=False,
                    label=field.label, help_text=field.help_text,
                )  # fmt: skip


@admin.register(RoleInHmis)
class RoleInHmisAdmin(DeskAdmin):
    """Who may change it is a matter of the model's permissions; each change is recorded."""

    recorded_as = OnboardingEvent.CHANGED_ROLES_IN_HMIS
    form = RoleInHmisForm
    list_display = ("role", "access_level", "project_type_words", "funder_words", "roles", "level")
    list_filter = ("role",)
    search_fields = ("roles", "level")

    @admin.display(description=gettext_lazy("project type"), ordering="project_type")
    def project_type_words(self, row: RoleInHmis) -> str:
        return lists.codes().label("2.02.6", row.project_type) or _("every type")

    @admin.display(description=gettext_lazy("funding source"), ordering="funder")
    def funder_words(self, row: RoleInHmis) -> str:
        return lists.codes().label("2.06.1", row.funder) or _("any")
