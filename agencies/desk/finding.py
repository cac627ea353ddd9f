"""What the desk's search finds among agencies and people, however it was typed; by the indexes of `matching`."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.contrib.postgres.search import SearchQuery
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Upper

from agencies.models import Agency, Digits, Number, Person, User, Words
from hmis_portal.text import typed
from hmis_portal.text.references import read_reference

M = TypeVar("M", bound=Model)
SHOWN = 20  # of one kind
CONSIDERED = 500  # as many are put in order: what finds more tells nobody from the others, as the page says
WORDS = 8  # as many of what was typed are looked for
FEWEST_DIGITS = 3  # of the beginning of an EIN


@dataclass(frozen=True)
class Sought:
    """What somebody looks for: words by their beginnings, a number, a reference."""

    words: SearchQuery | None
    number: str
    reference: str

    def in_words(self) -> Q:
        return Q(words=self.words) if self.words else Q(pk=None)

    def in_phone(self) -> Q:
        return Q(digits=self.number[-10:]) if len(self.number) >= 10 else Q(pk=None)


def read(term: str) -> Sought:
    """The words parted as `Words` parts what is kept, at apostrophes or as if none had been typed."""
    plain = re.sub(Words.accents, "", unicodedata.normalize("NFKD", typed.text(term)).lower())
    spellings = {_beginnings(plain), _beginnings(re.sub(Words.apostrophes, "", plain))} - {""}
    words = (
        SearchQuery(" | ".join(sorted(spellings)), search_type="raw", config="simple") if spellings else None
    )
    code = typed.letters(term.partition(" ext")[0])
    reference = read_reference(term) or typed.one_line(term).strip().upper()[:24]
    return Sought(words, code if code.isascii() and code.isdigit() else "", reference)


def _beginnings(text: str) -> str:
    """All of the words, each by its beginning; in the database's own language of searches."""
    parts = [f"'{word}':*" for word in re.split(Words.marks, text) if word]
    return f"({' & '.join(parts[:WORDS])})" if parts else ""


def agencies(sought: Sought) -> tuple[list[Agency], bool]:
    """With whether there were too many to put in order."""
    by = sought.in_words() | sought.in_phone()
    if FEWEST_DIGITS <= len(sought.number) <= 9:
        by |= Q(ein__startswith=sought.number)
    rows = Agency.objects.alias(words=Words("legal_name", "common_name"), digits=Digits("phone"))
    shown, too_many = _first(rows.filter(by), "legal_name")
    return list(shown), too_many


def _first(rows: QuerySet[M], *order: str) -> tuple[QuerySet[M], bool]:
    """The first of what was found, and one more where there are more; of too many any. Two queries.

    By capitals, of which there is no index: the database would walk it and read the words of every row in vain.
    """
    considered = rows.order_by().values_list(*order, "pk")[: CONSIDERED + 1]
    first = sorted(considered, key=lambda row: [*(str(name).upper() for name in row[:-1]), row[-1]])
    shown: QuerySet[M] = rows.model._default_manager.filter(pk__in=[row[-1] for row in first[: SHOWN + 1]])
    return shown.order_by(*(Upper(name) for name in order), "pk"), len(first) > CONSIDERED


@dataclass(frozen=True)
class FoundPerson:
    """One person: the account, where there is one, and as whom agencies know them."""

    user: User | None
    known: tuple[Person, ...]

    @property
    def name(self) -> str:
        first = self.user or self.known[0]
        return (first.get_full_name() if isinstance(first, User) else first.name) or self.email

    @property
    def email(self) -> str:
        return self.user.email if self.user else self.known[0].email

    @property
    def agencies(self) -> list[Agency]:
        return [person.agency for person in self.known]


def people(sought: Sought) -> tuple[list[FoundPerson], bool]:
    """Each once, whether an account or an agency's directory names them so; five queries.

    With whether there were too many to put in order.
    """
    named: dict[str, object] = {"words": Words("first_name", "last_name", "email")}
    rows: QuerySet[Person] = Person.objects.alias(**named, digits=Digits("phone"))
    by, order = sought.in_words() | sought.in_phone(), ("last_name", "first_name")
    first, too_many = _first(rows.filter(by), *order)
    known = list(first.select_related("user", "agency"))
    accounts: QuerySet[User] = User.objects.alias(**named, digits=Digits(Number("phone")))
    with_account, too_many_accounts = _first(accounts.filter(by), *order)
    users = {user.pk: user for user in with_account}
    users |= {person.user.pk: person.user for person in known if person.user}
    everywhere = Person.objects.filter(user__in=users).select_related("agency").order_by("agency__legal_name")
    rows_of = _each_once(users.values(), list(everywhere) if users else [], known)
    return rows_of, too_many or too_many_accounts


def _each_once(users: Iterable[User], everywhere: list[Person], known: list[Person]) -> list[FoundPerson]:
    with_account = [
        FoundPerson(user, tuple(person for person in everywhere if person.user_id == user.pk))
        for user in users
    ]
    without = [FoundPerson(None, (person,)) for person in known if person.user_id is None]
    return sorted([*with_account, *without], key=lambda row: row.name.casefold())[: SHOWN + 1]
