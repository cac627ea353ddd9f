"""What the queue may be narrowed to and handed to by name: their names."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.models import ContinuumOfCare, CoordinatedAccessNetwork, User
from hmis_portal.models.written import WrittenQuery
from onboarding.models import Application

NAME = ("first_name", "last_name", "email")


class NamedFilter(admin.RelatedFieldListFilter):
    """In the words of who reads the queue, also for what has none. The names of all filters are asked for together."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_value_display = SafeString(self.none_words())

    def none_words(self) -> str:
        raise NotImplementedError

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        if not hasattr(request, "_queue_names"):
            request._queue_names = _names()  # type: ignore[attr-defined]  # for the other filters of this page
        of = field.related_model._meta.model_name
        rows = request._queue_names  # type: ignore[attr-defined]
        return [
            (key, f"{first} {last}".strip() or other) for kind, key, first, last, other in rows if kind == of
        ]


class ReviewerFilter(NamedFilter):
    """By who reviews an application, or has reviewed it: people without any are not offered."""

    def none_words(self) -> str:
        return _("No reviewer yet")


class AreaFilter(NamedFilter):
    """By CoC or CAN."""

    def none_words(self) -> str:
        return _("No CoC") if self.field.related_model is ContinuumOfCare else _("No CAN")


def colleagues() -> list[tuple[int, str]]:
    """The HMIS Admins to whom an application can be handed."""
    return [(person.pk, str(person)) for person in _admins()]


@WrittenQuery
def _names() -> QuerySet[Any, tuple[str, int, str, str, str]]:
    """Whose name, by model and key; it has two parts, and there is a third for who has none."""
    none = Value("")

    def of(rows: QuerySet[Any], last: Any, first: Any = none, other: Any = none) -> QuerySet[Any, Any]:
        kind = Value(rows.model._meta.model_name)
        named = rows.order_by().annotate(kind=kind, first=first, last=last, other=other)
        listed: QuerySet[Any, Any] = named.values_list("kind", "pk", "first", "last", "other")
        return listed

    reviewers = User.objects.filter(pk__in=Application.objects.order_by().values("reviewer").distinct())
    cocs = of(ContinuumOfCare.objects.all(), Concat("code", Value(" "), "name"))
    cans = of(CoordinatedAccessNetwork.objects.all(), F("name"))
    names = of(reviewers, F("last_name"), F("first_name"), F("email")).union(cocs, cans, all=True)
    return names.order_by("last", "first")


@WrittenQuery
def _admins() -> QuerySet[User]:
    return permissions.people_in(permissions.HMIS_ADMIN).only(*NAME)
