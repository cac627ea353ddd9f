"""What a row of the transition tables is, one attempt at it, and the code that belongs to it.

A move may carry a payload (`Move.payload`): one frozen dataclass, made by the form and read by guards and effects. Who
reads it registers with its type, so mypy compares that with the function, the start of the portal with the row, and
`services.perform` with what it is handed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar, overload

from django.db import models
from django_stubs_ext import StrOrPromise

from agencies import permissions
from agencies.models import AgencyRole, User
from hmis_portal.mail_parts import Letter

MANAGER, SIGNATORY = AgencyRole.MANAGER.value, AgencyRole.SIGNATORY.value
ADMIN, LEAD = (
    permissions.KIND_OF_GROUP[group] for group in (permissions.HMIS_ADMIN, permissions.LEAD_SIGNATORY)
)
SYSTEM = "system"

Text = StrOrPromise
M = TypeVar("M", bound=models.Model)
P = TypeVar("P")
P_co = TypeVar("P_co", covariant=True)
R = TypeVar("R")


@dataclass(frozen=True)
class Move:
    """One row: `verb` leads from any of `sources` to `target`, for people of the kinds in `who`.

    An empty tuple of sources means that the move makes the object. "system" is the portal itself: a computed
    move, a worker, or the consequence of another act. `payload` is the type of the payload, if it carries one.
    """

    verb: StrEnum
    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...]
    label: Text
    guard: Text = ""
    needs_reason: bool = False
    payload: type[object] | None = None

    def check_payload(self, payload: object) -> None:
        """Raises TypeError for another payload than the move's own."""
        wanted = self.payload or type(None)
        if type(payload) is not wanted:
            raise TypeError(f"“{self.verb}” takes {wanted.__name__}, not {type(payload).__name__}.")


@dataclass(frozen=True)
class Act:
    """One attempt at a move: who acts, why, from where."""

    by: User | None
    reason: str = ""
    ip: str | None = None
    letter: Letter | None = None  # how its message begins, where somebody wrote that
    _read: dict[type[object], object] = field(default_factory=dict, init=False, repr=False, compare=False)

    def read(self, kind: type[R], read: Callable[[], R]) -> R:
        """What the first who asks reads, and hands on to all after it: within the lock it cannot change."""
        if kind not in self._read:
            self._read[kind] = read()
        known = self._read[kind]
        if not isinstance(known, kind):
            raise TypeError(f"{known} is no {kind.__name__}.")
        return known


@dataclass(frozen=True, kw_only=True)
class ActWith(Act, Generic[P_co]):
    """An attempt at a move that carries a payload."""

    payload: P_co


# TABLES and the registers hold moves and functions of every model and payload, so here their types end.
TABLES: dict[type[models.Model], tuple[Move, ...]] = {}


class Register(Generic[R]):
    """Functions by move; those of one move run in the order of registration, and several modules may add some."""

    def __init__(self) -> None:
        self._functions: dict[tuple[type[models.Model], str], list[tuple[bool, Callable[[Any, Any], R]]]] = {}

    @overload
    def __call__(
        self, model: type[M], *verbs: StrEnum
    ) -> Callable[[Callable[[M, Act], R]], Callable[[M, Act], R]]: ...

    @overload
    def __call__(
        self, model: type[M], *verbs: StrEnum, payload: type[P]
    ) -> Callable[[Callable[[M, ActWith[P]], R]], Callable[[M, ActWith[P]], R]]: ...

    def __call__(
        self, model: type[models.Model], *verbs: StrEnum, payload: type[object] | None = None
    ) -> Any:
        for verb in verbs:
            if payload is not None and move(model, verb).payload is not payload:
                raise TypeError(f"“{verb}” of {model.__name__} carries no {payload.__name__}.")

        def register(function: Callable[[Any, Any], R]) -> Callable[[Any, Any], R]:
            for verb in verbs:
                self._functions.setdefault((model, verb), []).append((payload is not None, function))
            return function

        return register

    def run(self, obj: models.Model, verb: str, act: Act) -> list[R]:
        """What each function answers. Before anything is given, those that read it are not asked."""
        functions = self._functions.get((type(obj), verb), ())
        return [function(obj, act) for reads, function in functions if not reads or isinstance(act, ActWith)]


guard: Register[list[Text]] = Register()
"""What must hold besides the state: the function returns the reasons against the move."""

effect: Register[list[str]] = Register()
"""What a move does within its transaction: the function returns the names of the fields it set."""

done: Register[None] = Register()
"""What follows once the new state is written, in the same transaction: mail, tasks, further moves."""


def move(model: type[models.Model], verb: str) -> Move:
    """The row of a verb. Raises KeyError for a move that does not exist."""
    for row in TABLES[model]:
        if row.verb == verb:
            return row
    raise KeyError(f"{model.__name__} has no move “{verb}”.")


def moves_from(obj: Any, kinds: set[str]) -> list[Move]:
    """The moves open from this state to people of these kinds, in the table's order (guards are not asked)."""
    return [row for row in TABLES[type(obj)] if obj.state in row.sources and kinds & set(row.who)]
