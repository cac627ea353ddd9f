"""The admin's change form goes through a what-if when something changed that steers access; all else is saved at once."""

from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from hmis_portal.web.visits import signed_in
from hmis_portal.what_if import asking, kinds


class Foreseen(Exception):
    """The form was saved to see what it makes of the rows, and is taken back: its argument is these rows."""


class AsksWhatIf:
    """Before `DeskAdmin`: a form that steers access is saved from the page that says what it would do."""

    what_if = "rows"  # the kind: another where workers do something after the saving

    def steers(self, form: object, formsets: object, change: bool) -> bool:
        raise NotImplementedError

    def what_if_data(self, form: Any, formsets: Any) -> dict[str, object]:
        """The rows as they would be, for `put`."""
        return rows_of(form.instance, formsets)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        if self.steers(form, formsets, change) and not asking.is_confirmed(request, self.what_if):
            raise Foreseen(str(form.instance), self.what_if_data(form, formsets))

    def changeform_view(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            answer: HttpResponse = super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]
        except Foreseen as foreseen:
            return page_before(request, self.what_if, *foreseen.args)
        return answer


def page_before(request: HttpRequest, kind: str, what: str, data: dict[str, object]) -> HttpResponse:
    """The page that says what the form that was just sent would do; from there it is sent again."""
    posted = asking.typed(request.POST)
    row = asking.ask(
        kind, by=signed_in(request), what=what, data=data, page=request.get_full_path(), posted=posted
    )
    return HttpResponseRedirect(reverse("admin:hmis_portal_whatif_look", args=[row.pk]))


def rows_of(row: models.Model, formsets: Any = ()) -> dict[str, object]:
    """A row and what its form keeps beside it, as they stand in this transaction."""
    rows, beside = [row], []
    for formset in formsets:
        remaining = list(formset.model.objects.filter(**{formset.fk.name: row}))
        rows += remaining
        beside.append([formset.model._meta.label_lower, formset.fk.name, [other.pk for other in remaining]])
    return {"rows": serializers.serialize("json", rows), "pk": row.pk, "beside": beside}


def put(data: dict[str, Any]) -> None:
    """Make the rows what `rows_of` saw."""
    for label, parent, remaining in data["beside"]:
        model: Any = apps.get_model(label)
        model.objects.filter(**{parent: data["pk"]}).exclude(pk__in=remaining).delete()
    for row in serializers.deserialize("json", data["rows"]):
        row.save()


ROWS = "rows"
kinds.add(kinds.WhatIfKind(ROWS, lambda row: put(row.data)))
