"""The record in words: each verb has its sentence, and is told to the agency or kept from it on purpose, never both."""

from enum import StrEnum

from django.utils.functional import Promise

from hmis_portal.auditing.words import sentence
from hmis_portal.events import Verb
from hmis_portal.models import AuditEvent
from onboarding.journey import told

ENUMERATIONS = Verb.__subclasses__()


def names(verbs) -> set[str]:
    return {f"{type(verb).__name__}.{verb.name}" for verb in verbs}


def test_every_verb_has_words_and_is_told_to_the_agency_or_stays_untold() -> None:
    verbs = [verb for enumeration in ENUMERATIONS for verb in enumeration]
    assert len(ENUMERATIONS) >= 9
    assert not [
        one
        for one in StrEnum.__subclasses__()
        if one is not Verb and one.__name__.endswith(("Event", "Verb"))
    ]
    assert all(isinstance(verb.words, Promise) for verb in verbs)
    read = names(verb for verbs in told.TOLD.values() for verb in verbs)
    untold = names(told.UNTOLD)
    assert read | untold == names(verbs)
    assert not read & untold


def test_words_take_only_what_an_event_holds() -> None:
    for verb in (verb for enumeration in ENUMERATIONS for verb in enumeration):
        words = sentence(AuditEvent(verb=verb, target_type=verb.of or "agencies.agency", target_name="MOU-1"))
        assert words == str(verb.words) % {
            "target": "MOU-1",
            "object": "mOU-1",
            "detail": "MOU-1",
            "kind": "agency",
        }
        assert "%(" not in words


def test_what_belongs_to_a_model_is_told_of_it_alone() -> None:
    declined = [
        sentence(AuditEvent(verb="decline", target_type=kind))
        for kind in ("onboarding.mou", "onboarding.application")
    ]
    assert declined == ["declined to sign the MOU", "declined the application "]
    assert (
        sentence(AuditEvent(verb="long_gone", target_type="gone.model", target_name="Harbor"))
        == "long gone: Harbor"
    )
