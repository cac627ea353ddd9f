"""The acts of the HMIS Admin on one person: what concerns a colleague of the HMIS is asked for, and granted by another."""

from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies import permissions
from agencies.admin.acts import ReasonForm
from agencies.admin.people_forms import GroupsForm, IdentityForm
from agencies.models import User
from agencies.services import account, powers
from hmis_portal.accounts.factors import first_factor
from hmis_portal.desk.tools import DeskAdmin, act_page, guarded
from hmis_portal.powers.admin import asked_words, takes_two
from hmis_portal.text.words import datetime_words
from hmis_portal.web.visits import browser_words, client_ip


class PersonActs(DeskAdmin):
    @admin.display(description=_("acts"))
    def acts(self, user: User) -> SafeString | str:
        return format_html_join(" · ", '<a href="{}">{}</a>', self.act_links(user))

    def act_links(self, user: User) -> list[tuple[str, str]]:
        names = [("reopen", gettext("Open the account again"))] if user.closed_at else [
            ("groups", gettext("Change HMIS groups")), ("reset_authenticator", gettext("Reset a lost authenticator")),
            *([("allow_first_factor", gettext("Allow a second factor to be set up"))] if first_factor.held(user) else []),
            ("end_sessions", gettext("Sign out everywhere")), ("close", gettext("Close the account")),
        ]  # fmt: skip
        return [(reverse(f"admin:agencies_user_{name}", args=[user.pk]), text) for name, text in names]

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
            self, request, title=gettext("Change what %s does for the HMIS") % person, form=form, act=act, back=person_page(person),
            explanation=takes_two(by, person), reasons=[gettext("Nobody changes their own groups. Ask another HMIS Admin.")] if person == by else (),
        )  # fmt: skip

    def reset_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(User, pk=pk)
        form = IdentityForm(request.POST or None)

        def act() -> str:
            by, reason = permissions.person(request), form.reason_words()
            if person.is_staff:
                return asked_words(
                    powers.ask_to_reset(user=person, by=by, reason=reason, ip=client_ip(request))
                )
            account.reset_authenticator(user=person, by=by, reason=reason, ip=client_ip(request))
            return gettext("The authenticator of %s was reset. The person was told by e-mail.") % person

        return act_page(
            self, request, title=gettext("Reset the authenticator of %s") % person, form=form, act=act, back=person_page(person),
            explanation=_lines(
                gettext("All authenticator apps, passkeys and recovery codes of this account are removed. Do it only for a person whose identity you have checked."),
                takes_two(permissions.person(request), person) if person.is_staff else "",
            ),
        )  # fmt: skip

    def allow_factor_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        person, by = get_object_or_404(User, pk=pk), permissions.person(request)
        form = IdentityForm(request.POST or None)
        form.submit_label, form.submit_danger = _("Ask to allow it"), False

        def act() -> str:
            return asked_words(
                powers.ask_to_allow_factor(
                    user=person, by=by, reason=form.reason_words(), ip=client_ip(request)
                )
            )

        return act_page(
            self, request, title=gettext("Allow %s to set up a second factor") % person, form=form, act=act, back=person_page(person),
            explanation=_lines(
                gettext("The password of this account was set anew by e-mail. With a second factor all rights of its groups open: allow it only for a person whose identity you have checked. Once granted it is allowed for 72 hours."),
                takes_two(by, person),
            ),
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
            self, request, title=gettext("Sign %s out everywhere") % person, form=form, act=act, back=person_page(person), facts=facts,
            explanation=gettext("The person signs in again with the same password and second factor. What is typed and not yet saved stays kept."),
        )  # fmt: skip

    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(User, pk=pk)
        form = ReasonForm(request.POST or None)
        form.submit_label, form.submit_danger = _("Close the account"), True

        def act() -> str:
            closing = {"by": permissions.person(request), "reason": form.cleaned_data["reason"]}
            if person.is_staff:
                return asked_words(powers.ask_to_close(user=person, ip=client_ip(request), **closing))
            account.close_account(user=person, ip=client_ip(request), **closing)
            return gettext("The account of %s is closed.") % person

        return act_page(
            self, request, title=gettext("Close the account of %s") % person, form=form, act=act, back=person_page(person),
            explanation=_lines(
                gettext("The person can no longer sign in, and roles at agencies end. Signatures, training and the record of acts are kept."),
                takes_two(permissions.person(request), person) if person.is_staff else "",
            ),
        )  # fmt: skip

    def reopen_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(User, pk=pk)
        form = ReasonForm(request.POST or None)
        form.submit_label = _("Open the account again")

        def act() -> str:
            account.reopen_account(
                user=person, by=permissions.person(request), reason=form.cleaned_data["reason"]
            )
            return (
                gettext(
                    "The account of %s is open again. Roles at agencies and HMIS groups are not given back."
                )
                % person
            )

        return act_page(
            self, request, title=gettext("Open the account of %s again") % person, form=form, act=act, back=person_page(person),
            explanation=gettext("The person can sign in again with the same password and second factor."),
        )  # fmt: skip


def person_page(person: User) -> str:
    return reverse("admin:agencies_user_change", args=[person.pk])


def _lines(*sentences: str) -> str:
    return "\n".join(sentence for sentence in sentences if sentence)
