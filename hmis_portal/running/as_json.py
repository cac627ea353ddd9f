"""What is written into Redis: JSON and plain bytes. Nothing that is read from there can run code."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.core.cache.backends.locmem import LocMemCache
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BooleanField, CharField, IntegerField, JSONField, Model, TextField

BYTES, JSON = b"b:", b"j:"
AS_IT_IS = (BooleanField, CharField, IntegerField, JSONField, TextField)  # what JSON itself has
M = TypeVar("M", bound=Model)


class NotOurs(ValueError):
    """The bytes are none that this serializer writes."""


class JsonSerializer:
    """A whole number as it is, so that Redis can count it; bytes as they are; all else as JSON."""

    def dumps(self, value: object) -> Any:
        if type(value) is int:
            return value
        if isinstance(value, bytes):
            return BYTES + value
        return JSON + json.dumps(value, separators=(",", ":"), cls=DjangoJSONEncoder).encode()

    def loads(self, data: bytes) -> Any:
        kind, rest = data[:2], data[2:]
        if kind == BYTES:
            return rest
        try:
            return json.loads(rest) if kind == JSON else int(data)
        except ValueError as error:
            raise NotOurs from error


class MemoryCache(LocMemCache):
    """A process's own cache, for tests: it takes and gives what Redis would."""

    def add(self, key: str, value: object, *args: Any, **kwargs: Any) -> bool:
        return bool(super().add(key, _there_and_back(value), *args, **kwargs))

    def set(self, key: str, value: object, *args: Any, **kwargs: Any) -> None:
        super().set(key, _there_and_back(value), *args, **kwargs)


def _there_and_back(value: object) -> Any:
    stored = JsonSerializer().dumps(value)
    return stored if type(stored) is int else JsonSerializer().loads(stored)


@cache
def _readers(model: type[Model]) -> dict[str, Callable[[object], object] | None]:
    """How each column is read out of JSON; None where JSON has it as it is."""
    return {
        field.attname: None if isinstance(field, AS_IT_IS) else field.to_python
        for field in model._meta.concrete_fields
    }


def columns(row: Model) -> dict[str, object]:
    """A row as a dictionary that `row` makes a row of again."""
    return {field.attname: field.value_from_object(row) for field in row._meta.concrete_fields}


def row(model: type[M], stored: dict[str, object]) -> M:
    """As read from the database; a column that was added since is read when it is asked for."""
    readers = {name: reader for name, reader in _readers(model).items() if name in stored}
    values = [reader(stored[name]) if reader else stored[name] for name, reader in readers.items()]
    return model.from_db("default", list(readers), values)
