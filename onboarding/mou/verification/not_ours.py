"""The verdict on a file that is none of the portal's as it was sealed."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from hmis_portal.models import PortalSettings
from hmis_portal.signing.models import SigningRequest
from hmis_portal.signing.verifying.findings import Answer, Finding
from onboarding.mou.verification.verdict import Verdict

# Kind, heading and words of each answer.
SAID: dict[Answer, tuple[str, StrOrPromise, StrOrPromise]] = {
    Answer.ALTERED: (
        "error",
        gettext_lazy("Altered"),
        gettext_lazy(
            "This file carries the portal’s seal or its words, but it is not a file that this portal made. Do not rely on it."
        ),
    ),
    Answer.COPY: (
        "error",
        gettext_lazy("A copy, not the file itself"),
        gettext_lazy(
            "On its pages stands %(reference)s, a document that this portal seals, but this is not the sealed file: "
            "somebody printed it to a PDF, saved it again or protected it. Do not rely on it: nobody can tell "
            "whether a word was changed."
        ),
    ),
    Answer.LOCKED: (
        "warning",
        gettext_lazy("Locked with a password"),
        gettext_lazy(
            "The portal’s documents open without a password, so this is none of them as it was sealed. If it is a "
            "copy of one, do not rely on it."
        ),
    ),
    Answer.NOT_OURS: (
        "warning",
        gettext_lazy("Not from this portal"),
        gettext_lazy(
            "This portal did not seal this file as it stands. It may be cut off, a scan or picture of one of its "
            "documents, or somebody else’s. Do not rely on it as a document of this portal."
        ),
    ),
    Answer.TOO_LARGE: (
        "warning",
        gettext_lazy("Too large"),
        gettext_lazy("The portal’s documents are smaller than 10 MB, so this is none of them."),
    ),
    Answer.UNSURE: (
        "warning",
        gettext_lazy("Could not be checked"),
        gettext_lazy(
            "The file is not one that this portal made, and reading its seals took too long. Do not rely on it."
        ),
    ),
}
# After these it is said where the true file is.
LEAD_TO_THE_FILE = (Answer.ALTERED, Answer.COPY, Answer.LOCKED, Answer.NOT_OURS)


def verdict(finding: Finding) -> Verdict:
    kind, heading, words = SAID[finding.answer]
    text = words % {"reference": finding.reads_as}
    if finding.answer in LEAD_TO_THE_FILE:
        text = f"{text} {_where()}"
    url, link = _look_up(finding.reads_as)
    return Verdict(kind, str(heading), text, link_url=url, link_text=link)


def _where() -> str:
    """Where the true file is."""
    return _(
        "The file itself stands on the pages of the agency, and of whoever signed it, in this portal, and came by e-mail "
        "after the last signature. %(admin)s sends it too: write to %(email)s."
    ) % {"admin": PortalSettings.load().admin_name, "email": PortalSettings.load().support_email}


def _look_up(reference: str) -> tuple[str, str]:
    """A link to what is known of the document that a copy seems to be of."""
    if not SigningRequest.objects.filter(reference=reference).exists():
        return "", ""
    url = f"{reverse('onboarding:verify')}?reference={reference}"
    return url, _("What the portal knows of %(reference)s") % {"reference": reference}
