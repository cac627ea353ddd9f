"""Sessions: who gets a seat, what calendars are told, and what having been there completes (statements 35 to 39)."""

import datetime as dt
import itertools
import re
from urllib.parse import urlsplit

import icalendar
import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from agencies.models import AccessLevel, Contact, Position, Staff
from agencies.services import leavers
from hmis_portal import documents
from hmis_portal.models import AuditEvent, Message, MessageDocument
from hmis_portal.running.zone import portal_zone
from hmis_portal.web.errors import GuardFailed, WrongState
from tests.racing import at_once
from training import selectors
from training.models import Completion, Course, CourseRule, Session, Signup
from training.papers import calendars
from training.services import Result, record_completion, sessions
from training.tasks import reassign, sweep_seats

pytestmark = pytest.mark.django_db
BOOKED, WAITING, CANCELLED = "booked", "waiting", "cancelled"


@pytest.fixture
def reports(catalogue):
    return Course.objects.get(slug="reports")


@pytest.fixture
def planned(opened, in_june, reports):
    """A morning's session with one seat, and three people of whom its course is asked."""
    Course.objects.filter(pk=reports.pk).update(mandatory=True)
    for user in (opened.staff, opened.director, opened.coordinator):
        ask(user, reports)
    (session,) = sessions.plan(reports, given(), by=opened.trainer)
    return session


def ask(user, course):
    from training.models import Because, Requirement

    row, created = Requirement.objects.get_or_create(
        person=user, course=course, closed_on=None,
        defaults={"assigned_on": dt.date(2026, 6, 1), "due_on": dt.date(2026, 7, 1)},
    )  # fmt: skip
    if created and (staff := user.staff_rows.first()):
        Because.objects.create(requirement=row, staff=staff, reason="Role: coordinator")


def given(day=dt.date(2026, 7, 1), starts=(9, 0), ends=(11, 0), **more):
    plan = {"place": "Room 2, 55 Farmington Ave", "link": "", "capacity": 1, "trainer": None}
    return sessions.Plan(day=day, starts=dt.time(*starts), ends=dt.time(*ends), **(plan | more))


def state_of(user, session):
    return Signup.objects.get(person=user, session=session).state


def event_in(message):
    """The one event of the file that goes out with a message, read back by the library."""
    row = MessageDocument.objects.select_related("document").get(message=message)
    calendar = icalendar.Calendar.from_ical(documents.read(row.document))
    (event,) = calendar.walk("VEVENT")
    return calendar, event


@pytest.mark.django_db(transaction=True)
def test_35_of_twenty_who_sign_up_at_once_exactly_as_many_as_there_are_seats_get_one(
    opened, reports, in_june
):
    from tests.factories import UserFactory

    people = [UserFactory() for _ in range(20)]
    for one in people:
        ask(one, reports)
    (session,) = sessions.plan(reports, given(capacity=7), by=opened.trainer)
    results = at_once(*(lambda one=one: sessions.sign_up(session, person=one) for one in people))
    assert not [one for one in results if isinstance(one, Exception)], results
    states = sorted(Signup.objects.values_list("state", flat=True))
    assert states == [BOOKED] * 7 + [WAITING] * 13


def test_36_a_freed_seat_goes_to_the_first_who_still_needs_the_course_and_has_the_time(
    opened, planned, reports
):
    first, done, clash = opened.staff, opened.director, opened.coordinator
    seat = sessions.sign_up(planned, person=first)
    sessions.sign_up(planned, person=done)
    sessions.sign_up(planned, person=clash)
    record_completion(Result(person=done, course=reports, completed_on=dt.date(2026, 6, 14)), by=opened.admin)
    sessions.give_back(seat, by=first)
    assert [state_of(one, planned) for one in (first, done, clash)] == [CANCELLED, WAITING, BOOKED]
    promoted = Message.objects.get(name="training/session_booked", user=clash)
    assert "July 1, 2026, 9:00 a.m. to 11:00 a.m. Eastern Time" in promoted.body_text


