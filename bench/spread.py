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
FIRST = [
    "Ada",
    "Ben",
    "Carmen",
    "Dwight",
    "Elena",
    "Femi",
    "Grace",
    "Hugo",
    "Ines",
    "Jamal",
    "Keiko",
    "Liam",
    "Maya",
    "Noor",
    "Omar",
    "Priya",
    "Quinn",
    "Rosa",
    "Sami",
    "Tara",
    "Uma",
    "Victor",
    "Wanda",
    "Ximena",
    "Yusuf",
    "Zoe",
    "Amir",
    "Bianca",
    "Cyrus",
    "Dalia",
    "Emil",
    "Fatima",
    "Gus",
    "Hana",
    "Ivan",
    "Jun",
    "Kofi",
    "Lena",
    "Marco",
    "Nadia",
]
LAST = [
    "Adams",
    "Baptiste",
    "Cruz",
    "Diaz",
    "Evans",
    "Flores",
    "Grant",
    "Hassan",
    "Ito",
    "Jones",
    "Kowalski",
    "Lopez",
    "Moreno",
    "Nguyen",
    "Okafor",
    "Patel",
    "Quigley",
    "Rossi",
    "Santos",
    "Tanaka",
    "Underwood",
    "Vargas",
    "Walsh",
    "Xu",
    "Young",
    "Zhang",
    "Abbott",
    "Brooks",
    "Castillo",
    "Dubois",
    "Ellison",
    "Fischer",
    "Greene",
    "Horvat",
    "Ibrahim",
    "Jensen",
    "Katz",
    "Larsen",
    "Mbeki",
    "Novak",
    "Olsen",
    "Perez",
    "Reyes",
    "Silva",
    "Torres",
    "Ueda",
    "Vega",
    "Weaver",
    "Yilmaz",
    "Zapata",
]
KINDS = [
    "House", "Bridge Home", "New Start", "Community Roof", "Open Door", "Safe Passage", "Hearth",
]  # fmt: skip
# Of these the first words of names are made: no two agencies begin alike by chance.
SYLLABLES = [
    start + vowel
    for start in [
        "b",
        "d",
        "f",
        "g",
        "h",
        "j",
        "k",
        "l",
        "m",
        "n",
        "p",
        "r",
        "s",
        "t",
        "v",
        "w",
        "z",
        "br",
        "ch",
        "st",
    ]
    for vowel in "aeiou"
]
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


def first_word(number: int) -> str:
    """Another for each number below ten thousand."""
    one, other = divmod(number * 1117 % len(SYLLABLES) ** 2, len(SYLLABLES))
    return (SYLLABLES[one] + SYLLABLES[other]).capitalize()
