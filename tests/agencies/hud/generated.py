"""Projects made by hypothesis: right but for one place, so that many pass and each rule is broken by itself."""

import csv
from datetime import date, timedelta
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
OPENED = st.shared(st.dates(date(2019, 1, 1), date(2025, 12, 31)), key="opened")
COC = st.sampled_from(["CT-503", "CT-505", "CT-505", "CT-505"])


FAULTS = (
    "text",
    "periods",
    "gap",
    "access point asked",
    "access point",
    "access point does",
    "household",
    "chronic elsewhere",
    "veterans",
    "bed type asked",
    "beds start",
    "season",
    "beds elsewhere",
    "bed type",
    "total",
    "units",
    "beds end",
    "source",
    "other source",
    "grant ends",
    "places",
    "geocode",
    "zip",
    "tenant",
    "ended",
    "subtype missing",
    "subtype given",
    "housing",
    "affiliation asked",
    "affiliated",
    "opens",
    "closes",
    "type",
    "no funder",
    "no beds",
    "beds without housing",
    "victim",
)
# Two of three projects have one place that may be wrong, so that each fault stands alone and no other rule hides it.
ONLY = None  # a test may name the one fault of all its projects
FAULT = st.shared(
    st.one_of(st.none(), st.sampled_from(FAULTS), st.sampled_from(FAULTS)).map(lambda name: ONLY or name),
    key="fault",
)


def odd(name, usual, other):
    """The usual value; the other one in a project whose fault has this name."""
    return FAULT.flatmap(lambda fault: other if fault == name else usual)


# The last day of a project that has one rightly: its rows end with it.
CLOSED = st.shared(
    odd("ended", st.none(), st.dates(date(2026, 1, 1), date(2027, 6, 30))),
    key="closed",
)
TEXT = odd(
    "text",
    st.text(
        st.characters(
            codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs"), exclude_characters="<>[]{}"
        ),
        min_size=1,
        max_size=50,
    ),
    st.sampled_from(["a [b]", "{", " ", "<i>", "x" * 201]),
)


def code(name):
    return st.sampled_from([int(one) for one in CODES.lists[name]])


def but(wanted, *unwanted):
    return wanted.filter(lambda value: value not in unwanted)


@st.composite
def periods(draw, row, prefix, **answers):
    """One period from the start on, or two that follow each other, or anything."""
    opened = draw(OPENED)
    shape = draw(odd("periods", st.sampled_from(["one", "two"]), st.just("any")))
    if shape == "one":
        spans = [(opened, draw(CLOSED))]
    elif shape == "two":
        turn = opened + timedelta(days=draw(st.integers(0, 300)))
        spans = [
            (opened, turn),
            (turn + timedelta(days=draw(odd("gap", st.just(1), st.sampled_from([0, 2])))), draw(CLOSED)),
        ]
    else:
        spans = draw(st.lists(st.tuples(NEAR, st.none() | NEAR), max_size=3))
    kind = row.__name__.removesuffix("Row").lower()
    return [
        row(
            key=f"{kind}-{index}",
            **{name: draw(values) for name, values in answers.items()},
            **{f"{prefix}_start_date": start, f"{prefix}_end_date": end},
        )
        for index, (start, end) in enumerate(spans)
    ]


@st.composite
def entry(draw):
    """Coordinated entry participation; an access point does something."""
    if draw(st.booleans()):
        rows = draw(
            periods(
                CeRow, "ce_participation_status",
                access_point=odd("access point asked", st.just(0), st.just(1)), receives_referrals=st.sampled_from([0, 1]),
            )
        )  # fmt: skip
    else:
        rows = [
            CeRow(
                key="ce-0",
                access_point=draw(odd("access point", st.just(1), st.just(0))),
                receives_referrals=draw(st.sampled_from([0, 1])),
                ce_participation_status_start_date=draw(OPENED),
                ce_participation_status_end_date=draw(CLOSED),
                **{name: draw(st.sampled_from([0, 1])) for name in CE_SERVICES}
                | draw(odd("access point does", st.just({CE_SERVICES[0]: 1}), st.just({CE_SERVICES[0]: 0}))),
            )
        ]
    return rows


@st.composite
def inventory(draw, kind, housing, index):
    """Beds of one household type, dedicated as the kind of project allows."""
    household = draw(
        odd("household", code("2.07.4") if kind != 8 else st.sampled_from([1, 4]), code("2.07.4"))
    )
    counts = {name: draw(st.sampled_from([0, 0, 0, 2])) for name in BED_COUNTS}
    if kind != 3:
        none = dict.fromkeys(CHRONIC_BEDS, 0)
        counts |= draw(odd("chronic elsewhere", st.just(none), st.just({**none, "ch_bed_inventory": 2})))
    if household == 4:
        none = dict.fromkeys(VETERAN_BEDS, 0)
        counts |= draw(odd("veterans", st.just(none), st.just({**none, "vet_bed_inventory": 2})))
    beds = sum(counts.values())
    shelter = draw(odd("bed type asked", st.just(kind in (0, 1)), st.just(kind not in (0, 1))))
    start = draw(odd("beds start", OPENED, st.one_of(NEAR, OPENED.map(lambda day: day - timedelta(days=1)))))
    available = draw(odd("season", st.sampled_from([1, 3]), st.just(2))) if shelter else None
    bed_type = st.just(2) if housing == 3 else st.sampled_from([1, 3])
    return InventoryRow(
        key=f"inventory-{index}",
        coc_code=draw(odd("beds elsewhere", st.shared(COC, key="coc"), COC)),
        household_type=household,
        es_bed_type=draw(odd("bed type", bed_type, code("2.07.5"))) if shelter else None,
        availability=available,
        **counts,
        bed_inventory=draw(odd("total", st.sampled_from([None, beds]), st.just(beds + 1))),
        unit_inventory=draw(odd("units", st.integers(0, beds), st.just(beds + 1))),
        inventory_start_date=start,
        inventory_end_date=draw(odd("beds end", CLOSED, NEAR)),
    )


