"""Both sides of every rule: what it finds, and that a project which does it right has no finding of that rule."""

from dataclasses import replace
from datetime import date

import pytest

from agencies.hud import lists
from agencies.hud.rules import RULES, Finding, Surroundings, check, errors
from tests.agencies.hud.cases import RIGHT, WRONG, winter
from tests.agencies.hud.drafts import (
    AROUND,
    TODAY,
    beds,
    ce,
    coc,
    funder,
    hmis,
    project,
    rrh,
    rrh_services,
    services_only,
    shelter,
)


def found(draft, number=None, around=AROUND):
    return [f for f in check(draft, around) if number in (None, f.rule)]


def fields_of(draft, number):
    return [f.field for f in found(draft, number)]


@pytest.mark.parametrize("make", [project, shelter, services_only, rrh, rrh_services])
def test_a_right_project_has_no_findings(make):
    assert found(make()) == []


@pytest.mark.parametrize(("number", "draft", "field"), WRONG)
def test_a_wrong_project_is_found(number, draft, field):
    assert field in fields_of(draft, number)


@pytest.mark.parametrize(("number", "draft"), RIGHT)
def test_a_right_project_at_the_edge_passes(number, draft):
    assert fields_of(draft, number) == []


def test_every_rule_is_tried_on_both_sides():
    numbers = {number for number, _function in RULES}
    assert numbers == {2, *range(4, 26)}
    assert {case[0] for case in WRONG} == numbers
    assert {case[0] for case in RIGHT} == numbers


@pytest.mark.parametrize(("number", "draft", "field"), WRONG)
def test_messages_are_plain_and_name_the_fix(number, draft, field):
    for finding in found(draft):
        lowered = finding.message.lower()
        assert not any(word in lowered for word in ("invalid", "please", "oops", "field is required")), (
            finding.message
        )
        assert "%(" not in finding.message


def test_warnings_do_not_stop_a_save():
    elsewhere = services_only(funders=[funder(funder=2)])
    assert [f.level for f in found(elsewhere, 13)] == ["warning"]
    assert errors(found(elsewhere)) == []


@pytest.mark.parametrize(
    ("kind", "source"), [(4, 33), (12, 21), (6, 9), (6, 44), (14, 22), (4, 20), (7, 55), (12, 2)]
)
def test_a_source_that_does_not_pay_for_such_services_is_advice(kind, source):
    draft = services_only(
        project_type=kind,
        residential_affiliation=0 if kind == 6 else None,
        funders=[funder(funder=source)],
    )
    assert [(f.rule, f.level) for f in found(draft)] == [(13, "warning")]


def test_hartford_with_fairfield_county_is_refused_with_the_right_coc():
    (one,) = found(project(coc=[coc(coc_code="CT-503")], inventory=[beds(coc_code="CT-503")]))
    assert one.message.startswith("Hartford belongs to CT-505, not to CT-503: choose CT-505")


def test_each_of_the_thirty_places_has_one_coc():
    fairfield = {"090102", "090258", "090390", "090438", "090810", "091074", "091104", "099001"}
    known = lists.shipped().lists["geocode.CT"]
    assert len(known) == 30
    for code in known:
        mine, other = ("CT-503", "CT-505") if code in fairfield else ("CT-505", "CT-503")
        wrong = fields_of(project(coc=[coc(coc_code=other, geocode=code)]), 11)
        right = fields_of(project(coc=[coc(coc_code=mine, geocode=code)]), 11)
        assert ("coc-0-geocode" in wrong, "coc-0-geocode" in right) == (True, False), code


def test_the_office_of_tenant_based_housing_may_be_in_another_county():
    draft = rrh(coc=[coc(geocode="090726")])
    assert [(f.field, f.level) for f in found(draft)] == [("coc-0-zip", "warning")]


def test_a_winter_shelter_out_of_season_is_advised_to_add_the_next():
    assert [(f.rule, f.level) for f in found(shelter(inventory=[winter(2025)]))] == [(16, "warning")]


def test_a_day_without_a_source_is_named():
    first = funder(end_date=date(2026, 1, 31))
    second = funder(key="funders-1", start_date=date(2026, 2, 3))
    (one,) = found(project(funders=[first, second]))
    assert "from February 1, 2026 to February 2, 2026" in one.message


def test_a_date_at_the_end_of_time_is_answered():
    never = date(9999, 12, 31)
    draft = project(
        funders=[funder(end_date=never)],
        hmis=[hmis(hmis_participation_status_end_date=never)],
        inventory=[beds(inventory_end_date=never)],
    )
    assert fields_of(draft, 22) == ["hmis"]


def test_a_retired_source_stands_where_it_was_but_not_in_a_new_row():
    assert [f.level for f in found(project(funders=[funder(funder=49, is_new=False)]), 12)] == ["warning"]
    assert [f.level for f in found(project(funders=[funder(funder=49)]), 12)] == ["error"]


def test_what_could_not_be_read_is_not_called_missing():
    draft = project(operating_start_date=None, unreadable=frozenset({"operating_start_date"}))
    assert found(draft) == []


def test_a_project_that_opens_later_needs_the_participation_of_that_day():
    opens = date(2027, 3, 1)
    draft = project(
        operating_start_date=opens,
        inventory=[beds(inventory_start_date=opens)],
        hmis=[hmis(hmis_participation_status_start_date=opens)],
        ce=[ce(ce_participation_status_start_date=opens)],
    )
    assert found(draft) == []


def test_findings_come_in_the_order_of_the_page():
    draft = project(
        project_name="",
        funders=[],
        inventory=[beds(unit_inventory=99), beds(key="inventory-1", household_type=None)],
    )
    assert [f.field for f in found(draft)] == [
        "project_name",
        "funders",
        "inventory-0-unit_inventory",
        "inventory-1-household_type",
    ]


def test_the_rules_do_not_know_a_new_version_only_its_lists():
    codes = lists.shipped()
    grown = replace(codes, lists={**codes.lists, "2.02.6": {**codes.lists["2.02.6"], "15": "A new type"}})
    draft = project(
        project_type=15, housing_type=None, inventory=[], funders=[funder(funder=46, other_funder="City")]
    )
    assert [f.rule for f in check(draft, AROUND)] == [4]
    assert check(draft, Surroundings(codes=grown, cocs=AROUND.cocs, today=TODAY)) == []


def test_a_finding_is_said_once():
    draft = project(project_type=None, continuum_project=1)
    assert isinstance(found(draft)[0], Finding)
    assert len({(f.field, f.message) for f in found(draft)}) == len(found(draft))
