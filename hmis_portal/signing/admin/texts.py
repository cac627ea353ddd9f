"""The texts people agree to, in their versions: drafts are written and compared here, then published once."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hmis_portal import documents
from hmis_portal.desk.tools import DeskAdmin, act_page, guarded, status
from hmis_portal.models.users import AnyUser
from hmis_portal.powers.admin import asked_words, takes_two
from hmis_portal.signing.admin import progress
from hmis_portal.signing.admin.publishing import PUBLISH, ask_to_publish, form_for, kept, uses
from hmis_portal.signing.agreeing import text, text_versions
from hmis_portal.signing.models import ClauseRead, TextVersion
from hmis_portal.web.visits import signed_in
from hmis_portal.what_if.asking import is_confirmed
from hmis_portal.what_if.saving import page_before

KINDS = {
    TextVersion.State.DRAFT: "waiting",
    TextVersion.State.PUBLISHED: "done",
    TextVersion.State.RETIRED: "plain",
}
TITLE_LENGTH = TextVersion._meta.get_field("title").max_length or 0
ANCHOR_LENGTH = ClauseRead._meta.get_field("anchor").max_length or 0


class TextForm(forms.ModelForm[TextVersion]):
    """A draft: every clause needs its heading, every variable a name that the portal can fill."""

    class Meta:
        model = TextVersion
        fields = ("kind", "body", "what_changed", "sample")
        widgets = {"body": forms.Textarea({"rows": 40, "cols": 100, "spellcheck": "true"})}

    def clean(self) -> dict[str, object]:
        data: dict[str, Any] = super().clean() or {}
        if body := data.get("body", ""):
            for words in faults(body, data.get("kind", self.instance.kind)):
                self.add_error("body", words)
        return data


def faults(body: str, kind: str) -> Iterator[str]:
    """What would break the signing of this text, or stand in it as nobody meant it."""
    body = text.canonical(body)
    title, clauses = text.title(body), text.clauses(body)
    if not title:
        yield _("Begin the text with its title, in a line such as “# Memorandum of Understanding”")
    if len(title) > TITLE_LENGTH:
        yield _("Shorten the title to %(count)d characters or fewer") % {"count": TITLE_LENGTH}
    numbers = [clause.number for clause in clauses]
    if not clauses or numbers != list(range(1, len(clauses) + 1)) or body.count("\n## ") != len(clauses):
        yield _("Number the clauses 1, 2, 3 … in headings such as “## 1. Parties {#parties}”")
    if len({clause.anchor for clause in clauses}) != len(clauses):
        yield _("Give each clause an anchor of its own")
    if any(len(clause.anchor) > ANCHOR_LENGTH for clause in clauses):
        yield _("Shorten each anchor to %(count)d characters or fewer") % {"count": ANCHOR_LENGTH}
    if any("{#" in clause.title for clause in clauses):
        yield _("Write anchors in small letters, digits and hyphens, such as “{#term-and-renewal}”")
    if kind in uses and (unknown := text.variables(body).difference(uses[kind].variables())):
        yield _("The portal cannot fill these variables: %(names)s") % {"names": ", ".join(sorted(unknown))}
    if text.has_stray_braces(body):
        yield _("Write each variable in small letters with one space on each side, such as “{{ agency }}”")


def may_publish(user: AnyUser) -> bool:
    """Who may change the drafts."""
    return bool(user.has_perm("signing.change_textversion"))


@admin.register(TextVersion)
class TextVersionAdmin(DeskAdmin):
    form = TextForm
    list_display = ("__str__", "kind", "status_word", "is_sample", "published_at", "published_by")
    list_filter = ("kind", "state")
    list_select_related = ("published_by",)
    readonly_fields = ("number", "status_word", "sha256", "published_at", "published_by", "acts")
    fields = (
        "kind",
        "number",
        "status_word",
        "acts",
        "body",
        "what_changed",
        "sample",
        "sha256",
        "published_at",
        "published_by",
    )
    formfield_overrides = {models.TextField: {"widget": forms.Textarea({"rows": 6, "cols": 100})}}

    @admin.display(description=gettext_lazy("Sample"), boolean=True, ordering="sample")
    def is_sample(self, version: TextVersion) -> bool:
        return version.sample

    def has_delete_permission(self, request: HttpRequest, obj: TextVersion | None = None) -> bool:
        return (
            obj is not None
            and obj.state == TextVersion.State.DRAFT
            and super().has_delete_permission(request, obj)
        )

    def has_change_permission(self, request: HttpRequest, obj: TextVersion | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (
            obj and obj.state != TextVersion.State.DRAFT
        )

    def get_readonly_fields(self, request: HttpRequest, obj: TextVersion | None = None) -> tuple[str, ...]:
        """The number is one of its kind, so a draft stays of the kind it was begun as."""
        return ("kind", *self.readonly_fields) if obj else self.readonly_fields

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new draft begins as the version in force."""
        kind = request.GET.get("kind", TextVersion.Kind.MOU)
        now = text_versions.current(kind)
        return {"kind": kind, "body": now.body if now else ""}

    def save_model(self, request: HttpRequest, obj: TextVersion, form: object, change: bool) -> None:
        if not change:
            last = TextVersion.objects.filter(kind=obj.kind).order_by("-number").first()
            obj.number = last.number + 1 if last else 1
        obj.body, obj.title, obj.sha256 = (
            text.canonical(obj.body),
            text.title(obj.body),
            text.digest(obj.body),
        )
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def status_word(self, version: TextVersion) -> SafeString:
        return status(KINDS[TextVersion.State(version.state)], version.get_state_display())

    @admin.display(description=gettext_lazy("what can be done"))
    def acts(self, version: TextVersion) -> SafeString:
        if version.pk is None:
            return SafeString("–")
        names = [("preview", _("See it as a PDF")), ("compare", _("Compare with another version"))]
        if version.state == TextVersion.State.DRAFT:
            names.append(("publish", _("Publish")))
        elif uses[version.kind].signing:
            names.append(("progress", _("See who has signed it")))
        links = [
            format_html('<a href="{}">{}</a>', reverse(f"admin:signing_text_{name}", args=[version.pk]), word)
            for name, word in names
        ]
        return format_html("{}", SafeString(" · ".join(links)))

    def get_urls(self) -> list[URLPattern]:
        def own(view: Any) -> Any:
            return guarded(self, view, write=may_publish)

        return [
            path("<int:pk>/preview/", own(self.preview_view), name="signing_text_preview"),
            path("<int:pk>/compare/", own(self.compare_view), name="signing_text_compare"),
            path("<int:pk>/publish/", own(self.publish_view), name="signing_text_publish"),
            path("<int:pk>/progress/", own(self.progress_view), name="signing_text_progress"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = get_object_or_404(TextVersion, pk=pk)
        blanks = {name: f"[{name.replace('_', ' ')}]" for name in text.variables(version.body)}
        document = text_versions.public_pdf(version, {**blanks, **uses[version.kind].samples()})
        return documents.response(document, filename=f"{version}.pdf", inline=True)

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = get_object_or_404(TextVersion, pk=pk)
        others = list(TextVersion.objects.filter(kind=version.kind).exclude(pk=pk))
        asked = request.GET.get("with", "")
        chosen = next((other for other in others if str(other.pk) == asked), None) or next(
            (other for other in others if other.state == TextVersion.State.PUBLISHED),
            others[0] if others else None,
        )
        rows = text.compare(chosen.body, version.body) if chosen else []
        context = {
            **self._context(request, version, _("Compare versions")),
            "others": others,
            "chosen": chosen,
            "rows": rows,
        }
        return render(request, "admin/signing/compare.html", context)

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Publish by POST: the version before retires, unsigned requests of it are superseded and told."""
        version = get_object_or_404(TextVersion, pk=pk)
        form = form_for(version, request.POST if request.method == "POST" else None)
        use = uses[version.kind]

        def act() -> str | HttpResponse:
            if version.state == TextVersion.State.DRAFT and not is_confirmed(request, PUBLISH):
                data = {"version": version.pk, "who": kept(form.who())}
                return page_before(request, PUBLISH, str(version), data)
            reason = form.cleaned_data["reason"]
            return asked_words(ask_to_publish(version, by=signed_in(request), reason=reason, who=form.who()))

        return act_page(
            self, request, title=_("Publish this version"), form=form, act=act, trail=version, caption=version,
            back=reverse("admin:signing_textversion_change", args=[pk]),
            explanation=_("A published text can never be changed. The version before is retired; what is signed under it stays good, what is executed stays in force until its term ends, or until those who are asked to sign the newer version have signed it.")
            + "\n" + takes_two(signed_in(request)),
            template="admin/signing/publish.html", version=version, waiting=use.waiting(),
            after=use.signing.after if use.signing else "",
        )  # fmt: skip

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Who was asked to sign this version, who has, and who has not; as CSV too."""
        version = get_object_or_404(TextVersion.objects.exclude(state=TextVersion.State.DRAFT), pk=pk)
        signing = uses[version.kind].signing
        if signing is None:
            raise Http404
        asked = progress.SigningProgress(version, signing.progress(version), request.GET)
        if "csv" in request.GET:
            return asked.as_csv()
        context = {**self._context(request, version, _("Who has signed it")), "asked": asked}
        return render(request, "admin/signing/progress.html", context)

    def _context(self, request: HttpRequest, version: TextVersion, title: str) -> dict[str, object]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "version": version,
            "back": reverse("admin:signing_textversion_change", args=[version.pk]),
        }
