"""What waits for those who check proof and record completions, and where they enter what came."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal.desk import waiting
from hmis_portal.desk.waiting import NOW, Asked, Line, Rows, days_words, queue_of
from training import permissions
from training.admin.doors.sources import failed_runs
from training.admin.learning import accounts_to_make
from training.admin.practice import cases_to_look_through
from training.models import Completion, DoorRun, Evidence, HeldResult, Requirement, Session, Signup, Upload

ATTENDANCE_FOR = timedelta(days=60)  # a session that long ago is no longer asked about


@Asked
def _proof() -> QuerySet[Evidence]:
    return Evidence.objects.pending().select_related("person", "course").order_by("uploaded_at")


def proof_to_check() -> Rows:
    def line(row: Evidence) -> Line:
        page = reverse("admin:training_evidence_decide", args=[row.pk])
        return Line(str(row.person), page, str(row.course), days_words(row.uploaded_at))

    return queue_of(
        _("Proof of training to check"), reverse("admin:training_evidence_changelist") + "?state__exact=pending", _proof,
        line, _("No proof waits to be checked."),
    )  # fmt: skip


@Asked
def _held() -> QuerySet[HeldResult]:
    return HeldResult.objects.waiting().order_by("held_at", "pk")


def held_results() -> Rows:
    def line(row: HeldResult) -> Line:
        page = reverse("admin:training_heldresult_decide", args=[row.pk])
        return Line(str(row), page, row.get_why_display(), days_words(row.held_at))

    return queue_of(
        _("Held results"), reverse("admin:training_heldresult_changelist") + "?state__exact=waiting", _held, line,
        _("No result is held."),
    )  # fmt: skip


@Asked
def _without_result() -> QuerySet[Requirement]:
    results = Completion.objects.filter(
        person=OuterRef("person"), course=OuterRef("course"), completed_on__gte=OuterRef("registered_on")
    )
    rows = Requirement.objects.open().filter(~Exists(results), registered_on__isnull=False)
    return rows.select_related("person", "course").order_by("registered_on", "pk")


def results_to_record() -> Rows:
    def line(row: Requirement) -> Line:
        page = reverse("admin:training_completion_record") + f"?ids={row.pk}"
        return Line(str(row.person), page, str(row.course), days_words(row.registered_on))

    return queue_of(
        _("Registered, no result yet"), reverse("admin:training_requirement_changelist") + "?registered_on__isempty=0",
        _without_result, line, _("Every registered person has a result."),
    )  # fmt: skip


@Asked
def _uploads() -> QuerySet[Upload]:
    rows = Upload.objects.filter(state__in=[Upload.State.COLUMNS, Upload.State.CHECKED])
    return rows.order_by("uploaded_at")


def uploads_to_confirm() -> Rows:
    """Files that wait for somebody's word; what is being read waits for nobody."""

    def line(row: Upload) -> Line:
        page = reverse("admin:training_upload_look", args=[row.pk])
        return Line(row.name, page, row.get_state_display(), days_words(row.uploaded_at))

    return queue_of(
        _("Uploaded results to confirm"), reverse("admin:training_upload_changelist"), _uploads, line,
        _("No uploaded file waits."),
    )  # fmt: skip


@Asked
def _failed() -> QuerySet[DoorRun]:
    return failed_runs(NOW).select_related("door").order_by("-begun_at")


def runs_that_failed() -> Rows:
    def line(row: DoorRun) -> Line:
        page = reverse("admin:training_doorrun_change", args=[row.pk])
        return Line(str(row.door), page, row.error, days_words(row.begun_at))

    return queue_of(
        _("Sources of results that failed"), reverse("admin:training_doorrun_changelist") + "?waits=failed",
        _failed, line, _("Every source was read without a fault."),
    )  # fmt: skip


@Asked
def _without_attendance() -> QuerySet[Session]:
    booked = Signup.objects.filter(session=OuterRef("pk"), state=Signup.State.BOOKED)
    rows = Session.objects.filter(
        Exists(booked), cancelled_at=None, ends_at__lt=NOW, ends_at__gte=NOW - ATTENDANCE_FOR
    )
    return rows.select_related("course").order_by("ends_at")


def attendance_to_record() -> Rows:
    """Sessions of the last weeks with people who signed up, and nobody said who was there."""

    def line(row: Session) -> Line:
        page = reverse("admin:training_session_attendance", args=[row.pk])
        return Line(str(row.course), page, row.when_words, days_words(row.ends_at))

    return queue_of(
        _("Who was there, to record"), reverse("admin:training_session_changelist"), _without_attendance, line,
        _("Attendance is recorded for every session."),
    )  # fmt: skip


def queues_for(user: User) -> list[waiting.QueueMaker]:
    queues: list[waiting.QueueMaker] = (
        [proof_to_check, cases_to_look_through] if permissions.may_check_evidence(user) else []
    )
    if permissions.may_record_completions(user):
        queues += [
            held_results, results_to_record, uploads_to_confirm, runs_that_failed, attendance_to_record, accounts_to_make,
        ]  # fmt: skip
    return queues


def trainers_acts(request: HttpRequest) -> str:
    """Where results are entered, for the head of the desk."""
    if not permissions.may_record_completions(request.user):
        return ""
    return render_to_string(
        "admin/training/acts.html", {"may_plan": permissions.may_plan_sessions(request.user)}
    )


waiting.add(queues_for)
admin.site.desk_tops.append(trainers_acts)  # type: ignore[attr-defined]
