"""Results fetched from Moodle: what came is recorded once, what is doubtful is held, and what fails is said."""

import datetime as dt

import pytest
from django.urls import reverse

from hmis_portal.models import AuditEvent
from hmis_portal.web.errors import GuardFailed, WrongState
from tests.training.doors import pretended_moodle as pretended
from training.admin.doors.sources import failed_runs
from training.doors import holding, moodle, pulling
from training.models import Completion, Course, Door, DoorRun, HeldResult, MappedCourse, Pull
from training.services import Result, record_completion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_june")]
DONE = int(dt.datetime(2026, 1, 1, 3, 30, tzinfo=dt.UTC).timestamp())


@pytest.fixture
def learning_site(opened, settings):  # which is copied under the settings as they were
    with pretended.running() as site:
        settings.MOODLE_URL, settings.MOODLE_TOKEN, settings.MOODLE_TOKEN_FILE = site.url, pretended.TOKEN, ""
        yield site


@pytest.fixture
def moodle_door(opened, course):
    door = Door.objects.create(name="The learning site", kind=Door.Kind.MOODLE)
    MappedCourse.objects.create(door=door, key="7", course=course)
    return door


def learner(number, email, **more):
    return {"id": number, "username": f"user{number}", "email": email, "fullname": f"Person {number}", **more}


def pull(door, by=None):
    """A whole run, page by page, as workers do it."""
    run = pulling.begin(door, by=by)
    for _page in range(20):
        pulling.work(run.pull.pk)
    run.refresh_from_db()
    return run


def test_what_is_complete_there_is_recorded_once(opened, learning_site, moodle_door):
    learning_site.people[7] = [
        learner(1, opened.staff.email.upper(), done=DONE, grade=18.4, most=20),
        learner(2, opened.coordinator.email, done=None, grade=50.0),
        learner(3, "nobody@elsewhere.example", done=DONE, grade=90.0),
    ]
    run = pull(moodle_door, by=opened.admin)
    assert (run.came, run.recorded, run.held, run.error) == (2, 1, 1, "")
    (completion,) = Completion.objects.all()
    assert (completion.person, completion.score, completion.passed) == (opened.staff, 92, True)
    assert completion.completed_on == dt.date(2025, 12, 31), "the state's day, not that of UTC (statement 16)"
    assert (completion.source, completion.source_time) == ("moodle", str(DONE))
    assert HeldResult.objects.get().why == "no_person"
    again = pull(moodle_door)
    assert (again.known, again.recorded, again.held) == (1, 0, 1)
    assert Completion.objects.count() == HeldResult.objects.count() == 1


def test_10_a_reset_or_unenrolment_there_removes_nothing_here(opened, learning_site, moodle_door):
    learning_site.people[7] = [learner(1, opened.staff.email, done=DONE, grade=95.0)]
    pull(moodle_door)
    learning_site.people[7][0].update(done=None, grade=None)
    pull(moodle_door)
    learning_site.people[7] = []
    assert pull(moodle_door).error == ""
    assert Completion.objects.standing().filter(person=opened.staff).count() == 1


def test_a_better_grade_later_is_another_result(opened, learning_site, moodle_door):
    learning_site.people[7] = [learner(1, opened.staff.email, done=DONE, grade=79.9)]
    pull(moodle_door)
    failed = Completion.objects.get()
    assert (failed.score, failed.passed) == (79, False)
    learning_site.people[7][0].update(grade=88.0, graded=DONE + 86400)
    pull(moodle_door)
    resit = Completion.objects.get(passed=True)
    assert (resit.score, resit.completed_on) == (88, dt.date(2026, 1, 1)), "passed on the day of the resit"


