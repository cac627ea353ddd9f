"""A class is entered as it stands in a spreadsheet: person, day, result and score, each person once."""

import datetime as dt

import pytest
from django.urls import reverse

from training.doors import pasted
from training.models import Completion, HeldResult

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_june")]


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("Ana@X.example", pasted.Line("ana@x.example")),
        (
            "ana@x.example\t2026-06-02\tpassed\t92",
            pasted.Line("ana@x.example", dt.date(2026, 6, 2), score=92),
        ),
        ("ana@x.example; 61.5 %; failed", pasted.Line("ana@x.example", score=61, passed=False)),
        ("ana@x.example\tJune 2, 2026\t88 %", pasted.Line("ana@x.example", dt.date(2026, 6, 2), score=88)),
        ("ana@x.example  06/25/2026", pasted.Line("ana@x.example", dt.date(2026, 6, 25))),
        ("ana@x.example\t03/04/2026", pasted.Line("ana@x.example", doubtful=True)),
    ],
)
def test_a_line(line, read):
    assert pasted.read(f"\n {line} \n") == ([read], [])


def test_each_person_once_and_what_is_nothing_known_is_said():
    lines, wrong = pasted.read("a@x.example\t50\nA@X.example\t90\nb@x.example\tmaybe\t101")
    assert [(line.email, line.score) for line in lines] == [("a@x.example", 90), ("b@x.example", None)]
    assert wrong == [
        "Line 3: “maybe” is no day, result or score.",
        "Line 3: “101” is no day, result or score.",
    ]


def test_a_class_with_scores_of_their_own_is_recorded_from_one_page(opened, course, client_of):
    people = f"{opened.staff.email}\t2026-06-10\t95\n{opened.coordinator.email}\tfailed\t60\nnobody@x.example\t70\n"
    typed = {"course": course.pk, "people": people, "completed_on": "2026-06-12", "score": "", "note": ""}
    page = client_of(opened.trainer).post(reverse("admin:training_completion_record"), typed, follow=True)
    assert "1 completion recorded." in page.text
    assert "1 attempt was not passed." in page.text
    assert HeldResult.objects.get().who == "nobody@x.example"
    done = {row.person: (row.completed_on, row.score, row.passed) for row in Completion.objects.all()}
    assert done == {
        opened.staff: (dt.date(2026, 6, 10), 95, True),
        opened.coordinator: (dt.date(2026, 6, 12), 60, False),
    }


def test_a_score_is_asked_for_where_a_line_has_none(opened, course, client_of):
    typed = {
        "course": course.pk,
        "people": opened.staff.email,
        "completed_on": "2026-06-12",
        "score": "",
        "note": "",
    }
    page = client_of(opened.trainer).post(reverse("admin:training_completion_record"), typed)
    assert "Enter the score" in page.text
    bad = client_of(opened.trainer).post(
        reverse("admin:training_completion_record"), typed | {"people": f"{opened.staff.email}\t<b>x"}
    )
    assert "Line 1: “&lt;b&gt;x” is no day, result or score." in bad.text
    assert not Completion.objects.exists()
