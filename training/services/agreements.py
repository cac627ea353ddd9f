"""The user agreement: the person's own signature completes it."""

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Staff, User
from hmis_portal import audit
from hmis_portal.signing.agreeing import acts, requests
from hmis_portal.signing.agreeing.signature import Signature
from hmis_portal.signing.agreeing.who_signs import WhoSigns
from hmis_portal.signing.models import TextVersion
from hmis_portal.web.errors import GuardFailed, WrongState
from training.events import TrainingEvent
from training.models import Completion, Course, Requirement, UserAgreement
from training.papers import agreement
from training.services import assigning
from training.services.recording import Result, record_completion


def sign_agreement(waiting: UserAgreement, *, by: User, signature: Signature) -> Completion:
    """Sign the user agreement; the act, its evidence and the completion are one transaction.

    Raises GuardFailed when the name, the consent or the fresh sign-in is missing, WrongState when it was signed.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        # Read before the text: one that is published in between makes this one no newer version, and is told below.
        course = _agreement_course()
        row = (
            UserAgreement.objects.select_for_update(of=("self",))
            .select_related("staff", "request__version")
            .get(pk=waiting.pk)
        )
        if row.replaced_at is not None or row.request.version.state != TextVersion.State.PUBLISHED:
            raise WrongState(_("There is a newer text of the agreement. Read that one, then sign."))
        party = requests.party(row.request, agreement.ROLE)
        if wrong := acts.against_name(by, party.legal_name):
            raise GuardFailed(wrong)
        act = acts.sign(party, signature, by=by)
        recorded = record_completion(
            Result(
                person=by,
                course=course,
                completed_at=act.signed_at,
                source=Completion.Source.SIGNATURE,
                external_id=f"act-{act.pk}",
                staff=row.staff,
            ),
            by=by,
        )
        row.completion = recorded.completion
        row.save(update_fields=["completion"])
        audit.record(
            by=by, verb=TrainingEvent.USER_AGREEMENT_SIGNED, obj=row, agency_id=row.staff.agency_id, ip=signature.ip,
            data={"reference": row.request.reference, "act": str(act.pk)},
        )  # fmt: skip
    return recorded.completion


def prepare_agreement(staff: Staff, *, by: User) -> UserAgreement:
    """Put the current text before the person, for the first time or to renew."""
    if not Requirement.objects.open().filter(staff=staff, course=_agreement_course()).exists():
        raise WrongState(_("No user agreement is asked of you for this agency now."))
    return agreement.issue(staff, by=by)


def ask_to_sign(text: TextVersion, who: WhoSigns, *, by: User) -> int:
    """Within the publishing: people of these agencies sign the newer text; what they signed before counts until the day.

    Who has never signed has their own due day, and signs this text. Returns the number of people who are asked.
    """
    course = assigning.raise_version(_agreement_course())
    agencies = agreement.askable()
    agencies = agencies if who.agencies is None else agencies.filter(pk__in=who.agencies)
    asked = Requirement.objects.open().filter(course=course, staff__agency__in=agencies)
    rows = list(asked.select_for_update(of=("self",)).order_by("person", "pk"))
    signed = Completion.objects.standing().filter(staff__in=[row.staff_id for row in rows], course=course)
    renewing = set(signed.filter(passed=True).values_list("staff", flat=True))
    never = [row.pk for row in rows if row.staff_id not in renewing]
    Requirement.objects.filter(pk__in=never).update(version=course.version, text=text)
    again = [row for row in rows if row.staff_id in renewing]
    assigning.replace(again, course, who.by, text=text)
    audit.record(
        by=by, verb=TrainingEvent.NEWER_VERSION_REQUIRED, obj=course, before=str(course.version - 1), after=str(course.version),
        reason=str(text), data={"people": len(rows), "due_on": who.by.isoformat()},
    )  # fmt: skip
    return len(rows)


def _agreement_course() -> Course:
    return Course.objects.get(passes_with=Course.PassesWith.SIGNATURE)
