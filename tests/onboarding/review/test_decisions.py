"""The HMIS Admin approves, declines, revokes, reopens and voids; what each brings with it and what keeps it from being done."""

import datetime as dt
import html

import pytest
from django.urls import reverse
from django.utils import timezone

from hmis_portal.models import AuditEvent, Message
from hmis_portal.web.errors import GuardFailed
from onboarding.admin.review.forms import VERBS
from onboarding.journey import history
from onboarding.models import Application, Condition, DeclineReason, Mou, Remark
from onboarding.services import perform
from onboarding.workflow import ApplicationVerb, Approval
from tests.applications import make_application
from tests.onboarding.helpers import settings_are
from tests.onboarding.review.verbs import page, second_admin, url

pytestmark = pytest.mark.django_db


def test_approve_with_a_condition(in_review, cast, client_of):
    client = client_of(cast.admin)
    half = client.post(url(in_review, "approve"), {"own_text": "Name a backup"})
    assert half.status_code == 422
    assert "Enter who sees to it" in half.content.decode()
    assert "Name a backup" in half.content.decode()
    due = timezone.localdate() + dt.timedelta(days=20)
    given = {"own_text": "Name a backup", "own_owner": "Dana Director", "own_due_month": due.month, "own_due_day": due.day, "own_due_year": due.year}  # fmt: skip
    assert client.post(url(in_review, "approve"), given).status_code == 302
    in_review.refresh_from_db()
    assert (in_review.state, in_review.decided_by) == ("approved", cast.admin)
    condition = Condition.objects.get()
    assert (condition.text, condition.due_on, condition.blocks_go_live) == ("Name a backup", due, False)
    message = Message.objects.get(name="onboarding/application_approved")
    assert "Name a backup (Dana Director" in message.body_text
    assert Message.objects.get(name="onboarding/counter_sign_waiting").to == cast.lead.email


def test_open_plans_become_dated_conditions(in_review, cast, client_of):
    due = timezone.localdate() + dt.timedelta(days=45)
    answer = in_review.readiness.get(question__number="10a")
    answer.value, answer.plan, answer.plan_owner, answer.plan_due = (
        {"answer": "no"},
        "Buy lockers",
        "Pat IT",
        due,
    )
    answer.save()
    page_text = client_of(cast.admin).get(url(in_review, "approve")).content.decode()
    assert "Buy lockers" in page_text
    perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    condition = Condition.objects.get()
    assert (condition.text, condition.owner, condition.due_on) == ("Buy lockers", "Pat IT", due)
    assert condition.question.number == "10a"


def test_a_blocking_outcome_refuses_approval(in_review, cast, client_of):
    cast.agency.contacts.filter(position="security").delete()
    response = client_of(cast.admin).post(url(in_review, "approve"))
    assert response.status_code == 422
    assert "Name the Security Officer" in response.content.decode()
    in_review.refresh_from_db()
    assert in_review.state == "in_review"


def test_four_eyes(in_review, cast, client_of):
    def bar(reader):
        return {str(move.label) for move in reader.get(page(in_review)).context["first_moves"]}

    settings_are(four_eyes=True)
    client, other = client_of(cast.admin), client_of(second_admin())
    assert "a colleague recommends it first" in client.post(url(in_review, "approve")).content.decode()
    assert bar(client) == {"Recommend approval", "Ask for changes"}
    client.post(url(in_review, "recommend"))
    assert "recommended the approval already" in client.post(url(in_review, "recommend")).text
    assert "somebody other than you" in client.post(url(in_review, "approve")).content.decode()
    assert bar(client) == {"Ask for changes"}
    assert bar(other) == {"Approve", "Ask for changes"}
    assert other.post(url(in_review, "approve")).status_code == 302
    in_review.refresh_from_db()
    assert in_review.state == "approved"


def test_decline_voids_the_mou(in_review, cast, client_of):
    client = client_of(cast.admin)
    assert "Enter the reason" in client.post(url(in_review, "decline"), {"reason": ""}).content.decode()
    why = DeclineReason.objects.get(text="Another reason")
    client.post(url(in_review, "decline"), {"why": why.pk, "reason": "Outside Connecticut."})
    in_review.refresh_from_db()
    assert (in_review.state, in_review.reason) == ("declined", "Another reason. Outside Connecticut.")
    assert Mou.objects.get(agency=cast.agency).state == "voided"
    message = Message.objects.get(name="onboarding/application_declined")
    assert "Outside Connecticut." in message.body_text
    assert f"{timezone.localdate() + dt.timedelta(days=30):%B}" in message.body_text


def test_revoke_approval_until_execution(in_review, cast, client_of):
    perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    client = client_of(cast.admin)
    client.post(url(in_review, "revoke_approval"), {"reason": "A reference did not hold."})
    in_review.refresh_from_db()
    assert in_review.state == "in_review"
    assert Message.objects.filter(name="onboarding/approval_revoked").count() == 1
    perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    now = timezone.now()
    Mou.objects.filter(agency=cast.agency).update(
        state="executed", executed_at=now, term_ends_on=timezone.localdate()
    )
    refused = client.post(url(in_review, "revoke_approval"), {"reason": "Too late."})
    assert refused.status_code == 422
    assert "The MOU is executed" in refused.content.decode()
    assert "Too late." in refused.content.decode()


def test_reopen(in_review, cast, client_of):
    perform(in_review, "decline", by=cast.admin, reason="Not now.")
    client_of(cast.admin).post(url(in_review, "reopen"))
    in_review.refresh_from_db()
    assert in_review.state == "draft"
    assert Message.objects.filter(name="onboarding/application_reopened").count() == 1


