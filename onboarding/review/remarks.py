"""The reviewer's remarks on answers, and the sections found in order.

Both are written while the application is in review. While changes are asked for, one more remark or one less is told
to the agency at once.
"""

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import locks
from agencies.models import User
from hmis_portal import audit
from hmis_portal.web.errors import WrongState
from onboarding import emails
from onboarding.events import OnboardingEvent
from onboarding.models import Application, Remark, SectionReview

IN_REVIEW, CHANGES = Application.State.IN_REVIEW, Application.State.CHANGES


def _locked(application: Application, *states: str) -> Application:
    locks.lock_agency(application.agency_id)
    locked = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if locked.state not in states:
        raise WrongState(
            _(
                "The application is “%(state)s”: remarks are written while it is in review or changes are asked for."
            )
            % {"state": locked.get_state_display()},
            back=reverse("admin:onboarding_application_review", args=[application.pk]),
        )
    return locked


@transaction.atomic
def add(application: Application, *, section: str, field: str, place: str, text: str, by: User) -> Remark:
    """A remark on one answer, or on a section where `field` is empty; `place` is how people read where it is.

    The agency sees it once changes are asked for; the section's mark is taken back.
    """
    locked = _locked(application, IN_REVIEW, CHANGES)
    remark = Remark.objects.create(
        application=locked, section=section, field=field, place=place[:250], text=text, written_by=by,
        sent_at=timezone.now() if locked.state == CHANGES else None,
    )  # fmt: skip
    if remark.sent_at:
        emails.remark_added(remark)
    SectionReview.objects.filter(application=locked, section=section).delete()
    audit.record(by=by, verb=OnboardingEvent.REMARK, obj=remark, agency_id=locked.agency_id, reason=text)
    return remark


@transaction.atomic
def close(application: Application, remark_id: int, *, by: User) -> str:
    """Take back a remark that was not sent, close one that was; gives the words that say what was done.

    While the agency is to answer it, it is taken back, and the agency told.
    """
    locked = _locked(application, IN_REVIEW, CHANGES)
    remark = locked.remarks.select_for_update().filter(pk=remark_id).first()
    if remark is None:
        raise WrongState(_("This remark was taken back already."))
    if remark.resolved_at is not None:
        raise WrongState(_("This remark was closed already."))
    words = end(remark, by=by, taken_back=locked.state == CHANGES)
    if locked.state == CHANGES:
        emails.remark_taken_back(remark)
    return words


def end(remark: Remark, *, by: User | None, taken_back: bool = False) -> str:
    """Within a transaction: a remark that was never sent is gone, one that was is closed; the words that say so."""
    application, taken_back = remark.application, taken_back or remark.sent_at is None
    verb = OnboardingEvent.TAKE_BACK_REMARK if taken_back else OnboardingEvent.CLOSE_REMARK
    audit.record(
        by=by,
        verb=verb,
        obj=remark,
        agency_id=application.agency_id,
        reason=remark.text if taken_back else "",
    )
    if remark.sent_at is None:
        remark.delete()
    else:
        remark.resolved_by, remark.resolved_at = by, timezone.now()
        remark.save(update_fields=["resolved_by", "resolved_at"])
    return _("The remark is taken back.") if taken_back else _("The remark is closed.")


def unsent(application: Application) -> list[Remark]:
    """Remarks that the agency has not read: it reads them once changes are asked for."""
    return list(application.remarks.filter(sent_at__isnull=True, resolved_at__isnull=True))


def sent_and_open(application: Application) -> QuerySet[Remark]:
    """Remarks that the agency has read and nobody closed."""
    return application.remarks.filter(sent_at__isnull=False, resolved_at__isnull=True)


def close_sent(application: Application, *, by: User | None) -> None:
    """Within a decision: what was sent and is open is closed by it. What was not sent stays as it is."""
    for remark in sent_and_open(application):
        end(remark, by=by)


@transaction.atomic
def mark(application: Application, section: str, *, in_order: bool, by: User) -> None:
    """Mark a section as in order, or take the mark back."""
    locked = _locked(application, IN_REVIEW)
    if in_order:
        _row, changed = SectionReview.objects.get_or_create(
            application=locked, section=section, defaults={"reviewed_by": by}
        )
    else:
        gone, _rows = SectionReview.objects.filter(application=locked, section=section).delete()
        changed = gone > 0
    if changed:
        audit.record(
            by=by,
            verb=OnboardingEvent.SECTION_IN_ORDER if in_order else OnboardingEvent.SECTION_TO_CHECK_AGAIN,
            obj=locked,
            agency_id=locked.agency_id,
            data={"section": section},
        )
