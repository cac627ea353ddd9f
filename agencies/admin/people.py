"""Accounts: who they are, HMIS staff and their groups, lost second factors, closing and opening again."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies import permissions
from agencies.admin.acts import with_acts_for_admins
from agencies.admin.people_forms import ColleagueForm, PersonForm
from agencies.admin.person_acts import PersonActs, person_page
from agencies.desk.lists import FoundByPerson
from agencies.models import AgencyRole, Staff, User
from agencies.services import account, powers
from hmis_portal.desk.tools import status
from hmis_portal.web.visits import client_ip


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [
            ("hmis", _("Works for the HMIS")),
            ("agency", _("Works for an agency")),
            ("invited", _("Invited, not yet accepted")),
            ("closed", _("Closed")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        match self.value():
            case "hmis":
                return queryset.filter(is_staff=True)
            case "agency":
                return queryset.filter(is_staff=False)
            case "invited":
                return queryset.filter(is_active=True, **{"password__startswith": UNUSABLE_PASSWORD_PREFIX})
            case "closed":
                return queryset.filter(closed_at__isnull=False)
        return queryset


@admin.register(User)
class UserAdmin(FoundByPerson, PersonActs):
    form = PersonForm
    list_display = ("name", "email", "group_names", "status_word", "second_factor", "last_login")
    list_filter = (KindFilter, "groups")
    search_fields = ("email", "first_name", "last_name")
    search_help_text = _("Search by name or e-mail")
    ordering = ("last_name", "first_name")
    list_per_page = 50
    show_full_result_count = False
    actions = None
    readonly_fields = (
        "email",
        "status_word",
        "second_factor",
        "last_login",
        "date_joined",
        "closed_at",
        "group_names",
        "roles",
        "acts",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "email",
                    "first_name",
                    "last_name",
                    "title",
                    "phone",
                    "status_word",
                    "last_login",
                    "date_joined",
                    "closed_at",
                )
            },
        ),
        (_("What this person does"), {"fields": ("group_names", "roles")}),
        (_("Sign-in"), {"fields": ("second_factor", "acts")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        second = Authenticator.objects.filter(user=OuterRef("pk")).exclude(
            type=Authenticator.Type.RECOVERY_CODES
        )
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.prefetch_related("groups").annotate(has_second_factor=Exists(second))

    def get_fieldsets(self, request: HttpRequest, obj: object = None) -> Any:
        if obj is None:
            return [(None, {"fields": [*ColleagueForm.Meta.fields, "groups", "reason"]})]
        return with_acts_for_admins(request, super().get_fieldsets(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> Any:
        return self.readonly_fields if obj else ()

    def get_form(
        self, request: HttpRequest, obj: object = None, change: bool = False, **kwargs: object
    ) -> Any:
        kwargs["form"] = PersonForm if obj else ColleagueForm
        return super().get_form(request, obj, change, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: BaseForm, change: bool) -> None:
        by = permissions.person(request)
        if change:
            details = {name: form.cleaned_data[name] for name in account.DETAILS}
            account.change_details(
                user=User.objects.get(pk=obj.pk), by=by, data=details, ip=client_ip(request)
            )
        else:
            colleague = account.make_colleague(
                by=by,
                email=obj.email,
                first_name=obj.first_name,
                last_name=obj.last_name,
                title=obj.title,
                ip=client_ip(request),
            )
            obj.pk, obj.password, obj._state.adding = colleague.pk, colleague.password, False
            powers.ask_for_groups(
                user=colleague, by=by, groups=form.cleaned_data["groups"], reason=form.cleaned_data["reason"],
                ip=client_ip(request),
            )  # fmt: skip

    def save_related(self, request: HttpRequest, form: object, formsets: object, change: bool) -> None:
        """Groups are asked for, and granted by another."""

    def log_addition(self, *_args: object, **_kwargs: object) -> Any:
        """The audit record says it."""

    def log_change(self, *_args: object, **_kwargs: object) -> Any:
        """The audit record says it."""

    @admin.display(description=_("name"), ordering="last_name")
    def name(self, user: User) -> str:
        return user.get_full_name() or gettext("(no name yet)")

    @admin.display(description=_("groups"))
    def group_names(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    @admin.display(description=_("account"))
    def status_word(self, user: User) -> SafeString:
        if user.closed_at:
            return status("plain", gettext("Closed"))
        if not user.is_active:
            return status("problem", gettext("May not sign in"))
        return (
            status("done", gettext("Open"))
            if user.has_usable_password()
            else status("waiting", gettext("Invited"))
        )

    @admin.display(description=_("two-step sign-in"), boolean=True)
    def second_factor(self, user: User) -> bool:
        return bool(getattr(user, "has_second_factor", False))

    @admin.display(description=_("roles at agencies"))
    def roles(self, user: User) -> SafeString | str:
        lines = [
            (
                reverse("admin:agencies_agency_change", args=[agency.pk]),
                agency.name,
                ", ".join(str(AgencyRole(role).label) for role in held),
            )
            for agency, held in permissions.memberships(user)
        ]
        lines += [
            (
                reverse("admin:agencies_agency_change", args=[row.agency_id]),
                row.agency.name,
                row.get_hmis_role_display(),
            )
            for row in Staff.objects.current().filter(user=user).select_related("agency")
        ]
        return format_html_join(SafeString("<br>"), '<a href="{}">{}</a>: {}', lines) or gettext("None")

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: object = None) -> HttpResponse:
        words = gettext(
            "The account of %s was made, and a link to set a password is on its way. The groups wait for another HMIS Admin."
        )
        self.message_user(request, words % obj)
        return HttpResponseRedirect(person_page(obj))
