"""The versions of the texts that people agree to: drafted, published once, shown blank."""

from collections.abc import Mapping

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal import documents
from hmis_portal.models import StoredDocument
from hmis_portal.models.users import User
from hmis_portal.signing.agreeing import text
from hmis_portal.signing.models import TextVersion
from hmis_portal.typesetting import pdf
from hmis_portal.web.errors import WrongState

DAY = 24 * 60 * 60


def current(kind: str) -> TextVersion | None:
    """The published version of a kind of text."""
    return TextVersion.objects.filter(kind=kind, state=TextVersion.State.PUBLISHED).first()


@transaction.atomic
def save_draft(kind: str, number: int, body: str, *, sample: bool = False) -> TextVersion:
    """A new draft of a text, or the draft of that number changed. Raises WrongState when it is published."""
    version = TextVersion.objects.select_for_update().filter(kind=kind, number=number).first()
    version = version or TextVersion(kind=kind, number=number)
    if version.state != TextVersion.State.DRAFT:
        raise WrongState(
            _("Version %(number)s is published and can no longer be changed.") % {"number": number}
        )
    version.body, version.title, version.sample = text.canonical(body), text.title(body), sample
    version.sha256 = text.digest(body)
    version.save()
    return version


@transaction.atomic
def publish(version: TextVersion, *, by: User | None) -> TextVersion:
    """Put a draft in force; the version before is retired. What was issued from it keeps its own copy."""
    versions = TextVersion.objects.select_for_update(no_key=True).filter(kind=version.kind).order_by("pk")
    version = next(locked for locked in versions if locked.pk == version.pk)
    if version.state != TextVersion.State.DRAFT:
        raise WrongState(_("Version %(number)s is published already.") % {"number": version.number})
    TextVersion.objects.filter(kind=version.kind, state=TextVersion.State.PUBLISHED).update(
        state=TextVersion.State.RETIRED
    )
    version.state, version.published_at, version.published_by = (
        TextVersion.State.PUBLISHED,
        timezone.now(),
        by,
    )
    version.save()
    return version


def public_pdf(version: TextVersion, values: Mapping[str, str], *, draft: bool = False) -> StoredDocument:
    """The blank form of a published text to read; rendered once for the same names.

    A draft stands in the names of those who may sign it later, and says on every page that it is none to sign.
    """
    filled = text.fill(version.body, values)
    sha256 = text.digest(filled)
    key = f"blank-form:{version.kind}:{version.number}:{version.sample}:{draft}:{sha256}"
    if document := StoredDocument.objects.filter(sha256=cache.get(key, "")).first():
        return document
    context = {
        "title": text.title(filled),
        "reference": "",
        "number": version.number,
        "sample": version.sample,
        "draft": draft,
        "text_sha256": sha256,
        "introduction": text.introduction(filled),
        "clauses": text.clauses(filled),
        "facts": [],
        "parties": [],
    }
    data = pdf.render_template("pdf/agreement.html", context, identifier=sha256[:32].encode())
    document = documents.store(data, content_type="application/pdf")
    cache.set(key, document.sha256, DAY)
    return document
