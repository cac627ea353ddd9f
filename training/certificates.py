"""Certificates: a random number, the words of the day, and a PDF that is made once."""

import secrets
from datetime import date

from django.db import transaction
from django.utils import timezone

from hmis_portal import documents, mail, pdf
from hmis_portal.models import PortalSettings, StoredDocument
from training.models import Certificate, CertificateFile, Completion


def new_number() -> str:
    """100 random bits as four groups of five, without letters that look alike."""
    letters = "".join(secrets.choice(Certificate.ALPHABET) for _ in range(Certificate.LENGTH))
    return "-".join(letters[start : start + 5] for start in range(0, Certificate.LENGTH, 5))


def issue(completion: Completion, *, on: date | None = None) -> Certificate | None:
    """The certificate of a passed completion; None where the signed document itself is the paper."""
    if not completion.passed or completion.course.is_agreement:
        return None
    portal = PortalSettings.load()
    return Certificate.objects.get_or_create(
        completion=completion,
        defaults={
            "number": new_number(),
            "holder": str(completion.person)[:200],
            "title": completion.course.title,
            "issuer": portal.lead_agency,
            "hmis": portal.hmis_long_name,
            "issued_on": on or timezone.localdate(),
        },
    )[0]


def public_address(certificate: Certificate) -> str:
    return mail.absolute("training:certificate_public", certificate.number)


def render(certificate: Certificate) -> bytes:
    """The PDF's bytes: the same row always gives the same bytes."""
    context = {
        "certificate": certificate,
        "completion": certificate.completion,
        "course": certificate.completion.course,
        "address": public_address(certificate),
        "tight": _tight(certificate),
    }
    return pdf.render_template(
        "pdf/training_certificate.html", context, identifier=certificate.number.encode()
    )


def _tight(certificate: Certificate) -> str:
    """Smaller type for long names and titles, so that nothing runs into the foot."""
    longest = max(len(certificate.holder), round(len(certificate.title) * 0.7))
    return " tight tightest" if longest > 70 else " tight" if longest > 32 else ""


def document_of(certificate: Certificate) -> StoredDocument:
    """The certificate's file, made at the first request and kept."""
    made = CertificateFile.objects.select_related("document").filter(certificate=certificate).first()
    if made is None:
        stored = documents.store(render(certificate), content_type="application/pdf")
        with transaction.atomic():
            made, _created = CertificateFile.objects.get_or_create(
                certificate=certificate, defaults={"document": stored}
            )
    return made.document
