"""Certificates: a random number, the words of the day, and a PDF that is made once."""

import secrets
from collections.abc import Iterable
from unicodedata import east_asian_width

from django.db import transaction
from django.utils import timezone

from hmis_portal import documents, mail
from hmis_portal.models import PortalSettings, StoredDocument
from hmis_portal.typesetting import pdf
from training.models import Certificate, CertificateFile, Completion

SIZES = ((210, " tight tightest tiniest"), (70, " tight tightest"), (32, " tight"))


def new_number() -> str:
    """100 random bits as four groups of five, without letters that look alike."""
    letters = "".join(secrets.choice(Certificate.ALPHABET) for _ in range(Certificate.LENGTH))
    return "-".join(letters[start : start + 5] for start in range(0, Certificate.LENGTH, 5))


def issue_all(completions: Iterable[Completion]) -> None:
    """The certificates of passed completions just written, except where the signed document itself is the paper."""
    portal = PortalSettings.load()
    Certificate.objects.bulk_create(
        Certificate(
            completion=completion,
            number=new_number(),
            holder=str(completion.person)[:200],
            title=completion.course.title,
            issuer=portal.lead_agency,
            hmis=portal.hmis_long_name,
            issued_on=timezone.localdate(),
        )
        for completion in completions
        if completion.passed and not completion.course.is_agreement
    )


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
    longest = max(_width(certificate.holder), _width(certificate.title) * 0.7)
    return next((names for most, names in SIZES if longest > most), "")


def _width(text: str) -> float:
    """In small letters: a capital is wider, and a Chinese or Korean letter is as wide as two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1.4 if letter.isupper() else 1 for letter in text)


def document_of(certificate: Certificate) -> StoredDocument:
    """The certificate's file, made at the first request and kept."""
    file = CertificateFile.objects.select_related("document").filter(certificate=certificate).first()
    if file is None:
        stored = documents.store(render(certificate), content_type="application/pdf")
        with transaction.atomic():
            file, _created = CertificateFile.objects.get_or_create(
                certificate=certificate, defaults={"document": stored}
            )
    return file.document
