"""The kinds of acts that take two people, and who the people are. The app in which an act lives adds its kind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django_stubs_ext import StrOrPromise

from hmis_portal.models import PowerRequest
from hmis_portal.models.users import AnyUser, User, is_user


def _nothing(_row: PowerRequest) -> list[Any]:
    return []


@dataclass(frozen=True)
class PowerKind:
    """`carry_out` does what was asked, by the services that one person alone used before.

    against    why it cannot be done now, in sentences; asked at the request and again at the decision
    concerned  further people who are told, besides the person concerned, the HMIS Admins and the auditors
    papers     what whoever decides has to look at: words and address
    """

    name: str
    label: StrOrPromise
    carry_out: Callable[[PowerRequest], None]
    against: Callable[[PowerRequest], list[str]] = _nothing
    concerned: Callable[[PowerRequest], Iterable[User]] = _nothing
    papers: Callable[[PowerRequest], list[tuple[StrOrPromise, str]]] = _nothing


@dataclass(frozen=True)
class People:
    """The HMIS's own people, as the app that knows their groups names them."""

    admins: Callable[[], QuerySet[User]]  # ask and grant
    auditors: Callable[[], QuerySet[User]]  # are told
    everybody: Callable[[], QuerySet[User]]  # are told, and may stop it, where there is nobody to grant it


_kinds: dict[str, PowerKind] = {}
_people: list[People] = []


def add(*kinds: PowerKind) -> None:
    _kinds.update((kind.name, kind) for kind in kinds)


def of(row: PowerRequest) -> PowerKind:
    return _kinds[row.kind]


def run_by(people: People) -> None:
    """Say once who the HMIS's own people are."""
    _people[:] = [people]


def people() -> People:
    return _people[0]


def is_admin(user: AnyUser) -> bool:
    """May ask and grant: asked of the database, not of what the request knew at its beginning."""
    return is_user(user) and people().admins().filter(pk=user.pk).exists()


def is_told(user: AnyUser, row: PowerRequest) -> bool:
    """Who reads a request and, while a notice runs, may stop it: the HMIS's own people, and whom it concerns."""
    if not user.pk or not user.is_active:
        return False
    concerned = {row.person_id, *(person.pk for person in of(row).concerned(row))}
    return user.pk in concerned or people().everybody().filter(pk=user.pk).exists()


def granters(row: PowerRequest) -> QuerySet[User]:
    """Who can grant this one: another HMIS Admin, and nobody for themselves."""
    rows = people().admins().exclude(pk=row.asked_by_id)
    return rows.exclude(pk=row.person_id) if row.person_id else rows