def test_36_who_holds_a_seat_at_the_same_time_is_passed_over_and_cannot_take_two(opened, planned, reports):
    first, busy = opened.staff, opened.director
    (other,) = sessions.plan(reports, given(starts=(10, 30), ends=(12, 0)), by=opened.trainer)
    seat = sessions.sign_up(planned, person=first)
    sessions.sign_up(planned, person=busy)
    sessions.sign_up(other, person=busy)
    sessions.give_back(seat, by=first)
    assert state_of(busy, planned) == WAITING
    (touching,) = sessions.plan(reports, given(starts=(12, 0), ends=(13, 0)), by=opened.trainer)
    assert sessions.sign_up(touching, person=busy).state == BOOKED
    with pytest.raises(GuardFailed, match="You have a seat at the same time"):
        sessions.sign_up(planned, person=sessions.sign_up(other_seat(opened, reports), person=first).person)


def test_36_who_was_passed_over_gets_the_free_seat_once_the_other_one_is_gone(
    opened, planned, reports, client_of
):
    first, busy = opened.staff, opened.director
    (other,) = sessions.plan(reports, given(starts=(10, 30), ends=(12, 0)), by=opened.trainer)
    seat = sessions.sign_up(planned, person=first)
    for session in (planned, other):
        sessions.sign_up(session, person=busy)
    sessions.give_back(seat, by=first)
    page = client_of(busy).get(reverse("training:session", args=[planned.pk])).text
    assert "While you hold that one, a free seat here goes to the next in line." in page
    sweep_seats()
    assert state_of(busy, planned) == WAITING
    sessions.call_off(other, by=opened.trainer, reason="Snow.")
    for _twice in range(2):
        sweep_seats()
    assert state_of(busy, planned) == BOOKED
    assert Message.objects.filter(name="training/session_booked", user=busy).count() == 2


def other_seat(cast, course):
    (session,) = sessions.plan(course, given(starts=(8, 0), ends=(9, 30)), by=cast.trainer)
    return session


@pytest.mark.parametrize(("notice", "told"), [("at_end", 1), ("agency", 0)])
def test_24_who_leaves_frees_their_seat_and_hears_of_it_from_who_tells_them(
    opened, planned, time_machine, notice, told
):
    leaver, next_one = opened.coordinator, opened.director
    for one in (leaver, next_one):
        sessions.sign_up(planned, person=one)
    row = leaver.staff_rows.get()
    leavers.report_leaver(staff=row, by=opened.director, last_day=dt.date(2026, 6, 20), notice=notice)
    sweep_seats()
    assert state_of(leaver, planned) == BOOKED, "until the last working day is over"
    time_machine.move_to("2026-06-21T16:00:00Z")
    leavers.let_announced_go(dt.date(2026, 6, 21))
    for _twice in range(2):
        sweep_seats()
    assert [state_of(one, planned) for one in (leaver, next_one)] == [CANCELLED, BOOKED]
    mails = Message.objects.filter(name="training/session_given_back", user=leaver)
    assert mails.count() == told
    for one in mails:
        assert "Your agency told us that you left." in one.body_text
        assert "still asked of you" not in one.body_text
        assert str(event_in(one)[0]["METHOD"]) == "CANCEL"
    assert Message.objects.filter(name="training/session_booked", user=next_one).count() == 1


