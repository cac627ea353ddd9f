"""Pages of an account that allauth does not have, or has otherwise."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import EmailView
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_reset
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hmis_portal.accounts import email_change
from hmis_portal.accounts.factors import first_factor, one_time_codes, strength
from hmis_portal.models import EmailChange
from hmis_portal.web.visits import signed_in


class OwnEmailView(EmailView):
    """One address, and at most one change of it under way."""

    def _action_remove(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        email_change.withdraw(signed_in(request))

    def _action_primary(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        """An account has one address."""

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return {**super().get_context_data(**kwargs), "change": email_change.waiting(self.request.user)}


class FactorsView(IndexView):
    """What a person has set up, and how many recovery codes are left."""

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        user = signed_in(self.request)
        context = {"codes_left": one_time_codes.recovery_codes_left(user), "held": first_factor.held(user)}
        return {**super().get_context_data(**kwargs), **context}


class _AddsFactor:
    """The new factor was just shown to work, by who confirmed a moment ago: it counts as used, with the code that turned
    it on. The first one is followed by the recovery codes."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if first_factor.held(signed_in(request)):
            return redirect("mfa_index")  # which says why
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    @transaction.atomic
    def form_valid(self, form: object) -> HttpResponse:
        super().form_valid(form)  # type: ignore[misc]
        user = signed_in(self.request)
        rows = Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
        added = rows.latest("pk")
        if counter := getattr(form, "counter", None):
            added.data[one_time_codes.LAST_COUNTER] = counter
            added.save(update_fields=["data"])
        first_factor.set_up(user)
        record_authentication(self.request, user, "mfa", id=added.pk, type=added.type, reauthenticated=True)
        return redirect(
            "mfa_index" if one_time_codes.recovery_codes_left(user) else "mfa_generate_recovery_codes"
        )


class SetUpAppView(_AddsFactor, ActivateTOTPView):
    """An authenticator app."""


class AddPasskeyView(_AddsFactor, AddWebAuthnView):
    """A passkey or security key."""


@never_cache
@require_http_methods(["GET", "POST"])
def make_recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes stand on the answer to the POST, and nowhere else."""
    if not strength.factors(request.user):
        messages.error(request, _("Set up an authenticator app or a passkey first"))
        return redirect("mfa_index")
    if request.method == "POST":
        with transaction.atomic():
            row, codes = one_time_codes.make_recovery_codes(signed_in(request))
            authenticator_reset.send(
                sender=Authenticator, request=request, user=request.user, authenticator=row
            )
            get_adapter(request).send_notification_mail("mfa/email/recovery_codes_generated", request.user)
        return render(request, "mfa/recovery_codes/made.html", {"codes": codes})
    left = one_time_codes.recovery_codes_left(signed_in(request))
    return render(request, "mfa/recovery_codes/make.html", {"left": left})


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def stop_email_change(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link at the old address, for whoever reads it, signed in or not."""
    change = email_change.from_token(token)
    stopped = request.method == "POST" and change is not None and email_change.stop(change)
    if change is not None and not stopped and change.state == EmailChange.State.WAITING:
        return render(request, "account/stop_email_change.html", {"change": change})
    done = stopped or (change is not None and change.state == EmailChange.State.STOPPED)
    page = "account/email_change_stopped.html" if done else "account/email_change_over.html"
    return render(request, page, {"change": change}, status=200 if done else 410)
