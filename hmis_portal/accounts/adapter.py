"""How allauth speaks here: its mail goes through the message log, its words are the portal's.

No answer tells whether an address has an account.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hmis_portal.accounts import attempts, devices, email_change, emails, provider, watch
from hmis_portal.forms import CleanTyping, NameField
from hmis_portal.models.users import User
from hmis_portal.text import typed
from hmis_portal.text.words import datetime_words, wait_words
from hmis_portal.web import links
from hmis_portal.web.links import Page
from hmis_portal.web.visits import client_ip

# allauth's notices of security, in one sentence each.
NOTICES = {
    "account/email/email_changed": _("The e-mail address of your account was changed."),
    "account/email/email_confirm": _("The e-mail address of your account was confirmed."),
    "account/email/email_deleted": _("An e-mail address was removed from your account."),
    "account/email/password_changed": _("The password of your account was changed."),
    "account/email/password_reset": _(
        "The password of your account was set anew with a link from an e-mail."
    ),
    "account/email/password_set": _("A password was set for your account."),
    "socialaccount/email/account_connected": _("Another way to sign in was linked to your account."),
    "socialaccount/email/account_disconnected": _("A linked way to sign in was removed from your account."),
    "mfa/email/totp_activated": _("An authenticator app was added to your account."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed from your account."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made for your account."),
    "mfa/email/webauthn_added": _("A passkey or security key was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey or security key was removed from your account."),
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. Write to support if that is a mistake."),
        "email_password_mismatch": _(
            "The e-mail address or the password is not right. Check both and try again"
        ),
        "enter_current_password": _("The current password is not right"),
        "incorrect_code": _("The code is not right. Enter the one your authenticator app shows now"),
        "incorrect_password": _("The password is not right"),
        "invalid_or_expired_key": _("This link has lapsed or was used. Ask for a new one"),
        "invalid_password_reset": _("This link has lapsed or was used. Ask for a new one"),
        "same_as_current": _("Enter an address other than the present one"),
        "too_many_login_attempts": _("Too many tries. Wait up to five minutes, then try again"),
        "rate_limited": _("Too many tries. Wait up to five minutes, then try again"),
    }

    def save_user(
        self, request: HttpRequest, user: User, form: forms.BaseForm, commit: bool = True
    ) -> AbstractBaseUser:
        user.email = typed.email(form.cleaned_data["email"])
        saved: AbstractBaseUser = super().save_user(request, user, form, commit)
        return saved

    def get_login_stages(self) -> list[str]:
        stages: list[str] = super().get_login_stages()
        if provider.factor_by_provider():
            stages.remove("allauth.mfa.stages.AuthenticateStage")
        return stages

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request) or "::"  # the unspecified address: allauth's list of sessions wants one

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            self._login_failed_rl_usage = attempts.count_sign_in(request, credentials.get("email", ""))
        except attempts.TooOften as error:
            watch.held_back(request)
            words = _(
                "Too many tries to sign in with this address from here. Wait %(time)s, then try again, or set a new "
                "password with “Forgot your password?”"
            )
            raise ValidationError(
                words, code="too_many_login_attempts", params={"time": wait_words(error.wait)}
            ) from error

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        attempts.forget_sign_ins(request, credentials.get("email", ""))

    def post_login(self, request: HttpRequest, user: User, **kwargs: object) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user.email)
        return response

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """The address of a new account is confirmed at once; another one for an account takes its time."""
        if email_address.email == email_address.user.email:
            return bool(super().confirm_email(request, email_address))
        change = email_change.confirm(email_address)
        if change is None:
            messages.error(
                request, _("This change of the address is over, or the address is not free. Ask for it anew.")
            )
            return False
        words = _(
            "%(email)s is confirmed. You sign in with it from %(when)s; until then your present address counts."
        )
        messages.success(request, words % {"email": change.new, "when": datetime_words(change.due_at)})
        return True

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        address = emailconfirmation.email_address
        if address.email == address.user.email:
            emails.confirm_signup(address)
        else:
            emails.confirm_email(address)

    def send_password_reset_mail(
        self, user: AbstractBaseUser, email: str, context: dict[str, object]
    ) -> None:
        emails.password_reset(user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Everything else that allauth tells by mail: notices of security and answers to unknown addresses."""
        if template_prefix == "account/email/account_already_exists":
            make_password(self.request.POST.get("password1"))  # takes as long as making an account does
            emails.already_exists(email)
        elif template_prefix == "account/email/unknown_account":
            emails.unknown(email)
        else:
            happened = str(NOTICES[template_prefix])
            emails.security_notice(email, happened=happened, when=context["timestamp"], ip=context["ip"])

    def is_safe_url(self, url: str) -> bool:
        """Only addresses of this portal: a path, or the portal's own host."""
        from django.utils.http import url_has_allowed_host_and_scheme

        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse(links.to(Page.OWN_ACCOUNT))


class SignupNames(CleanTyping, forms.Form):
    """Names asked at sign-up; allauth adds e-mail and password."""

    first_name = NameField(
        label=_("First name"), max_length=100, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = NameField(
        label=_("Last name"), max_length=100, widget=forms.TextInput({"autocomplete": "family-name"})
    )

    def signup(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Names are stored with the account by `save_user`."""
