"""Settings, URLs and the small libraries every app stands on. It imports no app."""

import gc

# What a process loads stays: to look for garbage in it at the usual pace took a fifth of each start. `running.loaded` ends it.
gc.set_threshold(500_000)

from hmis_portal.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
