"""A query whose SQL is written once gives what the same queryset gives, for the values of each asking."""

import inspect
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.db.models import BigIntegerField, Count, F, QuerySet, TextField
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from agencies.models import User
from hmis_portal.models import AuditEvent
from hmis_portal.models.keys import among
from hmis_portal.models.written import Given, Keys, WrittenQuery

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_people() -> list[User]:
    return [User.objects.create_user(f"{name}@example.org", first_name=name) for name in ("ada", "ben")]


@WrittenQuery
def by_key() -> QuerySet[User]:
    return User.objects.select_related("merged_into").filter(pk=Given("key", BigIntegerField()))


def test_each_asking_gives_its_own_row(two_people: list[User]) -> None:
    assert [by_key(key=person.pk) for person in two_people] == [[person] for person in two_people]
    assert by_key(key=0) == []


def test_related_rows_come_with_it(two_people: list[User], django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    ada, ben = two_people
    User.objects.filter(pk=ben.pk).update(merged_into=ada, is_active=False, closed_at=timezone.now())
    with django_assert_num_queries(1):
        assert by_key(key=ben.pk)[0].merged_into == ada


def test_what_each_asking_has_stands_in_the_sql() -> None:
    """However it is spelled: with quotes, with signs of percent, as a pattern."""
    odd = User.objects.create_user("odd@example.org", first_name="100%s o'clock", title="50% \\ %%s")

    @WrittenQuery
    def odd_ones() -> QuerySet[User]:
        rows = User.objects.filter(first_name__contains="0%s o'", title="50% \\ %%s")
        return rows.filter(pk=Given("key", BigIntegerField()), is_active=True)

    assert odd_ones(key=odd.pk) == [odd]
    _sql, values = odd_ones.filled(key=odd.pk)
    assert values == (odd.pk,)


def test_its_sql_is_written_once(two_people: list[User]) -> None:
    written = []

    @WrittenQuery
    def names() -> QuerySet[User, str]:
        written.append(1)
        called = User.objects.filter(first_name=Given("name", TextField())).values_list("email", flat=True)
        return called.order_by("email")

    ask = inspect.unwrap(WrittenQuery.__call__)  # without what the tests compare
    assert ask(names, name="ada") == ["ada@example.org"]
    assert ask(names, name="ben") == ["ben@example.org"]
    assert len(written) == 1


@pytest.mark.parametrize(
    ("reads", "elsewhere"),
    [
        (timezone.localdate, lambda: time_machine.travel("2031-01-01T12:00Z")),
        (translation.get_language, lambda: translation.override("es")),
        (timezone.get_current_timezone_name, lambda: timezone.override("Asia/Tokyo")),
        (lambda: settings.BASE_URL, lambda: override_settings(BASE_URL="https://elsewhere.example")),
    ],
    ids=["day", "language", "zone", "setting"],
)
def test_one_that_keeps_something_of_its_moment_is_found(
    two_people: list[User], reads: Callable[[], Any], elsewhere: Callable[[], AbstractContextManager[Any]]
) -> None:
    named = WrittenQuery(
        lambda: User.objects.filter(pk__gt=Given("key", BigIntegerField())).exclude(first_name=str(reads()))
    )
    assert named(key=0) == two_people
    with elsewhere(), pytest.raises(AssertionError, match="another one now"):
        named(key=0)


def test_one_that_is_written_from_rows_is_found(two_people: list[User]) -> None:
    of_now = WrittenQuery(
        lambda: User.objects.filter(
            pk__gt=Given("key", BigIntegerField()), pk__in=list(User.objects.values_list("pk", flat=True))
        )
    )
    with pytest.raises(pytest.fail.Exception, match="while it is written"):
        of_now(key=0)


def test_what_is_given_is_a_parameter(two_people: list[User]) -> None:
    named = WrittenQuery(lambda: User.objects.filter(first_name=Given("name", TextField())))
    assert named(name="' OR 1=1 --") == []
    assert named(name="100%s") == []


def times_asked(query: WrittenQuery[Any]) -> list[int]:
    """By the name under which this session has it prepared."""
    with connection.cursor() as cursor:
        columns = "SELECT generic_plans + custom_plans FROM pg_prepared_statements"
        cursor.execute(f"{columns} WHERE name = %s", [query._name])
        return [times for (times,) in cursor.fetchall()]


@WrittenQuery
def by_name() -> QuerySet[User]:
    return User.objects.filter(first_name=Given("name", TextField()), title="50% %s", pk__gt=0)


def test_it_is_prepared_once_a_session(two_people: list[User]) -> None:
    User.objects.update(title="50% %s")
    assert [by_name(name=name) for name in ("ada", "ben", "eve")] == [two_people[:1], two_people[1:], []]
    assert times_asked(by_name) == [3]


def test_whoever_looks_at_the_queries_sees_its_sql(two_people: list[User]) -> None:
    with CaptureQueriesContext(connection) as captured:
        by_key(key=two_people[0].pk)
    assert [query["sql"].partition(" ")[0] for query in captured] == ["SELECT"]


def test_behind_a_pooler_it_is_not_prepared(two_people: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    query = WrittenQuery(lambda: User.objects.filter(first_name=Given("name", TextField())))
    assert query(name="ada") == two_people[:1]
    assert times_asked(query) == []


def test_without_keys_the_database_is_not_asked(two_people: list[User], django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    of_agencies = WrittenQuery(
        lambda: (
            AuditEvent.objects.filter(among("agency_id", Keys("agencies")))
            .order_by()
            .values_list("agency_id")
            .annotate(Count("pk"))
        )
    )
    with django_assert_num_queries(0):
        assert of_agencies(agencies=[]) == []


def test_a_value_computed_by_the_database_is_converted(two_people: list[User]) -> None:
    counted = WrittenQuery(
        lambda: (
            User.objects.filter(pk=Given("key", BigIntegerField()))
            .annotate(again=F("date_joined"))
            .values("pk", "again")
        )
    )
    assert counted(key=two_people[0].pk) == [{"pk": two_people[0].pk, "again": two_people[0].date_joined}]


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_through_its_own_connection(two_people: list[User]) -> None:
    found = []

    def ask() -> None:
        found.append(by_key(key=two_people[0].pk))
        connection.close()

    by_key(key=two_people[1].pk)
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [[two_people[0]]]
