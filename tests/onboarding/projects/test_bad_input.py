"""Every field of a project's page, with what nobody should type: a sentence at the field, never a 500, nothing half-saved."""

import json
from copy import deepcopy

import pytest
from django.http import QueryDict

from agencies.hud.drafts import with_rows
from agencies.hud.forms import ProjectForms
from agencies.hud.pages import PAGES, page_of
from agencies.models import Project
from onboarding.models import SectionWork
from tests.onboarding.projects.helpers import answers, asks, page, problems, save, save_all, version

pytestmark = pytest.mark.django_db
TEN_MEGABYTES = 10 * 1024 * 1024
KINDS = {
    "empty": "",
    "long": "x" * 20_000,
    "ten megabytes": "x" * TEN_MEGABYTES,
    "ten megabytes of digits": "9" * TEN_MEGABYTES,
    "script": "<script>alert(1)</script>",
    "sql": "'; DROP TABLE agencies_project; --",
    "right to left": "\u202eأهلا שלום",
    "emoji": "🏠👩‍👩‍👧‍👦",
    "nul": "a\x00b",
    "other digits": "٣٤",
    "number": "-99999999999999999999999",
}
TEXT = {
    "project_name", "project_common_name", "coc-0-address1", "coc-0-address2", "coc-0-city", "funders-0-grant_id",
    "funders-0-other_funder", "funders-1-other_funder",
}  # fmt: skip
# A text that HUD's file takes as it is; control and direction marks are dropped.
PLAUSIBLE = {"sql", "right to left", "emoji", "other digits", "number"}
OPTIONAL_WHEN_EMPTY = {"empty"}


def everything():
    """Every input of the page, with something right in it."""
    return answers(
        **{
            "target_population": "4",
            "rrh_sub_type": "",
            "residential_affiliation": "",
            "hopwa_med_assisted_living_fac": "",
            "affiliated": "",
            "coc-0-id": "",
            "coc-0-address2": "Rear",
            "funders-rows": "2",
            "funders-0-other_funder": "",
            "funders-1-funder": "46",
            "funders-1-other_funder": "City of Hartford",
            **{f"funders-1-start_date_{part}": "1" for part in ("month", "day")},
            "funders-1-start_date_year": "2021",
            **{f"{name}_{part}": "" for name in ("operating_end_date", "funders-0-end_date", "inventory-0-inventory_end_date", "hmis-0-hmis_participation_status_end_date", "ce-0-ce_participation_status_end_date") for part in ("month", "day", "year")},
            **{f"inventory-0-{kind}_bed_inventory": "0" for kind in ("ch_vet", "youth_vet", "ch_youth", "youth", "ch")},
            **{f"ce-0-{name}": "" for name in ("prevention_assessment", "crisis_assessment", "housing_assessment", "direct_services")},
        }
    )  # fmt: skip


FIELDS = list(everything())


def rows(cast):
    project = with_rows(Project.objects.filter(pk=cast.project.pk)).values().get()
    return {name: value for name, value in project.items() if not name.startswith("date_")}


def stored(cast):
    return with_rows(Project.objects.filter(pk=cast.project.pk)).get()


def judged(project, asked, data):
    typed = QueryDict(mutable=True)
    for name, value in data.items():
        typed[name] = value
    found = ProjectForms(typed, project=project, page=asked)
    return found, found.is_valid()


@pytest.fixture
def filled(cast, application, client_of, once):
    """A project of which every page was saved."""

    def make():
        save_all(cast, client_of, everything())

    once(make)
    return cast.project


def test_the_pages_as_they_stand_are_right(cast, filled):
    for asked in PAGES:
        found, right = judged(stored(cast), asked, everything())
        assert right, [(form.prefix, form.errors) for form in found.all_forms]


@pytest.mark.parametrize("kind", KINDS)
def test_each_field_alone(cast, filled, kind):
    """The forms by themselves: what is not right is said in words at its field, what is right is a plain text or number."""
    project = stored(cast)
    for name in FIELDS:
        found, right = judged(deepcopy(project), page_of(name), {**everything(), name: KINDS[kind]})
        said = [str(one) for form in found.all_forms for errors in form.errors.values() for one in errors]
        assert right == (not said), name
        assert all(said), name
        for one in said:
            assert not any(word in one.lower() for word in ("required", "valid ", "please")), (name, one)
            assert len(one) < 250, (name, one)
        if name in TEXT and kind in PLAUSIBLE:
            assert right, (name, said)
            assert "\u202e" not in found.draft.project_name + found.draft.coc[0].city
        elif name in TEXT - {"funders-0-other_funder"} and kind not in OPTIONAL_WHEN_EMPTY:
            # A name for a source that is not "other" is no answer at all.
            assert not right, name
        if right and name not in TEXT and KINDS[kind].strip():
            assert KINDS[kind] not in str(found.draft), name


