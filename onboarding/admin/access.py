"""Accounts to make, and what is to be done in the HMIS: each confirmed here as done, one by one or several at once."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies import permissions
from agencies.desk.lists import FoundByBoth
from agencies.services import leavers
from hmis_portal.desk.tools import row_numbers, status
from hmis_portal.desk.waiting import days_words
from hmis_portal.forms import PortalFormMixin
from hmis_portal.web.errors import DomainError
from hmis_portal.web.visits import client_ip
from onboarding.access import go_live, to_do
from onboarding.access.hmis import differences, vendor
from onboarding.access.hmis.roles import Roles
from onboarding.admin.base import ACCESS_KIND
from onboarding.admin.hmis.lists import HmisListsAdmin
from onboarding.models import Access
from onboarding.services import perform_held
from onboarding.workflow import AccessVerb, Account


@dataclass(frozen=True)
class CreatedLine:
    row: Access
    line: vendor.VendorLine
    made: forms.BoundField
    name: forms.BoundField


@dataclass(frozen=True)
class DoneLine:
    row: Access
    line: vendor.VendorLine
    done: forms.BoundField
    what: str
    deadline: datetime | None
    late: bool
    since: str


class CreatedForm(PortalFormMixin, forms.Form):
    """Ready people as rows: a check box and the account's name in the HMIS for each."""

    submit_label = gettext_lazy("Confirm as created")

    def __init__(self, *args: object, rows: list[Access], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            name = row.staff.name
            self.fields[f"made_{row.pk}"] = forms.BooleanField(
                label=_("The account of %(name)s exists") % {"name": name}, required=False
            )
            self.fields[f"name_{row.pk}"] = forms.CharField(
                label=_("User name of %(name)s in the HMIS") % {"name": name}, max_length=100, required=False
            )

    def lines(self) -> list[CreatedLine]:
        roles = Roles.load()
        return [
            CreatedLine(
                row=row,
                line=vendor.VendorLine(row, vendor.CREATE, roles.of(row.staff)),
                made=self[f"made_{row.pk}"],
                name=self[f"name_{row.pk}"],
            )
            for row in self.rows
        ]

    def chosen(self) -> list[tuple[Access, str]]:
        data = self.cleaned_data
        return [(row, data[f"name_{row.pk}"]) for row in self.rows if data[f"made_{row.pk}"]]

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if not any(data.get(f"made_{row.pk}") for row in self.rows):
            self.add_error(None, _("Check the box of at least one person whose account you have made"))
        return data


class DoneForm(PortalFormMixin, forms.Form):
    """Things to do in the HMIS, each with a check box."""

    submit_label = gettext_lazy("Confirm as done")

    def __init__(self, *args: object, rows: list[Access], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"done_{row.pk}"] = forms.BooleanField(
                label=_("%(what)s of %(name)s: done")
                % {"what": Access.ToDo(row.to_do).label, "name": row.staff.name},
                required=False,
            )

    def lines(self) -> list[DoneLine]:
        now, roles = timezone.now(), Roles.load()
        lines = []
        for row in self.rows:
            deadline = to_do.closing_deadline(row)
            lines.append(
                DoneLine(
                    row=row,
                    line=vendor.VendorLine(row, row.to_do, roles.of(row.staff)),
                    done=self[f"done_{row.pk}"],
                    what=str(Access.ToDo(row.to_do).label),
                    deadline=deadline,
                    late=deadline is not None and deadline < now,
                    since=days_words(row.to_do_since),
                )
            )
        return lines

    def chosen(self) -> list[Access]:
        return [row for row in self.rows if self.cleaned_data[f"done_{row.pk}"]]

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if not any(data.get(f"done_{row.pk}") for row in self.rows):
            self.add_error(None, _("Check the box of at least one thing that you have done"))
        return data


class ToDoFilter(admin.SimpleListFilter):
    title = gettext_lazy("to do in the HMIS")
    parameter_name = "to_do"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(key, str(words)) for key, words in Access.ToDo.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Access]) -> QuerySet[Access]:
        return queryset.filter(to_do=self.value()) if self.value() in Access.ToDo else queryset


