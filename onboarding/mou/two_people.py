"""Who may not counter-sign because of what they did before: behind an executed MOU stand at least two people of the
HMIS side."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import selectors
from agencies.models import User
from agencies.permissions import LEAD_SIGNATORY
from hmis_portal.models import AuditEvent, PowerRequest
from hmis_portal.text.words import date_words
from onboarding.models import Application, Mou
from onboarding.mou import bound, paper_power
from onboarding.workflow import ApplicationVerb

REVIEWING = (
    ApplicationVerb.TAKE, ApplicationVerb.HAND_OVER, ApplicationVerb.REVOKE_APPROVAL, ApplicationVerb.REQUEST_CHANGES, ApplicationVerb.RECOMMEND, ApplicationVerb.APPROVE,
)  # fmt: skip
APART = timedelta(days=7)


def against(mou: Mou, by: User) -> list[str]:
    """Why this person does not counter-sign: reviewed or approved the application, or gave somebody the power to."""
    since = timezone.now() - APART
    reasons = []
    reviewers = _reviewers(mou)
    if by.pk in reviewers:
        reasons.append(
            _("You reviewed or approved this application, so another Lead signatory counter-signs its MOU.")
        )
    changes = selectors.given_group(LEAD_SIGNATORY, since=since)
    change = changes.filter(target_id=str(by.pk)).first()
    if change is not None and reviewers & {change.actor_id, change.data.get("granted_by")}:
        words = _(
            "Who reviewed or approved this application made you Lead signatory on %(day)s. Another Lead signatory "
            "counter-signs, or you do from %(later)s on."
        )
        reasons.append(words % {"day": date_words(change.at), "later": date_words(change.at + APART)})
    if changes.filter(Q(actor=by) | Q(data__granted_by=by.pk)).exists():
        words = _(
            "You made somebody Lead signatory in the last %(days)d days, so another Lead signatory counter-signs."
        )
        reasons.append(words % {"days": APART.days})
    if mou_paper_granted(mou, by):
        reasons.append(
            _(
                "You granted that the agency’s signature on paper was recorded, so another Lead signatory counter-signs."
            )
        )
    return reasons


def mou_paper_granted(mou: Mou, by: User) -> bool:
    rows = PowerRequest.objects.filter(kind=paper_power.PAPER, target_id=str(mou.pk), decided_by=by)
    return rows.filter(outcome=PowerRequest.Outcome.GRANTED).exists()


def _reviewers(mou: Mou) -> set[int]:
    """Everybody who reviewed, recommended or approved what the MOU rests on, also before a hand-over; a renewal rests
    on the MOU before it."""
    if mou.successor_of_id:
        return set()
    rows = (
        bound.approved()
        .filter(agency=mou.agency_id)
        .values_list("pk", "reviewer", "recommended_by", "decided_by")
    )
    people = {person for row in rows for person in row[1:] if person}
    events = AuditEvent.objects.filter(
        target_type=Application._meta.label_lower,
        target_id__in=[str(row[0]) for row in rows],
        verb__in=REVIEWING,
    )
    return people | {person for person in events.values_list("actor", flat=True) if person}
