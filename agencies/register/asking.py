"""What the loaded lists of the IRS say of an agency's EIN, in one query."""

import datetime as dt
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet, Subquery, TextField, UUIDField

from agencies.models import Agency, RegisterLoad
from agencies.models.agency import WholeNameKey
from agencies.namesakes import LIKE_ENOUGH
from hmis_portal.models.written import Given, WrittenQuery

Kind = RegisterLoad.Kind


@dataclass(frozen=True)
class Entry:
    """How a list knows an EIN."""

    name: str
    other_name: str
    city: str
    region: str
    status: str
    subsection: str
    revoked_on: dt.date | None
    posted_on: dt.date | None
    reinstated_on: dt.date | None
    is_alike: bool  # one of these names is one of the agency's


@dataclass(frozen=True)
class RegisterAnswer:
    """What one list says: nothing, where it does not have the EIN."""

    kind: Kind
    of_day: dt.date
    entry: Entry | None


FACTS = ("name", "other_name", "city", "region", "status", "subsection", "revoked_on", "posted_on", "reinstated_on")  # fmt: skip


def look_up(agency: Agency) -> dict[Kind, RegisterAnswer]:
    """By list, those of which a file is loaded. Of several revocations of one EIN the latest counts."""
    answers: dict[Kind, RegisterAnswer] = {}
    for kind, of_day, known, key, other_key, legal_key, common_key, *facts in _told(
        agency=agency.pk, ein=agency.ein or "-"
    ):
        entry = None
        if known is not None:
            told: list[Any] = [*facts, _alike((key, other_key), (legal_key, common_key))]
            entry = Entry(*told)
        answers.setdefault(Kind(kind), RegisterAnswer(Kind(kind), of_day, entry))
    return answers


@WrittenQuery
def _told() -> QuerySet[RegisterLoad, tuple[Any, ...]]:
    own = Agency.objects.filter(pk=Given("agency", UUIDField()))
    return (
        RegisterLoad.objects.filter(state=RegisterLoad.State.STANDS)
        .annotate(found=FilteredRelation("entries", condition=Q(entries__ein=Given("ein", TextField()))))
        .annotate(
            known=F("found__pk"),
            key=WholeNameKey("found__name"),
            other_key=WholeNameKey("found__other_name"),
            legal_key=Subquery(own.values("name_key")),
            common_key=Subquery(own.values(key=WholeNameKey("common_name"))),
        )
        .order_by(F("found__revoked_on").desc(nulls_last=True), "found__pk")
        .values_list(
            "kind", "of_day", "known", "key", "other_key", "legal_key", "common_key",
            *(f"found__{fact}" for fact in FACTS),
        )
    )  # fmt: skip


def _alike(theirs: tuple[str, str], ours: tuple[str, str]) -> bool:
    pairs = [(one, other) for one in theirs for other in ours if one and other]
    return any(SequenceMatcher(None, *pair).ratio() >= LIKE_ENOUGH for pair in pairs)
