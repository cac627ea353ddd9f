"""What the review page asks of the database."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, UUIDField

from agencies.held import codenames_for
from agencies.models import Staff
from hmis_portal.models.written import Given, WrittenQuery
from onboarding import questions
from onboarding.models import (
    Application,
    Condition,
    PrivateNote,
    Remark,
    RemarkReply,
    Revision,
    SectionReview,
)
from onboarding.review.conditions import with_reports

APPLICATION, AGENCY = Given("application", UUIDField()), Given("agency", UUIDField())


@WrittenQuery
def application() -> QuerySet[Application]:
    """The application with what its review page asks of it, and the roles that its reader holds for the agency."""
    later = Application.objects.filter(agency=OuterRef("agency"), started_at__gt=OuterRef("started_at"))
    rows = Application.objects.filter(pk=APPLICATION).select_related(
        "agency", "reviewer", "recommended_by", "decided_by", "time_asked_by", "appealed_by"
    )
    return rows.annotate(
        is_latest=~Exists(later),
        codenames=codenames_for(OuterRef("agency")),
        has_remarks=Exists(Remark.objects.filter(application=OuterRef("pk"))),
        has_checked=Exists(SectionReview.objects.filter(application=OuterRef("pk"))),
        has_notes=Exists(PrivateNote.objects.filter(agency=OuterRef("agency"))),
        has_conditions=Exists(Condition.objects.filter(application=OuterRef("pk"))),
        waiting_threads=questions.waiting_of(OuterRef("agency")),
    )


@WrittenQuery
def revisions() -> QuerySet[Revision]:
    rows = Revision.objects.filter(application=APPLICATION)
    return rows.select_related("submitted_by", "pdf").order_by("number")


@dataclass(frozen=True)
class Written:
    """What the HMIS side wrote about an application."""

    remarks: list[Remark]
    checked: list[SectionReview]
    notes: list[PrivateNote]
    conditions: list[Condition]  # those of an approval that was revoked too


def written_about(application: Any) -> Written:
    """Most applications have none yet: each kind is asked for where the query of the application saw some."""
    key, agency = application.pk, application.agency_id
    conditions = Condition.objects.filter(application=key).select_related(
        "met_by", "ended_by", "time_asked_by"
    )
    return Written(
        remarks(application=key) if application.has_remarks else [],
        checked(application=key) if application.has_checked else [],
        notes(agency=agency) if application.has_notes else [],
        list(with_reports(conditions)) if application.has_conditions else [],
    )


@WrittenQuery
def checked() -> QuerySet[SectionReview]:
    return SectionReview.objects.filter(application=APPLICATION).select_related("reviewed_by")


@WrittenQuery
def staff() -> QuerySet[Staff]:
    return Staff.objects.current().filter(agency=AGENCY)


@WrittenQuery
def notes() -> QuerySet[PrivateNote]:
    return PrivateNote.objects.filter(agency=AGENCY).select_related("written_by")


@WrittenQuery
def remarks() -> QuerySet[Remark]:
    """With what the agency answered; what it has not sent yet is not the reviewer's to read."""
    arrived = ~RemarkReply.CURRENT | Q(kind=RemarkReply.Kind.EXPLAIN)
    replies = RemarkReply.objects.filter(arrived).select_related("written_by", "answered_by", "revision")
    rows = Remark.objects.filter(application=APPLICATION).select_related("written_by", "resolved_by")
    return rows.prefetch_related(Prefetch("replies", queryset=replies))