@pytest.mark.parametrize("kind", KINDS)
def test_all_fields_of_a_page_at_once_over_the_wire(cast, filled, client_of, kind):
    before, client = rows(cast), client_of(cast.director)
    for asked in PAGES:
        names = [name for name in FIELDS if asks(asked.key, name) and not name.endswith("-rows")]
        whole = KINDS[kind] if not kind.startswith("ten") else KINDS[kind][: TEN_MEGABYTES // len(names)]
        bad = {**everything(), **dict.fromkeys(names, whole)}
        check = client.post(page(cast, asked.key, "autosave"), {**bad, "version": version(cast, asked.key)})
        assert check.status_code in (
            (413,) if kind.startswith("ten") else (200, 413) if kind == "long" else (200,)
        )
        assert check["Content-Type"] == "application/json"
        response = save(cast, client_of, asked.key, bad)
        assert response.status_code == 200
        assert problems(response)
        assert "There is a problem" in response.text
        assert "<script>alert(1)" not in response.text
        # "Finish later" keeps what was typed and leads on, unless it is more than a draft holds.
        later = save(cast, client_of, asked.key, {**bad, "later": "1"})
        assert later.status_code == (200 if check.status_code == 413 else 302), (asked.key, kind)
    assert rows(cast) == before


@pytest.mark.parametrize("name", ["project_name", "coc-0-zip", "inventory-0-unit_inventory", "operating_start_date_year", "project_type", "coc-0-id", "coc-rows", "no_such_field"])  # fmt: skip
def test_ten_megabytes_in_one_field_over_the_wire(cast, filled, client_of, name):
    before, asked = rows(cast), page_of(name).key
    response = save(cast, client_of, asked, {**everything(), name: "x" * TEN_MEGABYTES})
    if name in ("coc-0-id", "no_such_field"):
        # Not an answer: what was answered rightly is saved.
        assert response.status_code == 302
    else:
        assert response.status_code == 200
        assert problems(response)
        assert rows(cast) == before
    for work in SectionWork.objects.all():
        assert len(json.dumps(work.draft)) < 400_000
    check = client_of(cast.director).post(
        page(cast, asked, "autosave"),
        {**everything(), name: "x" * TEN_MEGABYTES, "version": version(cast, asked)},
    )
    assert check.status_code == (200 if name in ("no_such_field", "coc-rows") else 413)


def test_a_name_that_is_a_picture_and_right_to_left_is_kept_as_it_is(cast, application, client_of):
    given = "🏠 بيت الأمل"
    assert save(cast, client_of, "about", answers(project_name=given)).status_code == 302
    assert Project.objects.get(pk=cast.project.pk).project_name == given


DATES = [
    "funders-1-start_date",
    "funders-1-end_date",
    "inventory-0-inventory_start_date",
    "inventory-0-inventory_end_date",
    "ce-0-ce_participation_status_start_date",
    "ce-0-ce_participation_status_end_date",
]


def test_each_wrong_date_of_a_row_says_which(cast, filled, client_of):
    wrong = {
        f"{name}_{part}": value
        for name in DATES
        for part, value in (("month", "2"), ("day", "30"), ("year", "2024"))
    }
    answered = [
        save(cast, client_of, asked, {**everything(), **wrong})
        for asked in ("funding", "beds", "participation")
    ]
    said = [words for response in answered for words in problems(response)]
    assert {
        "Who pays for it, row 2: “Grant starts” must be a real date",
        "Beds and units, row 1: “Beds available until” must be a real date",
        "Coordinated entry participation, row 1: “From” must be a real date",
        "Coordinated entry participation, row 1: “Until” must be a real date",
    } < set(said)
    assert len(said) == len(set(said)) == len(DATES)
    html = "".join(response.text for response in answered)
    for words in said:  # in the summary and at the field
        assert html.count(f"{words}<") == 2, words
