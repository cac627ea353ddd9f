"""Accounts in the HMIS: confirmed, suspended by a lapse, restored, and closed for those who leave."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, CodeChannel
from agencies.services import channels, leavers
from agencies.services import staff as roster
from hmis_portal.models import AuditEvent, Message
from onboarding import reminders, tasks
from onboarding.access import recompute, to_do
from onboarding.models import Access, Mou
from onboarding.services import perform
from tests.factories import StaffFactory
from tests.onboarding.access.helpers import confirm
from tests.onboarding.access.trained import state, train
from tests.onboarding.helpers import settings_are
from training.models import LearningAccount
from training.services import learning


@pytest.mark.django_db
def test_the_admin_confirms_accounts(live, client_of, django_assert_max_num_queries):
    cast = live
    page = reverse("admin:onboarding_access_create")
    client = client_of(cast.admin)
    with django_assert_max_num_queries(12):
        text = client.get(page).content.decode()
    assert "Sasha Staff" in text
    assert client_of(cast.auditor).get(page).status_code == 200
    assert client_of(cast.auditor).post(page).status_code == 403
    assert client_of(cast.trainer).get(page).status_code == 403
    nobody = client.post(page, {})
    assert nobody.status_code == 302
    assert confirm(client, cast.staff_row).status_code == 302
    row = Access.objects.get(staff=cast.staff_row)
    assert (row.state, row.account_name, row.granted_by) == ("granted", "sstaff", cast.admin)
    welcome = Message.objects.get(name="onboarding/access_granted", to=cast.staff.email)
    assert "https://hmis.example/" in welcome.body_text
    assert "sstaff" in welcome.body_text
    confirm(client, cast.staff_row)
    assert AuditEvent.objects.filter(verb="grant").count() == 1
    assert Message.objects.filter(name="onboarding/access_granted").count() == 1


@pytest.mark.django_db
def test_the_coordinator_hears_of_everybody_in_one_mail_a_day(live, client_of, commits, time_machine):
    cast = live
    time_machine.move_to(
        timezone.make_aware(dt.datetime.combine(timezone.localdate(), dt.time(9))), tick=False
    )
    told = Message.objects.filter(name="onboarding/people_digest")
    reminders.send_all()  # whatever happened before
    told.delete()
    ahead = timezone.localdate() + dt.timedelta(days=30)
    more = {
        "hmis_role": "data_entry", "access_level": "entry", "supervisor_name": "Dana", "start_date": ahead, "employment": "staff",
    }  # fmt: skip
    for first, later in (("Nia", False), ("Lee", True)):
        data = {
            **more,
            "first_name": first,
            "last_name": "New",
            "email": f"{first}@harbor.example",
            "starts_later": later,
        }
        with commits():
            roster.add_staff(agency=cast.agency, by=cast.coordinator, data=data)
    for row in (cast.staff_row, cast.coordinator_row):
        confirm(client_of(cast.admin), row, row.first_name)
    nia = LearningAccount.objects.get(person__email="nia@harbor.example")
    learning.made({nia.pk: "nnew"}, by=cast.trainer)
    reminders.send_all()
    assert not told.exists()  # that day's mail is out
    time_machine.shift(dt.timedelta(days=1))
    Mou.objects.filter(agency=cast.agency).update(term_ends_on=timezone.localdate() - dt.timedelta(days=1))
    with commits():
        tasks.recompute_access()
    reminders.send_all()
    reminders.send_all()
    text = told.get().body_text
    assert told.get().to == cast.coordinator.email
    assert "Nia New: on the roster, invited" in text
    assert "Nia New: an account at the learning site was asked for" in text
    assert "Nia New: has an account at the learning site" in text
    assert "Lee New: an account" not in text
    assert "Lee New: on the roster; invited on the start date" in text
    assert "Sasha Staff: has an account" in text
    assert "Sasha Staff: may not sign in to CT HMIS for now: The agency’s MOU is not in force." in text
    assert "Chris" not in text.partition("You hear this")[2]  # who has mails of their own


@pytest.mark.django_db
def test_no_account_without_a_channel_for_codes_and_none_is_lost_for_it(live, client_of, commits):
    cast = live
    confirm(client_of(cast.admin), cast.staff_row)
    CodeChannel.objects.all().delete()
    with commits():
        recompute.recompute(cast.agency.pk)
    waiting = Access.objects.get(staff=cast.coordinator_row)
    assert (waiting.state, state(cast.staff_row)) == ("not_ready", "granted")
    assert "sign-in codes" in waiting.reasons[0]
    row = StaffFactory(agency=cast.agency, user=cast.director)
    recompute.recompute(cast.agency.pk)
    train(cast, row, commits)
    assert state(row) == "ready"
    Access.objects.filter(staff=cast.coordinator_row).update(reasons=["Privacy: not started"])
    for _night in range(2):
        recompute.recompute(cast.agency.pk)
    told = Message.objects.get(name="onboarding/channel_wanted", to=cast.coordinator.email)
    assert told.body_text.count("Enter number or address") == 1
    with commits():
        channels.enter(person=cast.coordinator, value="8605550142", by=cast.coordinator)
    assert state(cast.coordinator_row) == "ready"
    settings_are(second_factor_from=None)
    CodeChannel.objects.all().delete()
    recompute.recompute(cast.agency.pk)
    assert state(cast.coordinator_row) == "ready"


@pytest.mark.django_db
def test_several_accounts_at_once(live, client_of):
    cast = live
    data = {}
    for row in (cast.coordinator_row, cast.staff_row):
        data[f"made_{Access.objects.get(staff=row).pk}"] = "on"
    client_of(cast.admin).post(reverse("admin:onboarding_access_create"), data)
    assert {state(cast.coordinator_row), state(cast.staff_row)} == {"granted"}


@pytest.mark.django_db
def test_a_lapse_suspends_once_and_a_completion_restores(live, client_of, commits, time_machine):
    cast = live
    confirm(client_of(cast.admin), cast.staff_row)
    time_machine.move_to(timezone.now() + dt.timedelta(days=500))
    from onboarding.tasks import recompute_access

    for _twice in range(2):
        with commits():
            recompute_access()
    row = Access.objects.get(staff=cast.staff_row)
    assert (row.state, row.to_do) == ("suspended", "suspend")
    assert any("Privacy" in reason for reason in row.reasons)
    assert Message.objects.filter(name="onboarding/access_suspended", to=cast.staff.email).count() == 1
    assert "Privacy" in Message.objects.get(name="onboarding/access_suspended", to=cast.staff.email).body_text
    assert Message.objects.get(name="onboarding/hmis_to_do").to == cast.admin.email
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.LIVE  # never falls back
    to_do = reverse("admin:onboarding_access_to_do")
    client = client_of(cast.admin)
    assert "Suspend the account" in client.get(to_do).content.decode()
    assert client.post(to_do, {f"done_{row.pk}": "on"}).status_code == 302
    row.refresh_from_db()
    assert (row.to_do, row.done_by) == ("", cast.admin)
    train(cast, cast.staff_row, commits)
    row.refresh_from_db()
    assert (row.state, row.to_do) == ("granted", "restore")
    assert Message.objects.filter(name="onboarding/access_restored", to=cast.staff.email).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("notice", ["at_end", "now", "agency"])
def test_who_has_an_account_is_told_of_its_end_once_unless_the_agency_tells_them(
    live, client_of, commits, time_machine, notice
):
    cast, last = live, timezone.localdate() + dt.timedelta(days=5)
    confirm(client_of(cast.admin), cast.staff_row)
    leavers.report_leaver(staff=cast.staff_row, by=cast.coordinator, last_day=last, notice=notice)
    ended = Message.objects.filter(name="onboarding/access_ended")
    night = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(5, 10), tzinfo=dt.UTC)
    for when, told in ((night - dt.timedelta(days=1), False), (night, True), (night, True)):
        time_machine.move_to(when)
        with commits():
            tasks.recompute_access()
        assert ended.filter(to=cast.staff.email).count() == int(told and notice != "agency")
        assert not ended.filter(to=cast.coordinator.email).exists()
    assert state(cast.staff_row) == "ended"
    assert Message.objects.filter(name="agencies/leaving").count() == int(notice == "now")
    assert Message.objects.filter(name="agencies/leaver_reported", to=cast.admin.email).count() == 1


@pytest.mark.django_db
def test_a_leaver_has_a_clock(live, client_of, commits):
    cast = live
    client = client_of(cast.admin)
    confirm(client, cast.staff_row)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    with commits():
        leavers.report_leaver(staff=cast.staff_row, by=cast.coordinator, last_day=yesterday)
    row = Access.objects.select_related("staff").get(staff=cast.staff_row)
    assert (row.state, row.to_do) == ("ended", "close")
    deadline = to_do.closing_deadline(row)
    assert timezone.localtime(deadline).date() == yesterday + dt.timedelta(days=2)
    settings_are(leaver_hours=8)  # from the end of that day, where the agency is
    assert timezone.localtime(to_do.closing_deadline(row)).replace(tzinfo=None) == dt.datetime.combine(
        timezone.localdate(), dt.time(8)
    )
    settings_are(leaver_hours=24)
    assert Message.objects.filter(name="onboarding/access_ended", to=cast.staff.email).count() == 1
    page = client.get(reverse("admin:index")).content.decode()
    assert "Close the account" in page
    assert re.search(r"\d+ hours? left", page)
    client.post(reverse("admin:onboarding_access_to_do"), {f"done_{row.pk}": "on"})
    row.refresh_from_db()
    assert (row.to_do, row.done_by) == ("", cast.admin)
    again = client.post(reverse("admin:onboarding_access_to_do"), {f"done_{row.pk}": "on"})
    assert again.status_code == 302
    assert AuditEvent.objects.filter(verb="confirm_done").count() == 1
    with commits():
        roster.return_staff(staff=cast.staff_row, by=cast.coordinator, start_date=timezone.localdate())
    assert state(cast.staff_row) == "not_ready"


@pytest.mark.django_db
def test_people_who_join_later_are_gated_one_by_one(live, commits):
    cast = live
    data = {"first_name": "Lena", "last_name": "Later", "email": "lena@harbor.example", "hmis_role": "read_only",
            "access_level": "view", "supervisor_name": "Dana", "start_date": timezone.localdate(), "employment": "staff"}  # fmt: skip
    with commits():
        lena = roster.add_staff(agency=cast.agency, by=cast.director, data=data)
    assert state(lena) == "not_ready"
    lena.refresh_from_db()
    assert lena.user is not None
    assert lena.user.requirements.exists()
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.LIVE


@pytest.mark.django_db
def test_the_end_of_the_mou_suspends_everybody(live, client_of, commits):
    cast = live
    confirm(client_of(cast.admin), cast.staff_row)
    mou = Mou.objects.get(agency=cast.agency)
    act = reverse("admin:onboarding_mou_verb", args=[mou.pk, "end"])
    today = timezone.localdate()
    client = client_of(cast.admin)
    assert "Enter" in client.post(act, {"reason": "Leaves"}).content.decode()
    day = {"on_month": today.month, "on_day": today.day, "on_year": today.year}
    client.post(act, {"reason": "Leaves", "kind": Mou.EndKind.LEFT, **day})
    assert state(cast.staff_row) == "suspended"
    assert state(cast.coordinator_row) == "not_ready"
    assert Message.objects.filter(name="onboarding/mou_ended").exists()


@pytest.mark.django_db
def test_an_agency_that_leaves_ends_everything(live, client_of, commits):
    cast = live
    confirm(client_of(cast.admin), cast.staff_row)
    with commits():
        perform(cast.agency, "leave", by=cast.admin, reason="Merged with another agency.")
    assert Mou.objects.get(agency=cast.agency).state == "ended"
    row = Access.objects.get(staff=cast.staff_row)
    assert (row.state, row.to_do) == ("ended", "close")


@pytest.mark.django_db
def test_recompute_asks_a_fixed_number_of_questions(live, django_assert_max_num_queries):
    cast = live
    recompute.recompute(cast.agency.pk)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        recompute.recompute(cast.agency.pk)
    for number in range(12):
        staff = StaffFactory(agency=cast.agency, access_level="none", email=f"x{number}@harbor.example")
        Access.objects.create(
            staff=staff,
            reasons=[
                "The role has no access to the HMIS.",
                "The person has not been invited to the portal yet.",
            ],
        )
    recompute.recompute(cast.agency.pk)
    with CaptureQueriesContext(connection) as many:
        recompute.recompute(cast.agency.pk)
    assert len(many) <= len(few) + 1
