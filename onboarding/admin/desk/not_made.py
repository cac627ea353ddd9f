"""The desk's lists of what did not go out or could not be made."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from hmis_portal.desk.jobs import late_files, state_words
from hmis_portal.desk.waiting import NOW, Asked, Line, Rows, days_words, queue_of
from hmis_portal.models import Message
from hmis_portal.signing.admin.files import step_words
from hmis_portal.signing.models import SealJob
from onboarding.models import RevisionJob


@Asked
def _failed() -> QuerySet[Message]:
    return Message.objects.filter(status=Message.Status.FAILED).order_by("created_at")


def failed_messages() -> Rows:
    url = reverse("admin:hmis_portal_message_changelist")

    def line(message: Message) -> Line:
        page = reverse("admin:hmis_portal_message_change", args=[message.pk])
        return Line(message.subject, page, message.to, days_words(message.created_at), late=True)

    return queue_of(
        _("Messages that could not be sent"),
        url + "?status__exact=failed",
        _failed,
        line,
        _("Every message went out."),
    )


def _late(rows: QuerySet[Any]) -> QuerySet[Any]:
    return late_files(rows, NOW).order_by("created_at")


@Asked
def _late_files() -> QuerySet[SealJob]:
    return _late(SealJob.objects.select_related("request"))


@Asked
def _late_pdfs() -> QuerySet[RevisionJob]:
    return _late(RevisionJob.objects.select_related("revision__application"))


def _not_made(
    rows: Asked,
    title: str,
    name: str,
    reference: Callable[[Any], str],
    what: Callable[[Any], str],
    empty: str,
) -> Rows:

    def line(job: Any) -> Line:
        return Line(
            reference(job),
            reverse(f"admin:{name}_change", args=[job.pk]),
            f"{what(job)}, {state_words(job)}",
            days_words(job.parked_at or job.created_at),
            late=bool(job.parked_at),
        )

    url = reverse(f"admin:{name}_changelist") + "?waits=late"
    return queue_of(title, url, rows, line, empty)


def files_not_made() -> Rows:
    return _not_made(
        _late_files, _("Files that could not be made"), "signing_sealjob", lambda job: job.request.reference, step_words,
        _("Every file was made."),
    )  # fmt: skip


def pdfs_not_made() -> Rows:
    return _not_made(
        _late_pdfs,
        _("PDFs of applications that could not be made"),
        "onboarding_revisionjob",
        lambda job: job.revision.application.reference,
        lambda job: _("What was sent, revision %(number)d") % {"number": job.revision.number},
        _("Every PDF of what was sent was made."),
    )
