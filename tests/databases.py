"""Databases of the tests: one is migrated, once for these migrations, and all others are copies of it."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from django.apps import apps
from django.db import connection

from hmis_portal.dev_services import BASE_DIR
from hmis_portal.dev_services.postgres import named

# Whoever makes the migrated one is waited for by the other processes: a number of our own.
MAKING = 20261128
# What `migrate` writes stays as it is: the tests add no model and no right.
EMPTY = """
    SELECT string_agg(format('DELETE FROM %I;', relname), ' ') FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
"""


def migrated(server_url: str) -> str:
    """The name of the migrated database on this server; made when it is not there, in place of older ones."""
    name = f"migrated_{_fingerprint()}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [MAKING])
        known = [row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()]
        if name not in known:
            for old in (one for one in known if one.startswith("migrated_")):
                drop(server_url, old)
            create(server_url, "migrated_partly")
            _migrate(named(server_url, "migrated_partly"))
            connection.execute(f'ALTER DATABASE "migrated_partly" RENAME TO "{name}"'.encode())
    return name


def create(server_url: str, name: str, template: str = "template1") -> str:
    """Make the database in place of an older one; returns its address."""
    drop(server_url, name)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return named(server_url, name)


def drop(server_url: str, name: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def empty() -> None:
    """This process's database as it was migrated. Nothing guards the rows: some may only ever be added to."""
    with connection.cursor() as cursor:
        cursor.cursor.execute(EMPTY)
        (delete,) = cursor.cursor.fetchone()
        cursor.cursor.execute(
            f"SET LOCAL session_replication_role = 'replica'; {delete} SET LOCAL session_replication_role = 'origin'"
        )


def _fingerprint() -> str:
    """Of all migrations, ours and the libraries'."""
    seen = hashlib.sha256()
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for path in sorted(Path(app.path).glob("migrations/*.py")):
            seen.update(f"{app.label}/{path.name}".encode() + path.read_bytes())
    return seen.hexdigest()[:16]


def _migrate(url: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=BASE_DIR, env={**os.environ, "DATABASE_URL": url, "PORTAL_DEBUG": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"The database of the tests could not be migrated:\n{done.stderr[-4000:]}"
