"""`/healthz`: may a load balancer send people here, and is everything at work?"""

from collections.abc import Callable

import redis
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hmis_portal.queue import queue_client
from hmis_portal.running import pulse

_migrated = False


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when database, queue and schema are good, else 503; the body names each part's state.

    A silent beat or worker is no reason to send people away: the answer is 200 and its status "degraded".
    """
    parts = {name: _state(check) for name, check in CHECKS.items()}
    healthy = all(state == "ok" for state in parts.values())
    silent = pulse.silent()
    programs = {program.value: "silent" if program in silent else "ok" for program in pulse.Program}
    status = "unavailable" if not healthy else "degraded" if silent else "ok"
    return JsonResponse({"status": status, **parts, **programs}, status=200 if healthy else 503)


def _state(check: Callable[[], str]) -> str:
    try:
        return check()
    except (DatabaseError, redis.RedisError, OSError):
        return "unreachable"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _queue() -> str:
    queue_client().ping()
    return "ok"


def _migrations() -> str:
    # Once applied they stay applied for the life of this process, so the answer "ok" is kept.
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "ok" if _migrated else "pending"


CHECKS: dict[str, Callable[[], str]] = {"database": _database, "queue": _queue, "migrations": _migrations}
