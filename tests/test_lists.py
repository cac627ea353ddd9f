"""The lists of the desk: their rows are made by the column, and read as Django makes them by the cell."""

import re

import pytest
from django.contrib.admin.templatetags import admin_list
from django.urls import reverse

from hmis_portal.desk import rows
from tests.cast import Cast
from tests.test_admin import LISTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_in_production")]
NAMED = re.compile(r' data-label="[^"]+"')  # the name of the column, which Django's cells do not carry


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
