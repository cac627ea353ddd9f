"""Accounts in the learning management system that the help desk is to make."""

from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies.desk.lists import FoundByPerson
from agencies.models import Person, Staff
from agencies.permissions import person
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, link, status
from hmis_portal.desk.waiting import Asked, Line, Rows, days_words, queue_of, waits_filter
from hmis_portal.files import tables
from hmis_portal.forms import PortalFormMixin
from hmis_portal.models import PortalSettings
from training import permissions
from training.models import LearningAccount
from training.services import learning


def waiting() -> QuerySet[LearningAccount]:
    return LearningAccount.objects.waiting().filter(person__is_active=True)


def late() -> QuerySet[LearningAccount]:
    """Those who have waited for longer than the setting allows."""
    days = PortalSettings.load().learning_account_days
    return waiting().filter(asked_on__lt=timezone.localdate() - timedelta(days=days))


class MadeForm(PortalFormMixin, forms.Form):
    submit_label = _("The account is made")
    required_messages = {"user_name": _("Enter the person's user name at the learning site")}
    user_name = forms.CharField(label=_("User name there"), max_length=254)


@admin.register(LearningAccount)
class LearningAccountAdmin(FoundByPerson, ReadOnlyAdmin):
    list_display = ("person", "address", "agencies", "asked_on", "state", "user_name", "made_by")
    list_filter = (
        waits_filter({"yes": (_("To be made"), waiting), "late": (_("Late"), late)}),
    )  # fmt: skip
    search_fields = ("person__first_name", "person__last_name", "person__email", "user_name")
    search_help_text = _("Search by person, e-mail address or user name")
    list_select_related = ("person", "made_by")
    actions = ("mark_made", "as_csv")  # type: ignore[assignment]
    fields = ("person", "address", "agencies", "asked_on", "made_on", "made_by", "user_name", "acts")
    readonly_fields = ("address", "agencies", "acts")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LearningAccount]:
        holders = Person.objects.filter(contacts__isnull=False).select_related("agency").distinct()
        places = ("person__staff_rows__agency", Prefetch("person__known_as", holders))
        return super().get_queryset(request).prefetch_related(*places)

    @admin.display(description=_("e-mail"))
    def address(self, row: LearningAccount) -> str:
        return row.person.email

    @admin.display(description=_("agencies"))
    def agencies(self, row: LearningAccount) -> str:
        """Where they work, or hold a position that brings a course."""
        current: list[Staff | Person] = [
            place for place in row.person.staff_rows.all() if place.left_on is None
        ]
        current += row.person.known_as.all()
        return ", ".join(dict.fromkeys(str(place.agency) for place in current))

    @admin.display(description=_("state"))
    def state(self, row: LearningAccount) -> SafeString:
        return status("done", gettext("Made")) if row.made_on else status("turn", gettext("To be made"))

    @admin.display(description=_("acts"))
    def acts(self, row: LearningAccount) -> SafeString:
        words = gettext("Correct the user name") if row.made_on else gettext("Say that it is made")
        return link(reverse("admin:training_learningaccount_made", args=[row.pk]), words)

    def has_record_permission(self, request: HttpRequest) -> bool:
        return permissions.may_record_completions(request.user)

    @admin.action(
        description=_("The accounts are made, each under the person's e-mail address"), permissions=["record"]
    )
    def mark_made(self, request: HttpRequest, queryset: QuerySet[LearningAccount]) -> HttpResponse | None:
        rows = queryset.filter(made_on=None).values_list("pk", "person__email")
        count = learning.made(dict(rows), by=person(request))
        words = ngettext("%(count)d account is made.", "%(count)d accounts are made.", count) % {
            "count": count
        }
        told = gettext("The people were told.") if count else ""
        messages.success(request, f"{words} {told}".strip())
        return None

    @admin.action(description=_("Download as CSV"), permissions=["view"])
    def as_csv(self, request: HttpRequest, queryset: QuerySet[LearningAccount]) -> HttpResponse:
        rows = [
            [
                row.person.first_name, row.person.last_name, row.person.email, self.agencies(row),
                row.asked_on.isoformat(), row.made_on.isoformat() if row.made_on else "", row.user_name,
            ]
            for row in queryset
        ]  # fmt: skip
        heads = [
            _("First name"), _("Last name"), _("E-mail"), _("Agencies"), _("Asked for"), _("Made"), _("User name"),
        ]  # fmt: skip
        return tables.response(tables.csv_bytes([heads, *rows]), filename="learning-accounts.csv")

    def get_urls(self) -> list[URLPattern]:
        may = permissions.may_record_completions
        view = guarded(self, self.made_view, read=may, write=may)
        return [path("<int:pk>/made/", view, name="training_learningaccount_made"), *super().get_urls()]

    def made_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = get_object_or_404(LearningAccount.objects.select_related("person"), pk=pk)
        name = account.user_name or account.person.email
        form = MadeForm(request.POST or None, initial={"user_name": name})

        def act() -> str | HttpResponse:
            user_name = form.cleaned_data["user_name"]
            if account.made_on:
                learning.rename(account, user_name, by=person(request))
                return gettext("The user name is corrected.")
            if not learning.made({account.pk: user_name}, by=person(request)):
                messages.warning(request, gettext("Somebody said so already."))
                return HttpResponseRedirect(back)
            return gettext("The account is made. The person was told.")

        back = reverse("admin:training_learningaccount_changelist")
        return act_page(
            self, request, title=gettext("Account at the learning site"), form=form, act=act, back=back,
            facts=[(account.person, account.person.email)],
        )  # fmt: skip


@Asked
def _to_make() -> QuerySet[LearningAccount]:
    return waiting().select_related("person")


def accounts_to_make() -> Rows:
    last_good_day = timezone.localdate() - timedelta(days=PortalSettings.load().learning_account_days)

    def line(row: LearningAccount) -> Line:
        page = reverse("admin:training_learningaccount_made", args=[row.pk])
        return Line(
            str(row.person),
            page,
            row.person.email,
            days_words(row.asked_on),
            late=row.asked_on < last_good_day,
        )

    return queue_of(
        gettext("Learning accounts to make"), reverse("admin:training_learningaccount_changelist") + "?waits=yes",
        _to_make, line, gettext("Everybody has an account at the learning site."),
    )  # fmt: skip
