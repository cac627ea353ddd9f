"""What waits for a second person, on the desk: read by all the HMIS's own people, decided by another HMIS Admin."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from hmis_portal import documents
from hmis_portal.desk import waiting
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, link, status
from hmis_portal.desk.waiting import Asked, Line, days_words, queue_of, waits_filter
from hmis_portal.forms import PortalFormMixin
from hmis_portal.models import PowerRequest, StoredDocument
from hmis_portal.models.users import AnyUser, User
from hmis_portal.powers import asking, kinds
from hmis_portal.text.words import datetime_words
from hmis_portal.web.visits import client_ip, signed_in

Outcome = PowerRequest.Outcome
SOON = timedelta(days=1)
KINDS = {
    Outcome.WAITING: "turn",
    Outcome.GRANTED: "done",
    Outcome.UNOPPOSED: "done",
    Outcome.REFUSED: "problem",
    Outcome.TAKEN_BACK: "plain",
    Outcome.LAPSED: "plain",
}


def waiting_rows() -> QuerySet[PowerRequest]:
    return PowerRequest.objects.filter(outcome=Outcome.WAITING)


class GrantForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Grant it: it is done at once")


class RefuseForm(PortalFormMixin, forms.Form):
    submit_label, submit_danger = gettext_lazy("Refuse it"), True
    required_messages = {"reason": gettext_lazy("Enter the reason")}
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("Everybody concerned reads it, and it is kept in the record."),
    )  # fmt: skip


class TakeBackForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Take it back")


def facts(row: PowerRequest) -> list[tuple[StrOrPromise, StrOrPromise]]:
    """What whoever decides reads."""
    return [
        (_("Asked by"), f"{row.asked_by}, {datetime_words(row.asked_at)}"),
        (_("Of what"), row.target_name),
        *((name, f"{before or '–'} → {after or '–'}") for name, before, after in row.changes),
        (_("Why"), row.reason),
    ]


def to_look_at(row: PowerRequest) -> list[tuple[object, object]]:
    """The papers that whoever decides opens first."""
    papers = kinds.of(row).papers(row)
    if row.document_id:
        papers = [*papers, (_("Paper"), reverse("admin:hmis_portal_power_document", args=[row.pk]))]
    return [(words, link(url, _("Open it"))) for words, url in papers]


def takes_two(by: User, person: User | None = None) -> str:
    """What a page says before somebody asks: `by` asks, `person` is whom it concerns."""
    others = kinds.people().admins().exclude(pk__in=[by.pk, person.pk if person else None])
    if others.exists():
        return _(
            "This takes two people: another HMIS Admin grants what you ask for here. Everybody concerned is told."
        )
    return _(
        "This takes two people, and there is no other HMIS Admin who could grant it. So everybody of the HMIS and "
        "whom it concerns is told, and it is carried out after 72 hours unless one of them stops it."
    )


def asked_words(row: PowerRequest) -> str:
    """What is said once it was asked."""
    return _("Asked for: %(what)s. %(next)s") % {"what": row.what, "next": when_words(row)}


def when_words(row: PowerRequest) -> str:
    """What happens by itself, and when."""
    if row.notice_until:
        words = _("Nobody else can grant it: it is carried out on %s unless somebody who was told stops it.")
        return words % datetime_words(row.notice_until)
    return _("Another HMIS Admin decides. It lapses on %s.") % datetime_words(row.expires_at)


@admin.register(PowerRequest)
class PowerRequestAdmin(ReadOnlyAdmin):
    list_display = ("what", "asked_by", "asked_at", "status_word", "decided_by", "decided_at")
    list_filter = (
        waits_filter({"second": (gettext_lazy("Waits for a second person"), waiting_rows)}),
        "outcome",
    )
    search_fields = ("what", "target_name", "asked_by__last_name", "asked_by__first_name")
    search_help_text = gettext_lazy("Search by what was asked, of what, or by whom")
    list_select_related = ("asked_by", "decided_by")
    fields = (
        "what",
        "status_word",
        "acts",
        "facts",
        "by_itself",
        "decided_by",
        "decided_at",
        "decision_reason",
    )
    readonly_fields = ("status_word", "acts", "facts", "by_itself")

    @admin.display(description=gettext_lazy("state"), ordering="outcome")
    def status_word(self, row: PowerRequest) -> SafeString:
        return status(KINDS[Outcome(row.outcome)], row.get_outcome_display())

    @admin.display(description=gettext_lazy("what is asked"))
    def facts(self, row: PowerRequest) -> SafeString:
        return format_html_join(
            SafeString("<br>"), "{}: <strong>{}</strong>", [*facts(row), *to_look_at(row)]
        )

    @admin.display(description=gettext_lazy("what happens next"))
    def by_itself(self, row: PowerRequest) -> str:
        return when_words(row) if row.is_waiting else _("Nothing: it is decided.")

    @admin.display(description=gettext_lazy("what can be done"))
    def acts(self, row: PowerRequest) -> SafeString | str:
        if not row.is_waiting:
            return ""
        names = [("grant", _("Grant it")), ("refuse", _("Refuse it")), ("take_back", _("Take it back"))]
        links = [(reverse(f"admin:hmis_portal_power_{name}", args=[row.pk]), words) for name, words in names]
        return format_html_join(" · ", '<a href="{}">{}</a>', links)

    def get_urls(self) -> list[URLPattern]:
        admins = {"read": kinds.is_admin, "write": kinds.is_admin}
        told = {"write": lambda user: self.has_view_permission_of(user)}
        return [
            path("<int:pk>/grant/", guarded(self, self.grant_view, **admins), name="hmis_portal_power_grant"),
            path("<int:pk>/refuse/", guarded(self, self.refuse_view, **told), name="hmis_portal_power_refuse"),
            path("<int:pk>/take-back/", guarded(self, self.take_back_view, **admins), name="hmis_portal_power_take_back"),
            path("<int:pk>/document/", guarded(self, self.document_view), name="hmis_portal_power_document"),
            *super().get_urls(),
        ]  # fmt: skip

    def has_view_permission_of(self, user: AnyUser) -> bool:
        return bool(user.has_perm("hmis_portal.view_powerrequest"))

    def grant_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(pk)

        def act() -> str:
            asking.grant(row, by=signed_in(request), ip=client_ip(request))
            return _("Granted and done: %s") % row.what

        reasons = asking.against_granting(row, signed_in(request)) if row.is_waiting else ()
        return self._page(
            request,
            row,
            GrantForm(request.POST if request.method == "POST" else None),
            act,
            _("Grant: %s"),
            reasons,
        )

    def refuse_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(pk)
        form = RefuseForm(request.POST or None)

        def act() -> str:
            asking.refuse(
                row, by=signed_in(request), reason=form.cleaned_data["reason"], ip=client_ip(request)
            )
            return _("Refused: %s. Everybody concerned is told.") % row.what

        reasons = (
            ()
            if asking.may_refuse(row, signed_in(request))
            else [_("You asked for it yourself: take it back instead.")]
        )
        if reasons and request.user.pk != row.asked_by_id:
            reasons = [_("An HMIS Admin decides about it.")]
        return self._page(request, row, form, act, _("Refuse: %s"), reasons)

    def take_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(pk)

        def act() -> str:
            asking.take_back(row, by=signed_in(request), ip=client_ip(request))
            return _("Taken back: %s") % row.what

        reasons = (
            ()
            if request.user.pk == row.asked_by_id
            else [_("Only who asked takes it back. Refuse it instead.")]
        )
        form = TakeBackForm(request.POST if request.method == "POST" else None)
        return self._page(request, row, form, act, _("Take back: %s"), reasons)

    def document_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(
            PowerRequest.objects.select_related("document"), pk=pk, document__isnull=False
        )
        document = cast(StoredDocument, row.document)
        return documents.response(document, filename=f"{row.target_name}.pdf", inline=True)

    def _row(self, pk: int) -> PowerRequest:
        return get_object_or_404(PowerRequest.objects.select_related("asked_by", "person"), pk=pk)

    def _page(
        self,
        request: HttpRequest,
        row: PowerRequest,
        form: PortalFormMixin,
        act: Callable[[], str],
        title: str,
        reasons: Sequence[object],
    ) -> HttpResponse:
        return act_page(
            self, request, title=title % row.what, form=form, act=act, facts=[*facts(row), *to_look_at(row)], reasons=reasons, trail=row.what,
            back=reverse("admin:hmis_portal_powerrequest_change", args=[row.pk]),
            explanation=when_words(row) if row.is_waiting else "",
        )  # fmt: skip


@Asked
def _waiting() -> QuerySet[PowerRequest]:
    return waiting_rows().select_related("asked_by").order_by("asked_at")


def second_person_needed() -> waiting.Rows:
    def line(row: PowerRequest) -> Line:
        page = reverse("admin:hmis_portal_powerrequest_change", args=[row.pk])
        until = row.notice_until or row.expires_at
        return Line(
            row.what, page, str(row.asked_by), days_words(row.asked_at), late=until <= timezone.now() + SOON
        )

    return queue_of(
        _("Waits for a second person"), reverse("admin:hmis_portal_powerrequest_changelist") + "?waits=second",
        _waiting, line, _("Nothing waits for a second person."),
        rank=waiting.Rank.SECOND_PERSON,
    )  # fmt: skip


waiting.add(lambda user: [second_person_needed] if user.has_perm("hmis_portal.view_powerrequest") else [])
