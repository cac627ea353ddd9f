"""A class entered in one table: chosen or pasted, each row on its own, saved once."""

import datetime as dt

import pytest
from django.urls import reverse

from hmis_portal.models import AuditEvent
from tests.factories import StaffFactory, UserFactory
from training import services
from training.models import Completion, Course, Door, DoorRun, HeldResult, Requirement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
DAY = dt.date(2026, 11, 2)
PAGE = "/admin/training/completion/record/"


@pytest.fixture
def trainer(opened):
    return opened.client("trainer")


def key(person, course):
    return f"{person.pk if hasattr(person, 'pk') else person}:{course.pk}"


def typed(*rows, **head):
    """What a browser sends of such rows: (person or address, course, day, result, score)."""
    sent = {"completed_on": "2026-11-02", "note": "", "row": [key(*row[:2]) for row in rows], **head}
    for row in rows:
        sent |= {
            f"{key(*row[:2])}-{name}": value
            for name, value in zip(("day", "result", "score"), row[2:], strict=False)
        }
    return sent


def shown(page):
    return {(row.form.person, row.form.course.slug) for row in page.context["table"].rows}


def test_a_class_of_25_is_entered_in_six_clicks_and_the_scores(opened, course, trainer):
    """From the desk: 1 "Enter results", 2 the course, 3 in its list, 4 "List them", 5 the day, 6 "Save results"."""
    people = [UserFactory() for _ in range(23)]
    Requirement.objects.bulk_create(
        Requirement(person=person, course=course, assigned_on=DAY, due_on=DAY) for person in people
    )
    assert f'href="{PAGE}">Enter results' in trainer.get("/admin/").text
    choose = {"course": course.pk, "agency": "", "state": "open", "due": ""}
    page = trainer.get(PAGE, choose)
    keys = [row.form.prefix for row in page.context["table"].rows]
    assert len(keys) == 25
    assert page.text.count("Nothing to record") == 25
    scores = {f"{one}-score": "70" if one == keys[0] else "90" for one in keys}
    sent = {"completed_on": "2026-11-02", "note": "", "row": keys, **scores}
    address = f"{PAGE}?course={course.pk}&agency=&state=open&due="
    said = trainer.post(address, sent, follow=True)
    assert "24 completions recorded." in said.text
    assert "1 attempt was not passed." in said.text
    assert len(said.context["table"].rows) == 1, "who failed has still something to do"
    assert "25 were already known." in trainer.post(address, sent, follow=True).text
    assert Completion.objects.count() == 25
    assert AuditEvent.objects.filter(verb="completion recorded", actor=opened.trainer).count() == 25


def test_the_list_is_narrowed_by_state_course_agency_and_day(opened, course, trainer):
    basics = Course.objects.get(slug="hmis-basics")
    services.record_completion(
        services.Result(person=opened.staff, course=course, completed_on=DAY, score=90), by=opened.trainer
    )
    Requirement.objects.filter(person=opened.coordinator, course=course).update(
        assigned_on=DAY, due_on=dt.date(2026, 11, 10)
    )
    stranger = UserFactory()
    Requirement.objects.create(person=stranger, course=course, assigned_on=DAY, due_on=dt.date(2027, 1, 1))

    def listed(**filters):
        given = {"course": course.pk, "agency": "", "state": "", "due": "", **filters}
        return {person for person, _course in shown(trainer.get(PAGE, given))}

    staff, coordinator = str(opened.staff), str(opened.coordinator)
    assert listed() == {staff, coordinator, str(stranger)}
    assert listed(agency=opened.agency.name[:6].upper()) == {staff, coordinator}
    assert listed(agency="No such agency") == set()
    assert listed(state="open") == {coordinator, str(stranger)}
    assert listed(state="late") == {coordinator}
    assert listed(state="done") == {staff}
    assert listed(due="2026-11-30") == {staff, coordinator} - (
        {staff}
        if Requirement.objects.get(person=opened.staff, course=course).due_on > dt.date(2026, 11, 30)
        else set()
    )
    everything = shown(trainer.get(PAGE, {"course": "", "agency": "", "state": "", "due": ""}))
    assert (staff, basics.slug) in everything
    assert not any(slug == "user-agreement" for _person, slug in everything)
    assert "Enter a valid date" in trainer.get(PAGE, {"state": "", "due": "soon"}).text


def test_a_row_that_cannot_be_recorded_stays_as_typed_and_holds_up_no_other(opened, course, trainer):
    basics = Course.objects.get(slug="hmis-basics")
    others = [UserFactory() for _ in range(3)]
    sent = typed(
        (opened.staff, course, "", "", "85"),
        (opened.coordinator, course, "03/04/2026", "passed", "90"),
        (others[0], course, "2026-11-23", "", "77"),
        (others[1], course, "", "passed", ""),
        (others[2], course, "2026-10-05", "failed", ""),
        (opened.trainer, basics, "", "passed", ""),
        (opened.stranger, course, "", "", ""),
    )
    page = trainer.post(PAGE, sent)
    assert page.status_code == 422
    done = {row.person: (row.completed_on, row.passed) for row in Completion.objects.all()}
    assert done == {opened.staff: (DAY, True), others[2]: (dt.date(2026, 10, 5), False)}
    for words in (
        f"{opened.coordinator}: “03/04/2026” can be read as two days",
        f"{others[0]}: Enter a date of completion that is not in the future.",
        f"{others[1]}: Enter the score: this course needs at least 80 percent",
        f"{opened.trainer}: Nobody decides about training of their own.",
        'value="03/04/2026"',
        'value="77"',
    ):
        assert words in page.text, words
    left = {person for person, _course in shown(page)}
    assert left == {
        str(one) for one in (opened.coordinator, others[0], others[1], opened.trainer, opened.stranger)
    }
    mended = typed((opened.coordinator, course, "March 4, 2026", "passed", "90"))
    assert "1 completion recorded." in trainer.post(PAGE, mended, follow=True).text


