"""Lists of the desk that are searched by agency, or by person."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from agencies.desk import finding
from agencies.models import Agency, User, Words
from hmis_portal.desk.tools import DeskAdmin

NAME = "legal_name"


class FoundByPerson(DeskAdmin):
    """The account of a person is found as the desk's search finds it."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        rows, twice = super().get_search_results(request, queryset, search_term)
        sought = finding.read(search_term)
        named = User.objects.alias(words=Words("first_name", "last_name", "email")).filter(sought.in_words())
        return (rows | queryset.filter(pk__in=named.values("pk")) if sought.words else rows), twice


class FoundByAgency(DeskAdmin):
    """An agency's name is found as the desk's search finds it: by the beginnings of words, whatever accents and
    apostrophes are typed."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        rows, twice = super().get_search_results(request, queryset, search_term)
        sought = finding.read(search_term)
        if sought.words is None:
            return rows, twice
        named = Agency.objects.alias(words=Words(NAME, "common_name")).filter(sought.in_words()).values("pk")
        field = next(field for field in self.get_search_fields(request) if field.endswith(NAME))
        return rows | queryset.filter(**{f"{field.removesuffix(NAME)}pk__in": named}), twice