@admin.register(Access)
class AccessAdmin(FoundByBoth, HmisListsAdmin):
    list_display = ("person", "agency", "status_word", "since", "account_name", "what_to_do", "why")
    list_filter = ("state", ToDoFilter)
    search_fields = (
        "staff__first_name",
        "staff__last_name",
        "staff__email",
        "staff__agency__legal_name",
        "staff__agency__ein",
        "account_name",
    )
    search_help_text = gettext_lazy("Search by person, e-mail, agency or account")
    list_select_related = ("staff__agency", "granted_by", "done_by")
    ordering = ("-state_since",)
    fields = (
        "staff", "agency", "status_word", "state_since", "why", "account_name", "granted_by", "granted_at", "what_to_do",
        "to_do_since", "done_by", "done_at",
    )  # fmt: skip
    readonly_fields = ("agency", "status_word", "why", "what_to_do")

    @admin.display(description=gettext_lazy("person"), ordering="staff__last_name")
    def person(self, access: Access) -> str:
        return access.staff.name

    @admin.display(description=gettext_lazy("agency"), ordering="staff__agency__legal_name")
    def agency(self, access: Access) -> str:
        return access.staff.agency.name

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def status_word(self, access: Access) -> SafeString:
        return status(ACCESS_KIND[Access.State(access.state)], access.get_state_display())

    @admin.display(description=gettext_lazy("since"), ordering="state_since")
    def since(self, access: Access) -> str:
        return days_words(access.state_since)

    @admin.display(description=gettext_lazy("to do in the HMIS"), ordering="to_do")
    def what_to_do(self, access: Access) -> str:
        return str(Access.ToDo(access.to_do).label) if access.to_do else ""

    @admin.display(description=gettext_lazy("why"))
    def why(self, access: Access) -> str:
        return " ".join(access.reasons)

    def get_urls(self) -> list[URLPattern]:
        return [
            self.own("create/", self.create_accounts_view, "create", reads=True),
            self.own("to-do/", self.to_do_view, "to_do", reads=True),
            *super().get_urls(),
        ]

    def create_accounts_view(self, request: HttpRequest) -> HttpResponse:
        """ "Account created": for one person or several at once."""
        rows = self._listed(request, to_do.to_create().order_by("state_since"))
        form = CreatedForm(request.POST or None, rows=rows)
        page = reverse("admin:onboarding_access_create")
        if request.method == "POST" and not rows:
            messages.warning(request, _("These accounts were confirmed already. Nothing was done twice."))
            return HttpResponseRedirect(page)
        if request.method == "POST" and form.is_valid():
            granted = 0
            for row, name in form.chosen():
                granted += self._perform(request, row, AccessVerb.GRANT, Account(name))
            if granted:
                text = ngettext(
                    "%(made)d account is confirmed. The person and the coordinator are told.",
                    "%(made)d accounts are confirmed. The people and their coordinators are told.",
                    granted,
                )
                messages.success(request, text % {"made": granted})
            return HttpResponseRedirect(page)
        return self._page(
            request,
            "admin/onboarding/access/create_accounts.html",
            title=_("Accounts to create"),
            form=form,
            lines=form.lines(),
            waiting=list(go_live.waiting_for_go_live().select_related("staff__agency")[:50]),
        )

    def to_do_view(self, request: HttpRequest) -> HttpResponse:
        """Suspensions, openings and closings to be carried out in the HMIS; leavers first."""
        rows = self._listed(request, to_do.to_do().order_by("to_do", "to_do_since"))
        form = DoneForm(request.POST or None, rows=rows)
        page = reverse("admin:onboarding_access_to_do")
        if request.method == "POST" and not rows:
            messages.warning(request, _("This was confirmed already. Nothing was done twice."))
            return HttpResponseRedirect(page)
        if request.method == "POST" and form.is_valid():
            confirmed = sum(
                self._perform(request, row, AccessVerb.CONFIRM_DONE, Account()) for row in form.chosen()
            )
            if confirmed:
                messages.success(
                    request,
                    ngettext(
                        "%(count)d thing is confirmed as done.",
                        "%(count)d things are confirmed as done.",
                        confirmed,
                    )
                    % {"count": confirmed},
                )
            return HttpResponseRedirect(page)
        return self._page(
            request,
            "admin/onboarding/access/to_do.html",
            title=_("To do in the HMIS"),
            differences=differences.asked().count(),
            closing_soon=[
                (row, leavers.closing_deadline(row.staff.leaves_on))
                for row in to_do.closing_soon()[:50]
                if row.staff.leaves_on
            ],
            form=form,
            lines=form.lines(),
        )

    def _listed(self, request: HttpRequest, rows: QuerySet[Access]) -> list[Access]:
        """At most 100 rows of the list; when something was sent, those that it speaks of."""
        listed = vendor.with_words(rows)
        if request.method == "POST":
            ids = {key.split("_")[1] for key in request.POST if key.startswith(("made_", "done_"))}
            return list(listed.filter(pk__in=row_numbers(ids)))
        return list(listed[:100])

    def _perform(self, request: HttpRequest, row: Access, verb: AccessVerb, payload: Account) -> bool:
        try:
            perform_held(row, verb, by=permissions.person(request), payload=payload, ip=client_ip(request))
        except DomainError as error:
            for text in error.messages:
                messages.warning(request, f"{row.staff.name}: {text}")
            return False
        return True

    def _page(
        self, request: HttpRequest, template: str, *, form: PortalFormMixin, **context: object
    ) -> HttpResponse:
        full = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "form": form,
            "writing": permissions.is_hmis_admin(request.user),
            **context,
        }
        return render(request, template, full, status=422 if form.is_bound else 200)
