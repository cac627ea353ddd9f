"""Both sides of every rule: what it finds, and that a project which does it right has no finding of that rule."""

from dataclasses import replace
from datetime import date

import pytest

from agencies.hud import lists
from agencies.hud.rules import RULES, Finding, Surroundings, check, errors
from tests.agencies.hud.cases import RIGHT, WRONG
from tests.agencies.hud.drafts import (
    AROUND,
    TODAY,
    beds,
    ce,
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
