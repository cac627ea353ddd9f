"""The kinds of changes that are tried before they are made, and the world they are tried in.

The app in which a change lives adds its kind; the app on top says once how the world goes on.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from hmis_portal.models import WhatIf

Agencies = Sequence[UUID]


def _nothing(_row: WhatIf, _agencies: Agencies) -> None:
    """What is saved is all."""


@dataclass(frozen=True)
class WhatIfKind:
    """`carry_out` makes the change as it is made for good; `follow` does for some agencies what workers do after it."""

    name: str
    carry_out: Callable[[WhatIf], None]
    follow: Callable[[WhatIf, Agencies], None] = _nothing


@dataclass(frozen=True)
class World:
    """What is done each day by itself, and what can be seen of it. `clock.today` is the day.

    pieces  all agencies that a change may touch; those that share people stand together, so nobody counts twice
    look    everything that access rests on: where it is the same after a change, the change does nothing
    settle  what the commit of a change sets off at once
    night   the recomputation and the reminders of one day; only for some agencies is it a day on which people's access
            or courses may stand otherwise than the day before; says whether it looked at anybody's access
    changes the days to come on which they may, as things stand; by agency
    having  whether each person of these agencies has access, by the key of the row that says so
    tasks   what the agencies have to do: by agency and what it is, in words
    names   person, agency and the agency's id, by the keys of `having`
    """

    pieces: Callable[[], list[list[UUID]]]
    look: Callable[[Agencies], Any]
    settle: Callable[[Agencies], None]
    night: Callable[[Agencies, Agencies], bool]
    changes: Callable[[Agencies], dict[UUID, set[date]]]
    having: Callable[[Agencies], dict[int, bool]]
    tasks: Callable[[Agencies], dict[tuple[UUID, str], str]]
    names: Callable[[Collection[int]], Mapping[int, tuple[str, str, UUID]]]
    agency_names: Callable[[Collection[UUID]], Mapping[UUID, str]]


_kinds: dict[str, WhatIfKind] = {}
_world: list[World] = []


def add(*kinds: WhatIfKind) -> None:
    _kinds.update((kind.name, kind) for kind in kinds)


def of(row: WhatIf) -> WhatIfKind:
    return _kinds[row.kind]


def goes_on_by(world: World) -> None:
    _world[:] = [world]


def world() -> World:
    return _world[0]