def test_24_who_only_loses_a_position_hears_just_that_whatever_was_chosen_at_an_earlier_leaving(
    opened, planned, reports, time_machine
):
    person = opened.coordinator
    row = person.staff_rows.get()
    place = Contact.objects.create(agency=opened.agency, position=Position.BACKUP, person=row.person)
    CourseRule.objects.create(course=reports, applies_to="position", position=Position.BACKUP)
    sessions.sign_up(planned, person=person)
    leavers.report_leaver(staff=row, by=opened.director, last_day=dt.date(2026, 6, 15), notice="agency")
    sweep_seats()
    assert state_of(person, planned) == BOOKED, "the position still asks for the course"
    time_machine.move_to("2026-06-18T16:00:00Z")
    place.delete()
    reassign(str(opened.agency.pk))
    sweep_seats()
    assert state_of(person, planned) == CANCELLED
    (told,) = Message.objects.filter(name="training/session_given_back", user=person)
    assert "The course is no longer asked of you." in told.body_text
    assert "you left" not in told.body_text
    assert str(event_in(told)[0]["METHOD"]) == "CANCEL"
    given_back = AuditEvent.objects.get(verb="seat given back")
    assert given_back.reason == "The course is no longer asked of the person."


def test_24_who_works_on_without_access_to_the_hmis_frees_the_seat_but_not_of_a_retired_course(
    opened, planned, reports
):
    keeps, next_one = opened.coordinator, opened.director
    CourseRule.objects.filter(course=reports).delete()
    CourseRule.objects.create(course=reports, applies_to="logs_in")
    for one in (keeps, next_one):
        sessions.sign_up(planned, person=one)
    reassign(str(opened.agency.pk))
    sweep_seats()
    assert state_of(keeps, planned) == BOOKED, "who signs in to the HMIS is asked"
    Staff.objects.filter(user=keeps).update(access_level=AccessLevel.NONE)
    Course.objects.filter(pk=reports.pk).update(active=False)
    reassign(str(opened.agency.pk))
    sweep_seats()
    assert state_of(keeps, planned) == BOOKED, "nobody is asked for a course that is retired"
    Course.objects.filter(pk=reports.pk).update(active=True)
    reassign(str(opened.agency.pk))
    ask(next_one, reports)
    sweep_seats()
    assert [state_of(one, planned) for one in (keeps, next_one)] == [CANCELLED, BOOKED]
    (told,) = Message.objects.filter(name="training/session_given_back", user=keeps)
    assert "The course is no longer asked of you." in told.body_text


def test_37_fewer_seats_send_nobody_away_and_more_go_to_those_who_wait(opened, planned):
    people = (opened.staff, opened.director, opened.coordinator)
    sessions.change(planned, given(capacity=2), by=opened.trainer)
    for one in people:
        sessions.sign_up(planned, person=one)
    sessions.change(planned, given(capacity=1), by=opened.trainer)
    assert [state_of(one, planned) for one in people] == [BOOKED, BOOKED, WAITING]
    sessions.change(planned, given(capacity=3), by=opened.trainer)
    assert [state_of(one, planned) for one in people] == [BOOKED] * 3
    assert not Message.objects.filter(name="training/session_changed").exists()


def test_38_the_calendar_is_told_of_each_change_by_one_name_and_a_growing_number(
    opened, planned, django_capture_on_commit_callbacks
):
    person = opened.staff
    with django_capture_on_commit_callbacks(execute=True):
        seat = sessions.sign_up(planned, person=person)
    (sent,) = [one for one in mail.outbox if one.subject.startswith("You have a seat")]
    file = sent.message().get_payload()[-1]
    assert file.get_content_type() == "text/calendar"
    assert file.get_param("method") == "REQUEST"
    sessions.change(planned, given(starts=(13, 0), ends=(15, 0)), by=opened.trainer)
    seat.refresh_from_db()
    sessions.give_back(seat, by=person)
    sessions.sign_up(planned, person=person)
    sessions.call_off(planned, by=opened.trainer, reason="The trainer is ill.")
    told = [
        event_in(one)
        for one in Message.objects.filter(name__startswith="training/session_").order_by("created_at")
    ]
    assert [str(calendar["METHOD"]) for calendar, _event in told] == [
        "REQUEST", "REQUEST", "CANCEL", "REQUEST", "CANCEL",
    ]  # fmt: skip
    assert len({str(event["UID"]) for _calendar, event in told}) == 1
    numbers = [int(event["SEQUENCE"]) for _calendar, event in told]
    assert numbers == sorted(set(numbers)), numbers
    moved = told[1][1]
    assert moved.start == dt.datetime(2026, 7, 1, 13, 0, tzinfo=portal_zone())
    assert moved.start.utcoffset() == dt.timedelta(hours=-4)
    assert all(calendar.walk("VTIMEZONE") for calendar, _event in told)
    off = Message.objects.get(name="training/session_called_off")
    assert "The trainer is ill." in off.body_text
    assert "/training/sessions/?course=reports" in off.body_text  # not the one that does not take place


