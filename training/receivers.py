"""News from below: somebody joined, changed role or projects, left or came back; a signed agreement is sealed."""

from django.dispatch import receiver

from agencies.models import Staff, User
from agencies.signals import staff_changed
from hmis_portal.signing.agreeing import revisions
from hmis_portal.signing.models import Revision, SignatureAct, TextVersion
from training import emails, services
from training.models import UserAgreement


@receiver(staff_changed, dispatch_uid="training_assign")
def assign_courses(staff: Staff, by: User | None = None, **_kwargs: object) -> None:
    services.assign(staff=staff, by=by)


@revisions.on_sealed(TextVersion.Kind.USER_AGREEMENT)
def send_receipt(revision: Revision) -> None:
    row = UserAgreement.objects.select_related("request", "staff").filter(request=revision.request_id).first()
    act = SignatureAct.objects.select_related("user").get(party__request=revision.request_id)
    if row is not None:
        emails.agreement_signed(row, act, revision.document)
