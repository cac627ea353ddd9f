"""Lists of the desk that are searched by agency, or by person."""

from typing import Any

from django.contrib.admin.utils import get_fields_from_path
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from agencies.desk import finding
from agencies.models import Words
from hmis_portal.desk.tools import DeskAdmin


class FoundByWords(DeskAdmin):
    """Names are found as the desk's search finds them: by the beginnings of words, whatever accents and apostrophes
    are typed; by the index of the model that `search_fields` leads to."""

    found_by: tuple[
        tuple[str, ...], ...
    ] = ()  # the fields of such an index; the first is one of `search_fields`

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        rows, twice = super().get_search_results(request, queryset, search_term)
        sought = finding.read(search_term)
        if sought.words is None:
            return rows, twice
        matches = Q(pk__in=())
        for names in self.found_by:
            for field in self.get_search_fields(request):
                if field.split("__")[-1] == names[0]:
                    model: type[Model] = get_fields_from_path(self.model, field)[-1].model
                    named = model._default_manager.alias(words=Words(*names)).filter(sought.in_words())
                    matches |= Q(**{f"{field.removesuffix(names[0])}pk__in": named.values("pk")})
        return rows | queryset.filter(matches), twice


AGENCY = ("legal_name", "common_name")
PERSON = ("first_name", "last_name", "email")


class FoundByPerson(FoundByWords):
    found_by = (PERSON,)


class FoundByAgency(FoundByWords):
    found_by = (AGENCY,)


class FoundByBoth(FoundByWords):
    found_by = (PERSON, AGENCY)
