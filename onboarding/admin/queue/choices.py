"""What the queue may be narrowed to and handed to by name: their names."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.models import ContinuumOfCare, CoordinatedAccessNetwork, User
from hmis_portal.models.written import WrittenQuery
from onboarding.models import Application

NAME = ("first_name", "last_name", "email")


class NamedFilter(admin.RelatedFieldListFilter):
    """In the words of who reads the queue, also for what has none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_value_display = SafeString(self.none_words())

    def none_words(self) -> str:
        raise NotImplementedError


class ReviewerFilter(NamedFilter):
    """By who reviews an application, or has reviewed it: people without any are not offered."""

    def none_words(self) -> str:
        return _("No reviewer yet")

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return [(person.pk, str(person)) for person in _reviewers()]


class AreaFilter(NamedFilter):
    """By CoC or CAN."""

    def none_words(self) -> str:
        return _("No CoC") if self.field.related_model is ContinuumOfCare else _("No CAN")

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        rows = _cocs() if field.related_model is ContinuumOfCare else _cans()
        return [(area.pk, str(area)) for area in rows]


def colleagues() -> list[tuple[int, str]]:
    """The HMIS Admins to whom an application can be handed."""
    return [(person.pk, str(person)) for person in _admins()]


@WrittenQuery
def _reviewers() -> QuerySet[User]:
    reviewers = Application.objects.order_by().values("reviewer").distinct()
    return User.objects.filter(pk__in=reviewers).only(*NAME).order_by("last_name", "first_name")


@WrittenQuery
def _admins() -> QuerySet[User]:
    return permissions.people_in(permissions.HMIS_ADMIN).only(*NAME)


@WrittenQuery
def _cocs() -> QuerySet[ContinuumOfCare]:
    return ContinuumOfCare.objects.order_by("code")


@WrittenQuery
def _cans() -> QuerySet[CoordinatedAccessNetwork]:
    return CoordinatedAccessNetwork.objects.order_by("name")
