"""The HMIS Admin's side of the journey in Django's admin."""

from onboarding.admin import (
    access,
    agencies,
    applications,
    conditions,
    desk,
    files,
    mous,
    questions,
    readiness_questions,
    readiness_versions,
    readiness_year,
    reference,
    reports,
    seal_keys,
    texts,
)

__all__ = [
    "access",
    "agencies",
    "applications",
    "conditions",
    "desk",
    "files",
    "mous",
    "questions",
    "readiness_questions",
    "readiness_versions",
    "readiness_year",
    "reference",
    "reports",
    "seal_keys",
    "texts",
]