def test_2_a_changed_grade_moves_no_day_doubles_nothing_and_is_told(opened, learning_site, moodle_door):
    learning_site.people[7] = [learner(1, opened.staff.email, done=DONE, grade=85.0, graded=DONE + 5 * 86400)]
    pull(moodle_door)
    passed = Completion.objects.get()
    assert passed.completed_on == dt.date(2025, 12, 31), "graded later, completed when it was"
    for grade, told in ((85.0, 0), (92.0, 1), (40.0, 1), (85.0, 0), (40.0, 1)):
        learning_site.people[7][0].update(grade=grade, graded=DONE + 90 * 86400)
        run = pull(moodle_door)
        assert (run.held, HeldResult.objects.waiting().count(), run.recorded) == (told, told, 0)
    assert Completion.objects.get() == passed
    held = HeldResult.objects.get()
    page = reverse("admin:training_heldresult_decide", args=[held.pk])
    shown = opened.client("admin").get(page).text
    assert "The source has changed the grade of a result that is recorded" in shown
    opened.client("admin").post(page, {"decision": "follow", "reason": "Graded anew there"})
    passed.refresh_from_db()
    assert passed.void.reason == "Graded anew there"
    changed = Completion.objects.exclude(pk=passed.pk).get()
    assert (changed.completed_on, changed.score, changed.passed) == (passed.completed_on, 40, False)
    again = pull(moodle_door)
    assert (again.known, again.held) == (1, 0)


def test_2_each_change_from_what_is_recorded_now_is_told_also_back_to_an_earlier_grade(
    opened, learning_site, moodle_door
):
    learning_site.people[7] = [learner(1, opened.staff.email, done=DONE, grade=80.0)]
    pull(moodle_door)
    for grade in (90.0, 80.0, 90.0):
        learning_site.people[7][0].update(grade=grade)
        assert [pull(moodle_door).held for _twice in range(2)] == [1, 1], grade
        held = HeldResult.objects.waiting().get()
        holding.follow_source(held, by=opened.admin, reason="Graded anew there")
        assert Completion.objects.standing().get().score == grade
        again = pull(moodle_door)
        assert (again.known, again.held, again.recorded) == (1, 0, 0), grade
    assert set(Completion.objects.values_list("completed_on", flat=True)) == {dt.date(2025, 12, 31)}


def test_2_what_was_recorded_under_the_day_of_its_grade_is_not_recorded_again(
    opened, learning_site, moodle_door, course
):
    """As releases before this one recorded it."""
    graded = DONE + 5 * 86400
    record_completion(
        Result(
            person=opened.staff,
            course=course,
            completed_at=dt.datetime.fromtimestamp(graded, dt.UTC),
            score=85,
            source="moodle",
            door=moodle_door,
            external_id=f"7-1-{graded}-85",
        ),
        by=None,
    )
    learning_site.people[7] = [learner(1, opened.staff.email, done=DONE, grade=85.0, graded=graded + 86400)]
    assert pull(moodle_door).known == 1
    assert Completion.objects.count() == 1
    learning_site.people[7][0].update(done=graded + 10 * 86400, grade=90.0)  # reset there, and done again
    assert pull(moodle_door).recorded == 1


def test_many_come_in_pages_and_addresses_that_a_course_hides_are_asked_for(
    opened, learning_site, moodle_door
):
    crowd = [
        learner(number, f"p{number}@x.example", done=None) for number in range(10, 10 + 2 * moodle.PEOPLE)
    ]
    learning_site.people[7] = [*crowd, learner(900, opened.staff.email, done=DONE, grade=85.0)]
    learning_site.hides_addresses = True
    assert pull(moodle_door).recorded == 1
    assert learning_site.asked.count("core_enrol_get_enrolled_users") == 3


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ("html", "a web page or something else that is no data"),
        ("redirect", "with the status 302"),
        ("error", "with the status 503"),
        ("long", "is too long"),
        ("odd", "in a way that is not known"),
        ("hang", "did not answer core_enrol_get_enrolled_users in time"),
    ],
)
def test_what_fails_is_said_and_never_names_the_token(learning_site, moodle_door, answers, said, monkeypatch):
    monkeypatch.setattr(moodle, "WAIT", (1, 1))
    learning_site.people[7], learning_site.answers = [], answers
    run = pull(moodle_door)
    assert said in run.error
    assert run.ended_at is not None
    assert pretended.TOKEN not in run.error
    assert failed_runs().get() == run
    learning_site.answers = None
    assert pull(moodle_door).error == "", "the next run is not held up by it"
    assert not failed_runs().exists(), "the desk no longer tells of it"


