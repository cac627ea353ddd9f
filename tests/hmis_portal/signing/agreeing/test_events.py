"""What is written into a chain reads in words on the certificate of completion."""

import pytest
from django.utils import translation

from hmis_portal.signing.agreeing.evidence.chain import EVENT_WORDS, EventKind, in_words

TOLD = {
    "issued": "Issued",
    "sealed:certified": "File sealed for reading",
    "sealed:agency": "Sealed (agency)",
    "signed:lead": "Signed (Lead Agency)",
    "signed:person": "Signed (person)",
    "paper:agency": "Signed on paper (agency)",
    "one_party": "Two names recorded as one party",
    "declined": "Declined",
}


@pytest.mark.parametrize(("kind", "words"), TOLD.items())
def test_it_is_told(kind: str, words: str) -> None:
    with translation.override("en"):
        assert in_words(kind) == words


def test_the_portal_writes_nothing_without_words() -> None:
    assert set(EventKind) <= set(EVENT_WORDS)
