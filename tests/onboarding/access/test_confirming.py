"""Each quarter the agency says who still needs access: all, these left, these changed; signed, and asked again."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from hmis_portal.models import AuditEvent, Message
from onboarding import reminders
from onboarding.access import confirming
from onboarding.journey import yearly
from onboarding.models import Access, AccessConfirmation
from tests.factories import StaffFactory
from tests.onboarding.access.helpers import answers
from tests.onboarding.helpers import settings_are

pytestmark = pytest.mark.django_db


@pytest.fixture
def quarter(cast):
    """Live for three months; the coordinator and another have accounts."""
    since = timezone.now() - dt.timedelta(days=95)
    Agency.objects.filter(pk=cast.agency.pk).update(state="live", live_at=since)
    cast.agency.refresh_from_db()
    for row in (cast.coordinator_row, cast.staff_row):
        Access.objects.create(staff=row, state="granted", granted_at=since, granted_by=cast.admin)
    return cast


def test_it_is_asked_reminded_answered_once_and_asked_again(quarter, client_of, time_machine):
    cast, page = quarter, reverse("onboarding:confirm_access", args=[quarter.agency.pk])
    left = Access.objects.get(staff=cast.staff_row)
    (task,) = [task for task in yearly.due(agency=cast.agency) if task.kind == "access"]
    assert (task.late, task.due_on) == (True, confirming.due_on(cast.agency))
    reminders.yearly_tasks()
    assert Message.objects.filter(key__startswith="yearly:access:", to=cast.director.email).count() == 1
    client = client_of(cast.coordinator)
    assert "Sasha Staff" in client.get(page).text
    today = timezone.localdate()
    day = {
        f"day_{left.pk}_month": today.month,
        f"day_{left.pk}_day": today.day,
        f"day_{left.pk}_year": today.year,
    }
    wrong = client.post(page, answers(cast, **{f"answer_{left.pk}": "left"}, signed_name="Somebody"))
    assert "Enter the last working day of Sasha Staff" in wrong.text
    assert "Sign with your own name" in wrong.text
    assert not AccessConfirmation.objects.exists()
    data = answers(cast, **{f"answer_{left.pk}": "left"}, **day)
    assert client.post(page, data).status_code == 302
    cast.staff_row.refresh_from_db()
    assert cast.staff_row.left_on == today
    kept = AccessConfirmation.objects.get()
    assert (kept.signed_by, {line["name"]: line["answer"] for line in kept.people}["Sasha Staff"]) == (
        cast.coordinator,
        "left",
    )
    again = client.post(page, data, follow=True)  # another tab
    assert "confirmed already" in again.text
    assert AuditEvent.objects.filter(verb="confirmed who needs access").count() == 1
    assert not [task for task in yearly.due(agency=cast.agency) if task.kind == "access"]
    time_machine.move_to(timezone.now() + dt.timedelta(days=80))
    assert [task for task in yearly.due(agency=cast.agency) if task.kind == "access"]
    settings_are(access_confirmation_months=0)
    assert not [task for task in yearly.due(agency=cast.agency) if task.kind == "access"]


def test_who_changed_leads_to_the_roster_and_only_its_own_people_sign(
    quarter, client_of, django_assert_max_num_queries
):
    cast, page = quarter, reverse("onboarding:confirm_access", args=[quarter.agency.pk])
    row = Access.objects.get(staff=cast.staff_row)
    for number in range(20):
        staff = StaffFactory(agency=cast.agency, email=f"q{number}@harbor.example")
        Access.objects.create(staff=staff, state="granted", granted_at=timezone.now(), granted_by=cast.admin)
    client = client_of(cast.director)
    client.get(page)
    with django_assert_max_num_queries(16):
        assert client.get(page).status_code == 200
    assert client_of(cast.admin).get(page).status_code == 200
    assert client_of(cast.admin).post(page, {}).status_code == 403
    assert client_of(cast.stranger).get(page).status_code == 404
    data = answers(cast, **{f"answer_{row.pk}": "changed"}, signed_name=str(cast.director))
    answer = client.post(page, data, follow=True)
    assert "Now change these entries on the roster: Sasha Staff." in answer.text
