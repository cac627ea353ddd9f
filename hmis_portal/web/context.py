"""What every template knows: `portal`, the names, addresses and periods set in the admin, and whose sign-in is offered
besides the portal's own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from hmis_portal.models import PortalSettings


def portal(request: HttpRequest) -> dict[str, Any]:
    """Read from the cache when a template asks, so a page costs no query for it."""
    return {
        "portal": SimpleLazyObject(PortalSettings.load),
        "OIDC_NAME": settings.OIDC_NAME,
        "OIDC_ID": settings.OIDC_ID,
    }