def test_38_a_change_that_moves_nothing_is_told_to_nobody(opened, planned):
    sessions.sign_up(planned, person=opened.staff)
    sessions.change(planned, given(), by=opened.trainer)
    planned.refresh_from_db()
    assert planned.sequence == 0
    assert not Message.objects.filter(name="training/session_changed").exists()


def test_who_waits_is_told_of_the_change_and_not_yet_where_to_join(opened, planned, reports):
    for person in (opened.staff, opened.director):
        sessions.sign_up(planned, person=person)
    (other,) = sessions.plan(reports, given(starts=(12, 0), ends=(13, 0)), by=opened.trainer)
    sessions.sign_up(other, person=opened.staff)
    sessions.change(planned, given(ends=(12, 30), link="https://meet.example.org/room"), by=opened.trainer)
    told = {one.user: one.body_text for one in Message.objects.filter(name="training/session_changed")}
    assert "https://meet.example.org/room" in told[opened.staff]
    assert "https://meet.example.org/room" not in told[opened.director]
    assert [person for person, text in told.items() if "another session at this time" in text] == [
        opened.staff
    ]
    assert "Room 2, 55 Farmington Ave" in told[opened.director]


def test_39_nine_oclock_stays_nine_oclock_when_the_clocks_change(opened, reports, in_june):
    made = sessions.plan(reports, given(day=dt.date(2026, 10, 28)), by=opened.trainer, weeks=2)
    starts = [one.starts_at.astimezone(portal_zone()) for one in made]
    assert [(one.date(), one.time()) for one in starts] == [
        (dt.date(2026, 10, 28), dt.time(9)),
        (dt.date(2026, 11, 4), dt.time(9)),
    ]
    assert made[1].starts_at - made[0].starts_at == dt.timedelta(days=7, hours=1)
    assert made[0].series == made[1].series is not None
    signup = Signup(session=made[1], person=opened.staff, state=BOOKED)
    assert calendars.event_of(signup)["DTSTART"].params["TZID"] == "America/New_York"
    zone = calendars.zone()
    assert [turn["RRULE"]["BYDAY"] for turn in zone.subcomponents] == ["2SU", "1SU"]
    for year, days in itertools.product((2026, 2027, 2035), range(365)):
        noon = dt.datetime(year, 1, 1, 12) + dt.timedelta(days=days)
        assert zone.to_tz().utcoffset(noon) == noon.replace(tzinfo=portal_zone()).utcoffset()
    with pytest.raises(GuardFailed, match="this time does not exist"):
        sessions.plan(
            reports, given(day=dt.date(2027, 3, 14), starts=(2, 30), ends=(4, 0)), by=opened.trainer
        )


def test_only_who_needs_the_course_signs_up_once_and_before_it_begins(opened, planned, time_machine):
    with pytest.raises(GuardFailed, match="is not asked of you now"):
        sessions.sign_up(planned, person=opened.signatory)
    sessions.sign_up(planned, person=opened.staff)
    with pytest.raises(WrongState, match="already signed up"):
        sessions.sign_up(planned, person=opened.staff)
    time_machine.move_to("2026-07-01T13:00:00Z")
    with pytest.raises(WrongState, match="has begun"):
        sessions.sign_up(planned, person=opened.director)
    with pytest.raises(WrongState, match="has begun"):
        sessions.give_back(Signup.objects.get(), by=opened.staff)


