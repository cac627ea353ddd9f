"""Projects made by hypothesis: right but for one place, so that many pass and each rule is broken by itself.

Strategies stand here once: hypothesis looks through each that is new, which took most of the time.
"""

import csv
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from hypothesis import strategies as st

from agencies.hud import lists
from agencies.hud.elements import CE_SERVICES, is_residential
from agencies.hud.rows import (
    BED_COUNTS,
    CHRONIC_BEDS,
    VETERAN_BEDS,
    Affiliated,
    CeRow,
    CocRow,
    FunderRow,
    HmisRow,
    InventoryRow,
    ProjectDraft,
)
from agencies.hud.rules import affiliation_applies
from tests.agencies.hud.exports import HOME

CODES = lists.shipped()
with (Path(lists.__file__).parent / "data" / "counties_ct.csv").open(newline="") as handle:
    COUNTIES = list(csv.DictReader(handle))
NEAR = st.dates(date(2019, 1, 1), date(2027, 12, 31))
OPENED = st.dates(date(2019, 1, 1), date(2025, 12, 31))
CLOSED = st.dates(date(2026, 1, 1), date(2027, 6, 30))
GRANTED = st.dates(date(2019, 1, 1), date(2022, 12, 31))
ANY_PERIODS = st.lists(st.tuples(NEAR, st.none() | NEAR), max_size=3)
COCS = ("CT-503", "CT-505", "CT-505", "CT-505")
ANY_COCS = st.lists(st.sampled_from(["CT-503", "CT-505", "MA-500"]), max_size=2)
TEXT = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs"), exclude_characters="<>[]{}"
    ),
    min_size=1,
    max_size=50,
)
ODD_TEXTS = ("a [b]", "{", " ", "<i>", "x" * 201)


FAULTS = (
    "text", "periods", "gap", "access point asked", "access point", "access point does", "household",
    "chronic elsewhere", "veterans", "bed type asked", "beds start", "season", "beds elsewhere", "bed type",
    "total", "units", "beds end", "source", "other source", "grant ends", "places", "geocode", "zip",
    "tenant", "ended", "subtype missing", "subtype given", "housing", "affiliation asked", "affiliated",
    "opens", "closes", "type", "no funder", "no beds", "beds without housing", "victim",
)  # fmt: skip

