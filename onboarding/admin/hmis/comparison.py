"""The HMIS's own list of users: uploaded, compared, and what a person makes of each difference."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.db.models.options import Options
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies import permissions
from hmis_portal import audit
from hmis_portal.desk.tools import act_page, row_numbers
from hmis_portal.desk.waiting import Asked, Line, Rows, days_words, queue_of
from hmis_portal.files import tables
from hmis_portal.web.doors import counted
from hmis_portal.web.errors import WrongState
from hmis_portal.web.visits import client_ip
from onboarding.access.hmis import comparison, differences, user_list
from onboarding.admin.hmis.lists import HmisAdmin
from onboarding.events import OnboardingEvent
from onboarding.forms.hmis import ColumnsForm, LinkForm, UserListForm
from onboarding.models import Difference, HmisFile, HmisUserList

A_PAGE = 100
Kind = Difference.Kind


def _here(kind: str = "") -> str:
    return reverse("admin:onboarding_hmisuserlist_compare") + (f"?kind={kind}" if kind else "")


@dataclass(frozen=True)
class ComparedLine:
    row: Difference
    asks: str  # what is to be done in the HMIS


@dataclass(frozen=True)
class ComparisonPage:
    """What the page shows; its template reads the fields by their names."""

    opts: Options[HmisUserList]
    title: str
    newest: HmisUserList | None
    kind: str
    page: Page[Difference]
    lines: list[ComparedLine]
    tabs: list[tuple[Kind, str, int]]  # kind, its words, how many
    writing: bool


@admin.register(HmisUserList)
class HmisUserListAdmin(HmisAdmin):
    list_display = ("name", "uploaded_by", "uploaded_at", "compared_at")
    fields = ("name", "uploaded_by", "uploaded_at", "compared_at")

    def get_urls(self) -> list[URLPattern]:
        return [
            self.own("compare/", self.compare_view, "compare", reads=True),
            self.own("upload/", counted("imports")(self.upload_view), "upload"),
            self.own("columns/", self.columns_view, "columns"),
            self.own("<int:pk>/whose/", self.whose_view, "whose"),
            *super().get_urls(),
        ]

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        """Four lists; checked lines become things to do, or are confirmed as done. "Compare again" looks anew."""
        kind = request.GET.get("kind", Kind.NO_RIGHT)
        kind = kind if kind in Kind else Kind.NO_RIGHT
        if request.method == "POST":
            self._act(request)
            return HttpResponseRedirect(_here(kind))
        rows = (
            comparison.open_differences(kind)
            .select_related("access__staff__agency")
            .order_by("organization", "name", "pk")
        )
        page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
        shown = ComparisonPage(
            opts=self.opts,
            title=_("Compare with the HMIS’s list"),
            newest=HmisUserList.objects.select_related("uploaded_by").first(),
            kind=kind,
            page=page,
            lines=[ComparedLine(row, differences.asks(row)) for row in page],
            tabs=[(each, str(each.label), comparison.open_differences(each).count()) for each in Kind],
            writing=permissions.is_hmis_admin(request.user),
        )
        context = {**self.admin_site.each_context(request), **vars(shown)}
        return render(request, "admin/onboarding/hmis/compare_accounts.html", context)

    def _act(self, request: HttpRequest) -> None:
        by, ip = permissions.person(request), client_ip(request)
        chosen = Difference.objects.filter(pk__in=row_numbers(request.POST.getlist("row")))
        if "again" in request.POST:
            count = comparison.compare_newest()
            words = ngettext(
                "Compared again: %(count)d difference.", "Compared again: %(count)d differences.", count
            )
            messages.success(request, words % {"count": count})
        elif "done" in request.POST:
            count = differences.confirm(chosen, by=by, ip=ip)
            messages.success(
                request,
                ngettext(
                    "%(count)d thing is confirmed as done.", "%(count)d things are confirmed as done.", count
                )
                % {"count": count},
            )
        else:
            count = differences.ask(chosen, by=by, ip=ip)
            words = ngettext(
                "%(count)d line is now to be done in the HMIS.",
                "%(count)d lines are now to be done in the HMIS.",
                count,
            )
            messages.success(request, words % {"count": count})

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        form = UserListForm(request.POST or None, request.FILES or None)

        def act() -> str | HttpResponse:
            file = form.cleaned_data["file"]
            by = permissions.person(request)
            try:
                table = tables.read(file, file.content_kind, user_list.known)
                if user_list.are_remembered(table.rows[0]) and not form.cleaned_data["columns_again"]:
                    return self._compared(request, table, dict(user_list.remembered_columns()), file.name)
            except tables.Unreadable as error:
                form.add_error("file", str(error))
                return shown(lambda: "")
            HmisFile.objects.update_or_create(
                kind=HmisFile.Kind.USERS, uploaded_by=by, defaults={"table": table.kept(), "name": file.name}
            )
            return HttpResponseRedirect(reverse("admin:onboarding_hmisuserlist_columns"))

        def shown(act: Any) -> HttpResponse:
            return act_page(
                self, request, title=_("Upload the HMIS’s list of users"), form=form, act=act, back=_here(),
                trail=_("Compare with the HMIS’s list"),
                explanation=_("Differences are shown; nothing is changed here or in the HMIS."),
            )  # fmt: skip

        return shown(act)

    def columns_view(self, request: HttpRequest) -> HttpResponse:
        """Which column says what: asked once, or when the headings changed."""
        by = permissions.person(request)
        file = HmisFile.objects.filter(kind=HmisFile.Kind.USERS, uploaded_by=by).first()
        if file is None:
            raise WrongState(_("No uploaded list is waiting."), back=_here())
        table = tables.Table.of(file.table)
        headings = table.rows[0]
        form = ColumnsForm(request.POST or None, headings=headings, initial=user_list.guess(headings))

        def act() -> str | HttpResponse:
            try:
                answer = self._compared(request, table, form.columns, file.name)
            except tables.Unreadable as error:
                form.add_error(None, str(error))
                return shown(lambda: "")
            file.delete()
            return answer

        def shown(act: Any) -> HttpResponse:
            return act_page(
                self, request, title=_("Which column says what"), form=form, act=act, back=_here(),
                trail=_("Compare with the HMIS’s list"),
                explanation=_("It is remembered for the next list with the same headings."),
            )  # fmt: skip

        return shown(act)

    def _compared(
        self, request: HttpRequest, table: tables.Table, columns: dict[str, str], name: str
    ) -> HttpResponse:
        by = permissions.person(request)
        new_list = user_list.keep(table, columns, name=name[:200], by=by)
        differences = comparison.compare(new_list)
        data = {
            "accounts": new_list.accounts.count(),
            "differences": differences,
            "not read": len(new_list.faults),
        }
        audit.record(
            by=by, verb=OnboardingEvent.USER_LIST_COMPARED, obj=new_list, data=data, ip=client_ip(request)
        )
        words = ngettext("Compared: %(count)d difference.", "Compared: %(count)d differences.", differences)
        messages.success(request, words % {"count": differences})
        if new_list.faults:
            count = len(new_list.faults)
            words = ngettext("%(count)d row could not be read.", "%(count)d rows could not be read.", count)
            messages.warning(request, words % {"count": count})
        return HttpResponseRedirect(_here())

    def whose_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Whose an account is that neither user name nor address tells."""
        row = get_object_or_404(Difference, pk=pk, kind=Kind.NO_RIGHT)
        form = LinkForm(request.POST or None)

        def act() -> str:
            differences.link(row, email=form.cleaned_data["email"], by=permissions.person(request))
            comparison.compare_newest()
            return _("Remembered. The list is compared again.")

        facts = [
            (_("User name"), row.user_name),
            (_("Name"), row.name),
            (_("Organization"), row.organization),
        ]
        return act_page(
            self, request, title=_("Whose is this account?"), form=form, act=act, back=_here(), facts=facts,
            trail=_("Compare with the HMIS’s list"),
            explanation=_("A name alone is never enough: be sure that it is this person’s account."),
        )  # fmt: skip


@Asked
def _without_right() -> QuerySet[Difference]:
    return comparison.open_differences(Kind.NO_RIGHT).order_by("found_at", "pk")


def accounts_without_right() -> Rows:
    """For the desk: what the HMIS's newest list has open today that nobody has a right to."""

    def line(row: Difference) -> Line:
        return Line(
            row.user_name,
            _here(Kind.NO_RIGHT),
            f"{row.name}, {row.organization}".strip(", "),
            days_words(row.found_at),
        )

    empty = _("By the newest list, nobody has an account in the HMIS without a right to it.")
    return queue_of(_("Accounts without right today"), _here(Kind.NO_RIGHT), _without_right, line, empty)
