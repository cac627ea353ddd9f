"""Rows of a list, asked for by their keys."""

from collections.abc import Collection
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Field, Func, Q, UUIDField, Value

from hmis_portal.models.written import Given


def among(column: str, keys: Collection[Any] | Given, kind: Field[Any, Any] | None = None) -> Func | Q:
    """Whether a column holds one of the keys, as one parameter; without keys the database is not asked.

    Django's `in` makes a parameter of each: for a page of a hundred rows the questions cost more than their answers.
    `kind` is the column's field where its keys are no UUIDs.
    """
    if isinstance(keys, Given):
        array: Value = keys
    elif keys:
        array = Value(list(keys), ArrayField(kind or UUIDField()))
    else:
        return Q(pk__in=[])
    return Func(
        F(column), array, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField()
    )
