"""A storage that is not a folder, and remembers which locks were held while it was written to."""

from typing import Any

from django.core.files.storage import InMemoryStorage
from django.db import connection

BACKEND = "tests.hmis_portal.storing.WatchedStorage"
locks: list[str] = []
saved: list[str] = []


class WatchedStorage(InMemoryStorage):
    def _save(self, name: str, content: Any) -> str:
        saved.append(name)
        locks.extend(
            query["sql"]
            for query in connection.queries
            if " FOR " in query["sql"] and "UPDATE" in query["sql"]
        )
        return super()._save(name, content)
