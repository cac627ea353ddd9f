"""The role of web and workers: what the portal does it may do, and what rewrites evidence it may not."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from hmis_portal import audit
from hmis_portal.attesting import chain
from hmis_portal.events import PortalEvent
from hmis_portal.models import AuditEvent, PortalSettings
from hmis_portal.running import roles
from hmis_portal.signing import tasks
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.agreeing.evidence.attested import NotAttestedError
from hmis_portal.signing.models import Party, SignatureAct, TextVersion
from tests.hmis_portal.signing.agreeing.forging import forge

ROLE = f"portal_test_{os.getpid()}"  # roles are of the whole server, which other tests use too
IGNORE_ALL = (
    "SELECT set_config('pgtrigger.ignore', (SELECT array_agg(tgname::text)::text FROM pg_trigger), true)"
)


@pytest.fixture
def role(db: None) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{ROLE}" NOSUPERUSER')
    roles.give(ROLE)
    return ROLE


@pytest.fixture
def at_work(role: str) -> Callable[[], AbstractContextManager[None]]:
    """`with at_work(): …`: as web and workers are signed in."""

    @contextmanager
    def become() -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute(f'SET LOCAL ROLE "{role}"')
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")

    return become


def refused(statement: str, words: str, *, before: str = "") -> None:
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{before}; {statement}" if before else statement)


def test_evidence_is_read_and_added_to_and_nothing_else(role) -> None:
    tables = roles.protected()
    assert {"hmis_portal_auditevent", "signing_signatureact", "hmis_portal_chainlink"} <= set(tables)
    assert len(tables) > 20
    rights = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f"SELECT {', '.join('has_table_privilege(%s, %s, %s)' for _ in rights)}",
                [part for right in rights for part in (role, table, right)],
            )
            assert cursor.fetchone() == (True, True, False, False, False, False, False), table
            cursor.execute(
                "SELECT a.attname FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0"
                " AND NOT a.attisdropped AND has_column_privilege(%s, %s, a.attname, 'UPDATE')",
                [table, role, table],
            )
            columns = [column for (column,) in cursor.fetchall()]
            assert columns == ([roles.LOCKED[table]] if table in roles.LOCKED else []), table
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = %s", [role])
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT has_schema_privilege(%s, 'public', 'CREATE'), has_table_privilege(%s, 'django_migrations', 'INSERT')",
            [role, role],
        )
        assert cursor.fetchone() == (False, False)


def test_no_way_to_rewrite_evidence(executed, at_work) -> None:
    with at_work():
        for table in roles.protected():
            column = roles.LOCKED.get(table)
            refused(f"DELETE FROM {table}", "permission denied", before=IGNORE_ALL)
            refused(f"TRUNCATE {table} CASCADE", "permission denied", before=IGNORE_ALL)
            refused(f"ALTER TABLE {table} DISABLE TRIGGER ALL", "must be owner")
            refused(f"DROP TABLE {table} CASCADE", "must be owner")
            if column is None:
                key = "sequence" if table == "hmis_portal_chainlink" else "id"
                refused(f"UPDATE {table} SET {key} = {key}", "permission denied", before=IGNORE_ALL)
            else:
                refused(f"UPDATE {table} SET {column} = {column}", "Cannot update", before=IGNORE_ALL)
        refused("SET LOCAL session_replication_role = replica", "permission denied")
        refused(
            "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN"
            " AS 'SELECT true' LANGUAGE sql",
            "permission denied",
        )


def test_the_switch_of_the_rules_is_deaf_where_a_row_may_be_changed_for_a_while(executed, at_work) -> None:
    """A party until it has signed, a text until it is published."""
    published = TextVersion.objects.filter(state="published").first()
    with at_work():
        for statement in (
            "UPDATE signing_party SET legal_name = 'Mallory'",
            "DELETE FROM signing_party",
            f"UPDATE signing_textversion SET body = '## 1. All yours' WHERE id = {published.pk}",
            f"DELETE FROM signing_textversion WHERE id = {published.pk}",
        ):
            refused(statement, "pgtrigger", before=IGNORE_ALL)
    assert not Party.objects.filter(legal_name="Mallory").exists()


def test_the_owner_may_still_leave_the_rules_out(executed, role) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(IGNORE_ALL)
        cursor.execute("UPDATE hmis_portal_auditevent SET reason = 'mended by hand'")
        transaction.set_rollback(True)


def test_a_whole_signing_and_its_night_need_no_more(issue, sign, at_work) -> None:
    chain.begin()
    with at_work():
        request = issue()
        for side in ("agency", "lead"):
            sign(requests.party(request, side))
        assert requests.final_pdf(request) is not None
        tasks.lengthen_chain()
        tasks.check_documents()
    assert not AuditEvent.objects.filter(verb__in=["chain_broken", "signature_damaged"]).exists()


def test_the_attack_of_the_review_comes_to_nothing(issue, sign, at_work) -> None:
    """Forge a counter-signature, have it sealed, and hide it."""
    from hmis_portal.signing.agreeing import revisions

    chain.begin()
    request = issue()
    sign(requests.party(request, "agency"))
    audit.record(by=None, verb=PortalEvent.CHANGED_SETTINGS, obj=PortalSettings.load(), reason="what is true")
    with at_work():
        number = forge(request)
        revisions.want_file(request, "lead")
        with pytest.raises(NotAttestedError):
            tasks.make_file(str(request.pk), "lead")
        refused("UPDATE hmis_portal_auditevent SET reason = 'forged'", "permission denied", before=IGNORE_ALL)
        refused("DELETE FROM signing_signatureact", "permission denied", before=IGNORE_ALL)
    assert requests.final_pdf(request) is None
    assert SignatureAct.objects.filter(pk=number).exists()  # it stands there, unsealed, and cannot be hidden