@st.composite
def funder(draw, kind, residential, index, lead):
    """A source that pays for this kind of project, or now and then any, also a retired one."""
    any_source = [int(one) for one in CODES.lists["2.06.1"]]
    fitting = [
        one for one in any_source if not residential or kind in CODES.funder_types.get(one, frozenset({kind}))
    ]
    retired = [int(one) for one in CODES.lists["2.06.1.retired"]]
    usual = st.sampled_from(fitting) if index else st.just(lead)
    other = st.sampled_from([*any_source, *retired])
    source = draw(st.one_of(usual, usual, usual, other) if index else odd("source", usual, other))
    named = draw(odd("other source", st.just(source == 46), st.booleans()))
    return FunderRow(
        key=f"funders-{index}",
        funder=source,
        other_funder=draw(TEXT) if named else "",
        grant_id=draw(st.just("") | TEXT),
        start_date=draw(st.dates(date(2019, 1, 1), date(2022, 12, 31))),
        end_date=draw(odd("grant ends", CLOSED, NEAR)),
    )


@st.composite
def places(draw):
    first = draw(st.shared(COC, key="coc"))
    found = draw(
        odd("places", st.just([first]), st.lists(st.sampled_from(["CT-503", "CT-505", "MA-500"]), max_size=2))
    )
    return [draw(place(index, one)) for index, one in enumerate(found)]


@st.composite
def place(draw, index, coc_code):
    """A geocode of the CoC, with a ZIP code of its county."""
    counties = [row for row in COUNTIES if row["coc"] == coc_code] or COUNTIES
    county = draw(st.sampled_from(counties))
    geocode = draw(
        odd(
            "geocode",
            st.sampled_from(county["geocodes"].split()),
            st.sampled_from(["250101", "999999", "090102", "090492"]),
        )
    )
    elsewhere = draw(odd("tenant", st.just(county), st.sampled_from(COUNTIES)))
    return CocRow(
        key=f"coc-{index}",
        coc_code=coc_code,
        geocode=geocode,
        address1=draw(TEXT),
        city=draw(TEXT),
        state="CT",
        zip=draw(
            odd(
                "zip",
                st.sampled_from(elsewhere["zips"].split()),
                st.sampled_from(["6103", "06390", "02101", "06103", "06604"]),
            )
        ),
        geography_type=draw(but(code("2.03.4"), 99)),
    )


@st.composite
def drafts(draw):
    # The first source decides which kinds of project there may be, so that each source is as likely as any other.
    lead = draw(code("2.06.1"))
    kind = draw(
        st.sampled_from(sorted(CODES.funder_types[lead])) if lead in CODES.funder_types else code("2.02.6")
    )
    sub = (
        draw(odd("subtype missing", st.sampled_from([1, 2]), st.none()))
        if kind == 13
        else draw(odd("subtype given", st.none(), st.just(2)))
    )
    real_sub = sub if kind == 13 else None
    houses = is_residential(kind, real_sub)
    housing = (
        draw(odd("tenant", code("2.02.D"), st.just(3)))
        if draw(odd("housing", st.just(houses), st.just(not houses)))
        else None
    )
    services = draw(odd("affiliation asked", st.just(affiliation_applies(kind, real_sub)), st.booleans()))
    affiliation = draw(st.sampled_from([0, 1])) if services else None
    named = draw(odd("affiliated", st.just(affiliation == 1), st.booleans()))
    victim = draw(odd("victim", st.sampled_from([False, False, True]), st.just(True)))
    takes_part = st.sampled_from([0, 2]) if victim else code("2.08.1")
    return ProjectDraft(
        project_name=draw(TEXT),
        project_common_name=draw(st.just("") | TEXT),
        operating_start_date=draw(odd("opens", OPENED, NEAR)),
        operating_end_date=draw(odd("closes", CLOSED, NEAR)),
        continuum_project=draw(st.sampled_from([0, 1, 1])),
        project_type=draw(odd("type", st.just(kind), st.none())),
        rrh_sub_type=sub,
        residential_affiliation=affiliation,
        housing_type=housing,
        target_population=draw(st.none() | code("2.02.7")),
        hopwa_med_assisted_living_fac=draw(code("2.02.8")),
        coc=draw(places()),
        funders=[
            draw(funder(kind, houses, index, lead))
            for index in range(draw(odd("no funder", st.sampled_from([1, 1, 1, 2]), st.just(0))))
        ],
        inventory=[
            draw(inventory(kind, housing, index))
            for index in range(draw(odd("no beds", st.integers(1, 2), st.just(0))) if houses else draw(odd("beds without housing", st.just(0), st.just(1))))
        ],
        hmis=draw(
            periods(
                HmisRow, "hmis_participation_status",
                hmis_participation_type=odd("victim", takes_part, st.just(1)),
            )
        ),
        ce=draw(entry()),
        affiliated=[Affiliated(id=str(HOME), name="Home", residential=True)] if named else [],
        victim_service_provider=victim,
    )  # fmt: skip
