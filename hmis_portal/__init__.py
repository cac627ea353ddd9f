"""Settings, URLs and the small libraries every app stands on. It imports no app."""

from hmis_portal.celery import app as celery_app

__all__ = ["celery_app"]
