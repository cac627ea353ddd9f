"""What ends an agency's membership: it leaves the HMIS, or was opened twice and is closed into the other."""

from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies import namesakes, permissions
from agencies.admin.acts import ReasonForm
from agencies.admin.agencies import AgencyAdmin
from agencies.models import Agency, User
from agencies.services import duplicates, opening
from hmis_portal.desk.tools import act_page, guarded
from hmis_portal.text.words import full_stop
from hmis_portal.web.errors import GuardFailed
from hmis_portal.web.visits import client_ip
from onboarding.admin.files.agency import of_agency
from onboarding.admin.files.parts import WithFile
from onboarding.admin.reports.behind import FigureFilter
from onboarding.models import Application, Mou
from onboarding.services import perform
from onboarding.workflow import AgencyVerb, ApplicationVerb

READ_BY_AGENCY = _("The agency reads this, and it is kept in the record.")


class MergeForm(ReasonForm):
    submit_label = _("Close it and move its people")
    submit_danger = True
    hide_optional = True  # one of two is chosen
    field_order = ["into", "other", "reason"]
    into = forms.ModelChoiceField(
        label=_("Which agency goes on?"),
        queryset=Agency.objects.none(),
        widget=forms.RadioSelect,
        required=False,
    )
    other = forms.ModelChoiceField(
        label=_("Another agency"), queryset=Agency.objects.none(), required=False,
        widget=AutocompleteSelect(Application._meta.get_field("agency"), admin.site),
        help_text=_("Where none of these is meant: search by name or EIN."),
    )  # fmt: skip

    def __init__(self, *args: object, duplicate: Agency, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = READ_BY_AGENCY
        alike = [other.pk for other in namesakes.possible_duplicates(duplicate)]
        into, other = self.fields["into"], self.fields["other"]
        into.queryset = Agency.objects.filter(pk__in=alike)  # type: ignore[attr-defined]
        other.queryset = Agency.objects.exclude(pk=duplicate.pk).exclude(state=Agency.State.LEFT)  # type: ignore[attr-defined]
        for field in (into, other):
            field.label_from_instance = _label  # type: ignore[attr-defined]
        if not alike:
            del self.fields["into"]
            other.label = into.label
            other.help_text = gettext("No agency looks like this one. Search by name or EIN.")

    def clean(self) -> dict[str, object]:
        data = self.cleaned_data
        chosen = {data[name] for name in ("into", "other") if data.get(name)}
        if len(chosen) > 1:
            self.add_error("other", gettext("Select one agency alone: here, or above"))
        elif not chosen and not self.has_error("other"):
            self.add_error(next(iter(self.fields)), gettext("Select the agency that goes on"))
        return {**data, "into": next(iter(chosen), None)}


def _label(agency: Agency) -> str:
    return f"{agency.legal_name}, {agency.city or '–'}, {agency.get_state_display()}"


class NoDuplicateForm(ReasonForm):
    submit_label = _("Record it")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Only the HMIS side reads this. No agency ever sees it.")


@transaction.atomic
def merge(*, duplicate: Agency, into: Agency, by: User, reason: str, ip: str | None = None) -> None:
    """Close a duplicate and move its people to the agency that goes on. An agency with an executed MOU is no duplicate."""
    if Mou.objects.filter(agency=duplicate, state=Mou.State.EXECUTED).exists():
        raise GuardFailed(
            [
                gettext("%s has an executed MOU. Close the other one, or let this one leave the HMIS.")
                % duplicate.name
            ]
        )
    opening.move_people(duplicate=duplicate, into=into, by=by, reason=reason)
    for application in Application.objects.filter(agency=duplicate, state__in=Application.OPEN).exclude(
        state=Application.State.DRAFT
    ):
        perform(application, ApplicationVerb.DECLINE, by=by, reason=reason, ip=ip)
    perform(duplicate, AgencyVerb.LEAVE, by=by, reason=reason, ip=ip)


admin.site.unregister(Agency)


@admin.register(Agency)
class JourneyAgencyAdmin(WithFile, AgencyAdmin):
    change_form_template = "admin/onboarding/files/agency.html"
    list_filter = (FigureFilter, *AgencyAdmin.list_filter)  # type: ignore[assignment]  # one filter more

    def file_of(self, request: HttpRequest, row: Agency) -> dict[str, object]:
        return of_agency(request, row)

    def act_links(self, agency: Agency) -> list[tuple[str, str]]:
        return [
            *super().act_links(agency),
            (reverse("admin:onboarding_thread_write", args=[agency.pk]), gettext("Write to the agency")),
            (
                reverse("admin:onboarding_thread_changelist") + f"?agency__exact={agency.pk}",
                gettext("Conversations with it"),
            ),
            (reverse("admin:onboarding_agency_merge", args=[agency.pk]), gettext("Close as a duplicate")),
            (
                reverse("admin:onboarding_agency_leave", args=[agency.pk]),
                gettext("The agency leaves the HMIS"),
            ),
        ]

    def get_urls(self) -> list[URLPattern]:
        admins = {"read": permissions.is_hmis_admin, "write": permissions.is_hmis_admin}
        return [
            path(
                "<uuid:pk>/leave/", guarded(self, self.leave_view, **admins), name="onboarding_agency_leave"
            ),
            path(
                "<uuid:pk>/merge/", guarded(self, self.merge_view, **admins), name="onboarding_agency_merge"
            ),
            path(
                "<uuid:pk>/not-a-duplicate/<uuid:other>/",
                guarded(self, self.not_a_duplicate_view, **admins),
                name="onboarding_agency_not_a_duplicate",
            ),
            *super().get_urls(),
        ]

    def leave_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        agency = get_object_or_404(Agency, pk=pk)
        form = ReasonForm(request.POST or None)
        form.fields["reason"].help_text = READ_BY_AGENCY
        form.submit_label, form.submit_danger = _("The agency leaves the HMIS"), True

        def act() -> str:
            perform(
                agency,
                AgencyVerb.LEAVE,
                by=permissions.person(request),
                reason=form.cleaned_data["reason"],
                ip=client_ip(request),
            )
            return gettext("%s has left the HMIS. Close the accounts on the access list.") % agency.name

        return act_page(
            self, request, title=gettext("%s leaves the HMIS") % agency.name, form=form, act=act, back=_page(agency),
            explanation=gettext("The MOU ends, access of all its staff ends, and reminders stop. The access list then shows the accounts to close. What was signed and done is kept. This cannot be taken back."),
        )  # fmt: skip

    def merge_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        agency = get_object_or_404(Agency, pk=pk)
        form = MergeForm(request.POST or None, duplicate=agency)

        def act() -> str:
            into = form.cleaned_data["into"]
            merge(
                duplicate=agency,
                into=into,
                by=permissions.person(request),
                reason=form.cleaned_data["reason"],
                ip=client_ip(request),
            )
            return gettext("%(closed)s is closed. Its people now work in %(kept)s") % {
                "closed": agency.legal_name,
                "kept": full_stop(into.legal_name),
            }

        return act_page(
            self, request, title=gettext("Close %s as a duplicate") % agency.legal_name, form=form, act=act, back=_page(agency),
            explanation=gettext("Its managers, editors, open invitations and roster move to the agency that goes on; they are told by e-mail. Its application and MOU are closed."),
        )  # fmt: skip

    def not_a_duplicate_view(self, request: HttpRequest, pk: UUID, other: UUID) -> HttpResponse:
        agency, alike = get_object_or_404(Agency, pk=pk), get_object_or_404(Agency, pk=other)
        form = NoDuplicateForm(request.POST or None)
        application = Application.objects.filter(agency=agency).order_by("-started_at").first()
        review = application and reverse("admin:onboarding_application_review", args=[application.pk])

        def act() -> str:
            duplicates.not_a_duplicate(
                agency, alike, reason=form.cleaned_data["reason"], by=permissions.person(request)
            )
            return gettext("Recorded: they are two agencies.")

        return act_page(
            self, request, title=gettext("Not a duplicate"), form=form, act=act, back=review or _page(agency), trail=agency.name,
            explanation=gettext("%(one)s and %(other)s are two organizations. Neither of them is told, and neither sees this.")
            % {"one": agency.legal_name, "other": alike.legal_name},
        )  # fmt: skip


def _page(agency: Agency) -> str:
    return reverse("admin:agencies_agency_change", args=[agency.pk])
