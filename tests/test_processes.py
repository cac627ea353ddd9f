"""The processes of the tests, side by side."""

import os
from pathlib import Path

from django.conf import settings


def test_each_has_documents_keys_and_a_cache_of_its_own() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    number = int(worker.removeprefix("gw")) + 1 if worker else 0
    assert Path(settings.STORAGES["default"]["OPTIONS"]["location"]).name == "documents" + (
        worker and f"-{worker}"
    )
    assert Path(settings.SEAL_DIR).name == "seal" + (worker and f"-{worker}")
    assert settings.REDIS_URL.endswith(f"/{number}")
