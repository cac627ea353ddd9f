"""Questions that asked several things became one for each: installed after the earlier set, answers carried where they mean the same."""

import pytest
from django.utils import timezone

from hmis_portal import documents
from onboarding.application import opening
from onboarding.models import (
    Application,
    Condition,
    ReadinessAnswer,
    ReadinessQuestion,
    ReadinessVersion,
    ReadinessYear,
    Upload,
)
from onboarding.readiness import each_year, rules, summary, versions
from onboarding.readiness.each_year import YearlyAnswers
from onboarding.sections.answers import Answers
from tests.onboarding.helpers import PDF

pytestmark = pytest.mark.django_db
DATE = {"label": "Date of the last internal security review", "when": ["yes"], "required": True, "past": True}


@pytest.fixture
def earlier():
    """The set of an installation of before: questions 8, 9, 14 with 15, 32 and 36, each whole."""
    version = ReadinessVersion.objects.create(number=1)
    for number, text, more in (
        ("8", "Does every person have their own user name, and does your policy forbid sharing it?", {}),
        ("9", "Are passwords long, with letters and numbers, and no words?", {}),
        ("10", "Are passwords out of sight, and not saved in the browser?", {}),
        ("14", "Antivirus?", {}),
        ("15", "Which?", {"asked_when": {"question": 14, "is": ["yes"]}, "choices": [], "parts": {"text": {"label": "Name"}}}),
        ("32", "Consent: release, taking it back, copies?", {"parts": {"file": {"label": "Form", "when": ["yes"]}}}),
        ("36", "Plan, logs, review, background checks?", {"parts": {"date": DATE}}),
    ):  # fmt: skip
        question = ReadinessQuestion.objects.create(
            version=version, number=number, order=int(number) * 10, group="Old", text=text, answer_type="YN",
            **{"choices": rules.YES_NO, **more},
        )  # fmt: skip
        if question.choices:
            question.outcomes.create(order=0, kind="P", when={"answer": ["no"]}, text=f"Mend {number}.")
    version.published_at = timezone.now()
    version.save()
    return version


@pytest.fixture
def answered(cast, earlier):
    """An application under the earlier set, whose questions 9, 32 and 36 were answered Yes and question 10 No."""
    application = opening.start(agency=cast.agency, by=cast.director)
    for number, value in {
        "8": {"answer": "yes"},
        "9": {"answer": "yes"},
        "10": {"answer": "no"},
        "14": {"answer": "yes"},
        "15": {"text": "Guard"},
        "32": {"answer": "yes"},
        "36": {"answer": "yes", "date": "2026-03-01"},
    }.items():
        ReadinessAnswer.objects.create(
            application=application, question=earlier.questions.get(number=number), value=value,
            answered_by=cast.director, plan="Lockers" if number == "10" else "",
        )  # fmt: skip
    document = documents.store(PDF, content_type="application/pdf")
    Upload.objects.create(
        agency=cast.agency, kind="readiness", question="32", filename="consent.pdf", document=document,
        uploaded_by=cast.director,
    )  # fmt: skip
    return application


def test_the_new_set_is_published_after_the_portals_own_and_once(earlier):
    for _twice in range(2):
        rules.load()
    two = ReadinessVersion.objects.get(number=2)
    assert (two, ReadinessVersion.objects.count()) == (rules.published(), 2)
    assert "9, 10, 24, 32 and 36" in two.what_changed
    assert versions.problems(two) == []
    parts = list(two.questions.exclude(part_of="").values_list("number", flat=True))
    assert parts == [
        "9a",
        "9b",
        "10a",
        "10b",
        "24a",
        "24b",
        "24c",
        "32a",
        "32b",
        "32c",
        "36a",
        "36b",
        "36c",
        "36d",
    ]
    assert not two.questions.filter(number__in=["9", "10", "24", "32", "36"]).exists()
    assert {row.kind for row in versions.changes(earlier, two) if row.number in ("9", "8")} == {
        "removed",
        "changed",
    }


def test_a_version_of_an_administrator_stays_in_force(cast, earlier):
    theirs = versions.publish(versions.begin(by=cast.admin), by=cast.admin, what_changed="Ours")
    rules.load()
    assert rules.published() == theirs


def test_an_application_under_way_keeps_its_version(answered, cast):
    rules.load()
    answers = Answers(Application.objects.get(pk=answered.pk), cast.agency)
    rows = {row.field: row.answer for group in summary.readiness(answers) for row in group.rows}
    assert rows["q9"] == "Yes"
    assert rows["q15"] == "Name: Guard"  # asked after 14, whose number was a number in the earlier set
    assert rows["q10"].startswith("No\nPlan: Lockers.")
    assert "consent.pdf" in rows["q32"]


def test_a_yes_is_carried_to_every_part_and_a_no_to_none(answered, cast):
    rules.load()
    Application.objects.filter(pk=answered.pk).update(state="withdrawn")
    new = opening.start(agency=cast.agency, by=cast.director)
    carried = {row.question.number: row.value for row in new.readiness.all()}
    yes = {"answer": "yes"}
    assert carried == {
        "8": yes, "9a": yes, "9b": yes, "32a": yes, "32b": yes, "32c": yes, "36a": yes, "36b": yes, "36d": yes,
        "36c": {"answer": "yes", "date": "2026-03-01"},
    }  # fmt: skip
    client, base = cast.client("director"), f"/agencies/{cast.agency.pk}/application/readiness/"
    words = "Last time this was one question with others, and you answered: No."
    assert client.get(f"{base}sign-in/").text.count(words) == 2
    assert client.get(f"{base}clients/").text.count("You have uploaded consent.pdf") == 1


def test_an_open_condition_stands_for_the_parts_of_its_question(answered, cast):
    rules.load()
    Application.objects.filter(pk=answered.pk).update(
        state="approved", submitted_at=timezone.now(), decided_at=timezone.now(), decided_by=cast.admin
    )
    whole = ReadinessQuestion.objects.get(version__number=1, number="10")
    Condition.objects.create(
        application=answered, question=whole, text="Lockers", owner="IT", due_on=timezone.localdate()
    )
    year = ReadinessYear.objects.create(
        application=answered, version=rules.published(), answered_by=cast.director, answered_at=timezone.now()
    )
    for number in ("9a", "10a", "10b"):
        ReadinessAnswer.objects.create(
            application=answered, yearly=year, question=year.version.questions.get(number=number),
            value={"answer": "no"}, answered_by=cast.director,
        )  # fmt: skip
    added = each_year._add_conditions(YearlyAnswers(answered, cast.agency, year))
    numbers = {condition.question.number for condition in added if condition.question}
    assert "9a" in numbers
    assert not numbers & {"10a", "10b"}
