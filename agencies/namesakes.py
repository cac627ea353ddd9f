"""Agencies that may be one organization, and those of which somebody found that they are not."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Count, F, IntegerField, Q, QuerySet, TextField, UUIDField, Value
from django.db.models.functions import Cast, Left, Length
from django.db.models.lookups import Exact

from agencies.models import Agency, Digits, Domain, NotADuplicate, Person
from hmis_portal.models.keys import among
from hmis_portal.models.written import Given, WrittenQuery

LIKE_ENOUGH = 0.85
SAME_BEGINNING = 4  # letters of the name key that two near-same names share
MOST_ALIKE = 200
AT_ONCE = 100  # agencies of which names are compared with each other on one page
SHARED = AT_ONCE // 2 + 1  # so many beginnings or EINs of two or more fill a page
JUDGED = "judged"
NONE = "-"  # in place of an EIN or a name that an agency does not have
# Where anybody may have an address: it says nothing of an organization.
PUBLIC_DOMAINS = frozenset(
    ("gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "outlook.com", "hotmail.com", "live.com", "msn.com",
     "aol.com", "icloud.com", "me.com", "mac.com", "comcast.net", "sbcglobal.net", "att.net", "snet.net", "optonline.net",
     "charter.net", "cox.net", "frontier.com", "verizon.net", "proton.me", "protonmail.com", "gmx.com", "mail.com")
)  # fmt: skip


def possible_duplicates(agency: Agency) -> list[Agency]:
    """Other agencies that may be the same organization: the same EIN, or a name that is nearly the same."""
    others = Agency.objects.exclude(pk=agency.pk).exclude(state=Agency.State.LEFT)
    others = others.exclude(pk__in=[key for pair in judged_pairs([agency.pk]) for key in pair])
    with_ein = others.filter(ein=agency.ein)[:MOST_ALIKE] if agency.ein else ()
    is_alike = alike_to(agency)
    alike = {other.pk: other for other in (*with_ein, *named_like(agency, others)) if is_alike(other)}
    return sorted(alike.values(), key=lambda other: other.created_at)


def named_like(agency: Agency, others: QuerySet[Agency]) -> QuerySet[Agency]:
    """Those whose names begin as its own and are about as long: the same name first, so that none of these is cut off."""
    key = agency.name_key
    if not key:  # nothing is no name that both have
        return others.none()
    return _near(others, **_nearness(key))


def _nearness(key: str) -> dict[str, Any]:
    shortest = LIKE_ENOUGH / (2 - LIKE_ENOUGH)  # of two names that are like enough, by how they are compared
    lengths = {"shortest": int(len(key) * shortest), "longest": int(len(key) / shortest) + 1}
    return {"key": key, "beginning": key[:SAME_BEGINNING], **lengths}


def _near(
    others: QuerySet[Agency],
    *,
    key: str | Given,
    beginning: str | Given,
    shortest: int | Given,
    longest: int | Given,
) -> QuerySet[Agency]:
    near = others.alias(length=Length("name_key")).filter(
        name_key__startswith=beginning, length__gte=shortest, length__lte=longest
    )
    return near.order_by(Exact(F("name_key"), key).desc(), "created_at")[:MOST_ALIKE]


def judged_pairs(agencies: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """The pairs with one of these that somebody found to be two organizations; the smaller key first."""
    rows = NotADuplicate.objects.filter(Q(agency__in=agencies) | Q(other__in=agencies))
    return set(rows.values_list("agency", "other"))


@dataclass(frozen=True)
class Namesake:
    """Another agency that shares something with one: what, and why it is not the same, where somebody found out."""

    agency_id: UUID
    name: str
    shares: tuple[str, ...]  # "ein", "name", "domain", "phone"
    judged: dict[str, str] | None  # reason, by and at


def namesakes(agency: Agency, *, domains: Iterable[str], phones: Iterable[str]) -> list[Namesake]:
    """Agencies with the EIN, nearly the name, an e-mail domain of an organization or a phone of this one; one query."""
    rows = _sharing_with(
        agency=agency.pk,
        ein=agency.ein or NONE,
        domains=sorted(set(domains) - PUBLIC_DOMAINS - {""}),
        phones=sorted(set(phones) - {""}),
        **_nearness(agency.name_key or NONE),
    )
    shares: dict[UUID, dict[str, None]] = {}  # keys in this order, each once
    judgments: dict[UUID, dict[str, str]] = {}
    names: dict[UUID, str] = {}
    is_alike = alike_to(agency)
    for why, key, *facts in rows:
        if why == JUDGED:
            judgments[key] = dict(zip(("reason", "by", "at"), facts, strict=True))
        elif why != "name" or is_alike(Agency(name_key=facts[1], ein=facts[2])):
            shares.setdefault(key, {})[why] = None
            names[key] = facts[0]
    return [Namesake(key, names[key], tuple(why), judgments.get(key)) for key, why in shares.items()]


@WrittenQuery
def _sharing_with() -> QuerySet[Agency, Any]:
    """What is shared, with whom, and three facts of theirs; and what was found out about others before."""
    agency, number = Given("agency", UUIDField()), IntegerField()
    texts = ArrayField(TextField())
    domains, phones = Given("domains", texts), Given("phones", texts)
    others = Agency.objects.exclude(pk=agency).exclude(state=Agency.State.LEFT).order_by()
    people = Person.objects.order_by().exclude(agency=agency)
    people = people.annotate(domain=Domain("email"), digits=Digits("phone"))
    named = _near(
        others,
        key=Given("key", TextField()),
        beginning=Given("beginning", TextField()),
        shortest=Given("shortest", number),
        longest=Given("longest", number),
    )
    shared: dict[str, QuerySet[Any]] = {
        "ein": others.filter(ein=Given("ein", TextField())),
        "name": named,
        "domain": others.filter(pk__in=people.filter(among("domain", domains)).values("agency")),
        # Apart from each other, so that each is looked up by an index.
        "phone": others.annotate(digits=Digits("phone")).filter(among("digits", phones)),
        "phone of a person": others.filter(pk__in=people.filter(among("digits", phones)).values("agency")),
    }
    parts: list[QuerySet[Any, Any]] = [
        rows.annotate(why=Value(why.partition(" ")[0])).values_list(
            "why", "pk", "legal_name", "name_key", "ein"
        )
        for why, rows in shared.items()
    ]
    for this, that in (("agency", "other"), ("other", "agency")):
        judged = NotADuplicate.objects.filter(**{this: agency}).order_by()
        told = judged.annotate(why=Value(JUDGED), at=Cast("recorded_at", CharField()))
        parts.append(told.values_list("why", that, "reason", "recorded_by__email", "at"))
    return parts[0].union(*parts[1:], all=True)


def alike_to(agency: Agency) -> Callable[[Agency], bool]:
    """Whether others have its EIN or nearly its name; what is cheap to find out is asked first."""
    matcher = SequenceMatcher(None, "", agency.name_key)

    def is_alike(other: Agency) -> bool:
        if agency.ein and agency.ein == other.ein:
            return True
        if not (agency.name_key and other.name_key):  # nothing is no name that both have
            return False
        matcher.set_seq1(other.name_key)
        ratios = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
        return all(ratio() >= LIKE_ENOUGH for ratio in ratios)

    return is_alike


@dataclass(frozen=True)
class Duplicates:
    """Sets of agencies that may be one organization, oldest first within a set."""

    groups: list[list[Agency]]
    after: str  # the name after which they go on, "" at the end
    after_id: UUID | None  # and the agency, where others have that very name
    after_ein: str  # and the EIN
    crowded: bool  # more names have one beginning than are compared with each other
    cut: bool  # more have one EIN than are shown


def duplicate_groups(after: str = "", after_id: UUID | None = None, after_ein: str = "") -> Duplicates:
    """At the beginning those that share an EIN as well; names are compared by the letters they begin with, so many at a time."""
    present = Agency.objects.exclude(state=Agency.State.LEFT).annotate(begin=Left("name_key", SAME_BEGINNING))
    present = present.only("legal_name", "name_key", "ein", "city", "state", "created_at")
    begin = after[:SAME_BEGINNING]
    follows = Q(begin__gt=begin) | Q(name_key__gt=after)
    if after_id:
        follows |= Q(name_key=after, pk__gt=after_id)
    names = present.exclude(name_key="").filter(follows, begin__gte=begin)
    eins = present.exclude(ein="").filter(ein__gt=after_ein)
    named, rest, crowded = _whole([] if after_ein else _sharing(names, "begin", "name_key", "pk"), "begin")
    with_ein, rest_of_eins, cut = _whole([] if after else _sharing(eins, "ein", "created_at"), "ein")
    if crowded:  # the later half is compared with what follows as well
        rest = named[len(named) // 2 - 1]
    candidates = {agency.pk: agency for agency in (*with_ein, *named)}.values()
    groups = _grouped(sorted(candidates, key=lambda agency: agency.created_at))
    return Duplicates(
        groups,
        rest.name_key if rest else "",
        rest.pk if rest else None,
        rest_of_eins.ein if rest_of_eins else "",
        crowded,
        cut,
    )


def _sharing(present: QuerySet[Any, Any], what: str, *order: str) -> list[Any]:
    """Those that have it in common with another, in order, and one more than are compared at once.

    First what is shared, then by whom: the index is read as far as a page needs, however many agencies there are.
    """
    keys = present.order_by(what).values(what).annotate(n=Count("*"))
    shared = list(keys.filter(n__gt=1).values_list(what, flat=True)[:SHARED])
    return list(present.filter(**{f"{what}__in": shared}).order_by(what, *order)[: AT_ONCE + 1])


def _whole(sharing: list[Any], what: str) -> tuple[list[Any], Any, bool]:
    """Those that share one thing all or none, unless there are more of them than are compared at once.

    With the last of them where others follow.
    """
    if len(sharing) <= AT_ONCE:
        return sharing, None, False
    last = getattr(sharing[-1], what)
    whole = [agency for agency in sharing if getattr(agency, what) != last]
    return (whole, whole[-1], False) if whole else (sharing[:AT_ONCE], sharing[AT_ONCE - 1], True)


def _grouped(candidates: list[Any]) -> list[list[Agency]]:
    judged = judged_pairs([agency.pk for agency in candidates])
    groups: list[list[Agency]] = []
    by_key: dict[str, list[Agency]] = {}
    for agency in candidates:
        for key in (agency.ein, f"name:{agency.begin}"):
            if key:
                by_key.setdefault(key, []).append(agency)
    placed: set[object] = set()
    for agency in candidates:
        if agency.pk in placed:
            continue
        is_alike = alike_to(agency)
        near = [*by_key.get(agency.ein, []), *by_key[f"name:{agency.begin}"]]
        group = {
            other.pk: other
            for other in near
            if (other is agency or is_alike(other)) and pair_of(agency, other) not in judged
        }
        if len(group) > 1:
            placed |= set(group)
            groups.append(sorted(group.values(), key=lambda member: member.created_at))
    return groups


def pair_of(agency: Agency, other: Agency) -> tuple[UUID, UUID]:
    first, second = sorted((agency.pk, other.pk))
    return first, second