def test_the_trainers_list_completes_the_course_and_the_code_only_says_who_came_in(
    opened, planned, reports, time_machine, client_of
):
    sessions.change(planned, given(capacity=3), by=opened.trainer)
    for one in (opened.staff, opened.director):
        sessions.sign_up(planned, person=one)
    url = reverse("admin:training_session_attendance", args=[planned.pk])
    desk = client_of(opened.trainer)
    assert "The session has not begun" in desk.get(url).text
    time_machine.move_to("2026-07-01T13:05:00Z")
    desk = client_of(opened.trainer)
    screen = desk.get(reverse("admin:training_session_screen", args=[planned.pk]))
    assert screen["Refresh"] == "60"
    assert "<svg" in screen.text
    person = client_of(opened.staff)
    page = reverse("training:here", args=[planned.pk, sessions.code_of(planned)])
    assert "I am here" in person.get(page).text
    assert "Noted: you are here" in person.post(page, follow=True).text
    assert not Completion.objects.filter(course=reports).exists()
    assert "came in at 9:05 a.m." in desk.get(url).text
    seat = Signup.objects.get(person=opened.staff)
    for _twice in range(2):
        desk.post(url, {"attended": [seat.pk]})
    (completion,) = Completion.objects.filter(course=reports)
    assert (completion.person, completion.completed_on) == (opened.staff, dt.date(2026, 7, 1))
    assert (completion.source, completion.recorded_by) == ("session", opened.trainer)
    assert state_of(opened.director, planned) == "absent"


def test_who_attends_a_course_that_asks_for_a_score_by_now_is_not_told_they_failed(
    opened, planned, reports, time_machine
):
    seat = sessions.sign_up(planned, person=opened.staff)
    Course.objects.filter(pk=reports.pk).update(min_score=80)
    time_machine.move_to("2026-07-01T13:05:00Z")
    with pytest.raises(GuardFailed, match="is not passed by attending any more"):
        sessions.record_attendance(planned, present=[seat.pk], by=opened.trainer)
    assert not Completion.objects.exists()


def test_who_came_without_a_place_is_put_on_the_trainers_list(
    opened, planned, reports, time_machine, client_of
):
    sessions.give_back(sessions.sign_up(planned, person=opened.staff), by=opened.staff)
    time_machine.move_to("2026-07-01T13:05:00Z")
    desk, url = client_of(opened.trainer), reverse("admin:training_session_attendance", args=[planned.pk])
    typed = f"{opened.staff.email.upper()}, {opened.director.email}\nnobody@nowhere.example"
    assert "Nobody here has this address: nobody@nowhere.example" in desk.post(url, {"others": typed}).text
    assert not Completion.objects.filter(course=reports).exists()
    page = desk.post(url, {"others": typed.replace("nobody@nowhere.example", "")}, follow=True)
    assert "2 completions are recorded." in page.text
    assert [state_of(one, planned) for one in (opened.staff, opened.director)] == ["attended"] * 2
    screen = desk.get(reverse("admin:training_session_screen", args=[planned.pk])).text
    assert "0 of 2 people have come in." in screen
    Signup.objects.filter(person=opened.director).delete()
    screen = desk.get(reverse("admin:training_session_screen", args=[planned.pk])).text
    assert "0 of 1 person has come in." in screen


