"""What another tab, or a colleague, has removed meanwhile is told with its name; what was typed about it is not lost."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NoReturn, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from hmis_portal.models import AuditEvent
from hmis_portal.text.words import datetime_words
from hmis_portal.web.errors import AnswerInstead

Row = TypeVar("Row", bound=Model)
Typed = Iterable[tuple[str, str]]  # question and what stood in its field


def one_or_told(
    request: HttpRequest,
    rows: QuerySet[Row],
    pk: UUID | int,
    *,
    agency_id: UUID,
    verb: StrEnum,
    back: str,
    typed: Callable[[], Typed] | None = None,
) -> Row:
    """The row; of one that is not there, see `tell_of_removed`."""
    row = rows.filter(pk=pk).first()
    if row is None:
        tell_of_removed(request, rows.model, pk, agency_id=agency_id, verb=verb, back=back, typed=typed)
    return row


def tell_of_removed(
    request: HttpRequest,
    model: type[Model],
    pk: UUID | int,
    *,
    agency_id: UUID,
    verb: StrEnum,
    back: str,
    typed: Callable[[], Typed] | None = None,
) -> NoReturn:
    """Of a row that the agency removed (by the event with this verb) a page that says who did, and when.

    Raises Http404 for any other. The caller has checked that the reader may see the agency.
    """
    event = (
        AuditEvent.objects.filter(
            target_type=model._meta.label_lower, target_id=str(pk), agency_id=agency_id, verb=verb
        )
        .order_by("-pk")
        .first()
    )
    if event is None:
        raise Http404
    sentence = _("This %(what)s was removed by %(who)s on %(when)s: “%(name)s”.") % {
        "what": model._meta.verbose_name,
        "name": event.target_name,
        "who": event.actor_name or _("the portal"),
        "when": datetime_words(event.at),
    }
    if request.headers.get("accept", "").startswith("application/json"):
        raise AnswerInstead(JsonResponse({"error": sentence}, status=404))
    context = {
        "what": model._meta.verbose_name,
        "sentence": sentence,
        "back_url": back,
        "typed": list(typed()) if typed and request.method == "POST" else [],
    }
    raise AnswerInstead(render(request, "errors/removed.html", context, status=404))
