"""The decision on access with its reasons, and what follows from it: ready, and live."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Staff
from agencies.services import leavers
from hmis_portal.models import AuditEvent, Message
from hmis_portal.web.errors import GuardFailed
from onboarding import emails, tasks
from onboarding.access import go_live, recompute
from onboarding.access.decision import AccessFacts, decide
from onboarding.models import Access, Condition
from onboarding.services import perform
from onboarding.workflow import AccessVerb, Account, ApplicationVerb, Approval
from tests.factories import StaffFactory
from tests.onboarding.access.trained import state, train
from tests.onboarding.helpers import settings_are
from tests.people import hold
from training.models import Requirement

S = Access.State


@pytest.mark.parametrize(
    ("facts", "verb", "reason"),
    [
        (AccessFacts(S.NOT_READY), "become_ready", "in force"),
        (AccessFacts(S.NOT_READY, met=False, missing=("Privacy: not started",)), "", "Privacy: not started"),
        (AccessFacts(S.NOT_READY, mou_in_force=False), "", "MOU is not in force"),
        (
            AccessFacts(S.GRANTED, mou_in_force=False, newer_mou_late=True),
            "suspend",
            "newer version of the MOU",
        ),
        (AccessFacts(S.NOT_READY, logs_in=False), "", "no access to the HMIS"),
        (AccessFacts(S.READY), "", "in force"),
        (AccessFacts(S.READY, met=False, missing=("Privacy: lapsed",)), "lose_ready", "Privacy: lapsed"),
        (AccessFacts(S.READY, mou_in_force=False), "lose_ready", "MOU"),
        (AccessFacts(S.GRANTED), "", "in force"),
        (AccessFacts(S.GRANTED, met=False, holds=True, missing=("In grace",)), "", "In grace"),
        (AccessFacts(S.GRANTED, met=False, holds=False, missing=("Lapsed",)), "suspend", "Lapsed"),
        (AccessFacts(S.GRANTED, mou_in_force=False), "suspend", "MOU"),
        (AccessFacts(S.GRANTED, logs_in=False), "suspend", "role"),
        (AccessFacts(S.SUSPENDED), "restore", "in force"),
        (AccessFacts(S.SUSPENDED, met=False, holds=True), "", ""),
        (AccessFacts(S.ENDED, current=False), "", "no longer works"),
        (AccessFacts(S.ENDED), "come_back", "came back"),
        *(
            (AccessFacts(state, current=False), "end", "no longer works")
            for state in (S.NOT_READY, S.READY, S.GRANTED, S.SUSPENDED)
        ),
        (AccessFacts(S.GRANTED, agency_left=True), "end", "agency has left"),
        (AccessFacts(S.ENDED, agency_left=True), "", "agency has left"),
    ],
)
def test_decision(facts, verb, reason):
    decision = decide(facts)
    assert decision.verb == (verb or None)
    assert reason in " ".join(decision.reasons)


@pytest.mark.django_db
def test_approval_and_execution_begin_training(in_training):
    cast = in_training
    rows = Access.objects.filter(staff__agency=cast.agency)
    officer = Staff.objects.get(agency=cast.agency, hmis_role="security")  # named in section A2
    assert {row.staff_id for row in rows} == {cast.coordinator_row.pk, cast.staff_row.pk, officer.pk}
    assert {row.state for row in rows} == {"not_ready"}
    assert any("Privacy and security" in reason for row in rows for reason in row.reasons)
    assert Message.objects.filter(name="training/assigned", user=cast.staff).count() == 1
    recompute.start_training(cast.agency, by=cast.lead)
    assert Message.objects.filter(name="training/assigned", user=cast.staff).count() == 1


@pytest.mark.django_db
def test_staff_without_an_account_are_invited(in_review, cast, commits):
    new = StaffFactory(agency=cast.agency, email="new@harbor.example")
    perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    with commits():
        recompute.start_training(cast.agency, by=cast.lead)
    new.refresh_from_db()
    assert new.user.email == "new@harbor.example"
    assert Message.objects.filter(to="new@harbor.example").exists()


@pytest.mark.django_db
def test_who_starts_later_is_invited_on_the_start_date_and_not_before(in_review, cast, commits, time_machine):
    first = timezone.localdate() + dt.timedelta(days=30)
    new = StaffFactory(agency=cast.agency, email="later@harbor.example", starts_later=True, start_date=first)
    known = StaffFactory(agency=cast.agency, user=cast.stranger, starts_later=True, start_date=first)
    perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    with commits():
        recompute.start_training(cast.agency, by=cast.lead)
    new.refresh_from_db()
    assert new.user is None
    assert not Message.objects.filter(to=new.email).exists()
    assert any("Starts on" in reason for reason in Access.objects.get(staff=known).reasons)
    time_machine.move_to(dt.datetime.combine(first, dt.time(5, 10), tzinfo=dt.UTC))  # ten past midnight there
    for _night in range(2):
        with commits():
            recompute.recompute(cast.agency.pk)
    assert Message.objects.filter(to=new.email, name="agencies/invitation_staff").count() == 1
    assert Requirement.objects.filter(person=cast.stranger).exists()
    new.refresh_from_db()
    assert Requirement.objects.filter(person=new.user).exists()


@pytest.mark.django_db
def test_what_was_put_off_until_a_commit_and_taken_back_is_asked_for_anew():
    one, other = uuid4(), uuid4()
    before = recompute.waiting()
    with transaction.atomic():
        recompute.later(one)
        with transaction.atomic():
            recompute.later(one)
            recompute.later(other)
            assert recompute.waiting() == before | {one, other}
            transaction.set_rollback(True)
        assert recompute.waiting() == before | {one}
        recompute.later(other)
        recompute.later(other)
        put_off = [entry[1].agency_id for entry in connection.run_on_commit[-2:]]
        assert put_off == [one, other]


def test_a_coordinator_who_is_not_on_the_roster_is_invited_and_briefed(in_review, cast, commits, client_of):
    hold(cast.agency, "coordinator", "Cory Off", "cory@harbor.example")
    hold(cast.agency, "backup", "Sidney Signatory", cast.signatory.email)  # has an account
    perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    with commits():
        recompute.start_training(cast.agency, by=cast.lead)
    for email in ("cory@harbor.example", cast.signatory.email):
        assert not Staff.objects.filter(agency=cast.agency, email=email).exists()
        briefed = Requirement.objects.filter(person__email=email, closed_on=None)
        assert list(briefed.values_list("course__slug", flat=True)) == ["hdc-briefing"]
    assert Message.objects.filter(name="agencies/invitation_holder").values_list("to", flat=True).get() == (
        "cory@harbor.example"
    )
    assert "HMIS Data Coordinator briefing" in client_of(cast.signatory).get(reverse("training:mine")).text
    page = client_of(cast.director).get(reverse("training:agency", args=[cast.agency.pk])).text
    assert "Cory Off" in page.partition("not on the roster")[2]

    hold(cast.agency, "backup", "Bo New", "bo@harbor.example")
    with commits():
        recompute.later(cast.agency.pk)
    open_now = Requirement.objects.filter(course__slug="hdc-briefing", closed_on=None)
    assert {row.person.email for row in open_now} == {
        "cory@harbor.example", "bo@harbor.example", cast.coordinator.email,
    }  # fmt: skip
    with commits():
        recompute.stop_training(cast.agency, by=cast.admin, reason="Left.")
    assert not open_now.all()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Søren O’Hara-Núñez", "Cher"])
def test_the_security_officer_named_in_section_a_is_told_and_briefed(in_review, cast, commits, name):
    hold(cast.agency, "security", name, "guard@harbor.example", title="IT lead")
    perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    with commits():
        officer = recompute.start_training(cast.agency, by=cast.lead)
    row = Staff.objects.get(agency=cast.agency, email="guard@harbor.example")
    assert officer == row
    assert row.name.strip() == name
    assert (row.hmis_role, row.access_level, row.title) == ("security", "none", "IT lead")
    told = Message.objects.get(to="guard@harbor.example", name="agencies/invitation_staff")
    assert "Security Officer" in told.body_text
    assert "security-officer" in Requirement.objects.filter(person=row.user).values_list(
        "course__slug", flat=True
    )
    with commits():
        assert recompute.start_training(cast.agency, by=cast.lead) is None
    emails.training_begins(cast.agency, officer=row)
    assert f"{name}, your Security Officer, was not on the roster" in " ".join(
        Message.objects.filter(name="onboarding/training_begins").latest("pk").body_text.split()
    )


@pytest.mark.django_db
def test_the_night_after_an_announced_last_day_access_ends(in_training, commits, time_machine):
    cast, last = in_training, timezone.localdate() + dt.timedelta(days=5)
    leavers.report_leaver(staff=cast.staff_row, by=cast.director, last_day=last)
    for night, expected in ((last, "not_ready"), (last + dt.timedelta(days=1), "ended")):
        time_machine.move_to(dt.datetime.combine(night, dt.time(5, 10), tzinfo=dt.UTC))
        with commits():
            tasks.recompute_access()
        assert state(cast.staff_row) == expected


@pytest.mark.django_db
def test_the_agency_goes_live_when_all_are_ready(in_training, commits):
    cast = in_training
    train(cast, cast.coordinator_row, commits)
    assert state(cast.coordinator_row) == "ready"
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.JOINING
    with pytest.raises(GuardFailed):
        perform(
            Access.objects.get(staff=cast.coordinator_row),
            AccessVerb.GRANT,
            by=cast.admin,
            payload=Account("s"),
        )
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
def test_the_coordinator_and_one_are_enough_by_setting(in_training, commits):
    cast = in_training
    settings_are(go_live_rule="coordinator")
    StaffFactory(agency=cast.agency, user=cast.director)
    train(cast, cast.staff_row, commits)
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.JOINING
    train(cast, cast.coordinator_row, commits)
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.LIVE


@pytest.mark.django_db
def test_people_who_start_later_or_do_not_sign_in_hold_nothing_up(in_training, commits):
    cast = in_training
    StaffFactory(agency=cast.agency, starts_later=True)
    StaffFactory(agency=cast.agency, access_level="none", hmis_role="director")
    for row in (cast.coordinator_row, cast.staff_row):
        train(cast, row, commits)
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.LIVE


@pytest.mark.django_db
def test_a_condition_before_go_live_holds_it_up(in_training, in_review, client_of, commits):
    cast = in_training
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
    assert go_live.against_go_live(cast.agency) == ["Open condition: Lock the server room"]
    met = reverse("admin:onboarding_condition_met", args=[condition.pk])
    assert client_of(cast.auditor).get(met).status_code == 403
    client = client_of(cast.admin)
    assert client.get(met).status_code == 200
    client.post(met)
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.LIVE
    client.post(met)
    assert AuditEvent.objects.filter(verb="condition met").count() == 1