def test_an_old_code_a_code_of_another_session_and_a_stranger_are_told_so(
    opened, planned, reports, time_machine
):
    sessions.sign_up(planned, person=opened.staff)
    time_machine.move_to("2026-07-01T12:30:00Z")
    code = sessions.code_of(planned)
    other = sessions.code_of(Session(pk=planned.pk + 1))
    with pytest.raises(WrongState, match="another session"):
        sessions.check_in(planned, person=opened.staff, code=other)
    with pytest.raises(GuardFailed, match="You have no seat"):
        sessions.check_in(planned, person=opened.director, code=code)
    time_machine.move_to("2026-07-01T12:46:00Z")
    with pytest.raises(WrongState, match="no longer good"):
        sessions.check_in(planned, person=opened.staff, code=code)


def test_nobody_records_that_they_were_there_themselves(opened, planned, reports, time_machine):
    ask(opened.trainer, reports)
    Signup.objects.create(session=planned, person=opened.trainer, state=BOOKED)
    time_machine.move_to("2026-07-01T13:05:00Z")
    with pytest.raises(GuardFailed, match="of their own"):
        sessions.record_attendance(planned, present=[Signup.objects.get().pk], by=opened.trainer)


def test_a_trainer_plans_a_session_in_the_admin_and_people_find_it(
    opened, reports, in_june, client_of, client
):
    desk, url = client_of(opened.trainer), reverse("admin:training_session_plan")
    form = {
        "course": reports.pk, "day": "2026-07-08", "starts": "9:00 am", "ends": "8:00 am", "capacity": "12",
        "link": "https://meet.example.org/x?a=1&b='", "place": "", "times": "2", "every": "1",
    }  # fmt: skip
    assert "The end must be after the beginning" in desk.post(url, form).text
    begun = form | {"day": f"{timezone.localdate()}", "starts": "0:00", "ends": "23:00"}
    assert "Enter a time that is still to come" in desk.post(url, begun).text
    assert not Session.objects.exists()
    assert "2 sessions are planned." in desk.post(url, form | {"ends": "10:30 am"}, follow=True).text
    page = client.get(reverse("training:sessions"))
    assert "July 8, 2026, 9:00 a.m. to 10:30 a.m. Eastern Time" in page.text
    assert page.text.count("12 seats left") == 2
    for odd in ("\0x", "no-such-course", "x" * 5000):
        assert "12 seats left" in client.get(reverse("training:sessions"), {"course": odd}).text
    assert (
        "meet.example.org"
        not in client.get(reverse("training:session", args=[Session.objects.first().pk])).text
    )


def test_the_page_of_a_session_offers_what_the_person_can_do(opened, planned, client_of):
    person, url = client_of(opened.staff), reverse("training:session", args=[planned.pk])
    assert "Take a seat" in person.get(url).text
    done = person.post(reverse("training:sign_up", args=[planned.pk]), follow=True)
    assert "You have a seat. We wrote to you" in done.text
    assert "Give your seat back" in done.text
    mine = person.get(reverse("training:mine")).text
    assert "Your sessions" in mine
    person.post(reverse("onboarding:my_calendar"))
    assert f'href="{reverse("onboarding:my_calendar")}"' in mine
    address = re.search(r"http\S+?/calendar/[^\s\"<]+", person.get(reverse("onboarding:my_calendar")).text)[0]
    feed = client_of(None).get(urlsplit(address).path)
    (event,) = icalendar.Calendar.from_ical(feed.content).walk("VEVENT")
    assert str(event["SUMMARY"]) == str(planned.course)
    file = person.get(reverse("training:session_calendar", args=[planned.pk]))
    assert file["Content-Type"].startswith("text/calendar")
    (event,) = icalendar.Calendar.from_ical(file.content).walk("VEVENT")
    assert "ATTENDEE" not in event  # who takes over what is published is named by no one (RFC 5546)
    other = client_of(opened.director)
    assert other.get(reverse("training:session_calendar", args=[planned.pk])).status_code == 404
    assert "Join the waiting list" in other.get(url).text
    assert "is not asked of you now" in client_of(opened.signatory).get(url).text
    back = reverse("training:give_back", args=[planned.pk])
    assert "Give your seat back?" in person.get(back).text
    assert "You are no longer expected" in person.post(back, follow=True).text