@pytest.mark.parametrize("verb", ["reopen", "revoke_approval"])
def test_what_opens_again_is_the_latest_of_its_agency(in_review, cast, client_of, verb):
    """Every page is about the latest: with an older one open the agency saw a closed one, and could start none."""
    if verb == "reopen":
        perform(in_review, ApplicationVerb.DECLINE, by=cast.admin, reason="Not now.")
    else:
        perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    in_review.refresh_from_db()
    state = in_review.state
    make_application(cast.agency, by=cast.director, state="withdrawn", reference="APP-LATER")
    refused = client_of(cast.admin).post(url(in_review, verb), {"reason": "By mistake."})
    assert "The agency has started another application since" in refused.text
    in_review.refresh_from_db()
    assert in_review.state == state


def test_void_the_mou(in_review, cast, client_of):
    mou = Mou.objects.get(agency=cast.agency)
    act = reverse("admin:onboarding_mou_verb", args=[mou.pk, "void"])
    assert client_of(cast.auditor).post(act, {"reason": "x"}).status_code == 403
    client = client_of(cast.admin)
    assert client.get(act).status_code == 200
    client.post(act, {"reason": "Wrong legal name.", "kind": "error"})
    mou.refresh_from_db()
    in_review.refresh_from_db()
    assert (mou.state, mou.void_kind) == ("voided", "error")
    assert in_review.state == "changes_requested"
    assert "Wrong legal name." in Message.objects.get(name="onboarding/mou_again").body_text


def remark(application, by, text, **more):
    return Remark.objects.create(
        application=application, section="agency", place="A. Agency", text=text, written_by=by, **more
    )


def test_approving_asks_what_becomes_of_each_open_remark(in_review, cast, client_of):
    unsent = remark(in_review, cast.admin, "Which O’Brien <Street>?")
    sent = remark(in_review, cast.admin, "Name every town.", sent_at=timezone.now())
    kept = remark(in_review, cast.admin, "Train your board.", sent_at=timezone.now())
    client, address = client_of(cast.admin), url(in_review, "approve")
    asked = html.unescape(client.get(address).text)
    assert "Which O’Brien <Street>?" in asked
    refused = client.post(address, {f"remark{sent.pk}": "closed", f"remark{kept.pk}": "taken_back"})
    assert refused.status_code == 422
    assert "Say what becomes of the remark on A. Agency" in refused.text
    fates = {
        f"remark{unsent.pk}": "taken_back",
        f"remark{sent.pk}": "closed",
        f"remark{kept.pk}": "condition",
    }
    assert client.post(address, fates).status_code == 302
    in_review.refresh_from_db()
    assert in_review.state == "approved"
    assert list(in_review.conditions.values_list("text", flat=True)) == ["Train your board."]
    assert list(in_review.remarks.filter(resolved_by=cast.admin)) == [sent, kept]
    assert not Remark.objects.filter(pk=unsent.pk).exists()
    verbs = AuditEvent.objects.filter(
        target_id__in=[str(one.pk) for one in (sent, kept)], verb="close remark"
    )
    assert verbs.count() == 2
    taken_back = AuditEvent.objects.get(verb="take back remark")
    assert taken_back.reason == "Which O’Brien <Street>?"
    assert "already done" in " ".join(map(str, client.post(address, fates).wsgi_request._messages))


def test_no_approval_closes_a_remark_that_it_does_not_name(in_review, cast):
    """One that was written after the page was opened."""
    late = remark(in_review, cast.admin, "And the annex?", sent_at=timezone.now())
    with pytest.raises(GuardFailed, match=r"1 open remark: A\. Agency"):
        perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    late.refresh_from_db()
    assert late.resolved_at is None


def test_a_decline_shows_what_it_closes_and_leaves_what_was_never_sent(in_review, cast, client_of):
    unsent = remark(in_review, cast.admin, "Which O’Brien Street?")
    sent = remark(in_review, cast.admin, "Name every town.", sent_at=timezone.now())
    page = client_of(cast.admin).get(url(in_review, "decline")).text
    assert "Name every town." in page.split("Remarks that this decision closes")[1]
    perform(in_review, "decline", by=cast.admin, reason="Outside the geography.")
    sent.refresh_from_db()
    unsent.refresh_from_db()
    assert sent.resolved_by == cast.admin
    assert unsent.resolved_at is None
    assert AuditEvent.objects.filter(verb="close remark", target_id=str(sent.pk)).count() == 1


def test_a_reason_kept_for_the_hmis_is_not_read_by_the_agency(in_review, cast, client_of):
    reason = "Weak finances; ask Noor first."
    perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval(), reason=reason)
    for view in ("journey", "history", "application"):
        page = client_of(cast.director).get(reverse(f"onboarding:{view}", args=[cast.agency.pk]))
        assert page.status_code == 200
        assert reason not in page.text, view
    review = client_of(cast.admin).get(reverse("admin:onboarding_application_review", args=[in_review.pk]))
    assert reason in review.text
    assert not Message.objects.filter(body_text__contains="Weak finances").exists()


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_form_says_who_reads_the_words_and_the_history_keeps_to_it(verb):
    field = VERBS[verb].base_fields.get("reason")
    if field is not None:
        told = "The agency reads this" in str(field.help_text)
        assert told == (verb not in history.PRIVATE[Application])
