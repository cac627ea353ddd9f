"""Versions of the readiness questions: read in words, copied, previewed and published once."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.models import Agency
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, status
from hmis_portal.forms import PortalFormMixin
from hmis_portal.what_if.asking import is_confirmed
from hmis_portal.what_if.saving import page_before
from onboarding.admin.review import page
from onboarding.forms.readiness.form import ReadinessForm
from onboarding.models import Application, ReadinessVersion
from onboarding.readiness import rules, versions
from onboarding.readiness.carried import PLAN


class BeginForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Make a new version")


class DropForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Drop this draft")
    submit_danger = True


class PublishForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Publish this version")
    submit_danger = True
    what_changed = forms.CharField(
        label=gettext_lazy("What changed, and why"),
        help_text=gettext_lazy("Kept with the version."),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": gettext_lazy("Enter what changed, and why")},
    )
    read = forms.BooleanField(
        label=gettext_lazy("I have looked at the preview"),
        error_messages={"required": gettext_lazy("Check the box once you have looked at the preview")},
    )


PUBLISH = "publish_readiness"
LIST = "admin:onboarding_readinessversion_changelist"
QUESTIONS = gettext_lazy("Readiness questions")


def address(version: ReadinessVersion) -> str:
    return reverse("admin:onboarding_readinessversion_change", args=[version.pk])


@admin.register(ReadinessVersion)
class ReadinessVersionAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "status_word", "count", "used", "published_at", "published_by", "what_changed")
    list_select_related = ("published_by",)
    change_list_template = "admin/onboarding/readiness/versions.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        may = {"may_make": permissions.is_hmis_admin(request.user)}
        return super().changelist_view(request, {**may, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReadinessVersion]:
        rows: QuerySet[ReadinessVersion] = super().get_queryset(request)
        counts = {"questions_count": Count("questions", distinct=True)}
        in_force = (
            ReadinessVersion.objects.filter(published_at__isnull=False).order_by("-number").values("pk")[:1]
        )
        return rows.annotate(
            **counts, applications_count=Count("applications", distinct=True), in_force=Subquery(in_force)
        )

    @admin.display(description=gettext_lazy("state"))
    def status_word(self, version: Any) -> SafeString:
        if version.published_at is None:
            return status("waiting", _("Draft"))
        now = version.in_force == version.pk
        return status("done" if now else "plain", _("In force") if now else _("Published"))

    @admin.display(description=gettext_lazy("questions"))
    def count(self, version: Any) -> int:
        return int(version.questions_count)

    @admin.display(description=gettext_lazy("applications that answer it"))
    def used(self, version: Any) -> int:
        return int(version.applications_count)

    def get_urls(self) -> list[URLPattern]:
        def act(view: Any) -> Any:
            return guarded(self, view, read=permissions.is_hmis_admin, write=permissions.is_hmis_admin)

        preview = guarded(self, self.preview_view, read=page.may_review)
        return [
            path("new/", act(self.begin_view), name="onboarding_readiness_begin"),
            path("<int:pk>/preview/", preview, name="onboarding_readiness_preview"),
            path("<int:pk>/publish/", act(self.publish_view), name="onboarding_readiness_publish"),
            path("<int:pk>/drop/", act(self.drop_view), name="onboarding_readiness_drop"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: object = None
    ) -> HttpResponse:
        """The questions in words; of a draft each with a link to change it."""
        if not self.has_view_permission(request):
            return super().change_view(request, object_id)
        version = self.get_object(request, object_id)
        if version is None:
            raise Http404
        is_draft = version.published_at is None
        before = ReadinessVersion.objects.filter(number__lt=version.number).order_by("-number").first()
        context = {
            **self._context(request, version, str(version)),
            "rows": versions.read(version),
            "is_draft": is_draft,
            "edits": is_draft and permissions.is_hmis_admin(request.user),
            "problems": versions.problems(version) if is_draft else [],
            "changes": versions.changes(before, version) if before else [],
            "before": before,
        }
        return render(request, "admin/onboarding/readiness/version.html", context)

    def begin_view(self, request: HttpRequest) -> HttpResponse:
        form = BeginForm(request.POST if request.method == "POST" else None)

        def act() -> HttpResponse:
            version = versions.begin(by=permissions.person(request))
            sentence = _("%(version)s is a draft: change its questions below.") % {"version": version}
            messages.success(request, sentence)
            return HttpResponseRedirect(address(version))

        return act_page(
            self, request, title=_("Make a new version"), form=form, act=act, back=reverse(LIST), trail=QUESTIONS,
            caption=_("Technical readiness questions"),
            explanation=_("The questions in force are copied as a draft. Nobody is asked them before you publish; applications under way keep the version they answer."),
        )  # fmt: skip

    def drop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = get_object_or_404(ReadinessVersion, pk=pk)
        form = DropForm(request.POST if request.method == "POST" else None)

        def act() -> HttpResponse:
            versions.drop(version, by=permissions.person(request))
            messages.success(request, _("The draft is dropped."))
            return HttpResponseRedirect(reverse(LIST))

        return self._published_already(request, version) or act_page(
            self, request, title=_("Drop this draft"), form=form, act=act, back=reverse(LIST), trail=QUESTIONS,
            caption=version, explanation=_("Its questions are deleted. What is published stays as it is."),
        )  # fmt: skip

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = get_object_or_404(ReadinessVersion, pk=pk)
        form = PublishForm(request.POST if request.method == "POST" else None)

        def act() -> str | HttpResponse:
            if not is_confirmed(request, PUBLISH) and not versions.problems(version):
                return page_before(request, PUBLISH, str(version), {"version": version.pk})
            what_changed = form.cleaned_data["what_changed"]
            versions.publish(version, by=permissions.person(request), what_changed=what_changed)
            return _("%(version)s is published: new applications answer it.") % {"version": version}

        return self._published_already(request, version) or act_page(
            self, request, title=_("Publish this version"), form=form, act=act, back=address(version), trail=version,
            caption=version, reasons=versions.problems(version),
            explanation=_("A published version can never be changed. New applications answer it; applications under way keep theirs."),
        )  # fmt: skip

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page as the director sees it; nothing can be saved."""
        version = get_object_or_404(ReadinessVersion, pk=pk)
        questions = list(version.questions.prefetch_related("outcomes"))
        known: dict[str, tuple[rules.Value, str]] = {
            question.number: ({"answer": "yes"}, _("What section A says"))
            for question in questions
            if question.shown_from
        }
        form = ReadinessForm(
            application=Application(agency=Agency()),
            questions=questions,
            answers={},
            known=known,
            known_at=lambda question: "#",
            facts=rules.ReadinessFacts(),
            files_of=lambda question: [],
            last_time={},
        ).only(lambda name: name.partition("_")[2] not in PLAN)
        context = {"version": version, "form": form, "back_url": address(version)}
        return render(request, "admin/onboarding/readiness/preview.html", context)

    def _published_already(self, request: HttpRequest, version: ReadinessVersion) -> HttpResponse | None:
        if not version.published_at:
            return None
        for text in versions.already(version).messages:
            messages.warning(request, text)
        return HttpResponseRedirect(address(version))

    def _context(
        self, request: HttpRequest, version: ReadinessVersion | None, title: str
    ) -> dict[str, object]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "version": version,
        }
