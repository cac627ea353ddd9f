"""The community many times over: the database copies what is there, which takes a tenth of the time of making it.

Keys are those of the rows copied, moved on by the number of the copy; so are the numbers in names and addresses.
Foreign keys and triggers are not asked: what is copied kept them.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

from agencies.models import Agency, Person, Staff, User
from bench.spread import SYLLABLES
from hmis_portal.models import AuditEvent
from hmis_portal.signing.models import Party, SigningRequest
from onboarding.models import Application, Mou
from training.models import Completion

EMAIL = "replace({column}, '@a', '@a' || copy || '-')"
REFERENCE = "regexp_replace({column}, '([0-9]+)$', '') || lpad((right({column}, 6)::int + copy * {step})::text, 6, '0')"
NUMBER = "{} || lpad((right({{column}}, 7)::int + copy * {{step}})::text, 7, '0')"
EIN, PHONE = NUMBER.format("'06'"), NUMBER.format("'860'")
NAME = "initcap((%s::text[])[copy]) || lower(left({column}, 4)) || substr({column}, 5)"
KEY = "md5({column}::text || copy)::uuid"
OWN: dict[tuple[type[models.Model], str], str] = {
    (User, "email"): EMAIL,
    (Person, "email"): EMAIL,
    (Person, "phone"): f"CASE WHEN {{column}} = '' THEN '' ELSE {PHONE} END",
    (Staff, "email"): EMAIL,
    (Agency, "ein"): EIN,
    (Agency, "phone"): PHONE,
    (Agency, "legal_name"): NAME,
    (Party, "label"): f"CASE WHEN role = 'agency' THEN {NAME} ELSE {{column}} END",
    (Application, "reference"): REFERENCE,
    (Mou, "reference"): REFERENCE,
    (SigningRequest, "reference"): REFERENCE,
    (SigningRequest, "agency_id"): KEY,
    (Completion, "external_id"): "{column} || '-' || copy",
    (AuditEvent, "agency_id"): KEY,
    (AuditEvent, "target_id"): f"({KEY})::text",
}


def make(tables: Sequence[Any], *, copies: int, step: int, kept: dict[type[models.Model], int]) -> None:
    """`step` agencies are there; `kept` are keys up to which rows are everybody's, and are not copied."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        moved = {model: _last_key(cursor, model) for model in tables}
        for model in tables:
            _copy(cursor, model, copies, step, kept, moved)
        cursor.execute("SET session_replication_role = DEFAULT")


def _last_key(cursor: Any, model: type[models.Model]) -> int:
    """By how much whole-number keys move from copy to copy; 0 where keys are not numbers."""
    if not isinstance(model._meta.pk, models.AutoField | models.BigAutoField):
        return 0
    cursor.execute(f'SELECT max(id) FROM "{model._meta.db_table}"')  # noqa: S608
    return int(cursor.fetchone()[0] or 0)


def _copy(
    cursor: Any,
    model: type[models.Model],
    copies: int,
    step: int,
    kept: dict[Any, int],
    moved: dict[Any, int],
) -> None:
    fields = [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]
    columns, values = [], []
    for field in fields:
        column = f'"{field.column}"'
        template = OWN.get((model, field.name)) or _key_of(model, field, kept, moved)
        columns.append(template.replace("{column}", column).replace("{step}", str(step)))
        values += [SYLLABLES] * template.count("%s")
    names = ", ".join(f'"{field.column}"' for field in fields)
    table = model._meta.db_table
    some = f"WHERE id > {kept[model]}" if model in kept else ""
    cursor.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {", ".join(columns)} FROM "{table}", generate_series(1, {copies}) AS copy {some}',  # noqa: S608
        values,
    )
    if moved[model]:
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608


def _key_of(model: Any, field: Any, kept: dict[Any, int], moved: dict[Any, int]) -> str:
    """Of the row itself or of another that is copied too; anything else stays."""
    target = model if field.primary_key else field.related_model
    if target not in moved:
        return "{column}"
    if not moved[target]:
        return KEY
    return f"CASE WHEN {{column}} > {kept.get(target, 0)} THEN {{column}} + copy * {moved[target]} ELSE {{column}} END"