@pytest.mark.parametrize(
    ("head", "row", "words"),
    [
        ({"completed_on": ""}, ("", "", "85"), "Enter the day on which the course was completed"),
        ({"completed_on": "31/31"}, ("", "", "85"), "Enter a valid date"),
        ({}, ("", "", "101"), "must be 100 or less"),
        ({}, ("soon", "", "85"), "“soon” is no day"),
        ({}, ("", "", ""), "Nothing is recorded yet: enter a score or choose a result."),
    ],
)
def test_what_is_missing_is_said_where_it_is_missing(opened, course, trainer, head, row, words):
    page = trainer.post(PAGE, typed((opened.staff, course, *row), **head))
    assert words in page.text
    assert shown(page) == {(str(opened.staff), course.slug)}
    assert not Completion.objects.exists()


def test_lines_of_a_spreadsheet_fill_the_table_each_person_once(opened, course, trainer):
    basics = Course.objects.get(slug="hmis-basics")
    lines = f"{opened.staff.email.upper()}\t2026-11-01\t95\n{opened.coordinator.email}\tfailed\n{opened.stranger.email}\tHMIS-Basics\nnobody@x.example\t70\n"
    held_open = typed((opened.staff, course, "", "", "12"))
    page = trainer.post(PAGE, held_open | {"paste": "1", "people": lines, "for_course": course.pk})
    assert not Completion.objects.exists(), "nothing is recorded by that"
    rows = page.context["table"].rows
    assert {(row.form.person, *(row.form[name].value() for name in row.form.fields)) for row in rows} == {
        (str(opened.staff), "2026-11-01", "passed", "95"), (str(opened.coordinator), "", "failed", ""),
        (str(opened.stranger), "", "passed", ""), ("nobody@x.example", "", "passed", "70"),
    }  # fmt: skip
    assert rows[-1].form.person == "nobody@x.example", "whom nobody knows stands last"
    assert "Nobody here has this address" in page.text
    sent = typed(
        (opened.staff, course, "2026-11-01", "passed", "95"),
        (opened.coordinator, course, "", "failed", ""),
        (opened.stranger, basics, "", "passed", ""),
        ("nobody@x.example", course, "", "passed", "70"),
    )
    said = trainer.post(PAGE, sent, follow=True).text
    assert "1 held, under Held results: Nobody here has this account or address." in said
    assert HeldResult.objects.get().who == "nobody@x.example"
    assert set(Completion.objects.values_list("person", "course", "score", "passed")) == {
        (opened.staff.pk, course.pk, 95, True), (opened.coordinator.pk, course.pk, None, False),
        (opened.stranger.pk, basics.pk, None, True),
    }  # fmt: skip


def test_lines_that_cannot_be_read_stay_as_they_were_pasted(opened, course, trainer):
    sent = {"paste": "1", "people": f"{opened.staff.email}\t<b>x", "for_course": ""}
    page = trainer.post(PAGE, sent)
    assert "Line 1: “&lt;b&gt;x” is no day, result, score or course." in page.text
    assert "Choose the course" in page.text
    assert "&lt;b&gt;x</textarea>" in page.text
    strange = {"row": ["", ":", "x:y", f"{opened.staff.pk}:{2**40}", f"{opened.staff.pk}:{course.pk}"]}
    assert shown(trainer.post(PAGE, typed() | strange)) == {(str(opened.staff), course.slug)}


def test_a_long_list_is_shown_in_a_fixed_number_of_queries(
    opened, course, trainer, django_assert_max_num_queries
):
    for _ in range(120):
        row = StaffFactory(agency=opened.agency, user=UserFactory())
        Requirement.objects.create(
            person=row.user, course=course, assigned_on=DAY, due_on=dt.date(2026, 12, 2)
        )
    choose = {"course": course.pk, "agency": "", "state": "open", "due": ""}
    trainer.get(PAGE, choose)
    with django_assert_max_num_queries(20):
        page = trainer.get(PAGE, choose)
    assert len(page.context["table"].rows) == 100
    assert "The first 100 are listed" in page.text


def test_the_desk_shows_a_trainer_what_waits_and_nobody_else_where_to_enter(opened, trainer):
    door = Door.objects.create(name="Learning site", kind=Door.Kind.MOODLE)
    DoorRun.objects.create(door=door, error="The site did not answer.", ended_at="2026-11-22T09:00:00Z")
    desk = trainer.get("/admin/").text
    assert "The site did not answer." in desk
    failed = reverse("admin:training_doorrun_changelist") + "?waits=failed"
    assert f'href="{failed}"' in desk
    assert "Learning site" in trainer.get(failed).text
    for words in (
        "Proof of training to check",
        "Held results",
        "Learning accounts to make",
        "Uploaded results to confirm",
    ):
        assert words in desk
    lead = opened.client("lead").get("/admin/").text
    assert "Enter results" not in lead
    assert "No result is held." not in lead
