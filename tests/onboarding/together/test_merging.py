"""Of any two edits of a page: disjoint ones give both in any order, overlapping ones ask about exactly what differs."""

from copy import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.forms.base import Fields, as_data
from onboarding.forms.sections.sites import SiteForm
from onboarding.models import Site
from onboarding.together.merging import MINE, THEIRS, Merged, digest, digests, merge, row_of

PLAIN = [f"field{number}" for number in range(6)]
ROWS = [f"beds/{row}/{name}" for row in ("a1", "b2") for name in ("id", "count", "kind")]
TEXTS = st.lists(st.sampled_from(["", "x", "y", " z\r\nz", "1"]), max_size=2)
PAGES = st.fixed_dictionaries(
    {name: st.fixed_dictionaries({name: TEXTS, f"{name}_day": TEXTS}) for name in PLAIN}
    | {
        name: st.just({"id": [row_of(name)]}) if name.endswith("id") else st.fixed_dictionaries({"": TEXTS})
        for name in ROWS
    }
)
EDITABLE = [name for name in PLAIN + ROWS if not name.endswith("id")]
EDITS = st.dictionaries(st.sampled_from(EDITABLE), st.fixed_dictionaries({"": TEXTS}))
quick = settings(max_examples=150, deadline=None)


def same(one: Fields, other: Fields) -> bool:
    return digests(one) == digests(other)


def sent(page: Fields, stands: Fields, edit: Fields, asked: dict[str, str] | None = None) -> Merged:
    """Of a page that was opened as `page`, while `stands` stands now."""
    return merge({**page, **edit}, stands, digests(page), asked or {})


@quick
@given(PAGES, EDITS, EDITS)
def test_disjoint_edits_give_both_in_any_order(page, first, second):
    second = {name: value for name, value in second.items() if name not in first}
    one, other = (sent(page, sent(page, page, a).fields, b) for a, b in ((first, second), (second, first)))
    assert not one.clashes
    assert not other.clashes
    assert same(one.fields, other.fields)
    assert same(one.fields, {**page, **first, **second})


@quick
@given(PAGES, EDITS, EDITS)
def test_exactly_what_both_changed_differently_clashes_and_nothing_vanishes(page, theirs, mine):
    stands = sent(page, page, theirs).fields
    merged = sent(page, stands, mine)
    differ = {
        name for name in mine.keys() & theirs.keys()
        if digest(mine[name]) != digest(theirs[name])
        and digest(page[name]) not in (digest(mine[name]), digest(theirs[name]))
    }  # fmt: skip
    assert set(merged.clashes) == differ
    for name, value in mine.items():
        assert digest(merged.fields[name]) == digest(value) or digest(value) == digest(page[name])
    for name, value in theirs.items():
        kept = digest(merged.fields[name]) == digest(value)
        assert kept or name in differ or digest(value) == digest(page[name])
    # Chosen for: what stands is as each wanted it, and nothing is asked again.
    shown = digests(stands)
    for choice, wanted in ((MINE, mine), (THEIRS, theirs)):
        chosen = merge(merged.fields, stands, shown, dict.fromkeys(merged.clashes, choice))
        assert not chosen.clashes
        assert all(digest(chosen.fields[name]) == digest(wanted[name]) for name in differ)
    assert set(merge(merged.fields, stands, shown, dict.fromkeys(merged.clashes, "")).clashes) == differ


@quick
@given(PAGES, EDITS, EDITS)
def test_without_what_was_seen_all_that_differs_is_asked(page, theirs, mine):
    merged = merge({**page, **mine}, {**page, **theirs}, None, {})
    differ = {
        name for name in PLAIN + ROWS if digest({**page, **mine}[name]) != digest({**page, **theirs}[name])
    }
    assert set(merged.clashes) == differ


SITE = {
    "address": st.sampled_from(["1 Elm Street, Bolton", "2 Elm Street, Bolton", "3 Oak Street, Essex"]),
    "workstations": st.integers(0, 3),
    "connection": st.sampled_from(Site.Connection.values),
    "intake_desks": st.integers(0, 3),
}
SITE_EDITS = st.fixed_dictionaries({}, optional=SITE)


def site_saved(opened: Site, stands: Site, edit: dict[str, object]) -> Site:
    """The site once a page that was opened as `opened` is sent with these answers, while `stands` stands."""
    page, as_it_stands = SiteForm(instance=opened), SiteForm(instance=stands)
    typed = page.as_typed(page.shown()) | {name: [str(value)] for name, value in edit.items()}
    merged = merge(page.by_field(typed), as_it_stands.shown(), digests(page.shown()), {})
    assert not merged.clashes
    form = SiteForm(as_data(as_it_stands.as_typed(merged.fields)), instance=copy(stands))
    assert form.is_valid(), form.errors
    return form.instance


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries(SITE), SITE_EDITS, SITE_EDITS)
def test_disjoint_edits_of_a_site_give_both_in_any_order(site, first, second):
    second = {name: value for name, value in second.items() if name not in first}
    opened = Site(pk=1, **site)
    for one, other in ((first, second), (second, first)):
        both = site_saved(opened, site_saved(opened, opened, one), other)
        assert {name: getattr(both, name) for name in SITE} == {**site, **first, **second}


ROW = {"beds/a1/id": {"id": ["a1"]}, "beds/a1/count": {"count": ["5"]}}
CHANGED = ROW | {"beds/a1/count": {"count": ["7"]}}
REMOVED = ROW | {"beds/a1/DELETE": {"DELETE": ["1"]}}
NEW = {"beds/new-1/count": {"count": ["3"]}}
OTHER_NEW = {"beds/new-1/count": {"count": ["4"]}}


def test_a_row_that_one_removes():
    seen = digests(ROW)
    assert merge(ROW, {}, seen, {}).fields == {}, "they removed it, I left it alone"
    assert merge(REMOVED, ROW, seen, {}).fields == REMOVED, "I removed it, they left it alone"
    for mine, stands in ((CHANGED, {}), (CHANGED, REMOVED), (REMOVED, CHANGED)):
        assert merge(mine, stands, seen, {}).clashes == ["beds/a1"]
        now = digests(stands)
        assert merge(mine, stands, now, {"beds/a1": MINE}).fields == mine
        assert merge(mine, stands, now, {"beds/a1": THEIRS}).fields == stands
        assert merge(mine, stands, now, {"beds/a1": ""}).clashes == ["beds/a1"]


def test_rows_that_are_added():
    seen = digests(ROW)
    assert merge(ROW, {**ROW, **NEW}, seen, {}).fields == {**ROW, **NEW}, "theirs is not on my page"
    assert merge({**ROW, **NEW}, ROW, seen, {}).fields == {**ROW, **NEW}
    both = merge({**ROW, **NEW}, {**ROW, **OTHER_NEW}, seen, {})
    assert not both.clashes
    assert sorted(digests(both.fields).values()) == sorted(
        digests({**ROW, **NEW, "beds/new-2/count": OTHER_NEW["beds/new-1/count"]}).values()
    )
    # A second click, or two who fill in the blank row with the same.
    assert merge({**ROW, **NEW}, {**ROW, **NEW}, seen, {}).fields == {**ROW, **NEW}
