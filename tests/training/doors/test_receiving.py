"""Results that come through a door: whom and what they mean, what is recorded, and what waits for a person."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from hmis_portal.models import AuditEvent
from hmis_portal.web.errors import GuardFailed, WrongState
from tests.factories import UserFactory
from training import services
from training.doors import holding, moments, runs
from training.doors.attempts import Attempt
from training.doors.moments import Order, When
from training.doors.receiving import Kind, receive
from training.models import Completion, Course, Door, DoorRun, HeldResult, MappedAccount, MappedCourse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
AT = dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)


def attempt(cast, **kwargs):
    said = {"course": "privacy-security", "email": cast.staff.email, "completed_at": AT, "score": 90}
    return Attempt(**{**said, **kwargs})


def kinds(outcomes):
    return [outcome.kind for outcome in outcomes]


def test_25_the_same_identity_of_a_source_is_known_and_of_another_source_is_new(opened, course, door):
    named = attempt(opened, external_id="r-1", source_time="2026-11-02T10:00:00-05:00")
    assert kinds(receive([named, named], door=door, by=None)) == [Kind.RECORDED, Kind.KNOWN]
    row = Completion.objects.get()
    assert (row.source, row.door, row.external_id, row.source_time, row.completed_at) == (
        "xapi", door, "r-1", "2026-11-02T10:00:00-05:00", AT,
    )  # fmt: skip
    other = Door.objects.create(name="Another site", kind=Door.Kind.XAPI)
    assert kinds(receive([named], door=other, by=None)) == [Kind.RECORDED]
    of_another = attempt(opened, external_id="r-1", email=opened.coordinator.email)
    refused = receive([of_another], door=door, by=None)[0]
    assert refused.kind == Kind.REFUSED
    assert "already belongs to another result" in refused.words
    assert Completion.objects.count() == 2


def test_25_without_an_identity_source_person_course_and_time_are_one_and_a_resit_is_another(
    opened, course, door
):
    bare, failed = attempt(opened), attempt(opened, score=60)
    assert kinds(receive([failed, bare, bare, failed], door=door, by=None)) == [
        Kind.NOT_PASSED, Kind.RECORDED, Kind.KNOWN, Kind.KNOWN,
    ]  # fmt: skip
    later = attempt(opened, completed_at=AT + dt.timedelta(hours=1))
    assert kinds(receive([later], door=door, by=None)) == [Kind.RECORDED]


def test_26_by_portal_number_then_mapped_account_then_address_and_never_by_name(opened, course, door):
    MappedAccount.objects.create(door=door, key="sasha.s", person=opened.coordinator)
    number = str(opened.staff.pk)
    for said, person in (
        ({"portal_id": number, "account": "Sasha.S", "email": ""}, opened.staff),
        ({"account": " SASHA.S ", "email": opened.staff.email}, opened.coordinator),
        ({"account": "nobody", "email": opened.staff.email.upper()}, opened.staff),
        ({"email": "", "name": str(opened.staff)}, None),
        ({"email": "new@nowhere.example", "name": str(opened.staff)}, None),
        ({"portal_id": number, "email": opened.coordinator.email}, None),
    ):
        outcome = receive([attempt(opened, external_id=str(said), **said)], door=door, by=None)[0]
        assert (outcome.completion.person if outcome.completion else None) == person, said
        assert (outcome.kind == Kind.HELD) == (person is None)
    assert set(HeldResult.objects.values_list("why", flat=True)) == {"no_person", "two_people"}


def test_27_one_bad_row_never_blocks_good_ones_and_is_held_once(opened, course, door):
    good = [attempt(opened, email=UserFactory().email) for _ in range(24)]
    bad = [
        attempt(opened, email="typo@nowhere.example"),
        attempt(opened, course="Forklift driving"),
        attempt(opened, completed_at=None, source_time="03/04/2026"),
        attempt(opened, score=None),
    ]
    with runs.running(door, by=opened.trainer, about="class of November 2") as run:
        outcomes = receive([*bad[:2], *good, *bad[2:]], door=door, by=opened.trainer, run=run)
    assert kinds(outcomes).count(Kind.RECORDED) == 24
    assert [outcome.words for outcome in outcomes if outcome.kind == Kind.HELD] == [
        "Nobody here has this account or address.", "No course here has this name.",
        "The date can be read in two ways, or is missing.", "The score is missing.",
    ]  # fmt: skip
    run.refresh_from_db()
    assert (run.came, run.recorded, run.held, run.error) == (28, 24, 4, "")
    assert AuditEvent.objects.get(verb="results received").data["recorded"] == 24
    receive(bad, door=door, by=None)
    assert HeldResult.objects.waiting().count() == 4


def test_27_what_lacked_its_score_waits_until_that_result_comes_whole_and_for_no_other(opened, course, door):
    for external_id in ("", "a"):
        receive([attempt(opened, score=None, external_id=external_id)], door=door, by=None)
    receive([attempt(opened, external_id="ab")], door=door, by=None)
    unnamed, named = HeldResult.objects.order_by("pk")
    assert (unnamed.state, named.state) == ("recorded", "waiting")
    receive([attempt(opened, external_id="a")], door=door, by=None)
    named.refresh_from_db()
    assert named.state == "recorded"


def test_34_voids_waivers_imports_and_decisions_are_in_the_record_with_before_after_and_reason(
    opened, course, door
):
    with runs.running(door, by=opened.trainer) as run:
        lost = attempt(opened, email="x@nowhere.example")
        completion = receive([attempt(opened), lost], door=door, by=opened.trainer, run=run)[0].completion
    services.void(completion, by=opened.admin, reason="Another's result")
    day = dt.date(2026, 11, 1)
    waiver = services.waive(
        person=opened.staff, course=course, first_on=day, last_on=day, reason="Ill", by=opened.admin
    )
    services.end_waiver(waiver, by=opened.admin, reason="Back")
    holding.drop(HeldResult.objects.get(), by=opened.trainer, reason="Unknown")
    told = AuditEvent.objects.filter(actor__in=[opened.trainer, opened.admin]).order_by("pk")
    span = "2026-11-01 to 2026-11-01"
    assert list(told.values_list("verb", "before", "after", "reason")) == [
        ("completion recorded", "", "passed", ""),
        ("results received", "begun", "ended", ""),
        ("completion voided", "counted", "voided", "Another's result"),
        ("course waived", "asked", span, "Ill"),
        ("waiver taken back", span, "asked", "Back"),
        ("held result decided", "waiting", "dropped", "Unknown"),
    ]
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        told.update(reason="x")


def test_a_run_that_fails_keeps_what_failed(door):
    with pytest.raises(ValueError, match="away"), runs.running(door, by=None) as run:
        raise ValueError("The site is away")
    run.refresh_from_db()
    assert run.error == "The site is away"
    assert run.ended_at


def test_30_a_day_to_come_is_refused_and_blocks_nothing(opened, course, door):
    tomorrow = attempt(opened, completed_at=None, completed_on=dt.date(2026, 11, 23))
    outcomes = receive([tomorrow, attempt(opened)], door=door, by=None)
    assert kinds(outcomes) == [Kind.REFUSED, Kind.RECORDED]
    assert "not in the future" in outcomes[0].words


def test_what_only_says_that_a_course_was_gone_through_passes_no_test(opened, course, door):
    gone = attempt(opened, score=None, progress=True)
    assert kinds(receive([gone], door=door, by=None)) == [Kind.LEFT_OUT]
    basics = attempt(opened, course="HMIS  basics", score=None, progress=True)
    assert kinds(receive([basics], door=door, by=None)) == [Kind.RECORDED]
    assert not HeldResult.objects.exists()


def test_a_held_person_is_decided_once_and_remembered(opened, course, door):
    lost = [
        attempt(opened, email="s.staff@old.example", course=slug, score=90)
        for slug in ("privacy-security", "data-standards")
    ]
    receive(lost, door=door, by=None)
    first, _second = HeldResult.objects.order_by("pk")
    page = reverse("admin:training_heldresult_decide", args=[first.pk])
    client = opened.client("trainer")
    assert "s.staff@old.example" in client.get(page).text
    assert (
        "#id_person" in client.post(page, {"decision": "record"}).text
    )  # the summary leads to what is missing
    assert "Nobody here has" in client.post(page, {"decision": "record", "person": "x@y.example"}).text
    said = client.post(page, {"decision": "record", "person": opened.staff.email}, follow=True)
    assert "The result is recorded." in said.text
    assert not HeldResult.objects.waiting().exists()  # the other was the same person's
    assert Completion.objects.filter(person=opened.staff).count() == 2
    assert kinds(receive(lost, door=door, by=None)) == [Kind.KNOWN, Kind.KNOWN]
    with pytest.raises(WrongState, match="already decided"):
        holding.drop(first, by=opened.trainer, reason="x")
    assert AuditEvent.objects.filter(verb="held result decided", actor=opened.trainer).exists()
    assert opened.client("auditor").get(page).status_code == 403


def test_a_held_course_is_mapped_or_left_out_for_good(opened, course, door):
    receive(
        [attempt(opened, course="Priv Sec 101"), attempt(opened, course="Forklift", course_name="Forklift driving")],
        door=door, by=None,
    )  # fmt: skip
    privacy, forklift = HeldResult.objects.order_by("pk")
    holding.settle(privacy, by=opened.trainer, course=course)
    assert MappedCourse.objects.get(course=course).key == "priv sec 101"
    page = reverse("admin:training_heldresult_decide", args=[forklift.pk])
    client = opened.client("trainer")
    assert "Say why it is dropped" in client.post(page, {"decision": "drop_course", "reason": ""}).text
    client.post(page, {"decision": "drop_course", "reason": "Not ours"})
    again = [attempt(opened, course="PRIV SEC 101"), attempt(opened, course="forklift", score=70)]
    assert kinds(receive(again, door=door, by=None)) == [Kind.KNOWN, Kind.LEFT_OUT]


def test_what_was_dropped_stays_dropped_and_nobody_decides_of_their_own(opened, course, door):
    lost = attempt(opened, email="t@old.example")
    receive([lost], door=door, by=None)
    held = HeldResult.objects.get()
    with pytest.raises(GuardFailed, match="their own"):
        holding.settle(held, by=opened.trainer, person=opened.trainer)
    assert not MappedAccount.objects.exists()
    holding.drop(held, by=opened.trainer, reason="A test of theirs")
    assert kinds(receive([lost], door=door, by=None)) == [Kind.LEFT_OUT]
    assert HeldResult.objects.get().state == "dropped"


def test_who_joins_later_is_found_by_looking_again(opened, course, door):
    receive([attempt(opened, email="new@agency.example")], door=door, by=None)
    held = HeldResult.objects.get()
    joined = UserFactory(email="new@agency.example")
    listed = reverse("admin:training_heldresult_changelist")
    sent = {"action": "look_again", "_selected_action": [held.pk]}
    assert "1 waits no longer." in opened.client("trainer").post(listed, sent, follow=True).text
    assert Completion.objects.get().person == joined
    held.refresh_from_db()
    assert held.completion.person == joined


def test_10_what_a_source_takes_back_counts_until_a_person_voids_it(opened, course, door):
    said = attempt(opened, external_id="r-1")
    completion = receive([said], door=door, by=None)[0].completion
    holding.taken_back(completion, said, door)
    held = HeldResult.objects.get()
    assert not hasattr(Completion.objects.get(), "void")
    page = reverse("admin:training_heldresult_decide", args=[held.pk])
    answer = opened.client("trainer").post(page, {"decision": "follow", "reason": "x"})
    assert answer.status_code == 422  # a trainer may not void
    opened.client("admin").post(page, {"decision": "follow", "reason": "Another person sat the test"})
    assert Completion.objects.get().void.reason == "Another person sat the test"
    assert kinds(receive([said], door=door, by=None)) == [Kind.KNOWN]


def test_a_piece_of_many_costs_no_more_queries_than_a_few(
    opened, course, door, django_assert_max_num_queries
):
    many = [attempt(opened, email=UserFactory().email, external_id=str(place)) for place in range(100)]
    with django_assert_max_num_queries(20):
        outcomes = receive(many, door=door, by=None)
    assert {outcome.kind for outcome in outcomes} == {Kind.RECORDED}


def test_the_desk_counts_what_is_held_and_the_source_is_the_admins(opened, course, door):
    receive([attempt(opened, course="Priv Sec 101")], door=door, by=None)
    desk = opened.client("trainer").get("/admin/").text
    assert reverse("admin:training_heldresult_decide", args=[HeldResult.objects.get().pk]) in desk
    page = reverse("admin:training_door_change", args=[door.pk])
    rows = {
        "courses-TOTAL_FORMS": 1,
        "courses-INITIAL_FORMS": 0,
        "courses-0-key": "P",
        "courses-0-course": course.pk,
    }
    accounts = {"accounts-TOTAL_FORMS": 0, "accounts-INITIAL_FORMS": 0}
    data = {"name": "LMS", "active": "on", **rows, **accounts}
    assert opened.client("trainer").post(page, data).status_code == 403
    assert opened.client("admin").post(page, data).status_code == 302
    changed = AuditEvent.objects.get(verb="source of results changed").data["changed"]
    assert changed["name"][1] == "LMS"
    assert [values for name, values in changed.items() if name != "name"] == [["", f"P → {course}"]]
    assert DoorRun.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "order", "when"),
    [
        ("2026-03-04", "", When(on=dt.date(2026, 3, 4))),
        ("2026-01-01T03:30:00Z", "", When(at=dt.datetime(2026, 1, 1, 3, 30, tzinfo=dt.UTC))),
        ("2026-03-04 00:00:00", "", When(on=dt.date(2026, 3, 4))),
        ("3/14/2026", "", When(on=dt.date(2026, 3, 14))),
        ("14.03.2026", "", When(on=dt.date(2026, 3, 14))),
        ("03/03/2026", "", When(on=dt.date(2026, 3, 3))),
        ("03/04/2026", "", When(ambiguous=True)),
        ("03/04/2026", "mdy", When(on=dt.date(2026, 3, 4))),
        ("03/04/2026", "dmy", When(on=dt.date(2026, 4, 3))),
        ("3/14/2026", "dmy", When()),
        ("03/04/26", "", When(ambiguous=True)),
        ("26/03/04", "ymd", When(on=dt.date(2026, 3, 4))),
        ("March 4, 2026", "", When(on=dt.date(2026, 3, 4))),
        ("4 Sept 2026", "", When(on=dt.date(2026, 9, 4))),
        ("3/14/2026 11:30 PM", "", When(at=dt.datetime(2026, 3, 15, 3, 30, tzinfo=dt.UTC))),
        ("Febtober 4, 2026", "", When()),
        ("2026-02-30", "", When()),
        ("25:00", "", When()),
        ("soon", "", When()),
        ("", "", When()),
    ],
)
def test_31_days_are_read_and_none_is_guessed(text, order, when):
    assert moments.read(text, Order(order)) == when


def test_a_course_with_two_of_its_title_is_not_guessed(opened, course, door):
    Course.objects.create(
        slug="other", title=course.title, description="x", how_to_register="x", passes_with="quiz"
    )
    assert kinds(receive([attempt(opened, course=course.title)], door=door, by=None)) == [Kind.HELD]
