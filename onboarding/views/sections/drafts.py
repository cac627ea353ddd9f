"""What the pages share whose typing is kept: the version they name, what the script says, two colleagues at once."""

import re
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from agencies.permissions import agency_to_edit, person
from hmis_portal.text.words import datetime_words
from onboarding.models import SectionWork
from onboarding.together.presence import others_at

# What the script that saves drafts says; {…} is filled in by it.
AUTOSAVE_TEXTS = {
    "saved": gettext_lazy("What you typed is kept ({when}). It counts once you save and continue."),
    "colleague": gettext_lazy(
        "{who} saved this page on {when}. Your typing stays on this page: saving it lets you choose."
    ),
    "clash": gettext_lazy(
        "{who} changed the same answers on {when}: {fields}. Your typing stays on this page: saving it lets you choose."
    ),
    "away": gettext_lazy(
        "The portal cannot be reached. What you type is kept in this browser and sent when it can be."
    ),
    "tooLong": gettext_lazy("This is too long to keep. Shorten it: it is not saved as it is."),
    "goOn": gettext_lazy("Continue"),
}


def autosave_texts() -> dict[str, str]:
    return {name: str(text) for name, text in AUTOSAVE_TEXTS.items()}


def posted_version(request: HttpRequest) -> int:
    version = request.POST.get("version", "0")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0


# The names of the last sendings that arrived, for the script: it forgets its own copy of those, and of no others.
ARRIVED = f"{settings.COOKIE_PREFIX}portal-arrived"
_REMEMBERED = 20
_ARRIVAL = re.compile(r"[0-9a-f]{16}")


def arrived(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Say to the browser that what it sends here is with the portal now: saved as answers, or kept as it was typed."""
    name = request.POST.get("arrival", "")
    if _ARRIVAL.fullmatch(name):
        before = [mark for mark in request.COOKIES.get(ARRIVED, "").split(".") if _ARRIVAL.fullmatch(mark)]
        response.set_cookie(
            ARRIVED,
            ".".join([*before[1 - _REMEMBERED :], name]),
            max_age=timedelta(days=30),
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


@require_POST
def page_open(request: HttpRequest, agency_id: UUID) -> JsonResponse:
    """To the script of a page that is looked at: which colleagues have it open."""
    agency = agency_to_edit(request.user, agency_id)
    page = request.POST.get("page", "")[:100]
    return JsonResponse({"here": others_at(agency.pk, page, person(request))})


def saved_by(work: SectionWork) -> dict[str, str]:
    return {"who": str(work.saved_by or _("A colleague")), "when": datetime_words(work.saved_at)}
