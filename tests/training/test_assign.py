"""Who is given which courses, and when they are taken away again."""

import datetime as dt

import pytest

from agencies.models import AccessLevel, HmisRole
from agencies.services import leavers
from agencies.services import staff as roster
from hmis_portal.models import AuditEvent, Message
from tests.factories import ProjectFactory, StaffFactory, UserFactory
from tests.people import hold
from training import selectors, services
from training.models import CourseRule, Requirement
from training.papers import transcript

pytestmark = pytest.mark.django_db

CASE_MANAGER = {"privacy-security", "user-agreement", "hmis-basics", "data-standards", "workflow-shelter"}


def courses(user):
    return set(Requirement.objects.open().filter(person=user).values_list("course__slug", flat=True))


def test_opening_training_gives_each_person_the_courses_of_role_and_projects(opened):
    assert courses(opened.staff) == CASE_MANAGER
    assert courses(opened.coordinator) == {
        "privacy-security", "user-agreement", "hmis-basics", "data-standards", "reports", "hdc-briefing",
    }  # fmt: skip
    assert Requirement.objects.filter(person=opened.stranger).count() == 0
    row = Requirement.objects.get(person=opened.staff, course__slug="workflow-shelter")
    assert row.reasons.get().staff == opened.staff_row
    assert row.due_on - row.assigned_on == dt.timedelta(days=14)
    assert AuditEvent.objects.filter(verb="training opened", agency_id=opened.agency.pk).count() == 1
    assert AuditEvent.objects.filter(verb="course assigned").count() == Requirement.objects.count()


def test_courses_are_given_in_the_order_of_the_catalogue(opened):
    for person in (opened.staff, opened.coordinator):
        given = (
            Requirement.objects.filter(person=person)
            .order_by("pk")
            .values_list("course__position", flat=True)
        )
        assert list(given) == sorted(given)


def test_opening_twice_changes_nothing_and_tells_nobody_twice(opened):
    before = Requirement.objects.count(), AuditEvent.objects.count(), Message.objects.count()
    services.open_training(opened.agency, opened.lead)
    assert (Requirement.objects.count(), AuditEvent.objects.count(), Message.objects.count()) == before


def test_each_person_is_told_once_of_all_new_courses(opened):
    message = Message.objects.get(name="training/assigned", user=opened.staff)
    assert "5 courses" in message.subject
    assert "Privacy and security awareness: Due" in message.body_text
    assert "/training/" in message.body_text


def test_people_without_access_sign_and_train_too(cast, catalogue):
    user = UserFactory()
    StaffFactory(agency=cast.agency, user=user, hmis_role=HmisRole.DIRECTOR, access_level=AccessLevel.NONE)
    services.open_training(cast.agency, None)
    assert courses(user) == {"privacy-security", "user-agreement"}


def test_people_without_access_have_no_program_courses(cast, catalogue):
    user = UserFactory()
    row = StaffFactory(
        agency=cast.agency, user=user, hmis_role=HmisRole.DIRECTOR, access_level=AccessLevel.NONE
    )
    row.projects.add(cast.project)  # as rows of an earlier version of the portal have it
    services.open_training(cast.agency, None)
    assert courses(user) == {"privacy-security", "user-agreement"}


def test_who_starts_later_has_no_courses_and_no_due_dates_before(cast, catalogue, time_machine):
    time_machine.move_to("2026-12-01T15:00:00Z")
    user = UserFactory()
    later = {"starts_later": True, "start_date": dt.date(2027, 1, 4)}
    row = StaffFactory(agency=cast.agency, user=user, **later)
    services.open_training(cast.agency, None)
    assert courses(user) == set()
    assert selectors.status_of(row).reasons == [
        "Starts on January 4, 2027: the invitation and the courses come that day."
    ]
    assert not Message.objects.filter(user=user).exists()
    roster.change_staff(staff=opened_row(cast), by=cast.director, data=later)
    assert courses(cast.staff) == set()
    roster.change_staff(staff=opened_row(cast), by=cast.director, data={"starts_later": False})
    assert courses(cast.staff) == CASE_MANAGER


def opened_row(cast):
    cast.staff_row.refresh_from_db()
    return cast.staff_row


def test_a_position_brings_its_briefing(cast, catalogue):
    hold(cast.agency, "security", "Sasha Staff", cast.staff.email.upper())
    services.open_training(cast.agency, None)
    assert courses(cast.staff) == {*CASE_MANAGER, "security-officer"}


def test_21_a_new_role_adds_its_missing_courses_due_after_the_policys_days(opened, time_machine):
    time_machine.move_to("2027-03-01T15:00:00Z")
    roster.change_staff(
        staff=opened.staff_row,
        by=opened.director,
        data={"hmis_role": HmisRole.SUPERVISOR, "access_level": "case_reports"},
    )
    assert courses(opened.staff) == {*CASE_MANAGER, "reports"}
    assert Requirement.objects.get(person=opened.staff, course__slug="reports").due_on == dt.date(2027, 3, 15)


