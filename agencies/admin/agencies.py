"""Agencies: their facts and people, possible duplicates, and naming a manager."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies import namesakes, permissions
from agencies.admin.acts import ReasonForm, with_acts_for_admins
from agencies.desk import viewing
from agencies.desk.lists import FoundByAgency, FoundByBoth
from agencies.models import Agency, AgencyRole, ServiceKind, Staff, User
from agencies.services import people, powers
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, link, status
from hmis_portal.forms import NameField, PersonEmailField, PortalFormMixin
from hmis_portal.powers.admin import asked_words, takes_two
from hmis_portal.text.words import ein_words, full_stop
from hmis_portal.web import links
from hmis_portal.web.links import Page
from hmis_portal.web.visits import client_ip

STATE_KIND = {Agency.State.JOINING: "waiting", Agency.State.LIVE: "done", Agency.State.LEFT: "plain"}


class ViewForm(PortalFormMixin, forms.Form):
    submit_label = _("View as the agency")


class AfterForm(forms.Form):
    """After which agency the possible duplicates go on."""

    after = forms.CharField(required=False, strip=False)
    after_id = forms.UUIDField(required=False)
    after_ein = forms.CharField(required=False)


class NameManagerForm(ReasonForm):
    submit_label = _("Name the manager")
    required_messages = {
        **ReasonForm.required_messages,
        "first_name": _("Enter the first name"),
        "last_name": _("Enter the last name"),
        "email": _("Enter the work e-mail"),
    }
    field_order = ["first_name", "last_name", "title", "email", "replaced", "reason"]
    first_name = NameField(label=_("First name"), max_length=100)
    last_name = NameField(label=_("Last name"), max_length=100)
    title = forms.CharField(label=_("Title"), max_length=150, required=False)
    email = PersonEmailField(label=_("Work e-mail"), max_length=254)
    replaced = forms.ModelMultipleChoiceField(
        label=_("Who is no longer manager?"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: object, agency: Agency, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["replaced"].queryset = permissions.holders(agency, AgencyRole.MANAGER)  # type: ignore[attr-defined]


@admin.register(Agency)
class AgencyAdmin(FoundByAgency, ReadOnlyAdmin):
    """Read here; the agency changes its own facts, each change recorded."""

    list_display = ("legal_name", "status_word", "city", "opened_by", "created_at", "live_at")
    list_filter = ("state", "cocs", "cans", "created_at")
    search_fields = ("legal_name", "common_name", "ein", "city")
    search_help_text = _("Search by name, EIN or city")
    list_select_related = ("created_by",)
    readonly_fields = ("status_word", "shown_ein", "duplicates", "acts", "pages", "service_names")
    fieldsets = (
        (None, {"fields": ("legal_name", "common_name", "status_word", "pages", "acts", "duplicates")}),
        (_("Facts"), {"classes": ("collapse",), "fields": (
            "shown_ein", "legal_form", "legal_form_other", "federal_money", "uei", "street", "city", "region", "zip_code", "phone",
            "website", "mission", "cocs", "cans", "towns", "coc_member", "languages",
        )}),
        (_("Before it began"), {"classes": ("collapse",), "fields": (
            "service_names", "services_other", "joining_reason", "required_by", "other_hmis", "created_by", "created_at", "live_at", "left_at",
        )}),
    )  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: object = None) -> Any:
        return with_acts_for_admins(request, super().get_fieldsets(request, obj))

    def record_of(self, obj: Agency) -> dict[str, str]:
        """With what is told of its people, projects and applications."""
        return {"agency_id__exact": str(obj.pk)}

    @admin.display(description=_("state"), ordering="state")
    def status_word(self, agency: Agency) -> SafeString:
        return status(STATE_KIND[Agency.State(agency.state)], agency.get_state_display())

    @admin.display(description=_("Employer Identification Number (EIN)"))
    def shown_ein(self, agency: Agency) -> str:
        return ein_words(agency.ein)

    @admin.display(description=_("opened by"), ordering="created_by__last_name")
    def opened_by(self, agency: Agency) -> str:
        return str(agency.created_by or "")

    @admin.display(description=_("services"))
    def service_names(self, agency: Agency) -> str:
        known = dict(ServiceKind.choices)
        return ", ".join(str(known.get(value, value)) for value in agency.services)

    @admin.display(description=_("possible duplicates"))
    def duplicates(self, agency: Agency) -> SafeString | str:
        lines = [
            (reverse("admin:agencies_agency_change", args=[other.pk]), other.legal_name, other.city)
            for other in namesakes.possible_duplicates(agency)
        ]
        return format_html_join(mark_safe("<br>"), '<a href="{}">{}</a> {}', lines) or gettext("None found")

    @admin.display(description=_("pages of the portal"))
    def pages(self, agency: Agency) -> SafeString:
        lines = [
            (reverse(links.to(Page.AGENCY_STEPS), args=[agency.pk]), gettext("Six steps")),
            (reverse("agencies:people", args=[agency.pk]), gettext("People and invitations")),
            (reverse("agencies:staff", args=[agency.pk]), gettext("Roster of staff")),
        ]
        return format_html_join(" · ", '<a href="{}">{}</a>', lines)

    def act_links(self, agency: Agency) -> list[tuple[str, str]]:
        """Address and words of what the HMIS Admin may do; the apps above add theirs."""
        return [
            (reverse("admin:agencies_agency_view_as", args=[agency.pk]), gettext("View as the agency")),
            (reverse("admin:agencies_agency_name_manager", args=[agency.pk]), gettext("Name a manager")),
        ]

    @admin.display(description=_("acts"))
    def acts(self, agency: Agency) -> SafeString | str:
        if agency.state == Agency.State.LEFT:
            return gettext("None: the agency has left.")
        return format_html_join(" · ", '<a href="{}">{}</a>', self.act_links(agency))

    def get_urls(self) -> list[URLPattern]:
        admins = {"read": permissions.is_hmis_admin, "write": permissions.is_hmis_admin}
        return [
            path(
                "duplicates/",
                guarded(self, self.duplicates_view, read=permissions.reads_every_agency),
                name="agencies_agency_duplicates",
            ),
            path(
                "<uuid:pk>/name-manager/",
                guarded(self, self.name_manager_view, **admins),
                name="agencies_agency_name_manager",
            ),
            path(
                "<uuid:pk>/view-as/",
                guarded(self, self.view_as_view, **admins),
                name="agencies_agency_view_as",
            ),
            *super().get_urls(),
        ]

    def duplicates_view(self, request: HttpRequest) -> HttpResponse:
        asked = AfterForm(request.GET)
        asked.is_valid()  # where to go on; what is no such place is left out
        duplicates = namesakes.duplicate_groups(**asked.cleaned_data)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Possible duplicates"),
            "groups": duplicates.groups,
            "duplicates": duplicates,
            "most": namesakes.AT_ONCE,
            "may_merge": permissions.is_hmis_admin(request.user),
        }
        return render(request, "admin/agencies/duplicates.html", context)

    def view_as_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        agency = get_object_or_404(Agency, pk=pk)
        form = ViewForm(request.POST if request.method == "POST" else None)

        def act() -> HttpResponse:
            viewing.begin(request, agency, by=permissions.person(request), ip=client_ip(request))
            return redirect(links.to(Page.AGENCY_STEPS), agency.pk)

        return act_page(
            self, request, title=gettext("View the pages of %s as its manager sees them") % agency.name, form=form, act=act,
            back=reverse("admin:agencies_agency_change", args=[agency.pk]),
            explanation=gettext("For questions like “where do I find …?”. You read and change nothing: every act is refused until you come back to the desk. The record keeps that you looked."),
        )  # fmt: skip

    def name_manager_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        agency = get_object_or_404(Agency, pk=pk)
        form = NameManagerForm(request.POST or None, agency=agency)
        has_manager = permissions.holders(agency, AgencyRole.MANAGER).exists()

        def act() -> str:
            naming = {
                "agency": agency,
                "by": permissions.person(request),
                "ip": client_ip(request),
                **form.cleaned_data,
            }
            if has_manager:
                return asked_words(powers.ask_to_name_manager(**naming))
            user = people.name_manager(**naming)
            return gettext(
                "%(person)s is named manager of %(agency)s Everybody concerned was told by e-mail."
            ) % {"person": user, "agency": full_stop(agency.name)}

        return act_page(
            self, request, title=gettext("Name a manager of %s") % agency.name, form=form, act=act,
            back=reverse("admin:agencies_agency_change", args=[agency.pk]),
            explanation=gettext("For an agency whose manager is gone or cannot be reached. A person without an account is invited; the managers there are now are told as well, with your reason.")
            + (" " + takes_two(permissions.person(request)) if has_manager else ""),
        )  # fmt: skip


@admin.register(Staff)
class StaffAdmin(FoundByBoth, ReadOnlyAdmin):
    list_display = ("name", "agency_link", "hmis_role", "access_level", "email", "start_date", "left_on")
    list_filter = ("hmis_role", "access_level", "employment", "left_on")
    search_fields = ("last_name", "first_name", "email", "agency__legal_name", "agency__ein")
    list_select_related = ("agency",)

    @admin.display(description=_("agency"), ordering="agency__legal_name")
    def agency_link(self, row: Staff) -> SafeString:
        return link(reverse("admin:agencies_agency_change", args=[row.agency_id]), row.agency)
