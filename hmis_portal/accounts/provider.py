"""Signing in through the identity provider of the state or of an agency (OpenID Connect), where one is set up.

Nobody gets an account by it: a person links it to their own, after proving who they are, and only when the provider
says that it verified the same e-mail address. A second factor that the provider asked for counts here as one.
"""

from typing import Any

import structlog
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.openid_connect import views
from allauth.socialaccount.signals import social_account_added, social_account_removed
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from requests import RequestException

from hmis_portal.accounts import again, watch
from hmis_portal.accounts.factors.strength import BY_PROVIDER
from hmis_portal.events import SecurityEvent
from hmis_portal.models.users import User
from hmis_portal.text import typed
from hmis_portal.web.visits import signed_in

logger = structlog.get_logger(__name__)
# Values of `amr` that mean more than one factor or one that cannot be phished (RFC 8176).
FACTORS = frozenset({"mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "iris", "retina", "pop"})


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # it has no types
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """What the provider said is whole; whether it may be used here."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            if not request.user.is_authenticated:
                _back(request, _("You were signed out meanwhile. Sign in, then link it again."))
            if not verified_as(sociallogin, signed_in(request)):
                _back(request, _(
                    "%(provider)s does not say that it verified %(email)s, the address of your account. Nothing was linked."
                ) % {"provider": settings.OIDC_NAME, "email": getattr(request.user, "email", "")})  # fmt: skip
        elif not sociallogin.is_existing:
            _back(request, _(
                "No account of this portal is linked to this sign-in. Sign in with your password once, then link "
                "%(provider)s on your account page."
            ) % {"provider": settings.OIDC_NAME})  # fmt: skip
        elif asserts_factor(sociallogin):
            record_authentication(request, sociallogin.user, method="mfa", type=BY_PROVIDER)
            request.factor_by_provider = True  # type: ignore[attr-defined]

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: object,
        error: object = None,
        exception: object = None,
        extra_context: object = None,
    ) -> None:
        logger.warning("provider_refused", error=str(error), exception=type(exception).__name__)
        _back(request, _("%(provider)s did not sign you in. Try again, or sign in with your password.")
              % {"provider": settings.OIDC_NAME})  # fmt: skip


def _back(request: HttpRequest, words: str) -> None:
    messages.error(request, words)
    page = "socialaccount_connections" if request.user.is_authenticated else "account_login"
    raise ImmediateHttpResponse(redirect(page))


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider. Linking is a change of the account: it asks for the password or a factor first."""
    linking = request.GET.get("process") == AuthProcess.CONNECT
    if linking and request.user.is_authenticated and not again.confirmed_lately(request):
        return again.ask(request)
    try:
        answer: HttpResponse = views.login(request, provider_id)
    except (RequestException, ValueError):
        logger.exception("provider_away")
        messages.error(
            request,
            _("%(provider)s does not answer. Sign in with your password.") % {"provider": settings.OIDC_NAME},
        )
        return redirect("account_login")
    return answer


def verified_as(sociallogin: SocialLogin, user: User) -> bool:
    """Whether the provider verified the address of this account."""
    return any(
        address.verified is True and typed.email(address.email) == typed.email(user.email)
        for address in sociallogin.email_addresses
    )


def asserts_factor(sociallogin: SocialLogin) -> bool:
    """Whether the provider says that more than a password was asked for: `amr` of RFC 8176, or an `acr` by setting."""
    claims = sociallogin.account.extra_data.get("id_token") or {}
    methods = claims.get("amr")
    named = isinstance(methods, list) and bool(
        FACTORS & {method for method in methods if isinstance(method, str)}
    )
    return named or claims.get("acr") in settings.OIDC_FACTOR_ACR


def factor_by_provider() -> bool:
    """Whether the sign-in of this very request came with a factor of the provider's."""
    return bool(getattr(context.request, "factor_by_provider", False))


@receiver(social_account_added)
def _linked(request: HttpRequest, sociallogin: SocialLogin, **kwargs: object) -> None:
    watch.record(SecurityEvent.LINKED_SIGN_IN, request, sociallogin.user, by=sociallogin.user)


@receiver(social_account_removed)
def _unlinked(request: HttpRequest, socialaccount: Any, **kwargs: object) -> None:
    watch.record(SecurityEvent.UNLINKED_SIGN_IN, request, socialaccount.user, by=signed_in(request))
