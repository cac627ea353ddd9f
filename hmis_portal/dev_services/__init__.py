"""PostgreSQL and a Redis-protocol server of the portal's own, from PyPI wheels, for development and tests.

Both listen on 127.0.0.1 only, behind generated passwords, and keep their data in one folder; for tests PostgreSQL has a
socket there besides. Nothing here imports Django: settings need the addresses this module gives.

    python -m hmis_portal.dev_services exec -- python manage.py shell

runs a command with DATABASE_URL and REDIS_URL set, sharing the servers of a running `make run`.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hmis_portal.dev_services.postgres import Postgres
from hmis_portal.dev_services.processes import START_SECONDS, Busy, ServiceError
from hmis_portal.dev_services.redis_server import Redis

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = BASE_DIR / "var" / "services"


@dataclass
class Services:
    """Addresses of the two servers, and how to stop those that were started here."""

    database_url: str
    redis_url: str
    postgres: Postgres | None = None
    redis: Redis | None = None
    _lock: Any = field(default=None, repr=False)

    def environment(self) -> dict[str, str]:
        """The current environment with both addresses set."""
        return {**os.environ, "DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}

    def stop(self) -> None:
        for server in (self.redis, self.postgres):
            if server is not None:
                server.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def start(data_dir: Path = DATA_DIR, *, durable: bool = True, share: bool = False) -> Services:
    """Start what DATABASE_URL and REDIS_URL do not name already.

    `durable=False` is for tests: no fsync and random ports. With `share` the servers another process runs on the
    same folder are used (and not stopped); without it that is `Busy`.
    """
    database_url, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    if database_url and redis_url:
        return Services(database_url, redis_url)
    data_dir.mkdir(parents=True, exist_ok=True)
    postgres = None if database_url else Postgres(data_dir / "postgres", durable=durable)
    redis = None if redis_url else Redis(data_dir / "redis", durable=durable)
    lock = _lock(data_dir / "lock")
    if lock is None:
        if not share:
            raise Busy(f"The servers in {data_dir} are in use by another process of the portal.")
        return Services(
            database_url or _patiently(postgres.url_if_running, "the other process's PostgreSQL"),  # type: ignore[union-attr]
            redis_url or _patiently(redis.url_if_running, "the other process's Redis server"),  # type: ignore[union-attr]
        )
    services = Services("", "", postgres, redis, lock)
    try:
        services.redis_url = redis.start() if redis else redis_url
        services.database_url = postgres.start() if postgres else database_url
    except BaseException:
        services.stop()
        raise
    return services


def start_scratch() -> Services:
    """Servers without fsync on the first folder of var/test that nobody else holds, for tests and checks."""
    for number in range(1, 20):
        with contextlib.suppress(Busy):
            services = start(BASE_DIR / "var" / "test" / str(number), durable=False)
            if services.postgres is not None:
                services.postgres.create_database(Postgres.name)
            return services
    raise Busy("Nineteen test runs are using var/test already.")


def _lock(path: Path) -> Any:
    """An open file that holds the lock until it is closed or its process ends; None when another holds it."""
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock


def _patiently(find: Callable[[], str], what: str) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if answer := find():
            return answer
        time.sleep(0.2)
    raise ServiceError(f"Waited {START_SECONDS} seconds for {what}.")