# Two of three projects have one place that may be wrong, so that each fault stands alone and no other rule hides it.
FAULT = st.sampled_from([None] * (len(FAULTS) // 2) + list(FAULTS))
YES_OR_NO = (0, 1)


@lru_cache(maxsize=None, typed=True)
def among(*values):
    return st.sampled_from(values)


def code(name):
    return tuple(int(one) for one in CODES.lists[name])


class Making:
    """One project in the making: its fault, and the days and the CoC that its rows share."""

    def __init__(self, draw, fault):
        self.draw = draw
        self.fault = fault or draw(FAULT)
        self.opened = draw(OPENED)
        # The last day of a project that has one rightly: its rows end with it.
        self.closed = draw(CLOSED) if self.fault == "ended" else None
        self.coc = self.one_of(COCS)

    def one_of(self, values):
        return self.draw(among(*values))

    def odd(self, fault, usual, other):
        """One of the usual values; one of the others in a project that has this fault."""
        return self.one_of(other if self.fault == fault else usual)

    def text(self):
        return self.one_of(ODD_TEXTS) if self.fault == "text" else self.draw(TEXT)

    def text_or_none(self):
        return self.text() if self.draw(st.booleans()) else ""

    def day(self, fault, usual):
        return self.draw(NEAR) if self.fault == fault else usual


def periods(making, row, prefix, answers):
    """One period from the start on, or two that follow each other, or anything."""
    shape = making.odd("periods", ["one", "two"], ["any"])
    if shape == "one":
        spans = [(making.opened, making.closed)]
    elif shape == "two":
        turn = making.opened + timedelta(days=making.one_of(range(301)))
        gap = timedelta(days=making.odd("gap", [1], [0, 2]))
        spans = [(making.opened, turn), (turn + gap, making.closed)]
    else:
        spans = making.draw(ANY_PERIODS)
    kind = row.__name__.removesuffix("Row").lower()
    return [
        row(
            key=f"{kind}-{index}",
            **answers(),
            **{f"{prefix}_start_date": start, f"{prefix}_end_date": end},
        )
        for index, (start, end) in enumerate(spans)
    ]


def entry(making):
    """Coordinated entry participation; an access point does something."""
    if making.draw(st.booleans()):
        return periods(
            making,
            CeRow,
            "ce_participation_status",
            lambda: {
                "access_point": making.odd("access point asked", [0], [1]),
                "receives_referrals": making.one_of(YES_OR_NO),
            },
        )
    services = {name: making.one_of(YES_OR_NO) for name in CE_SERVICES}
    services[CE_SERVICES[0]] = making.odd("access point does", [1], [0])
    return [
        CeRow(
            key="ce-0",
            access_point=making.odd("access point", [1], [0]),
            receives_referrals=making.one_of(YES_OR_NO),
            ce_participation_status_start_date=making.opened,
            ce_participation_status_end_date=making.closed,
            **services,
        )
    ]


def inventory(making, kind, housing, index):
    """Beds of one household type, dedicated as the kind of project allows."""
    household = making.odd("household", code("2.07.4") if kind != 8 else [1, 4], code("2.07.4"))
    counts = {name: making.one_of([0, 0, 0, 2]) for name in BED_COUNTS}
    if kind != 3:
        counts |= dict.fromkeys(CHRONIC_BEDS, 0) | {
            "ch_bed_inventory": making.odd("chronic elsewhere", [0], [2])
        }
    if household == 4:
        counts |= dict.fromkeys(VETERAN_BEDS, 0) | {"vet_bed_inventory": making.odd("veterans", [0], [2])}
    beds = sum(counts.values())
    shelter = making.odd("bed type asked", [kind in (0, 1)], [kind not in (0, 1)])
    bed_type = [2] if housing == 3 else [1, 3]
    start = making.opened
    if making.fault == "beds start":
        start = making.one_of([start - timedelta(days=1), making.draw(NEAR)])
    return InventoryRow(
        key=f"inventory-{index}",
        coc_code=making.odd("beds elsewhere", [making.coc], COCS),
        household_type=household,
        es_bed_type=making.odd("bed type", bed_type, code("2.07.5")) if shelter else None,
        availability=making.odd("season", [1, 3], [2]) if shelter else None,
        **counts,
        bed_inventory=making.odd("total", [None, beds], [beds + 1]),
        unit_inventory=making.odd("units", range(beds + 1), [beds + 1]),
        inventory_start_date=start,
        inventory_end_date=making.day("beds end", making.closed),
    )


def funder(making, kind, residential, index, lead):
    """A source that pays for this kind of project, or now and then any, also a retired one."""
    current, retired = code("2.06.1"), code("2.06.1.retired")
    if index and making.one_of(range(4)):
        source = making.one_of(
            one
            for one in current
            if not residential or kind in CODES.funder_types.get(one, frozenset({kind}))
        )
    elif index:
        source = making.one_of(current + retired)
    else:
        source = making.odd("source", [lead], current + retired)
    named = making.odd("other source", [source == 46], [False, True])
    return FunderRow(
        key=f"funders-{index}",
        funder=source,
        other_funder=making.text() if named else "",
        grant_id=making.text_or_none(),
        start_date=making.draw(GRANTED),
        end_date=making.day("grant ends", making.closed),
    )


def places(making):
    found = making.draw(ANY_COCS) if making.fault == "places" else [making.coc]
    return [place(making, index, one) for index, one in enumerate(found)]


def place(making, index, coc_code):
    """A geocode of the CoC, with a ZIP code of its county."""
    counties = [number for number, row in enumerate(COUNTIES) if row["coc"] == coc_code]
    county = making.one_of(counties or range(len(COUNTIES)))
    elsewhere = making.odd("tenant", [county], range(len(COUNTIES)))
    return CocRow(
        key=f"coc-{index}",
        coc_code=coc_code,
        geocode=making.odd(
            "geocode", COUNTIES[county]["geocodes"].split(), ["250101", "999999", "090102", "090492"]
        ),
        address1=making.text(),
        city=making.text(),
        state="CT",
        zip=making.odd(
            "zip", COUNTIES[elsewhere]["zips"].split(), ["6103", "06390", "02101", "06103", "06604"]
        ),
        geography_type=making.one_of(one for one in code("2.03.4") if one != 99),
    )


@st.composite
def drafts(draw, fault=None):
    """Projects with this fault, or each with one of its own or none."""
    making = Making(draw, fault)
    # The first source decides which kinds of project there may be, so that each source is as likely as any other.
    lead = making.one_of(code("2.06.1"))
    kind = making.one_of(sorted(CODES.funder_types.get(lead, code("2.02.6"))))
    if kind == 13:
        sub = making.odd("subtype missing", [1, 2], [None])
    else:
        sub = making.odd("subtype given", [None], [2])
    real_sub = sub if kind == 13 else None
    houses = is_residential(kind, real_sub)
    housing = None
    if making.odd("housing", [houses], [not houses]):
        housing = making.odd("tenant", code("2.02.D"), [3])
    services = making.odd("affiliation asked", [affiliation_applies(kind, real_sub)], [False, True])
    affiliation = making.one_of(YES_OR_NO) if services else None
    named = making.odd("affiliated", [affiliation == 1], [False, True])
    victim = making.odd("victim", [False, False, True], [True])
    takes_part = [0, 2] if victim else code("2.08.1")
    beds = making.odd("no beds", [1, 2], [0]) if houses else making.odd("beds without housing", [0], [1])
    return ProjectDraft(
        project_name=making.text(),
        project_common_name=making.text_or_none(),
        operating_start_date=making.day("opens", making.opened),
        operating_end_date=making.day("closes", making.closed),
        continuum_project=making.one_of([0, 1, 1]),
        project_type=making.odd("type", [kind], [None]),
        rrh_sub_type=sub,
        residential_affiliation=affiliation,
        housing_type=housing,
        target_population=making.one_of([None, *code("2.02.7")]),
        hopwa_med_assisted_living_fac=making.one_of(code("2.02.8")),
        coc=places(making),
        funders=[
            funder(making, kind, houses, index, lead)
            for index in range(making.odd("no funder", [1, 1, 1, 2], [0]))
        ],
        inventory=[inventory(making, kind, housing, index) for index in range(beds)],
        hmis=periods(
            making,
            HmisRow,
            "hmis_participation_status",
            lambda: {"hmis_participation_type": making.odd("victim", takes_part, [1])},
        ),
        ce=entry(making),
        affiliated=[Affiliated(id=str(HOME), name="Home", residential=True)] if named else [],
        victim_service_provider=victim,
    )