def test_the_list_of_dates_asks_as_much_for_many_as_for_one(
    opened, reports, in_june, client_of, django_assert_num_queries
):
    client, url = client_of(opened.staff), reverse("training:sessions")
    sessions.plan(reports, given(), by=opened.trainer)
    client.get(url)
    with django_assert_num_queries(6) as few:
        client.get(url)
    sessions.plan(reports, given(day=dt.date(2026, 7, 2)), by=opened.trainer, weeks=20)
    with django_assert_num_queries(len(few)):
        client.get(url)


def test_seats_that_were_given_back_are_no_place_of_a_person(opened, planned):
    seat = sessions.sign_up(planned, person=opened.staff)
    assert selectors.own_sessions(opened.staff) == [seat]
    sessions.give_back(seat, by=opened.staff)
    assert selectors.own_sessions(opened.staff) == []
    assert [one["UID"] for one in calendars.feed_events(opened.staff.pk)] == []


@pytest.mark.parametrize("page", ["change_plan", "call_off", "attendance", "screen"])
def test_the_desk_of_a_session_is_for_trainers_and_admins(opened, planned, client_of, page):
    url = reverse(f"admin:training_session_{page}", args=[planned.pk])
    assert client_of(opened.trainer).get(url).status_code == 200
    assert client_of(opened.admin).get(url).status_code == 200
    assert client_of(opened.auditor).get(url).status_code == 403
    assert client_of(opened.director).get(url).status_code == 302


def test_two_trainers_change_one_session(opened, planned, client_of):
    sessions.sign_up(planned, person=opened.staff)
    url = reverse("admin:training_session_change_plan", args=[planned.pk])
    form = client_of(opened.admin).get(url).context["form"]
    stale = {name: form[name].value() or "" for name in form.fields} | {
        "starts": "9:00", "ends": "11:00", "trainer": "", "capacity": "4",
    }  # fmt: skip
    sessions.change(planned, given(starts=(13, 0), ends=(15, 0)), by=opened.trainer)
    page = client_of(opened.admin).post(url, stale)
    assert page.status_code == 422
    assert (
        "after you opened the page. It now reads: Begins at: 01:00 PM; Ends at: 03:00 PM; Seats: 1."
        in page.text
    )
    planned.refresh_from_db()
    assert planned.starts_at.astimezone(portal_zone()).hour == 13
    assert Message.objects.filter(name="training/session_changed").count() == 1


def test_two_sessions_of_one_trainer_at_one_hour_are_told_first_and_once(opened, planned, reports, client_of):
    sessions.change(planned, given(day=dt.date(2026, 7, 8), trainer=opened.trainer), by=opened.trainer)
    desk, url = client_of(opened.admin), reverse("admin:training_session_plan")
    form = {
        "course": reports.pk, "day": "2026-07-01", "starts": "10:30", "ends": "12:00", "place": "Room 3", "capacity": "9",
        "trainer": opened.trainer.pk, "times": "2", "every": "1",
    }  # fmt: skip
    page = desk.post(url, form)
    assert page.status_code == 422
    assert "gives another session at that time" in page.text
    assert "July 8, 2026 at 9:00 a.m." in page.text
    assert Session.objects.get() == planned
    again = form | {"told": page.context["form"]["told"].value()}
    assert "2 sessions are planned." in desk.post(url, again, follow=True).text
    touching = form | {"day": "2026-07-15", "starts": "11:00", "times": "1"}
    assert "1 session is planned." in desk.post(url, touching, follow=True).text
    later = Session.objects.get(starts_at=dt.datetime(2026, 7, 15, 11, tzinfo=portal_zone()))
    move = reverse("admin:training_session_change_plan", args=[later.pk])
    same = {name: form[name] for name in ("starts", "ends", "place", "capacity", "trainer")}
    assert "gives another session" in desk.post(move, same | {"day": "2026-07-08"}).text
    assert "The session is changed." in desk.post(move, same | {"day": "2026-07-15"}, follow=True).text


