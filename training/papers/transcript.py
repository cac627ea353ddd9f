"""What a person has to show: the transcript, certificates, and proof that waits."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal.text.words import date_words
from training.models import Certificate, Completion, Evidence


@dataclass(frozen=True)
class TranscriptRow:
    completion: Completion
    result: str
    paper_url: str = ""
    paper_name: str = ""


def transcript(person: User) -> list[TranscriptRow]:
    """Everything a person ever did, voided and failed attempts too, the latest first."""
    rows = (
        Completion.objects.filter(person__in=User.objects.accounts_of([person.pk]).values("pk"))
        .select_related("course", "certificate", "void", "staff__agency", "agreement__request")
        .order_by("-completed_on", "-pk")
    )
    return [_transcript_row(completion) for completion in rows]


def _transcript_row(completion: Completion) -> TranscriptRow:
    if hasattr(completion, "void"):
        return TranscriptRow(completion, _("Voided: %(reason)s") % {"reason": completion.void.reason})
    if not completion.passed:
        return TranscriptRow(completion, _("Not passed"))
    result = (
        _("Valid through %(day)s") % {"day": date_words(completion.valid_through)}
        if completion.valid_through
        else _("Does not lapse")
    )
    if hasattr(completion, "certificate"):
        return TranscriptRow(
            completion,
            result,
            reverse("training:certificate_pdf", args=[completion.certificate.pk]),
            _("Certificate"),
        )
    if hasattr(completion, "agreement"):
        address = reverse(
            "training:agreement_pdf", args=[completion.staff_id, completion.agreement.request.reference]
        )
        return TranscriptRow(completion, result, address, _("Signed agreement"))
    return TranscriptRow(completion, result)


def certificate_state(certificate: Certificate, *, today: date | None = None) -> tuple[str, str]:
    """("valid" | "lapsed" | "voided", a sentence): what anyone who holds the number may know."""
    day = today or timezone.localdate()
    completion = certificate.completion
    if hasattr(completion, "void"):
        return "voided", _("This certificate was withdrawn. Do not rely on it.")
    if completion.valid_through is None:
        return "valid", _("The course was completed. It does not lapse.")
    if day > completion.valid_through:
        return "lapsed", _("This certificate is genuine. It was valid through %(day)s.") % {
            "day": date_words(completion.valid_through)
        }
    return "valid", _("This certificate is genuine and valid through %(day)s.") % {
        "day": date_words(completion.valid_through)
    }


def own_evidence(person: User) -> list[Evidence]:
    """Papers that wait or were not accepted; accepted ones stand in the transcript."""
    return list(
        Evidence.objects.filter(person=person)
        .exclude(state=Evidence.State.ACCEPTED)
        .select_related("course", "document")[:20]
    )
