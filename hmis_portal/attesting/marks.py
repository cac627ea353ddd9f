"""The mark of one row: HMAC-SHA256 of all it says, made as it is inserted, whoever inserts it through a model.

A mark is written as `version:nonce:digest`. The nonce makes each mark the only one of its kind, so that a copy of a row
is no second row. What is empty does not count, so that a column may be added to a table later, empty in old rows.
"""

import hashlib
import hmac
import ipaddress
import json
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from hmis_portal.attesting import keys

LONGEST = 100
EMPTY: tuple[object, ...] = (None, "", {}, [], ())


class MarkField(models.CharField[Any, Any]):
    """Holds the row's mark. "" in rows from before there were marks: these are attested by the chain, as such."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args, **{**kwargs, "max_length": LONGEST, "default": "", "db_default": "", "editable": False}
        )

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for own in ("max_length", "default", "db_default", "editable"):
            kwargs.pop(own, None)
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> object:
        if add and not getattr(model_instance, self.attname):
            setattr(model_instance, self.attname, make(model_instance))
        return super().pre_save(model_instance, add)


class Marked(models.Model):
    """A row with a mark. Its times must be set before it is saved: no `auto_now_add`."""

    CHAINED: ClassVar[bool] = False  # whether the chain of the whole record names its rows

    mark = MarkField(_("mark"))

    class Meta:
        abstract = True


def make(row: models.Model) -> str:
    version, key = keys.present()
    nonce = secrets.token_hex(8)
    return f"{version}:{nonce}:{_digest(key, _signed(row, nonce))}"


def holds(row: Any) -> bool:
    """Whether this row says what was marked."""
    return _is_of(row.mark, lambda nonce: _signed(row, nonce))


def _is_of(mark: str, signed: Callable[[str], str]) -> bool:
    version, _colon, rest = mark.partition(":")
    nonce, _colon, digest = rest.partition(":")
    key = keys.all_keys().get(int(version)) if version.isdecimal() else None
    return key is not None and hmac.compare_digest(digest.encode(), _digest(key, signed(nonce)).encode())


def fingerprint(row: models.Model) -> str:
    """SHA-256 of all a row says: what the chain attests of a row without a mark, beside its number."""
    return hashlib.sha256(_said(row).encode()).hexdigest()


def _signed(row: models.Model, nonce: str) -> str:
    return f"{nonce}\n{row._meta.label_lower}\n{_said(row)}"


def _said(row: models.Model) -> str:
    """The row's columns in the one form that is hashed: sorted names, no spaces, Unicode as it is."""
    values = {
        field.attname: _plain(field, field.value_from_object(row))
        for field in row._meta.concrete_fields
        if not isinstance(field, (models.AutoField, MarkField))
    }
    values = {name: value for name, value in values.items() if value not in EMPTY}
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(field: object, value: object) -> object:
    """As the database gives it back: before and after it was written there, a value reads the same."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(field, models.UUIDField):
        return str(value if isinstance(value, UUID) else UUID(str(value)))
    if isinstance(field, models.GenericIPAddressField):
        return ipaddress.ip_address(str(value)).compressed
    if isinstance(field, models.JSONField):
        return _whole(json.loads(json.dumps(value)))
    return str(value)


def _whole(value: object) -> object:
    """PostgreSQL gives a number without a fraction back as a whole one when it is large."""
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_whole(part) for part in value]
    return int(Decimal(repr(value))) if isinstance(value, float) and value.is_integer() else value


def _digest(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
