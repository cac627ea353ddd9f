"""A question to the database whose SQL is written once a process and planned once a connection; a request only fills in
its values.

For the few that nearly every page asks: Django takes three to five times as long to write their SQL as to ask and to
read the answer, and PostgreSQL four times as long to plan it as to find the rows (docs/adr/0019).
"""

import re
from collections.abc import Callable
from copy import copy
from functools import cached_property
from itertools import count
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, QuerySet, UUIDField, Value

Row = TypeVar("Row")
_numbers = count(1)


class Given(Value):
    """A value that each asking gives, by its name; never None."""

    def __init__(self, name: str, kind: Field[Any, Any]) -> None:
        super().__init__(None, output_field=kind)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        kind: Any = self.output_field
        mark = kind.get_placeholder(None, compiler, connection) if hasattr(kind, "get_placeholder") else "%s"
        return mark, [self]

    def filled(self, given: dict[str, Any], connection: Any) -> Any:
        return self.output_field.get_db_prep_value(given[self.name], connection)


class Keys(Given):
    """Keys of rows, for `among`; where none are given the database is not asked."""

    def __init__(self, name: str, kind: Field[Any, Any] | None = None) -> None:
        super().__init__(name, ArrayField(kind or UUIDField()))


class WrittenQuery(Generic[Row]):
    """`write` says the query with `Given` where its values stand; calling it gives the rows.

    What changes from day to day, by language or by setting must be among the values: the SQL is kept.
    """

    def __init__(self, write: Callable[[], QuerySet[Any, Row]]) -> None:
        self._write = write
        self._name = f"{next(_numbers)} {write.__module__}.{write.__qualname__}"[:63]  # as PostgreSQL cuts it
        self._prepared_in: WeakSet[Any] = WeakSet()  # sessions with the database

    @cached_property
    def _written(self) -> tuple[QuerySet[Any, Row], Any, str, tuple[Given, ...]]:
        rows = self._write()
        compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, marks = with_constants(*compiler.as_sql())
        # How columns become values of Python: to look for it takes as long as to read the rows.
        columns = [column for column, *_sql in compiler.select]
        converters, composite = compiler.get_converters(columns), compiler.has_composite_fields(columns)
        compiler.get_converters = lambda _columns: converters
        compiler.has_composite_fields = lambda _columns: composite
        # An asking only puts its compiler there, so it needs no deep copy.
        rows.query.chain = lambda: copy(rows.query)  # type: ignore[method-assign,misc,assignment]
        return rows, compiler, sql, marks

    def filled(self, **given: Any) -> tuple[str, tuple[Any, ...]]:
        """The SQL and its values, for a question around it."""
        _rows, _compiler, sql, marks = self._written
        connection = connections[DEFAULT_DB_ALIAS]
        return sql, tuple(mark.filled(given, connection) for mark in marks)

    def __call__(self, **given: object) -> list[Row]:
        rows, written, _sql, marks = self._written
        if any(isinstance(mark, Keys) and not given[mark.name] for mark in marks):
            return []
        compiler = copy(written)  # of this thread
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        sql, values = self.filled(**given)
        if _prepares(compiler.connection):
            sql = self._prepared(compiler.connection)
        compiler.as_sql = lambda *_args, **_kwargs: (sql, values)
        asked = rows.all()
        asked.query.get_compiler = lambda *_args, **_kwargs: compiler  # type: ignore[method-assign]
        return list(asked)

    def _prepared(self, connection: Any) -> str:
        """What asks it by its name in this session."""
        _rows, _compiler, sql, marks = self._written
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        if connection.connection not in self._prepared_in:
            numbers = count(1)
            numbered = re.sub("%[%s]", lambda mark: "%" if mark[0] == "%%" else f"${next(numbers)}", sql)
            kinds = _in_brackets([str(mark.output_field.db_type(connection)) for mark in marks])
            with connection.wrap_database_errors, connection.connection.cursor() as cursor:
                cursor.execute(f'PREPARE "{self._name}"{kinds} AS {numbered}')
            self._prepared_in.add(connection.connection)
        return f'EXECUTE "{self._name}"{_in_brackets(["%s"] * len(marks))}'


def _prepares(connection: Any) -> bool:
    """Not behind a pooler, where the next statement may be asked in another session; and whoever looks at the queries
    is shown their SQL."""
    behind_pooler: bool = connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]
    return not (behind_pooler or connection.queries_logged)


def _in_brackets(parts: list[str]) -> str:
    return f" ({', '.join(parts)})" if parts else ""


def with_constants(sql: str, marks: tuple[Any, ...]) -> tuple[str, tuple[Given, ...]]:
    """The values that each asking has stand in the SQL itself, where nobody quotes them again; the others are left."""
    values, connection = iter(marks), connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()  # it knows how to quote
    given: list[Given] = []
    operations: Any = connection.ops

    def written(mark: re.Match[str]) -> str:
        if mark[0] == "%%":
            return mark[0]
        value = next(values)
        if isinstance(value, Given):
            given.append(value)
            return mark[0]
        return str(operations.compose_sql("%s", [value])).replace("%", "%%")

    return re.sub("%[%s]", written, sql), tuple(given)