def test_moodles_refusal_is_said_in_its_words(learning_site, moodle_door, settings):
    settings.MOODLE_TOKEN = "another"
    assert "Invalid token (invalidtoken)" in pull(moodle_door).error
    settings.MOODLE_TOKEN_FILE = "/no/such/file"
    assert "token cannot be read" in pull(moodle_door).error


def test_a_site_that_is_away_is_said(moodle_door, settings):
    settings.MOODLE_URL, settings.MOODLE_TOKEN, settings.MOODLE_TOKEN_FILE = "http://127.0.0.1:9", "x", ""
    assert "cannot be reached" in pull(moodle_door).error


def test_a_course_without_completion_and_one_without_a_grade(opened, learning_site, moodle_door):
    other = Course.objects.get(slug="hmis-basics")
    MappedCourse.objects.create(door=moodle_door, key="8", course=other)
    learning_site.people[7] = [learner(1, opened.staff.email, done=DONE, grade=None)]
    learning_site.people[8] = [learner(1, opened.staff.email, no_criteria=True)]
    run = pull(moodle_door)
    assert (run.error, run.held, run.recorded) == ("", 1, 0)
    held = HeldResult.objects.get()
    assert (held.why, held.state) == ("no_score", "waiting")
    learning_site.people[7][0].update(grade=88.0, graded=DONE + 86400)
    assert pull(moodle_door).recorded == 1
    held.refresh_from_db()
    assert (held.state, held.completion, held.reason) == (
        "recorded", Completion.objects.get(), "The score came later.",
    )  # fmt: skip
    assert AuditEvent.objects.get(verb="held result decided").reason == "The score came later."


def test_one_run_at_a_time_and_a_lost_one_goes_on(opened, learning_site, moodle_door, time_machine):
    learning_site.people[7] = [learner(1, opened.staff.email, done=DONE, grade=95.0)]
    run = pulling.begin(moodle_door, by=opened.admin)
    with pytest.raises(WrongState, match="has been going on since"):
        pulling.begin(moodle_door, by=opened.admin)
    Pull.objects.update(touched_at=dt.datetime(2026, 6, 15, 15, 0, tzinfo=dt.UTC), tries=pulling.MOST_TRIES)
    pulling.sweep()
    run.refresh_from_db()
    assert "was lost each time" in run.error
    assert pull(moodle_door).recorded == 1


def test_two_workers_at_the_same_page_count_and_record_once(opened, learning_site, moodle_door):
    learning_site.people[7] = [learner(1, opened.staff.email, done=DONE, grade=95.0)]
    run = pulling.begin(moodle_door, by=None)
    stale = Pull.objects.select_related("run__door").get()
    pulling.work(run.pull.pk)
    pulling._step(stale, False, 1)
    assert Pull.objects.get().place == 1
    assert Completion.objects.count() == 1


def test_the_desk_begins_a_run_and_reads_how_far_it_is(opened, learning_site, moodle_door, client_of):
    learning_site.people[7] = [learner(1, opened.staff.email, done=DONE, grade=95.0)]
    desk = client_of(opened.admin)
    assert "Fetch results from Moodle" in desk.get("/admin/training/doorrun/").text
    page = reverse("admin:training_doorrun_pull")
    assert "The results are being fetched." in desk.post(page, {"door": moodle_door.pk}, follow=True).text
    run = DoorRun.objects.get()
    for _page in range(3):
        pulling.work(run.pull.pk)
    shown = desk.get("/admin/training/doorrun/")
    assert "1 of 1 courses read" in shown.text
    assert "Refresh" not in shown
    DoorRun.objects.update(ended_at=None)
    assert (
        desk.get("/admin/training/doorrun/")["Refresh"] == "5"
    )  # it looks again by itself while one is fetched
    assert client_of(opened.auditor).get(page).status_code == 403


def test_without_a_moodle_nothing_is_offered_and_nothing_fetched(opened, moodle_door, client_of, settings):
    settings.MOODLE_URL = ""
    assert "Fetch results" not in client_of(opened.admin).get("/admin/training/doorrun/").text
    pulling.nightly()
    assert not DoorRun.objects.exists()
    with pytest.raises(GuardFailed, match="No Moodle is set up"):
        pulling.begin(moodle_door, by=opened.admin)
