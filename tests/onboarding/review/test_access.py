"""The decision on access with its reasons, and what follows from it: ready, live, granted, suspended, ended."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from agencies.services import staff as roster
from hmis_portal.errors import GuardFailed
from hmis_portal.models import AuditEvent, Message
from onboarding import access
from onboarding.access import Facts, decide
from onboarding.models import Access, Condition, Mou
from onboarding.services import perform
from tests.factories import StaffFactory
from tests.onboarding.review.conftest import settings_are

S = Access.State


# --- the decision, without a database --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "verb", "reason"),
    [
        (Facts(S.NOT_READY), "become_ready", "in force"),
        (Facts(S.NOT_READY, met=False, missing=("Privacy: not started",)), "", "Privacy: not started"),
        (Facts(S.NOT_READY, mou_in_force=False), "", "MOU is not in force"),
        (Facts(S.NOT_READY, logs_in=False), "", "no access to the HMIS"),
        (Facts(S.READY), "", "in force"),
        (Facts(S.READY, met=False, missing=("Privacy: lapsed",)), "lose_ready", "Privacy: lapsed"),
        (Facts(S.READY, mou_in_force=False), "lose_ready", "MOU"),
        (Facts(S.GRANTED), "", "in force"),
        (Facts(S.GRANTED, met=False, holds=True, missing=("In grace",)), "", "In grace"),
        (Facts(S.GRANTED, met=False, holds=False, missing=("Lapsed",)), "suspend", "Lapsed"),
        (Facts(S.GRANTED, mou_in_force=False), "suspend", "MOU"),
        (Facts(S.GRANTED, logs_in=False), "suspend", "role"),
        (Facts(S.SUSPENDED), "restore", "in force"),
        (Facts(S.SUSPENDED, met=False, holds=True), "", ""),
        (Facts(S.ENDED, current=False), "", "no longer works"),
        (Facts(S.ENDED), "come_back", "came back"),
        *(
            (Facts(state, current=False), "end", "no longer works")
            for state in (S.NOT_READY, S.READY, S.GRANTED, S.SUSPENDED)
        ),
        (Facts(S.GRANTED, agency_left=True), "end", "agency has left"),
        (Facts(S.ENDED, agency_left=True), "", "agency has left"),
    ],
)
def test_decision(facts, verb, reason):
    decision = decide(facts)
    assert decision.verb == verb
    assert reason in " ".join(decision.reasons)


# --- with training and people ------------------------------------------------------------------------------------


@pytest.fixture
def executed(in_review, cast, commits):
    """Approved and executed as after the counter-signature, training begun."""
    with commits():
        mou = Mou.objects.get(agency=cast.agency)
        perform(in_review, "approve", by=cast.admin)
        now = timezone.now()
        Mou.objects.filter(pk=mou.pk).update(
            state="executed", executed_at=now, term_ends_on=timezone.localdate() + dt.timedelta(days=1000)
        )
        access.start_training(cast.agency, by=cast.lead)
    return cast


def train(cast, staff, commits):
    """Everything that the portal asks of this person is done today."""
    from training import services
    from training.models import Completion, Requirement

    staff.refresh_from_db()
    with commits():
        for row in Requirement.objects.filter(person=staff.user, closed_on__isnull=True).select_related(
            "course"
        ):
            own = (
                {"source": Completion.Source.SIGNATURE, "staff": staff}
                if row.course.is_agreement
                else {"score": 95}
            )
            services.record_completion(
                person=staff.user,
                course=row.course,
                completed_on=timezone.localdate(),
                by=cast.trainer,
                **own,
            )


def state(staff):
    return Access.objects.get(staff=staff).state


@pytest.mark.django_db
def test_approval_and_execution_begin_training(executed):
    cast = executed
    rows = Access.objects.filter(staff__agency=cast.agency)
    assert {row.staff_id for row in rows} == {cast.coordinator_row.pk, cast.staff_row.pk}
    assert {row.state for row in rows} == {"not_ready"}
    assert any("Privacy and security" in reason for row in rows for reason in row.reasons)
    assert Message.objects.filter(name="training/assigned", user=cast.staff).count() == 1
    access.start_training(cast.agency, by=cast.lead)
    assert Message.objects.filter(name="training/assigned", user=cast.staff).count() == 1


@pytest.mark.django_db
def test_staff_without_an_account_are_invited(in_review, cast, commits):
    new = StaffFactory(agency=cast.agency, email="new@harbor.example")
    with commits():
        access.start_training(cast.agency, by=cast.lead)
    new.refresh_from_db()
    assert new.user.email == "new@harbor.example"
    assert Message.objects.filter(to="new@harbor.example").exists()


@pytest.mark.django_db
def test_the_agency_goes_live_when_all_are_ready(executed, commits):
    cast = executed
    train(cast, cast.coordinator_row, commits)
    assert state(cast.coordinator_row) == "ready"
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.JOINING
    with pytest.raises(GuardFailed):
        perform(Access.objects.get(staff=cast.coordinator_row), "grant", by=cast.admin)
    train(cast, cast.staff_row, commits)
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.LIVE
    assert cast.agency.live_at is not None
    assert AuditEvent.objects.filter(verb="go_live").count() == 1
    assert Message.objects.get(name="onboarding/agency_live").to == cast.director.email
    ready = Message.objects.filter(name="onboarding/access_ready", to=cast.staff.email)
    assert ready.count() == 1
    assert "nothing is missing on your side" in ready.get().body_text


@pytest.mark.django_db
def test_the_coordinator_and_one_are_enough_by_setting(executed, commits):
    cast = executed
    settings_are(go_live_rule="coordinator")
    StaffFactory(agency=cast.agency, user=cast.director)
    train(cast, cast.staff_row, commits)
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.JOINING
    train(cast, cast.coordinator_row, commits)
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.LIVE


@pytest.mark.django_db
def test_people_who_start_later_or_do_not_sign_in_hold_nothing_up(executed, commits):
    cast = executed
    StaffFactory(agency=cast.agency, starts_later=True)
    StaffFactory(agency=cast.agency, access_level="none", hmis_role="director")
    for row in (cast.coordinator_row, cast.staff_row):
        train(cast, row, commits)
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.LIVE


@pytest.mark.django_db
def test_a_condition_before_go_live_holds_it_up(executed, in_review, client_of, commits):
    cast = executed
    condition = Condition.objects.create(
        application=in_review,
        text="Lock the server room",
        owner="IT",
        due_on=timezone.localdate(),
        blocks_go_live=True,
    )
    for row in (cast.coordinator_row, cast.staff_row):
        train(cast, row, commits)
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.JOINING
    assert access.against_go_live(cast.agency) == ["Open condition: Lock the server room"]
    met = reverse("admin:onboarding_condition_met", args=[condition.pk])
    assert client_of(cast.auditor).get(met).status_code == 403
    client = client_of(cast.admin)
    assert client.get(met).status_code == 200
    client.post(met)
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.LIVE
    client.post(met)
    assert AuditEvent.objects.filter(verb="condition met").count() == 1


@pytest.fixture
def live(executed, commits):
    for row in (executed.coordinator_row, executed.staff_row):
        train(executed, row, commits)
    executed.agency.refresh_from_db()
    return executed


def confirm(client, row, name="sstaff"):
    pk = Access.objects.get(staff=row).pk
    return client.post(reverse("admin:onboarding_access_create"), {f"made_{pk}": "on", f"name_{pk}": name})


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
    assert nobody.status_code in (302, 422)
    assert confirm(client, cast.staff_row).status_code == 302
    row = Access.objects.get(staff=cast.staff_row)
    assert (row.state, row.account_name, row.granted_by) == ("granted", "sstaff", cast.admin)
    welcome = Message.objects.get(name="onboarding/access_granted", to=cast.staff.email)
    assert "https://hmis.example/" in welcome.body_text
    assert "sstaff" in welcome.body_text
    told = Message.objects.get(name="onboarding/access_granted", to=cast.coordinator.email)
    assert "Sasha was told how to sign in" in told.body_text
    confirm(client, cast.staff_row)
    assert AuditEvent.objects.filter(verb="grant").count() == 1
    assert Message.objects.filter(name="onboarding/access_granted").count() == 2


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
def test_a_leaver_has_a_clock(live, client_of, commits):
    cast = live
    client = client_of(cast.admin)
    confirm(client, cast.staff_row)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    with commits():
        roster.report_leaver(staff=cast.staff_row, by=cast.coordinator, last_day=yesterday)
    row = Access.objects.select_related("staff").get(staff=cast.staff_row)
    assert (row.state, row.to_do) == ("ended", "close")
    deadline = access.closing_deadline(row)
    assert timezone.localtime(deadline).date() == yesterday + dt.timedelta(days=2)
    assert Message.objects.filter(name="onboarding/access_ended", to=cast.staff.email).count() == 1
    page = client.get(reverse("admin:index")).content.decode()
    assert "Close the account" in page
    assert "hours left" in page or "hours late" in page
    client.post(reverse("admin:onboarding_access_to_do"), {f"done_{row.pk}": "on"})
    row.refresh_from_db()
    assert (row.to_do, row.done_by) == ("", cast.admin)
    again = client.post(reverse("admin:onboarding_access_to_do"), {f"done_{row.pk}": "on"})
    assert again.status_code == 302
    assert AuditEvent.objects.filter(verb="confirm_done").count() == 1
    with commits():
        roster.return_staff(staff=cast.staff_row, by=cast.coordinator, start_date=timezone.localdate())
    assert state(cast.staff_row) in ("not_ready", "ready")


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
    assert "Enter" in client.post(act, {"note": "Leaves"}).content.decode()
    day = {"on_month": today.month, "on_day": today.day, "on_year": today.year}
    client.post(act, {"note": "Leaves", "kind": Mou.EndKind.LEFT, **day})
    assert state(cast.staff_row) == "suspended"
    assert state(cast.coordinator_row) == "not_ready"
    assert Message.objects.filter(name="onboarding/mou_ended").exists()


@pytest.mark.django_db
def test_an_agency_that_leaves_ends_everything(live, client_of, commits):
    cast = live
    confirm(client_of(cast.admin), cast.staff_row)
    with commits():
        perform(cast.agency, "leave", by=cast.admin, note="Merged with another agency.")
    assert Mou.objects.get(agency=cast.agency).state == "ended"
    row = Access.objects.get(staff=cast.staff_row)
    assert (row.state, row.to_do) == ("ended", "close")


@pytest.mark.django_db
def test_recompute_asks_a_fixed_number_of_questions(live, django_assert_max_num_queries):
    cast = live
    access.recompute(cast.agency.pk)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        access.recompute(cast.agency.pk)
    for number in range(12):
        staff = StaffFactory(agency=cast.agency, access_level="none", email=f"x{number}@harbor.example")
        Access.objects.create(
            staff=staff,
            reasons=[
                "The role has no access to the HMIS.",
                "The person has not been invited to the portal yet.",
            ],
        )
    access.recompute(cast.agency.pk)
    with CaptureQueriesContext(connection) as many:
        access.recompute(cast.agency.pk)
    assert len(many) <= len(few) + 1
