"""How strongly a session was opened: the rights of the HMIS's own people ask for a second factor in it.

Asked by `agencies.permissions` and by the model permissions of a person, so wherever such a right is used: on pages, for
files, in the admin. Outside a request (a worker, a command) there is no session to ask.
"""

from allauth.core import context
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from hmis_portal.models.users import AnyUser

PASSKEY, APP = "webauthn", "totp"
BY_PROVIDER = "provider"  # the type of a factor that an identity provider asked for, in a session's record


def lacks_second_factor(user: AnyUser) -> bool:
    """Whether this is one of the HMIS's own people, acting in a session that was opened without a second factor."""
    request = context.request
    return (
        settings.ADMIN_SECOND_FACTOR
        and user.is_staff
        and request is not None
        and request.user.pk == user.pk
        and not second_factor_used(request)
    )


def second_factor_used(request: HttpRequest) -> bool:
    """Whether this session was opened, or confirmed since, with an authenticator, passkey or recovery code."""
    from allauth.account.authentication import get_authentication_records

    user = request.user
    if not user.is_authenticated:
        return False
    used = [record for record in get_authentication_records(request, user) if record.get("method") == "mfa"]
    by_provider = any(record.get("type") == BY_PROVIDER for record in used)
    return by_provider or (bool(used) and bool(factors(user)))


def factors(user: AnyUser) -> frozenset[str]:
    """The kinds of second factor that a person has; one query a request."""
    from allauth.mfa.models import Authenticator

    types: frozenset[str] | None = user.__dict__.get("_factors")
    if types is None:
        rows = Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
        types = user.__dict__["_factors"] = frozenset(rows.values_list("type", flat=True))
    return types


def way_to_confirm(user: AnyUser, wanted: str) -> str:
    """The page where a person shows once more that it is them, on the way to the one that was wanted."""
    has = factors(user)
    name = (
        "mfa_reauthenticate"
        if APP in has
        else "mfa_reauthenticate_webauthn"
        if has
        else "account_reauthenticate"
    )
    return f"{reverse(name)}?{urlencode({'next': wanted})}"


def waits_for_second_factor(request: HttpRequest) -> bool:
    """Whether a refusal may be for want of a second factor: not on a page that is open to everybody."""
    view = request.resolver_match.func if request.resolver_match else None
    return getattr(view, "login_required", True) and lacks_second_factor(request.user)


def lead_to_second_factor(request: HttpRequest, wanted: str = "") -> HttpResponse:
    """For a person whose rights wait for a second factor: to the page that asks for it, or that sets one up."""
    if not wanted:
        read = request.method in ("GET", "HEAD")
        wanted = request.get_full_path() if read else reverse(settings.LOGIN_REDIRECT_URL)
    if factors(request.user):
        return redirect(way_to_confirm(request.user, wanted))
    words = _(
        "Set up an authenticator app or a passkey first: your work for the HMIS asks for a second factor."
    )
    messages.warning(request, words)
    return redirect("mfa_index")