def test_21_a_new_project_type_adds_its_workflow(opened):
    rapid = ProjectFactory(agency=opened.agency, project_type=13)
    roster.change_staff(
        staff=opened.staff_row, by=opened.director, data={"projects": [opened.project, rapid]}
    )
    assert courses(opened.staff) == {*CASE_MANAGER, "workflow-rapid"}


def test_22_leaving_a_role_removes_its_open_requirements_never_completions(opened, course):
    done = services.record_completion(
        services.Result(
            person=opened.coordinator,
            course=Requirement.objects.get(person=opened.coordinator, course__slug="hdc-briefing").course,
            completed_on=dt.date(2026, 1, 5),
        ),
        by=opened.trainer,
    ).completion
    roster.change_staff(
        staff=opened.coordinator_row,
        by=opened.director,
        data={"hmis_role": HmisRole.READ_ONLY, "access_level": AccessLevel.VIEW},
    )
    assert courses(opened.coordinator) == {"privacy-security", "user-agreement", "hmis-basics"}
    closed = Requirement.objects.get(person=opened.coordinator, course__slug="hdc-briefing")
    assert closed.closed_because == Requirement.Closed.NOT_NEEDED
    assert done in [row.completion for row in transcript.transcript(opened.coordinator)]


def test_5_a_course_required_twice_is_one_requirement_with_two_reasons(opened):
    second = StaffFactory(agency=opened.other_agency, user=opened.staff, email=opened.staff.email)
    services.open_training(opened.other_agency, None)
    row = Requirement.objects.open().get(person=opened.staff, course__slug="privacy-security")
    assert {reason.staff for reason in row.reasons.all()} == {opened.staff_row, second}
    agreements = Requirement.objects.open().filter(person=opened.staff, course__slug="user-agreement")
    assert {one.staff for one in agreements} == {opened.staff_row, second}


def test_24_leaving_freezes_requirements_and_coming_back_opens_them_anew(opened):
    leavers.report_leaver(staff=opened.staff_row, by=opened.director, last_day=dt.date(2026, 1, 5))
    assert courses(opened.staff) == set()
    assert set(Requirement.objects.filter(person=opened.staff).values_list("closed_because", flat=True)) == {
        "left"
    }
    roster.return_staff(staff=opened.staff_row, by=opened.director, start_date=dt.date(2026, 1, 6))
    assert courses(opened.staff) == CASE_MANAGER


def test_23_moving_agencies_keeps_the_transcript_and_decides_anew(opened, course):
    services.record_completion(
        services.Result(person=opened.staff, course=course, completed_on=dt.date(2026, 11, 2), score=90),
        by=opened.trainer,
    )
    leavers.report_leaver(staff=opened.staff_row, by=opened.director, last_day=dt.date(2026, 1, 5))
    moved = StaffFactory(agency=opened.other_agency, user=opened.staff, email=opened.staff.email)
    services.open_training(opened.other_agency, None)
    status = selectors.status_of(moved)
    assert [item.course_title for item in status.items if item.status.in_force] == [course.title]
    assert "HMIS user agreement and code of ethics" in [item.course_title for item in status.unmet]


def test_somebody_listed_before_training_opens_gets_nothing_yet(cast, catalogue):
    services.assign(staff=cast.staff_row, by=None)
    assert courses(cast.staff) == set()
    assert selectors.status_of(cast.staff_row).reasons == ["Training has not been opened for the agency yet."]


def test_what_the_agency_stops_closes_with_it(opened):
    services.close_training(opened.agency, opened.admin, "left the HMIS")
    assert courses(opened.staff) == set()
    assert not selectors.status_of(opened.staff_row).met


def test_a_rule_taken_out_by_the_admin_closes_its_requirement_at_the_next_change(opened):
    CourseRule.objects.filter(course__slug="hmis-basics").delete()
    services.assign(staff=opened.staff_row, by=None)
    assert courses(opened.staff) == CASE_MANAGER - {"hmis-basics"}


def test_what_stands_is_not_written_again(opened, django_assert_max_num_queries):
    """Everybody's courses are looked at with each change in their agency."""
    with django_assert_max_num_queries(11) as asked:
        assert services.assign(staff=opened.staff_row, by=None) == []
    writes = ("INSERT", "UPDATE", "DELETE")
    assert [query["sql"] for query in asked if query["sql"].startswith(writes)] == []


def test_a_reason_in_other_words_is_written_anew(opened):
    row = Requirement.objects.get(person=opened.staff, course__slug="workflow-shelter")
    row.reasons.update(reason="In words of the year before")
    services.assign(staff=opened.staff_row, by=None)
    assert row.reasons.get().reason == "The type of your projects"


def test_reference_content_is_safe_to_repeat_and_keeps_the_admins_edits(course):
    from training import reference
    from training.models import Course

    course.title, course.valid_months = "Our own title", 6
    course.save()
    CourseRule.objects.filter(course__slug="reports").delete()
    before = Course.objects.count()
    reference.load()
    course.refresh_from_db()
    assert (course.title, course.valid_months, Course.objects.count()) == ("Our own title", 6, before)
    assert not CourseRule.objects.filter(course__slug="reports").exists()