def test_the_later_dates_of_a_series_are_changed_and_called_off_with_it(opened, reports, in_june, client_of):
    first, second, third, last = sessions.plan(
        reports, given(day=dt.date(2026, 10, 21)), by=opened.trainer, weeks=4
    )
    sessions.change(third, given(day=dt.date(2026, 11, 4), place="The annex"), by=opened.trainer)
    ask(opened.staff, reports)
    sessions.sign_up(last, person=opened.staff)
    desk = client_of(opened.trainer)
    move = reverse("admin:training_session_change_plan", args=[second.pk])
    page = desk.get(move)
    assert "Also change the 2 later dates of this series" in page.text
    sent = {
        "day": "2026-10-29",
        "starts": "9:00 am",
        "ends": "10:00 am",
        "place": "Room 2, 55 Farmington Ave",
        "capacity": "5",
    }
    seen = {"seen": page.context["form"]["seen"].value(), "also_later": "on", "trainer": opened.trainer.pk}
    assert "3 sessions are changed." in desk.post(move, sent | seen, follow=True).text
    rows = [
        (one.starts_at.astimezone(portal_zone()), one.place, one.capacity, one.trainer)
        for one in Session.objects.all()
    ]
    room, clock = "Room 2, 55 Farmington Ave", dt.time(9)
    assert [(at.date(), at.time(), *more) for at, *more in rows] == [
        (dt.date(2026, 10, 21), clock, room, 1, None),
        (dt.date(2026, 10, 29), clock, room, 5, opened.trainer),
        (dt.date(2026, 11, 5), clock, "The annex", 5, opened.trainer),
        (dt.date(2026, 11, 12), clock, room, 5, opened.trainer),
    ]  # fmt: skip
    told = Message.objects.get(name="training/session_changed", user=opened.staff)
    assert "November 12, 2026, 9:00 a.m. to 10:00 a.m. Eastern Time" in told.body_text
    off = reverse("admin:training_session_call_off", args=[third.pk])
    assert "Also call off the later date of this series" in desk.get(off).text
    assert (
        "2 sessions are called off."
        in desk.post(off, {"reason": "Snow.", "also_later": "on"}, follow=True).text
    )
    assert list(Session.objects.filter(cancelled_at=None)) == [first, second]
    assert Message.objects.filter(name="training/session_called_off", user=opened.staff).count() == 1
    assert "also_later" not in desk.get(move).text


def test_a_trainer_moves_a_session_and_calls_it_off(opened, planned, client_of):
    sessions.sign_up(planned, person=opened.staff)
    desk = client_of(opened.trainer)
    url = reverse("admin:training_session_change_plan", args=[planned.pk])
    shown = desk.get(url).text
    assert 'value="09:00 AM"' in shown
    form = {
        "day": "2026-07-02", "starts": "13:00", "ends": "2 pm", "place": "Room “9”; O’Brien <b>", "capacity": "1",
    }  # fmt: skip
    assert "The session is changed." in desk.post(url, form, follow=True).text
    moved = Message.objects.get(name="training/session_changed")
    assert "July 2, 2026, 1:00 p.m. to 2:00 p.m. Eastern Time" in moved.body_text
    assert "Room “9”; O’Brien <b>" in moved.body_text
    assert str(event_in(moved)[1]["LOCATION"]) == "Room “9”; O’Brien <b>"
    off = reverse("admin:training_session_call_off", args=[planned.pk])
    assert "The session is called off." in desk.post(off, {"reason": "Snow."}, follow=True).text
    assert "This session was already called off." in desk.post(off, {"reason": "Snow."}, follow=True).text
    assert "This session was called off" in client_of(opened.staff).get(
        reverse("training:session", args=[planned.pk])
    ).text  # fmt: skip
