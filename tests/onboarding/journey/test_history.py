"""The record in words: each verb is told to the agency or kept from it on purpose, and never both."""

from enum import StrEnum

from hmis_portal.models import AuditEvent
from onboarding.journey import history

ENUMERATIONS = [kind for kind in StrEnum.__subclasses__() if kind.__name__.endswith(("Event", "Verb"))]


def names(verbs) -> set[str]:
    return {f"{type(verb).__name__}.{verb.name}" for verb in verbs}


def test_every_verb_has_words_or_stays_untold() -> None:
    verbs = [verb for enumeration in ENUMERATIONS for verb in enumeration]
    assert len(ENUMERATIONS) >= 10
    told = names(verb for words in history.WORDS.values() for verb in words)
    untold = names(history.UNTOLD)
    assert told | untold == names(verbs)
    assert not told & untold


def test_words_take_only_what_an_event_holds() -> None:
    for model, words in history.WORDS.items():
        for verb in words:
            event = AuditEvent(
                verb=verb, target_type=model._meta.label_lower, target_name="MOU-1", data={"text": "why"}
            )
            (row,) = history.in_words([event])
            assert row["text"]
            assert "%(" not in row["text"]
