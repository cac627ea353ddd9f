"""The reviewer's remarks on answers, and the sections found in order: written only while the application is in review."""

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import locks
from agencies.models import User
from hmis_portal import audit
from hmis_portal.web.errors import WrongState
from onboarding.events import OnboardingEvent
from onboarding.models import Application, Remark, SectionReview


def _locked(application: Application) -> Application:
    locks.lock_agency(application.agency_id)
    locked = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if locked.state != Application.State.IN_REVIEW:
        raise WrongState(
            _("The application is “%(state)s”: remarks are written while it is in review.")
            % {"state": locked.get_state_display()},
            back=reverse("admin:onboarding_application_review", args=[application.pk]),
        )
    return locked


@transaction.atomic
def add(application: Application, *, section: str, field: str, place: str, text: str, by: User) -> Remark:
    """A remark on one answer, or on a section where `field` is empty; `place` is how people read where it is.

    The agency sees it once changes are asked for; the section's mark is taken back.
    """
    locked = _locked(application)
    remark = Remark.objects.create(
        application=locked, section=section, field=field, place=place[:250], text=text, written_by=by
    )
    SectionReview.objects.filter(application=locked, section=section).delete()
    audit.record(by=by, verb=OnboardingEvent.REMARK, obj=remark, agency_id=locked.agency_id, reason=text)
    return remark


@transaction.atomic
def close(application: Application, remark_id: int, *, by: User) -> str:
    """Take back a remark that was not sent, close one that was; gives the words that say what was done."""
    locked = _locked(application)
    remark = locked.remarks.select_for_update().filter(pk=remark_id).first()
    if remark is None:
        raise WrongState(_("This remark was taken back already."))
    if remark.resolved_at is not None:
        raise WrongState(_("This remark was closed already."))
    return end(remark, by=by)


def end(remark: Remark, *, by: User | None) -> str:
    """Within a transaction: a remark that was never sent is gone, one that was is closed; the words that say so."""
    agency_id = remark.application.agency_id
    if remark.sent_at is None:
        audit.record(
            by=by, verb=OnboardingEvent.TAKE_BACK_REMARK, obj=remark, agency_id=agency_id, reason=remark.text
        )
        remark.delete()
        return _("The remark is taken back.")
    remark.resolved_by, remark.resolved_at = by, timezone.now()
    remark.save(update_fields=["resolved_by", "resolved_at"])
    audit.record(by=by, verb=OnboardingEvent.CLOSE_REMARK, obj=remark, agency_id=agency_id)
    return _("The remark is closed.")


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
    locked = _locked(application)
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
