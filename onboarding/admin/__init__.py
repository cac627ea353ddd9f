"""The HMIS Admin's side of the journey in Django's admin."""

from onboarding.admin import (
    access,
    agencies,
    applications,
    conditions,
    desk,
    mous,
    questions,
    readiness_questions,
    readiness_versions,
    readiness_year,
    reference,
    reports,
    revision_jobs,
    texts,
)

__all__ = [
    "access",
    "agencies",
    "applications",
    "conditions",
    "desk",
    "mous",
    "questions",
    "readiness_questions",
    "readiness_versions",
    "readiness_year",
    "reference",
    "reports",
    "revision_jobs",
    "texts",
]
