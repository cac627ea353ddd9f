"""Accounts: who they are, HMIS staff and their groups, lost second factors, closing and opening again."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies import permissions
from agencies.admin.acts import ReasonForm, with_acts_for_admins
from agencies.admin.people_forms import ColleagueForm, GroupsForm, IdentityForm, PersonForm
from agencies.models import AgencyRole, Staff, User
from agencies.services import account, powers
from hmis_portal.accounts import first_factor
from hmis_portal.desk.tools import DeskAdmin, act_page, guarded, status
from hmis_portal.powers.admin import asked_words, takes_two
from hmis_portal.text.words import datetime_words
from hmis_portal.web.visits import browser_words, client_ip


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
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
class UserAdmin(DeskAdmin):
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

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": [*ColleagueForm.Meta.fields, "groups", "reason"]})]
        return with_acts_for_admins(request, super().get_fieldsets(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["form"] = PersonForm if obj else ColleagueForm
        return super().get_form(request, obj, change, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        by = permissions.person(request)
        if change:
            details = {name: form.cleaned_data[name] for name in account.DETAILS}
            account.change_details(
                user=User.objects.get(pk=obj.pk), by=by, data=details, ip=client_ip(request)
            )
        else:
            made = account.make_colleague(
                by=by,
                email=obj.email,
                first_name=obj.first_name,
                last_name=obj.last_name,
                title=obj.title,
                ip=client_ip(request),
            )
            obj.pk, obj.password, obj._state.adding = made.pk, made.password, False
            powers.ask_for_groups(
                user=made, by=by, groups=form.cleaned_data["groups"], reason=form.cleaned_data["reason"],
                ip=client_ip(request),
            )  # fmt: skip

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Groups are asked for, and granted by another."""

    def log_addition(self, *_args: Any, **_kwargs: Any) -> Any:
        """The audit record says it."""

    def log_change(self, *_args: Any, **_kwargs: Any) -> Any:
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

    @admin.display(description=_("acts"))
    def acts(self, user: User) -> SafeString | str:
        names = [("reopen", gettext("Open the account again"))] if user.closed_at else [
            ("groups", gettext("Change HMIS groups")), ("reset_authenticator", gettext("Reset a lost authenticator")),
            *([("allow_first_factor", gettext("Allow a second factor to be set up"))] if first_factor.held(user) else []),
            ("end_sessions", gettext("Sign out everywhere")), ("close", gettext("Close the account")),
        ]  # fmt: skip
        lines = [(reverse(f"admin:agencies_user_{name}", args=[user.pk]), text) for name, text in names]
        return format_html_join(" · ", '<a href="{}">{}</a>', lines)

    def get_urls(self) -> list[URLPattern]:
        admins = {"read": permissions.is_hmis_admin, "write": permissions.is_hmis_admin}
        return [
            path(
                "<int:pk>/reset-authenticator/",
                guarded(self, self.reset_view, **admins),
                name="agencies_user_reset_authenticator",
            ),
            path(
                "<int:pk>/allow-first-factor/",
                guarded(self, self.allow_factor_view, **admins),
                name="agencies_user_allow_first_factor",
            ),
            path(
                "<int:pk>/end-sessions/",
                guarded(self, self.end_sessions_view, **admins),
                name="agencies_user_end_sessions",
            ),
            path("<int:pk>/groups/", guarded(self, self.groups_view, **admins), name="agencies_user_groups"),
            path("<int:pk>/close/", guarded(self, self.close_view, **admins), name="agencies_user_close"),
            path("<int:pk>/reopen/", guarded(self, self.reopen_view, **admins), name="agencies_user_reopen"),
            *super().get_urls(),
        ]

    def groups_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        person, by = get_object_or_404(User, pk=pk), permissions.person(request)
        form = GroupsForm(request.POST or None, initial={"groups": person.groups.all()})

        def act() -> str:
            data = form.cleaned_data
            row = powers.ask_for_groups(
                user=person, by=by, groups=data["groups"], reason=data["reason"], ip=client_ip(request)
            )
            return asked_words(row)

        return act_page(
            self, request, title=gettext("Change what %s does for the HMIS") % person, form=form, act=act, back=_page(person),
            explanation=takes_two(by, person), reasons=[gettext("Nobody changes their own groups. Ask another HMIS Admin.")] if person == by else (),
        )  # fmt: skip

    def reset_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(User, pk=pk)
        form = IdentityForm(request.POST or None)

        def act() -> str:
            account.reset_authenticator(
                user=person, by=permissions.person(request), reason=form.reason_words(), ip=client_ip(request)
            )
            return gettext("The authenticator of %s was reset. The person was told by e-mail.") % person

        return act_page(
            self, request, title=gettext("Reset the authenticator of %s") % person, form=form, act=act, back=_page(person),
            explanation=gettext("All authenticator apps, passkeys and recovery codes of this account are removed. Do it only for a person whose identity you have checked."),
        )  # fmt: skip

    def allow_factor_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(User, pk=pk)
        form = IdentityForm(request.POST or None)
        form.submit_label, form.submit_danger = _("Allow it for 72 hours"), False

        def act() -> str:
            account.allow_first_factor(
                user=person, by=permissions.person(request), reason=form.reason_words(), ip=client_ip(request)
            )
            return gettext("%s may set up a second factor now, and was told by e-mail.") % person

        return act_page(
            self, request, title=gettext("Allow %s to set up a second factor") % person, form=form, act=act, back=_page(person),
            explanation=gettext("The password of this account was set anew by e-mail. With a second factor all rights of its groups open: allow it only for a person whose identity you have checked."),
        )  # fmt: skip

    def end_sessions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(User, pk=pk)
        form = ReasonForm(request.POST or None)
        form.submit_label = _("Sign out everywhere")

        def act() -> str:
            ended = account.end_sessions(
                user=person,
                by=permissions.person(request),
                reason=form.cleaned_data["reason"],
                ip=client_ip(request),
            )
            return ngettext(
                "%(person)s was signed out of %(count)s browser.", "%(person)s was signed out of %(count)s browsers.", ended
            ) % {"person": person, "count": ended}  # fmt: skip

        facts = [
            (browser_words(row.user_agent), gettext("Since %(since)s; last used %(seen)s")
             % {"since": datetime_words(row.created_at), "seen": datetime_words(row.last_seen_at)})
            for row in UserSession.objects.purge_and_list(person)
        ]  # fmt: skip
        return act_page(
            self, request, title=gettext("Sign %s out everywhere") % person, form=form, act=act, back=_page(person), facts=facts,
            explanation=gettext("The person signs in again with the same password and second factor. What is typed and not yet saved stays kept."),
        )  # fmt: skip

    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(User, pk=pk)
        form = ReasonForm(request.POST or None)
        form.submit_label, form.submit_danger = _("Close the account"), True

        def act() -> str:
            account.close_account(
                user=person,
                by=permissions.person(request),
                reason=form.cleaned_data["reason"],
                ip=client_ip(request),
            )
            return gettext("The account of %s is closed.") % person

        return act_page(
            self, request, title=gettext("Close the account of %s") % person, form=form, act=act, back=_page(person),
            explanation=gettext("The person can no longer sign in, and roles at agencies end. Signatures, training and the record of acts are kept."),
        )  # fmt: skip

    def reopen_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(User, pk=pk)
        form = ReasonForm(request.POST or None)
        form.submit_label = _("Open the account again")

        def act() -> str:
            account.reopen_account(
                user=person, by=permissions.person(request), reason=form.cleaned_data["reason"]
            )
            return gettext("The account of %s is open again. Roles at agencies are not given back.") % person

        return act_page(
            self, request, title=gettext("Open the account of %s again") % person, form=form, act=act, back=_page(person),
            explanation=gettext("The person can sign in again with the same password and second factor."),
        )  # fmt: skip

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: Any = None) -> HttpResponse:
        words = gettext(
            "The account of %s was made, and a link to set a password is on its way. The groups wait for another HMIS Admin."
        )
        self.message_user(request, words % obj)
        return HttpResponseRedirect(_page(obj))


def _page(person: User) -> str:
    return reverse("admin:agencies_user_change", args=[person.pk])
