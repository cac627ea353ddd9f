"""Reference content: version 1 of each text, a plain-words sample until counsel's text takes its place."""

from pathlib import Path

from hmis_portal.signing.agreeing import text_versions
from hmis_portal.signing.models import TextVersion

TEXTS = Path(__file__).parent / "texts"


def load() -> None:
    """Publish the sample of each kind that has no text at all; what an administrator wrote stays."""
    for kind in TextVersion.Kind.values:
        if not TextVersion.objects.filter(kind=kind).exists():
            body = (TEXTS / f"{kind}-1.md").read_text(encoding="utf-8")
            text_versions.publish(text_versions.save_draft(kind, 1, body, sample=True), by=None)
