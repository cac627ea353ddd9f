"""What waits for those who check proof and record completions."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from hmis_portal.desk import waiting
from hmis_portal.desk.waiting import Line, Rows, days_words, queue_of
from training import permissions
from training.admin.learning import accounts_to_make
from training.admin.practice import cases_to_look_through
from training.models import Completion, Evidence, HeldResult, Requirement


def proof_to_check() -> Rows:
    rows = Evidence.objects.pending().select_related("person", "course").order_by("uploaded_at")

    def line(row: Evidence) -> Line:
        page = reverse("admin:training_evidence_decide", args=[row.pk])
        return Line(str(row.person), page, str(row.course), days_words(row.uploaded_at))

    return queue_of(
        _("Proof of training to check"), reverse("admin:training_evidence_changelist") + "?state__exact=pending", rows,
        line, _("No proof waits to be checked."),
    )  # fmt: skip


def held_results() -> Rows:
    rows = HeldResult.objects.waiting().order_by("held_at", "pk")

    def line(row: HeldResult) -> Line:
        page = reverse("admin:training_heldresult_decide", args=[row.pk])
        return Line(str(row), page, row.get_why_display(), days_words(row.held_at))

    return queue_of(
        _("Held results"), reverse("admin:training_heldresult_changelist") + "?state__exact=waiting", rows, line,
        _("No result is held."),
    )  # fmt: skip


def results_to_record() -> Rows:
    results = Completion.objects.filter(
        person=OuterRef("person"), course=OuterRef("course"), completed_on__gte=OuterRef("registered_on")
    )
    rows = (
        Requirement.objects.open()
        .filter(~Exists(results), registered_on__isnull=False)
        .select_related("person", "course")
        .order_by("registered_on", "pk")
    )

    def line(row: Requirement) -> Line:
        page = reverse("admin:training_requirement_record") + f"?ids={row.pk}"
        return Line(str(row.person), page, str(row.course), days_words(row.registered_on))

    return queue_of(
        _("Registered, no result yet"), reverse("admin:training_requirement_changelist") + "?registered_on__isempty=0",
        rows, line, _("Every registered person has a result."),
    )  # fmt: skip


def queues_for(user: Any) -> list[waiting.QueueMaker]:
    queues: list[waiting.QueueMaker] = (
        [proof_to_check, cases_to_look_through] if permissions.may_check_evidence(user) else []
    )
    return (
        [*queues, held_results, results_to_record, accounts_to_make]
        if permissions.may_record_completions(user)
        else queues
    )


waiting.add(queues_for)
