"""Lines of a spreadsheet, as they are put into the table of a class: person, day, result, score and course."""

import pytest

from training.doors import pasted
from training.models import Course

BASICS = Course(slug="hmis-basics", title="HMIS basics")
COURSES = {"hmis basics": BASICS}


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("Ana@X.example", pasted.Line("ana@x.example")),
        ("ana@x.example\t2026-06-02\tpassed\t92", pasted.Line("ana@x.example", "2026-06-02", score=92)),
        ("ana@x.example; 61.5 %; failed", pasted.Line("ana@x.example", score=61, passed=False)),
        ("ana@x.example\tJune 2, 2026\t88 %", pasted.Line("ana@x.example", "June 2 2026", score=88)),
        (
            "ana@x.example, Nov 3, 2026, failed, 40",
            pasted.Line("ana@x.example", "Nov 3 2026", 40, passed=False),
        ),
        ("ana@x.example, 40, 2026-11-03", pasted.Line("ana@x.example", "2026-11-03", 40)),
        ("ana@x.example\t03/04/2026", pasted.Line("ana@x.example", "03/04/2026")),
        ("ana@x.example\tHMIS  Basics", None),  # two blanks part cells
        ("ana@x.example\tHMIS Basics\t70", pasted.Line("ana@x.example", score=70, course=BASICS)),
    ],
)
def test_a_line(line, read):
    lines, wrong = pasted.read(f"\n {line} \n", COURSES)
    assert (lines, wrong) == ([read], []) if read else len(wrong) == 2


def test_each_person_once_and_what_is_nothing_known_is_said():
    text = f"a@x.example\t50\nA@X.example\t90\nb@x.example\tmaybe\t101\n{'a' * 250}@x.example\nAna Ruiz"
    lines, wrong = pasted.read(text, {})
    assert [(line.email, line.score) for line in lines][:2] == [("a@x.example", 90), ("b@x.example", None)]
    assert wrong == [
        "Line 3: “maybe” is no day, result, score or course.",
        "Line 3: “101” is no day, result, score or course.",
        f"Line 4: “{'a' * 80}” is no e-mail address.",
        "Line 5: “Ana Ruiz” is no e-mail address.",
    ]
