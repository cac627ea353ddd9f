"""How a large community is made up: states, rosters, roles, towns and names."""

from agencies.models import AccessLevel, HmisRole

# Of a hundred agencies this many have an application in each state.
SPREAD = {
    "draft": 12,
    "submitted": 8,
    "in_review": 6,
    "changes_requested": 6,
    "approved": 60,
    "declined": 4,
    "withdrawn": 4,
}
ROSTERS = [1, 2, 2, 3, 3, 3, 4, 4, 5, 6, 8, 12]
BIG_ROSTER = 50
TOWNS = ["Hartford", "New Haven", "Bridgeport", "Waterbury", "Norwich", "Danbury", "Torrington", "Meriden"]
FIRST = ["Ada", "Ben", "Carmen", "Dwight", "Elena", "Femi", "Grace", "Hugo", "Ines", "Jamal", "Keiko", "Liam"]
LAST = [
    "Adams", "Baptiste", "Cruz", "Diaz", "Evans", "Flores",
    "Grant", "Hassan", "Ito", "Jones", "Kowalski", "Lopez",
]  # fmt: skip
NAMES = [
    "Harbor House", "Bridge to Home", "New Start", "Community Roof", "Open Door", "Safe Passage", "Hearth",
]  # fmt: skip
ROLES = [
    (HmisRole.HDC, AccessLevel.AGENCY),
    (HmisRole.CASE_MANAGER, AccessLevel.CASE),
    (HmisRole.DATA_ENTRY, AccessLevel.ENTRY),
    (HmisRole.READ_ONLY, AccessLevel.VIEW),
]


def spread() -> list[str]:
    """A hundred states in which each comes evenly, so that a few agencies show all of them; the first is a draft."""
    places = sorted(
        (place / share, state) for state, share in SPREAD.items() for place in range(1, share + 1)
    )
    states = [state for _place, state in places]
    first = states.index("draft")
    return states[first:] + states[:first]
