"""The lists of the desk: their rows are made by the column, and read as Django makes them by the cell."""

import re
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.admin.templatetags import admin_list
from django.template import Context, Engine, Template
from django.urls import reverse

from agencies.models import ContinuumOfCare
from hmis_portal.desk import rows
from tests.applications import make_application
from tests.cast import Cast
from tests.desk import LISTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_in_production")]
NAMED = re.compile(r' data-label="[^"]+"')  # the name of the column, which Django's cells do not carry


def test_no_filter_says_that_a_field_is_empty() -> None:
    """Django's "Empty" and "Not empty" tell nobody what was not done: see `whether_filter`."""
    filters = {
        f"{model._meta.label} {chosen[0]}": chosen[1]
        for model, listed in admin.site._registry.items()
        for chosen in listed.list_filter
        if isinstance(chosen, tuple)
    }
    assert filters
    assert [name for name, kind in filters.items() if kind is admin.EmptyFieldListFilter] == []


@pytest.mark.parametrize(
    ("model", "titles"),
    [
        ("signing_sealjob", ("By whether it was given up", "By whether it is made")),
        ("training_requirement", ("By registration",)),
        ("onboarding_condition", ("By whether it is met",)),
    ],
)
def test_a_filter_is_not_named_after_what_fills_the_field(
    cast: Cast, reference: None, model: str, titles: tuple[str, ...]
) -> None:
    """Such as “By given up, for a person to see”, “By done at”."""
    page = cast.client("admin").get(reverse(f"admin:{model}_changelist")).text
    assert [title for title in titles if f"<summary>{title}</summary>" not in page] == []


def test_the_rows_of_lists_are_letter_for_letter_those_of_django(cast: Cast, full_desk: None) -> None:
    """What is found out once a column must be what Django finds out for each cell."""
    client, wrong, cells, named = cast.client("admin"), [], 0, 0
    for model in (model for model, (readers, _writers) in LISTS.items() if "admin" in readers):
        answer = client.get(reverse(f"admin:{model}_changelist"))
        if answer.status_code != 200:
            continue  # the settings have one row, to which their list leads
        cl = answer.context["cl"]
        ours = [
            NAMED.sub("", row) for result in rows.results(cl) for row in "".join(result).split(rows.BETWEEN)
        ]
        theirs = ["".join(row) for row in admin_list.results(cl)]
        wrong += [f"{model}: {one}" for one in zip(theirs, ours, strict=True) if one[0] != one[1]]
        cells += sum(row.count("<td") for row in theirs)
        named += len(NAMED.findall("".join(map("".join, rows.results(cl)))))
    assert wrong == []
    assert cells > 200
    assert named > 150


def test_headings_and_filters_of_a_list_are_those_of_django_and_names_in_them_are_text(
    cast: Cast, reference: None
) -> None:
    """They are written in one piece; Django's own templates say what must stand in them."""
    ContinuumOfCare.objects.update(name='<script>alert("x")</script> & sons')
    make_application(cast.agency, by=cast.director)
    client = cast.client("admin")
    address = reverse("admin:onboarding_application_changelist")
    of_filter, of_table = _django_own("filter"), _django_own("change_list_results")
    for asked in (
        {"turn": "all"},
        {"turn": "all", "state__exact": "draft", "o": "2.-1", "_facets": ""},
        {"q": "<b>&é", "agency__joining_reason__exact": "", "o": "-2"},
    ):
        answer = client.get(address, asked)
        cl, written = answer.context["cl"], _squeezed(answer.content.decode())
        assert "<script>alert" not in written
        for spec in cl.filter_specs:
            choices = list(spec.choices(cl))
            assert _squeezed(of_filter.render(Context({"title": spec.title, "choices": choices}))) in written
        heads = list(admin_list.result_headers(cl))
        by = sum(bool(head["sortable"] and head["sorted"]) for head in heads)
        shown = {"result_headers": heads, "num_sorted_fields": by, "results": ["x"]}
        head = _squeezed(of_table.render(Context(shown))).split("<tbody>")[0]
        assert ("<thead>" not in written) if not cl.result_list else (head in written)


def _django_own(name: str) -> Template:
    path = Path(admin.__file__).parent / f"templates/admin/{name}.html"
    return Engine.get_default().from_string(path.read_text(encoding="utf-8"))


def _squeezed(html: str) -> str:
    return re.sub(r"\s*([<>])\s*", r"\1", re.sub(r"\s+", " ", html))
