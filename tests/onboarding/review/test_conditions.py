"""A condition of the approval: what blocks the go-live is named everywhere, and the agency reports it with proof."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from hmis_portal.models import AuditEvent, Message
from onboarding import reminders
from onboarding.access import go_live, recompute
from onboarding.application import requirements
from onboarding.journey.facts import gather
from onboarding.journey.steps import Journey
from onboarding.models import Condition, ConditionReport
from onboarding.review import conditions
from onboarding.services import perform
from onboarding.workflow import ApplicationVerb, Approval
from tests.onboarding.access.trained import train
from tests.onboarding.helpers import settings_are
from tests.scans import scan

pytestmark = pytest.mark.django_db
LOCK = scan("The lock")
TEXT = "Lock the server room (Zoë’s key)"


def file(data: bytes = b"", name: str = "lock é.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or LOCK, content_type="application/pdf")


@pytest.fixture(autouse=True)
def _confirmed(cast, reference, once):
    def make():
        requirements.confirm(agency=cast.agency, by=cast.director, texts=requirements.current_texts())

    once(make)


def blocking(application):
    return Condition.objects.create(
        application=application, text=TEXT, owner="Chris Coordinator", blocks_go_live=True,
        due_on=timezone.localdate() + dt.timedelta(days=60),
    )  # fmt: skip


@pytest.fixture
def condition(in_training, in_review, once):
    """Of an agency in training."""
    return once(lambda: blocking(in_review))


@pytest.fixture
def of_approval(in_review, cast):
    """Of an agency that was approved just now."""
    perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    return blocking(in_review)


@pytest.fixture
def everybody_ready(in_training, condition, commits, once):
    def make():
        for row in (in_training.coordinator_row, in_training.staff_row):
            train(in_training, row, commits)

    once(make)
    return in_training


def page(client, cast, name="journey", **more):
    return " ".join(
        client.get(reverse(f"onboarding:{name}", args=[cast.agency.pk, *more.values()])).text.split()
    )


def report(client, condition, **data):
    cast_agency = condition.application.agency_id
    url = reverse("onboarding:report_condition", args=[cast_agency, condition.pk])
    return client.post(url, {"text": "Locked on Monday; José has the key.", "file": file(), **data})


def test_what_blocks_the_go_live_is_named_to_the_agency_on_the_desk_and_by_mail(
    everybody_ready, condition, client_of
):
    cast = everybody_ready
    turn = Journey(gather(cast.agency)).turn
    assert turn.yours
    assert "Lock the server room (Zoë’s key)" in turn.text
    text = page(client_of(cast.director), cast)
    assert "It is your turn" in text
    assert "Before you go live: Lock the server room (Zoë’s key)" in text  # step 6
    assert reverse("onboarding:report_condition", args=[cast.agency.pk, condition.pk]) in text
    desk = client_of(cast.admin).get(reverse("admin:index")).text
    assert TEXT in desk
    assert "holds up the go-live of Harbor House" in desk
    message = Message.objects.get(name="onboarding/go_live_held_up", user=cast.director)
    assert TEXT in message.body_text
    assert not Message.objects.filter(name="onboarding/access_ready", user=cast.director).exists()
    recompute.recompute(cast.agency.pk)
    assert Message.objects.filter(name="onboarding/go_live_held_up", user=cast.director).count() == 1


def test_a_condition_is_reported_with_a_file_and_accepted_and_the_agency_goes_live(
    everybody_ready, condition, client_of
):
    cast = everybody_ready
    client = client_of(cast.coordinator)
    assert report(client, condition).status_code == 302
    made = ConditionReport.objects.get()
    assert (made.filename, made.reported_by) == ("lock é.pdf", cast.coordinator)
    told = Message.objects.get(name="onboarding/condition_reported", user=cast.admin)
    assert "Locked on Monday; José has the key." in told.body_text
    assert "Chris Coordinator of Harbor House" in told.body_text
    turn = Journey(gather(cast.agency)).turn
    assert (turn.yours, turn.who) == (False, "CT HMIS Admin")
    admin = client_of(cast.admin)
    desk = admin.get(reverse("admin:index")).text
    assert "reported as done, holds up the go-live of Harbor House" in desk
    review = reverse("admin:onboarding_application_review", args=[condition.application_id])
    proof = reverse("admin:onboarding_condition_proof", args=[made.pk])
    assert "Locked on Monday; José has the key." in admin.get(review).text
    assert proof in admin.get(review).text
    assert admin.get(proof).content == LOCK
    assert proof in admin.get(reverse("admin:onboarding_condition_change", args=[condition.pk])).text
    assert TEXT in admin.get(reverse("admin:onboarding_condition_changelist") + "?reported=waits").text
    met = reverse("admin:onboarding_condition_met", args=[condition.pk])
    assert "Locked on Monday" in admin.get(met).text
    admin.post(met)
    made.refresh_from_db()
    assert (made.accepted, made.answered_by) == (True, cast.admin)
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.LIVE
    for person in (cast.director, cast.coordinator):
        answer = Message.objects.get(name="onboarding/condition_answered", user=person)
        assert "This condition of the approval is met" in answer.body_text
    assert "reported a condition as done" in page(client, cast, "history")


def test_list_and_page_of_conditions_say_how_each_stands_and_what_can_be_done(cast, of_approval, client_of):
    admin = client_of(cast.admin)
    page_url = reverse("admin:onboarding_condition_change", args=[of_approval.pk])
    met = reverse("admin:onboarding_condition_met", args=[of_approval.pk])
    assert "Mark as met" in admin.get(page_url).text
    report(client_of(cast.director), of_approval)
    text = admin.get(page_url).text
    assert "Reported as done" in text
    assert met in text
    assert "Reported as done" in admin.get(reverse("admin:onboarding_condition_changelist")).text


def test_a_report_sent_back_says_why_and_is_made_again(cast, of_approval, client_of):
    report(client_of(cast.director), of_approval)
    back = reverse("admin:onboarding_condition_send_back", args=[of_approval.pk])
    assert client_of(cast.auditor).post(back, {"reason": "x"}).status_code == 403
    admin = client_of(cast.admin)
    assert "Enter the reason" in admin.post(back, {"reason": ""}).text
    admin.post(back, {"reason": "The picture shows another door."})
    admin.post(back, {"reason": "Twice."})  # told, not done twice
    assert AuditEvent.objects.filter(verb="condition sent back").count() == 1
    message = Message.objects.get(name="onboarding/condition_answered", user=cast.director)
    assert "The picture shows another door." in message.body_text
    director = client_of(cast.director)
    assert "The picture shows another door." in page(director, cast, "conditions")
    assert report(director, of_approval, text="The right door now.").status_code == 302
    assert [one.accepted for one in of_approval.reports.all()] == [False, None]
    assert Message.objects.filter(name="onboarding/condition_reported", user=cast.admin).count() == 2


def test_a_second_report_a_met_condition_and_a_bad_file_are_told(cast, of_approval, client_of):
    director = client_of(cast.director)
    empty = report(director, of_approval, text="")
    assert "Enter what was done" in empty.text
    report(director, of_approval, file=file(b"MZ no paper", "lock.pdf"), text="What I typed")
    assert not ConditionReport.objects.exists()
    assert report(director, of_approval).status_code == 302
    again = report(director, of_approval)
    assert again.status_code == 303
    assert ConditionReport.objects.count() == 1
    conditions.mark_met(of_approval.pk, by=cast.admin)
    assert "This condition is met" in page(director, cast, "report_condition", pk=of_approval.pk)
    assert report(director, of_approval).status_code == 303
    other = reverse("onboarding:report_condition", args=[cast.other_agency.pk, of_approval.pk])
    assert client_of(cast.stranger).get(other).status_code == 404


def test_a_sentence_without_a_file_is_enough_to_ask(cast, of_approval, client_of):
    url = reverse("onboarding:report_condition", args=[of_approval.application.agency_id, of_approval.pk])
    assert client_of(cast.director).post(url, {"text": "Nothing to show"}).status_code == 302
    assert ConditionReport.objects.get().document is None


def test_the_reminder_says_how_to_report_it_and_that_it_was_reported(cast, of_approval, client_of):
    Condition.objects.update(due_on=timezone.localdate() + dt.timedelta(days=3))
    reminders.conditions_due()
    message = Message.objects.get(name="onboarding/condition_due", user=cast.director)
    assert "report it on your agency’s page" in message.body_text
    assert reverse("onboarding:conditions", args=[cast.agency.pk]) in message.body_text


def test_an_approval_taken_back_keeps_its_conditions_as_withdrawn(in_review, cast, client_of):
    perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    reported, other = (
        Condition.objects.create(
            application=in_review, text=text, owner="IT", due_on=timezone.localdate(), blocks_go_live=True
        )
        for text in (TEXT, "Other")
    )
    director = client_of(cast.director)
    assert report(director, reported).status_code == 302
    perform(in_review, "revoke_approval", by=cast.admin, reason="A mistake")
    assert {one.ended_as for one in Condition.objects.all()} == {"withdrawn"}
    assert AuditEvent.objects.filter(verb="condition withdrawn", reason="A mistake").count() == 2
    told = Message.objects.get(name="onboarding/approval_revoked", user=cast.director)
    assert f"{TEXT}; Other" in told.body_text
    text = page(director, cast, "conditions")
    assert text.count("Withdrawn with the approval") == 2
    assert "José has the key" in text
    assert report(director, other).status_code == 303
    assert not conditions.of_agency(cast.agency)[0].is_open
    perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    assert [one.is_open for one in Condition.objects.order_by("pk")] == [
        True,
        False,
    ]  # what was reported goes on
    assert Condition.objects.get(pk=reported.pk).waiting_report


def test_a_condition_is_waived_with_the_reason_and_the_agency_goes_live(
    everybody_ready, condition, client_of
):
    cast = everybody_ready
    waive = reverse("admin:onboarding_condition_waive", args=[condition.pk])
    assert client_of(cast.auditor).post(waive, {"reason": "x"}).status_code == 403
    admin = client_of(cast.admin)
    assert (
        waive
        in admin.get(reverse("admin:onboarding_application_review", args=[condition.application_id])).text
    )
    assert "Enter the reason" in admin.post(waive, {"reason": ""}).text
    admin.post(waive, {"reason": "The servers are rented."})
    admin.post(waive, {"reason": "Twice."})
    condition.refresh_from_db()
    assert (condition.ended_as, condition.ended_by, condition.ended_reason) == (
        "waived", cast.admin, "The servers are rented.",
    )  # fmt: skip
    assert AuditEvent.objects.get(verb="condition waived").reason == "The servers are rented."
    cast.agency.refresh_from_db()
    assert cast.agency.state == Agency.State.LIVE
    message = Message.objects.get(name="onboarding/condition_waived", user=cast.director)
    assert "The servers are rented." in message.body_text
    text = page(client_of(cast.director), cast, "conditions")
    assert "Waived" in text
    assert "The servers are rented." in text


def test_more_time_is_asked_given_and_refused(cast, of_approval, client_of):
    director, admin = client_of(cast.director), client_of(cast.admin)
    late = of_approval.due_on + dt.timedelta(days=30)
    url = reverse("onboarding:condition_more_time", args=[cast.agency.pk, of_approval.pk])

    def asked(day, client=director):
        day = {"until_month": day.month, "until_day": day.day, "until_year": day.year}
        return client.post(url, {**day, "reason": "The locksmith is ill."})

    assert "Select a day after" in asked(of_approval.due_on).text
    assert asked(late).status_code == 302
    assert asked(late).status_code == 303
    of_approval.refresh_from_db()
    assert (of_approval.time_wanted, of_approval.time_asked_by) == (late, cast.director)
    told = Message.objects.get(name="onboarding/condition_time_asked", user=cast.admin)
    assert "The locksmith is ill." in told.body_text
    assert "asks for more time until" in admin.get(reverse("admin:index")).text
    assert "asked for more time" in page(director, cast, "conditions")
    refuse, give = (
        reverse(f"admin:onboarding_condition_{name}_time", args=[of_approval.pk])
        for name in ("refuse", "give")
    )
    assert "The locksmith is ill." in admin.get(give).text
    assert admin.post(refuse, {"reason": "It has waited long."}).status_code == 302
    refused = Message.objects.get(name="onboarding/condition_time_refused", user=cast.director)
    assert "It has waited long." in refused.body_text
    admin.post(refuse, {"reason": "Twice."})
    assert asked(late).status_code == 302
    day = {"until_month": late.month, "until_day": late.day, "until_year": late.year}
    assert admin.post(give, day).status_code == 302
    assert "Select a day after" in admin.post(give, day).text  # no later one
    of_approval.refresh_from_db()
    assert (of_approval.due_on, of_approval.time_asked_at) == (late, None)
    assert Message.objects.filter(name="onboarding/condition_time_given", user=cast.director).count() == 1
    verbs = (
        AuditEvent.objects.filter(verb__contains="condition").order_by("pk").values_list("verb", flat=True)
    )
    assert [verb for verb in verbs if "time" in verb or "day" in verb] == [
        "asked for more time for a condition", "left the day of a condition",
        "asked for more time for a condition", "gave more time for a condition",
    ]  # fmt: skip


def test_without_a_coordinator_the_agency_reads_what_is_missing(in_training, commits):
    cast = in_training
    settings_are(go_live_rule="coordinator")
    cast.coordinator_row.hmis_role = cast.staff_row.hmis_role
    cast.coordinator_row.save()
    for row in (cast.coordinator_row, cast.staff_row):
        train(cast, row, commits)
    cast.agency.refresh_from_db()
    assert go_live.against_go_live(cast.agency) == ["Nobody on the roster is the HMIS Data Coordinator."]
    turn = Journey(gather(cast.agency)).turn
    assert "Nobody on the roster is the HMIS Data Coordinator." in turn.text
    assert turn.yours
