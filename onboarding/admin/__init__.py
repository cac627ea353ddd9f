"""The HMIS Admin's side of the journey in Django's admin."""

from onboarding.admin import (
    access,
    agencies,
    application,
    feedback,
    people,
    projects,
    questions,
    record,
    reports,
    requirement_texts,
    revision_jobs,
    settings_effects,
)
from onboarding.admin.audit import page as audit_record
from onboarding.admin.desk import lists
from onboarding.admin.hmis import comparison
from onboarding.admin.hmis import lists as hmis_lists
from onboarding.admin.mou import listing, texts
from onboarding.admin.readiness import each_year, helpers, versions
from onboarding.admin.readiness import questions as readiness_questions
from onboarding.admin.review import conditions, decline_reasons

__all__ = [
    "access",
    "agencies",
    "application",
    "audit_record",
    "comparison",
    "conditions",
    "decline_reasons",
    "each_year",
    "feedback",
    "helpers",
    "hmis_lists",
    "listing",
    "lists",
    "people",
    "projects",
    "questions",
    "readiness_questions",
    "record",
    "reports",
    "requirement_texts",
    "revision_jobs",
    "settings_effects",
    "texts",
    "versions",
]
