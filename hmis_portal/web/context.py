"""What every template knows: `portal`, the names, addresses and periods set in the admin, and whose sign-in is offered
besides the portal's own."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from hmis_portal.models import PortalSettings
from hmis_portal.text.words import zone_name


def portal(request: HttpRequest) -> dict[str, Any]:
    """Read from the cache when a template asks, so a page costs no query for it."""
    return {
        "portal": SimpleLazyObject(PortalSettings.load),
        "kept_texts": partial(kept_texts, request),
        "OIDC_NAME": settings.OIDC_NAME,
        "OIDC_ID": settings.OIDC_ID,
    }


# What the script says of typing that did not reach the portal; {…} is filled in by it.
KEPT_TEXTS = {
    "found": _("On {when} you typed something here that did not reach the portal."),
    "when": _("{date} at {time} {zone}"),
    "putBack": _("Put it back"),
    "forget": _("Forget it"),
    "ended": _(
        "You are signed out: your session has ended. What you typed is kept in this browser, and offered to you once you are back."
    ),
    "kept": _("What you typed is kept in this browser, and offered to you once you have signed in."),
    "signInAgain": _("Sign in again"),
}


def kept_texts(request: HttpRequest) -> dict[str, str]:
    """With the person whose typing it is, the way to sign in, and the zone in which times are told."""
    user = getattr(request, "user", None)
    return {
        **{name: str(text) for name, text in KEPT_TEXTS.items()},
        "person": str(user.pk) if user and user.is_authenticated else "",
        "signIn": reverse("account_login"),
        "zone": timezone.get_current_timezone_name(),
        "zoneName": zone_name(),
    }
