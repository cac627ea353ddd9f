"""What the role of web and workers may do in the database. The owner migrates and gives it that; nobody else owns a table.

Evidence it may read and add to. Neither UPDATE nor DELETE nor TRUNCATE is granted there, and the switch by which
pgtrigger's rules are left out (`pgtrigger.ignore`, which any session may set) is deaf to it.
"""

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.utils import OperationalError
from psycopg import sql

from hmis_portal.models import AppendOnly

ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")
# A row is locked (FOR UPDATE) only by who may change a column of it. The number cannot be changed: the append-only rule
# refuses it, and rows refer to it.
LOCKED = {"signing_signingrequest": "id"}
READ = ("django_migrations",)
DEAF = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN AS $$
DECLARE
    given TEXT[];
BEGIN
    IF NOT pg_has_role(current_user, {owner}, 'MEMBER') THEN
        RETURN FALSE;
    END IF;
    BEGIN
        SELECT INTO given CURRENT_SETTING('pgtrigger.ignore');
        EXCEPTION WHEN OTHERS THEN
    END;
    RETURN given IS NOT NULL AND trigger_name = ANY(given);
END;
$$ LANGUAGE plpgsql;
"""


def protected() -> list[str]:
    """The tables of evidence."""
    return sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly))


def give(role: str) -> None:
    """Grant the role of web and workers what it needs and take everything else. As the owner; safe to repeat."""
    evidence = protected()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        names: dict[str, object] = {"role": sql.Identifier(role), "owner": sql.Literal(cursor.fetchone()[0])}

        def run(statement: str, **more: object) -> None:
            cursor.execute(sql.SQL(statement).format(**names, **more))

        run(DEAF)
        run("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}")
        run("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}")
        run("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {role}")
        run("GRANT USAGE ON SCHEMA public TO {role}")
        run("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        for table in connection.introspection.table_names(cursor):
            rights = ALL[:1] if table in READ else ALL[:2] if table in evidence else ALL
            allowed = sql.SQL(", ".join(rights))
            run("GRANT {allowed} ON {table} TO {role}", allowed=allowed, table=sql.Identifier(table))
        for table, column in LOCKED.items():
            run(
                "GRANT UPDATE ({column}) ON {table} TO {role}",
                column=sql.Identifier(column),
                table=sql.Identifier(table),
            )


def after_migrate(**_kwargs: object) -> None:
    """Tables that a migration made are nobody's but the owner's until this."""
    if settings.AS_OWNER:
        give(settings.RUNTIME_ROLE)


def forget_connections() -> None:
    """Before this process makes others: none of them may share a connection."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL alone


def check_not_owner() -> None:
    """Called where web and workers start, outside development. Raises ImproperlyConfigured."""
    if settings.DEBUG or settings.TESTING:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user, rolsuper OR pg_has_role(current_user, (SELECT relowner FROM pg_class"
                " WHERE oid = to_regclass('public.hmis_portal_auditevent')), 'MEMBER') FROM pg_roles"
                " WHERE rolname = current_user"
            )
            role, owns = cursor.fetchone()
    except OperationalError:
        return  # it is asked again at the next start; while it is away nothing can be done anyway
    finally:
        forget_connections()
    if owns:
        raise ImproperlyConfigured(
            f"The role {role} of DATABASE_URL owns the portal's tables, so whoever takes over the portal could rewrite its "
            "evidence. Make a role of its own for it, name it in DATABASE_URL and the owner in DATABASE_OWNER_URL, and run "
            "`manage.py portal grants`."
        )
