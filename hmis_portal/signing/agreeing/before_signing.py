"""What a party relies on when it signs after another: the file, its seals, and the record of each signature before.

Read from the stored bytes at the moment of signing, so that nobody adds a signature to what no longer holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hmis_portal import documents
from hmis_portal.models import StoredDocument
from hmis_portal.signing.agreeing.evidence import attested, passkeys, statements
from hmis_portal.signing.agreeing.evidence.chain import broken
from hmis_portal.signing.models import Party, Revision, SignatureAct
from hmis_portal.signing.sealing import holding


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, with what was found in words."""

    good: bool
    words: str
    advice: str = ""
    away: bool = False  # could not be looked at now, which says nothing about it


def checks(party: Party, revision: Revision | None) -> list[Check]:
    """Everything this party's signature would rest on; `revision` is the file it reads, None for paper."""
    acts = SignatureAct.objects.filter(party__request=party.request_id, party__position__lt=party.position)
    of_acts = [check for act in acts.select_related("scan__document", "consent") for check in _of_act(act)]
    return [*(_of_file(revision) if revision else ()), *of_acts, *(_of_events(party) if of_acts else ())]


def only_away(looked_at: list[Check]) -> bool:
    """Whether all that stands in the way is that something cannot be looked at now."""
    bad = [check for check in looked_at if not check.good]
    return bool(bad) and all(check.away for check in bad)


def against(party: Party, revision: Revision | None) -> list[str]:
    """What stands in the way of this party's signature."""
    return [
        _("%(found)s It cannot be signed. %(advice)s") % {"found": check.words, "advice": check.advice}
        for check in checks(party, revision)
        if not check.good
    ]


def _of_file(revision: Revision) -> Iterator[Check]:
    data, check = _bytes_of(
        revision.document,
        good=_("The stored file has its recorded SHA-256."),
        gone=_("The stored file is gone."),
        changed=_("The stored file is no longer the one that was sealed."),
        away=_("The stored file cannot be read right now."),
    )
    yield check
    if data is None:
        return
    seals = holding.seals(data, changes=False)
    for seal in seals:
        words = _("The seal of %(name)s holds.") if seal.good else _("The seal of %(name)s does not hold.")
        yield Check(seal.good, words % {"name": seal.name}, "" if seal.good else _issue_anew())
    if len(seals) != revision.position + 1:
        yield Check(False, _("A seal is missing from the file."), _issue_anew())


def _of_act(act: SignatureAct) -> Iterator[Check]:
    name = {"name": act.legal_name}
    if statements.digest(act.statement).hex() != act.statement_sha256:
        yield Check(False, _("The record of the signature of %(name)s was changed.") % name, _restore())
    elif act.method == SignatureAct.Method.PASSKEY and not passkeys.holds(act):
        words = _("The passkey of %(name)s did not sign the record of the signature.")
        yield Check(False, words % name, _restore())
    elif words := attested.wrong_with_act(act):
        yield Check(False, words, _ask_admin())
    else:
        yield Check(True, _("The record of the signature of %(name)s has its recorded SHA-256.") % name)
    if act.method == SignatureAct.Method.PAPER:
        _data, check = _bytes_of(
            act.scan.document,
            good=_("The scan has its recorded SHA-256."),
            gone=_("The stored scan is gone."),
            changed=_("The stored scan was changed."),
            away=_("The stored scan cannot be read right now."),
        )
        yield check


def _of_events(party: Party) -> Iterator[Check]:
    if wrong := broken(party.request):
        yield Check(False, wrong, _restore())


def _ask_admin() -> str:
    return _("Tell the HMIS Admin: somebody wrote into the database.")


def _restore() -> str:
    return _("Ask the HMIS Admin to restore it from the backup.")


def _issue_anew() -> str:
    """For bytes that are those recorded: no backup has better ones."""
    return _("No backup has a better file: ask the HMIS Admin to void it, so that it is issued anew.")


def _bytes_of(
    document: StoredDocument, *, good: str, gone: str, changed: str, away: str
) -> tuple[bytes | None, Check]:
    """The stored bytes, None when there are none to look at, and which of the four is the case."""
    try:
        return documents.read(document), Check(True, good)
    except documents.DocumentGone:
        return None, Check(False, gone, _restore())
    except documents.DocumentDamaged:
        return None, Check(False, changed, _restore())
    except documents.CannotReadNow:
        advice = _("Nothing is wrong with it as far as is known. Try again in a few minutes.")
        return None, Check(False, away, advice, away=True)
