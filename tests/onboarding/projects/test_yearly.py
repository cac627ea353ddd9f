"""An agency confirms the data of its projects once a year."""

import datetime as dt
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Project
from hmis_portal.models import AuditEvent, Message, PortalSettings
from onboarding import tasks
from onboarding.journey import yearly
from tests.factories import ProjectFactory
from tests.onboarding.projects.own import NOW, url
from training.validity import add_months


def due():
    return [task for task in yearly.due() if task.kind == yearly.YearlyKind.PROJECTS]


def reminded():
    return Message.objects.filter(name="onboarding/yearly_task_due", key__startswith="yearly:projects:")


def journey(cast, client_of):
    return client_of(cast.director).get(reverse("onboarding:journey", args=[cast.agency.pk])).content.decode()


def test_project_data_is_confirmed_once_a_year(cast, live_project, client_of, time_machine):
    assert "Confirm project data" not in journey(cast, client_of)
    for days, sent in ((334, 0), (335, 1), (357, 1), (358, 2), (365, 3), (366, 4), (400, 4)):
        time_machine.move_to(NOW + dt.timedelta(days=days))
        tasks.send_reminders()
        tasks.send_reminders()
        assert reminded().count() == sent, days
    assert reminded().filter(subject__startswith="Overdue").count() == 1
    page = journey(cast, client_of)
    assert "What your agency owes" in page
    assert "Overdue since November 22, 2027" in page
    desk = client_of(cast.admin).get(reverse("admin:index")).content.decode()
    assert "Yearly tasks overdue" in desk
    report = client_of(cast.admin).get(reverse("admin:onboarding_reports")).content.decode()
    assert "Confirm project data" in report
    late = yearly.due(within=-1)
    assert yearly.overdue(5) == (late, len(late))
    assert yearly.overdue(0) == ([], len(late))  # counted, where more are than are shown
    where = url(cast, "confirm_projects", False)
    summary = client_of(cast.coordinator).get(where).content.decode()
    assert "12 Main Street" in summary
    assert "?from=confirm" in summary
    assert client_of(cast.coordinator).post(where).status_code == 302
    project = Project.objects.get(pk=cast.project.pk)
    assert (project.confirmed_by, timezone.localdate(project.confirmed_at)) == (
        cast.coordinator,
        date(2027, 12, 27),
    )
    event = AuditEvent.objects.get(verb="project data confirmed")
    assert event.data["projects"] == [{"id": project.hud_id, "name": "Harbor House Shelter"}]
    assert "Confirm project data" not in journey(cast, client_of)
    assert due() == []


def test_a_project_with_a_fault_is_mended_before_it_is_confirmed(cast, live_project, client_of, time_machine):
    cast.project.inventory.update(inventory_end_date=date(2027, 1, 1))
    time_machine.move_to(NOW + dt.timedelta(days=370))
    where = url(cast, "confirm_projects", False)
    assert "Mend “Harbor House Shelter” first" in client_of(cast.director).get(where).content.decode()
    assert client_of(cast.director).post(where).status_code == 303
    assert not AuditEvent.objects.filter(verb="project data confirmed").exists()


def test_what_has_ended_is_not_asked_for_and_the_period_is_a_setting(
    cast, live_project, client_of, time_machine
):
    PortalSettings.objects.update_or_create(pk=1, defaults={"project_confirmation_months": 6})
    PortalSettings.objects.get(pk=1).save()
    time_machine.move_to(NOW + dt.timedelta(days=200))
    assert len(due()) == 1
    Project.objects.filter(pk=cast.project.pk).update(operating_end_date=date(2027, 1, 1))
    assert due() == []


def test_nobody_is_asked_before_going_live_or_after_leaving(cast, live_project, time_machine):
    time_machine.move_to(NOW + dt.timedelta(days=400))
    for state, fields in (
        ("left", {"left_at": timezone.now()}),
        ("joining", {"live_at": None, "left_at": None}),
    ):
        Agency.objects.filter(pk=cast.agency.pk).update(state=state, **fields)
        assert yearly.due() == []


def test_the_tasks_of_many_agencies_cost_one_query(
    cast, live_project, time_machine, django_assert_num_queries
):
    time_machine.move_to(NOW + dt.timedelta(days=400))
    for number in range(20):
        ProjectFactory(agency=cast.agency, project_name=f"P{number}")
    PortalSettings.load()
    with django_assert_num_queries(1):
        assert len(due()) == 1


@pytest.mark.parametrize(
    ("confirmed", "months", "day"),
    [
        (date(2028, 3, 1), 6, date(2028, 8, 31)), (date(2027, 3, 1), 12, date(2028, 2, 29)),
        (date(2028, 2, 29), 6, date(2028, 8, 29)), (date(2028, 2, 29), 12, date(2029, 3, 1)), (date(2028, 8, 31), 6, date(2029, 3, 1)),
    ],
)  # fmt: skip
def test_what_is_overdue_is_counted_as_it_is_listed(cast, live_project, time_machine, confirmed, months, day):
    PortalSettings.objects.update_or_create(pk=1, defaults={"project_confirmation_months": months})
    PortalSettings.objects.get(pk=1).save()
    late_evening = timezone.make_aware(dt.datetime.combine(confirmed, dt.time(23, 30)))
    Project.objects.filter(agency=cast.agency).update(confirmed_at=late_evening)
    due_on = add_months(confirmed, months)
    noon = timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
    for days in range(-1, 4):
        time_machine.move_to(noon + dt.timedelta(days=days))
        late = yearly.overdue(100)[0]
        assert ("projects" in {task.kind for task in late}) is (day + dt.timedelta(days=days) > due_on)
        assert yearly.overdue(1)[1] == len(late) == len(yearly.due(within=-1))
