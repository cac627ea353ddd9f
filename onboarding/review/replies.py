"""What the agency answers to the reviewer's remarks; it goes out with the revision that is sent next."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import locks
from agencies.models import User
from hmis_portal import audit
from hmis_portal.web.errors import WrongState
from onboarding import emails
from onboarding.events import OnboardingEvent
from onboarding.models import Application, Remark, RemarkReply, Revision
from onboarding.review import remarks
from onboarding.sections import drafts


@transaction.atomic
def reply(remark: Remark, *, kind: str, text: str, by: User) -> RemarkReply:
    """Answer an open remark, or answer it otherwise as long as nothing was sent. Raises WrongState."""
    application = remark.application
    locks.lock_agency(application.agency_id)
    drafts.touch(application)
    locked = remarks.sent_and_open(application).select_for_update().filter(pk=remark.pk).first()
    if locked is None:
        raise WrongState(
            _("The reviewer has taken this remark back or closed it. There is nothing to answer."),
            back=reverse("onboarding:changes", args=[application.agency_id]),
        )
    values = {"kind": kind, "text": text, "written_by": by, "written_at": timezone.now()}
    answer, _new = RemarkReply.objects.filter(RemarkReply.CURRENT).update_or_create(
        remark=locked, defaults=values
    )
    audit.record(
        by=by, verb=OnboardingEvent.ANSWERED_REMARK, obj=locked, agency_id=application.agency_id, reason=str(answer)
    )  # fmt: skip
    if kind == RemarkReply.Kind.EXPLAIN:
        emails.explanation_asked(answer)
    return answer


@transaction.atomic
def explain(reply: RemarkReply, *, text: str, by: User) -> None:
    """The reviewer's words to "Please explain"; the remark is then to be answered again. Raises WrongState."""
    application = reply.remark.application
    locks.lock_agency(application.agency_id)
    asking = RemarkReply.objects.filter(RemarkReply.CURRENT, kind=RemarkReply.Kind.EXPLAIN, pk=reply.pk)
    waiting = asking.filter(
        remark__resolved_at=None, remark__application__state=Application.State.CHANGES
    ).select_for_update(of=("self",))
    locked = waiting.first()
    if locked is None:
        raise WrongState(_("Nobody waits for this explanation any more. Nothing was sent."))
    locked.answer, locked.answered_by, locked.answered_at = text, by, timezone.now()
    locked.save(update_fields=["answer", "answered_by", "answered_at"])
    audit.record(
        by=by, verb=OnboardingEvent.EXPLAINED_REMARK, obj=locked.remark, agency_id=application.agency_id, reason=text
    )  # fmt: skip
    emails.explanation_given(locked)


def send_with(revision: Revision) -> None:
    """Within the sending: what stands as the answer to each remark goes with it."""
    waiting = RemarkReply.objects.filter(RemarkReply.CURRENT, remark__application=revision.application_id)
    waiting.update(revision=revision)


def sent_with(revision: Revision) -> list[RemarkReply]:
    """Oldest remark first."""
    rows = revision.replies.select_related("remark", "written_by")
    return list(rows.order_by("remark__written_at", "remark__pk"))


def without_reply(application: Application, revision: Revision) -> list[Remark]:
    """The remarks that were open when this was sent and that it does not answer."""
    return list(remarks.sent_and_open(application).exclude(replies__revision=revision))
