"""Which clauses the person who is to sign confirmed having read, and when: proof that the whole text was read."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hmis_portal.models.users import User
from hmis_portal.signing.agreeing import text
from hmis_portal.signing.agreeing.evidence.chain import canonical_json
from hmis_portal.signing.agreeing.text import Clause
from hmis_portal.signing.models import ClauseRead, Party


@dataclass(frozen=True)
class ReadingProgress:
    """How far one person has read; `left` are the clauses still to be read, in order."""

    read_at: dict[str, datetime]
    clauses: tuple[Clause, ...]

    @property
    def left(self) -> list[Clause]:
        return [clause for clause in self.clauses if clause.anchor not in self.read_at]

    @property
    def count(self) -> int:
        return len(self.clauses) - len(self.left)

    def next_after(self, anchor: str) -> str:
        """The anchor of the next clause that is still to be read, from the first again after the last; "" when none is."""
        anchors = [clause.anchor for clause in self.clauses]
        at = anchors.index(anchor) + 1 if anchor in anchors else 0
        return next((name for name in anchors[at:] + anchors[:at] if name not in self.read_at), "")


def confirm(party: Party, *, by: User, anchor: str) -> None:
    """Record that this person has read this clause; saying so twice changes nothing. KeyError: no such clause."""
    if anchor not in {clause.anchor for clause in text.clauses(party.request.text)}:
        raise KeyError(anchor)
    ClauseRead.objects.get_or_create(party=party, user=by, anchor=anchor)


def proof(party: Party, user: User | int) -> dict[str, Any]:
    """How many clauses this person confirmed, and the hash of which and when: {} when none was asked for."""
    rows = ClauseRead.objects.filter(party=party, user=user).values_list("anchor", "at")
    read = [[anchor, at.isoformat()] for anchor, at in rows]
    if not read:
        return {}
    return {"count": len(read), "sha256": hashlib.sha256(canonical_json(read).encode()).hexdigest()}


def progress(party: Party, user: User) -> ReadingProgress:
    """What this person has confirmed of the text as it was issued."""
    rows = ClauseRead.objects.filter(party=party, user=user)
    return ReadingProgress(dict(rows.values_list("anchor", "at")), text.clauses(party.request.text))
