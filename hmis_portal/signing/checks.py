"""What a party relies on when it signs after another: the file, its seals, and the record of each signature before.

Read from the stored bytes at the moment of signing, so that nobody adds a signature to what no longer holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hmis_portal import documents
from hmis_portal.models import StoredDocument
from hmis_portal.signing import passkeys, statements, verify
from hmis_portal.signing.models import Party, Revision, SignatureAct


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, with what was found in words."""

    good: bool
    words: str
    advice: str = ""


def before(party: Party, revision: Revision | None) -> list[Check]:
    """Everything this party's signature would rest on; `revision` is the file it reads, None for paper."""
    acts = SignatureAct.objects.filter(party__request=party.request_id, party__position__lt=party.position)
    found = [one for act in acts.select_related("scan__document") for one in _of_act(act)]
    return [*(_of_file(revision) if revision else ()), *found]


def against(party: Party, revision: Revision | None) -> list[str]:
    """What stands in the way of this party's signature."""
    return [
        _("%(found)s It cannot be signed. %(advice)s") % {"found": one.words, "advice": one.advice}
        for one in before(party, revision)
        if not one.good
    ]


def _of_file(revision: Revision) -> Iterator[Check]:
    data = _bytes_of(revision.document)
    if data is None:
        yield Check(False, _("The stored file is no longer the one that was sealed."), _restore())
        return
    yield Check(True, _("The stored file has its recorded SHA-256."))
    seals = verify.seals(data, changes=False)
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
    else:
        yield Check(True, _("The record of the signature of %(name)s has its recorded SHA-256.") % name)
    if act.method == SignatureAct.Method.PAPER:
        whole = _bytes_of(act.scan.document) is not None
        words = _("The scan has its recorded SHA-256.") if whole else _("The stored scan was changed.")
        yield Check(whole, words, "" if whole else _restore())


def _restore() -> str:
    return _("Ask the HMIS Admin to restore it from the backup.")


def _issue_anew() -> str:
    """For bytes that are those recorded: no backup has better ones."""
    return _("No backup has a better file: ask the HMIS Admin to void it, so that it is issued anew.")


def _bytes_of(document: StoredDocument) -> bytes | None:
    try:
        return documents.read(document)
    except documents.DocumentDamaged:
        return None
