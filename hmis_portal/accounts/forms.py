"""allauth's forms in the portal's words and shape (settings: ACCOUNT_FORMS, MFA_FORMS)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from hmis_portal.accounts import email_change
from hmis_portal.accounts.factors import first_factor, one_time_codes
from hmis_portal.forms import EmailField, PortalFormMixin

PASSWORD_HINT = _("At least 12 characters. A few words that only you would put together are good.")


class AccountFormMixin(PortalFormMixin):
    """Labels and hints in place of allauth's placeholders; a new password is typed once."""

    labels: Mapping[str, StrOrPromise] = {}
    hints: Mapping[str, StrOrPromise] = {}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            if isinstance(field, forms.EmailField):
                field = self.fields[name] = EmailField.like(field)
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            if name in self.hints:
                field.help_text = self.hints[name]
            if name == "code":
                field.widget.attrs.update(
                    {"class": "input-10", "inputmode": "numeric", "autocomplete": "one-time-code"}
                )


EMAIL = _("E-mail address")
CODE = {"code": _("Code")}
APP_CODE_HINT = {"code": _("Six digits from your authenticator app, or one of your recovery codes.")}


class LoginForm(AccountFormMixin, account.LoginForm):
    submit_label = _("Sign in")
    labels = {"login": EMAIL, "password": _("Password")}
    hints = {"password": ""}
    required_messages = {"login": _("Enter your e-mail address"), "password": _("Enter your password")}


class SignupForm(AccountFormMixin, account.SignupForm):
    submit_label = _("Create account")
    field_order = ["first_name", "last_name", "email", "password1"]
    labels = {"email": _("Work e-mail address"), "password1": _("Password")}
    hints = {"email": _("We send a link to this address to confirm it."), "password1": PASSWORD_HINT}
    required_messages = {
        "first_name": _("Enter your first name"),
        "last_name": _("Enter your last name"),
        "email": _("Enter your work e-mail address"),
        "password1": _("Enter a password"),
    }

    def clean(self) -> dict[str, object]:
        """allauth looks at the password knowing the address alone: here also the names."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "password1" in data and "password1" not in self.errors:
            names = {name: data.get(name, "") for name in ("first_name", "last_name", "email")}
            try:
                validate_password(data["password1"], get_user_model()(**names))
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return data


class ResetPasswordForm(AccountFormMixin, account.ResetPasswordForm):
    submit_label = _("Send the link")
    labels = {"email": EMAIL}
    required_messages = {"email": _("Enter your e-mail address")}


class ResetPasswordKeyForm(AccountFormMixin, account.ResetPasswordKeyForm):
    submit_label = _("Save password")
    labels = {"password1": _("New password")}
    hints = {"password1": PASSWORD_HINT}
    required_messages = {"password1": _("Enter a new password")}

    def save(self) -> None:
        first_factor.hold(self.user)
        super().save()


class ChangePasswordForm(AccountFormMixin, account.ChangePasswordForm):
    submit_label = _("Change password")
    labels = {"oldpassword": _("Current password"), "password1": _("New password")}
    hints = {"oldpassword": "", "password1": PASSWORD_HINT}
    required_messages = {
        "oldpassword": _("Enter your current password"),
        "password1": _("Enter a new password"),
    }


class SetPasswordForm(AccountFormMixin, account.SetPasswordForm):
    submit_label = _("Set password")
    hints = {"password1": PASSWORD_HINT}
    required_messages = {"password1": _("Enter a password")}


class ChangeEmailForm(AccountFormMixin, account.ChangeEmailForm):
    submit_label = _("Send the link")
    labels = {"email": _("New e-mail address")}
    required_messages = {"email": _("Enter the new e-mail address")}


class AddEmailForm(AccountFormMixin, account.AddEmailForm):
    submit_label = _("Send the link")
    labels = {"email": _("New e-mail address")}
    required_messages = {"email": _("Enter the new e-mail address")}

    def save(self, request: HttpRequest) -> Any:
        with transaction.atomic():
            email_change.ask(self.user, self.cleaned_data["email"])
            return super().save(request)


class ReauthenticateForm(AccountFormMixin, account.ReauthenticateForm):
    submit_label = _("Confirm")
    labels = {"password": _("Password")}
    hints = {"password": ""}
    required_messages = {"password": _("Enter your password")}


class OneTimeCodeMixin:
    """A code counts once, also against another request at the same moment."""

    def clean_code(self) -> str:
        clear = check_rate_limit(self.user)  # type: ignore[attr-defined]
        code: str = self.cleaned_data["code"]  # type: ignore[attr-defined]
        used = one_time_codes.use(self.user, code)  # type: ignore[attr-defined]
        if used is None:
            if tried := Authenticator.objects.filter(user=self.user).exclude(type="webauthn").last():  # type: ignore[attr-defined]
                self._emit_authentication_failed(tried)  # type: ignore[attr-defined]
            raise get_adapter().validation_error("incorrect_code")
        used.user = self.user  # type: ignore[attr-defined]
        self.authenticator = used
        clear()
        return code


class AuthenticateForm(OneTimeCodeMixin, AccountFormMixin, mfa.AuthenticateForm):
    submit_label = _("Sign in")
    labels = CODE
    hints = APP_CODE_HINT
    required_messages = {"code": _("Enter the code from your authenticator app")}


class MfaReauthenticateForm(OneTimeCodeMixin, AccountFormMixin, mfa.ReauthenticateForm):
    submit_label = _("Confirm")
    labels = CODE
    hints = APP_CODE_HINT
    required_messages = {"code": _("Enter the code from your authenticator app")}


class ActivateTOTPForm(AccountFormMixin, totp.ActivateTOTPForm):
    submit_label = _("Turn on")
    labels = {"code": _("Code from the app")}
    hints = {"code": _("Six digits that the app shows after scanning.")}
    required_messages = {"code": _("Enter the code that your app shows")}

    def clean_code(self) -> str:
        """Which of the app's codes turned it on is kept with it: it is used up."""
        code: str = super().clean_code()
        self.counter = one_time_codes.app_counter(self.secret, code)
        return code


class DeactivateTOTPForm(AccountFormMixin, totp.DeactivateTOTPForm):
    submit_label = _("Remove the app")
    submit_danger = True


class AddWebAuthnForm(AccountFormMixin, webauthn.AddWebAuthnForm):
    submit_label = ""
    labels = {
        "name": _("Name of this passkey"),
        "passwordless": _("Sign in with this passkey alone, without the password"),
    }
    hints = {
        "name": _("So that you know it again, such as “Work laptop”."),
        "passwordless": _("It then asks for your finger, face or PIN."),
    }
    required_messages = {
        "credential": _("The passkey was not added. Try again, and confirm when your browser asks")
    }


class LoginWebAuthnForm(AccountFormMixin, webauthn.LoginWebAuthnForm):
    submit_label = ""


class ReauthenticateWebAuthnForm(AccountFormMixin, webauthn.ReauthenticateWebAuthnForm):
    submit_label = ""


class EditWebAuthnForm(AccountFormMixin, webauthn.EditWebAuthnForm):
    submit_label = _("Save")
    labels = {"name": _("Name of this passkey")}
    required_messages = {"name": _("Enter a name for this passkey")}
