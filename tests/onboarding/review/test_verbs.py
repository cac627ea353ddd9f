"""Each act of the HMIS Admin on an application: it works once, says what happened, and is refused to others."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hmis_portal.models import AuditEvent, Message
from onboarding.models import Application, Condition, Mou, ReviewNote
from onboarding.services import perform
from tests.factories import UserFactory
from tests.onboarding.review.conftest import settings_are

pytestmark = pytest.mark.django_db
VERBS = (
    "take",
    "hand_over",
    "hand_back",
    "request_changes",
    "recommend",
    "approve",
    "decline",
    "revoke_approval",
    "reopen",
)


def url(application, verb):
    return reverse("admin:onboarding_application_verb", args=[application.pk, verb])


def page(application):
    return reverse("admin:onboarding_application_review", args=[application.pk])


def said(response):
    return " ".join(str(message) for message in response.wsgi_request._messages)


def second_admin():
    return UserFactory(first_name="Bo", last_name="Backup", groups=("HMIS Admin",))


def note(application, by, **fields):
    given = {"section": "agency", "field": "towns", "place": "Towns served", "text": "Add Bloomfield."}
    return ReviewNote.objects.create(application=application, written_by=by, **(given | fields))


def test_take(sent, cast, client_of):
    client = client_of(cast.admin)
    assert client.get(url(sent, "take")).status_code == 200
    sent.refresh_from_db()
    assert sent.state == "submitted"  # a GET changes nothing
    response = client.post(url(sent, "take"))
    assert response.status_code == 302
    assert response.url == page(sent)
    sent.refresh_from_db()
    assert (sent.state, sent.reviewer) == ("in_review", cast.admin)
    event = AuditEvent.objects.get(verb="take")
    assert (event.actor, event.before, event.after) == (cast.admin, "submitted", "in_review")


def test_two_reviewers_at_once(sent, cast, client_of):
    first, second = client_of(cast.admin), client_of(second_admin())
    for client in (first, second):
        assert client.get(url(sent, "take")).status_code == 200
    first.post(url(sent, "take"))
    response = second.post(url(sent, "take"))
    assert response.status_code == 302
    assert "somebody was here before you" in said(response)
    sent.refresh_from_db()
    assert sent.reviewer == cast.admin
    assert AuditEvent.objects.filter(verb="take").count() == 1


@pytest.mark.parametrize("kind", ["auditor", "lead", "trainer"])
def test_others_of_the_hmis_may_not(in_review, cast, client_of, kind):
    client = client_of(getattr(cast, kind))
    for verb in VERBS:
        assert client.get(url(in_review, verb)).status_code == 403, verb
        assert client.post(url(in_review, verb), {"note": "Because"}).status_code == 403, verb
    in_review.refresh_from_db()
    assert in_review.state == "in_review"


def test_agencies_do_not_reach_the_admin(in_review, cast, client_of):
    for kind in ("director", "stranger", "staff"):
        assert client_of(getattr(cast, kind)).post(url(in_review, "approve")).status_code in (302, 403)
    in_review.refresh_from_db()
    assert in_review.state == "in_review"


def test_hand_over_and_back(in_review, cast, client_of):
    other = second_admin()
    client = client_of(cast.admin)
    wrong = client.post(url(in_review, "hand_over"), {"to": cast.auditor.pk})
    assert wrong.status_code == 422
    assert (
        "Select hand over to from the list" in wrong.content.decode()
        or "from the list" in wrong.content.decode()
    )
    client.post(url(in_review, "hand_over"), {"to": other.pk})
    in_review.refresh_from_db()
    assert in_review.reviewer == other
    client.post(url(in_review, "hand_back"))
    in_review.refresh_from_db()
    assert (in_review.state, in_review.reviewer) == ("submitted", None)


def test_changes_need_a_remark(in_review, cast, client_of):
    client = client_of(cast.admin)
    assert "Write at least one note" in client.get(url(in_review, "request_changes")).content.decode()
    response = client.post(url(in_review, "request_changes"))
    assert response.status_code == 422
    text = response.content.decode()
    assert "There is a problem" in text
    assert "<title>Error:" in text
    in_review.refresh_from_db()
    assert in_review.state == "in_review"


def test_changes_are_asked_for(in_review, cast, client_of):
    client = client_of(cast.admin)
    remark = reverse("admin:onboarding_application_note", args=[in_review.pk])
    empty = client.post(remark + "?section=agency&field=towns", {"text": " "})
    assert empty.status_code == 422
    assert "Enter what the agency should change" in empty.content.decode()
    assert (
        client.post(remark + "?section=agency&field=towns", {"text": "Add <Bloomfield>."}).status_code == 302
    )
    assert client.get(remark + "?section=agency&field=nothing").status_code == 404
    assert not Message.objects.filter(name="onboarding/changes_requested").exists()
    assert "Add &lt;Bloomfield&gt;." in client.get(url(in_review, "request_changes")).content.decode()
    client.post(url(in_review, "request_changes"))
    in_review.refresh_from_db()
    assert in_review.state == "changes_requested"
    assert in_review.answer_by == timezone.localdate() + dt.timedelta(days=30)
    assert in_review.notes.get().sent_at is not None
    message = Message.objects.get(name="onboarding/changes_requested")
    assert message.to == cast.director.email
    assert "Towns served: Add <Bloomfield>." in message.body_text
    assert "Add &lt;Bloomfield&gt;." in message.body_html
    again = client.post(url(in_review, "request_changes"))
    assert again.status_code == 302
    assert Message.objects.filter(name="onboarding/changes_requested").count() == 1


def test_a_remark_is_taken_back_or_closed(in_review, cast, client_of):
    client = client_of(cast.admin)
    fresh, old = note(in_review, cast.admin), note(in_review, cast.admin, sent_at=timezone.now())

    def close(one):
        return client.post(reverse("admin:onboarding_application_close_note", args=[in_review.pk, one.pk]))

    assert (
        client.get(
            reverse("admin:onboarding_application_close_note", args=[in_review.pk, old.pk])
        ).status_code
        == 404
    )
    close(fresh)
    assert not ReviewNote.objects.filter(pk=fresh.pk).exists()
    assert "taken back already" in said(close(fresh))
    close(old)
    old.refresh_from_db()
    assert old.resolved_by == cast.admin
    assert "closed already" in said(close(old))


def test_sections_are_marked_in_order(in_review, cast, client_of):
    client = client_of(cast.admin)
    mark = reverse("admin:onboarding_application_section", args=[in_review.pk, "agency"])
    for _twice in range(2):
        assert client.post(mark, {"in_order": "yes"}).status_code == 302
    assert in_review.section_reviews.get().reviewed_by == cast.admin
    assert AuditEvent.objects.filter(verb="section in order").count() == 1
    assert "Check again" in client.get(page(in_review)).content.decode()
    client.post(mark, {"in_order": "no"})
    assert not in_review.section_reviews.exists()
    nothing = reverse("admin:onboarding_application_section", args=[in_review.pk, "nothing"])
    assert client.post(nothing, {"in_order": "yes"}).status_code == 404


def test_the_review_is_written_only_while_in_review(sent, cast, client_of):
    client = client_of(cast.admin)
    response = client.post(
        reverse("admin:onboarding_application_section", args=[sent.pk, "agency"]), {"in_order": "yes"}
    )
    assert response.status_code == 303
    assert not sent.section_reviews.exists()


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
    answer = in_review.readiness.get(question__number=10)
    answer.value, answer.plan, answer.plan_owner, answer.plan_due = (
        {"answer": "no"},
        "Buy lockers",
        "Pat IT",
        due,
    )
    answer.save()
    page_text = client_of(cast.admin).get(url(in_review, "approve")).content.decode()
    assert "Buy lockers" in page_text
    perform(in_review, "approve", by=cast.admin)
    condition = Condition.objects.get()
    assert (condition.text, condition.owner, condition.due_on) == ("Buy lockers", "Pat IT", due)
    assert condition.question.number == 10


def test_a_blocking_outcome_refuses_approval(in_review, cast, client_of):
    cast.agency.contacts.filter(position="security").delete()
    response = client_of(cast.admin).post(url(in_review, "approve"))
    assert response.status_code == 422
    assert "Name the Security Officer" in response.content.decode()
    in_review.refresh_from_db()
    assert in_review.state == "in_review"


def test_four_eyes(in_review, cast, client_of):
    settings_are(four_eyes=True)
    client, other = client_of(cast.admin), client_of(second_admin())
    assert "a colleague recommends it first" in client.post(url(in_review, "approve")).content.decode()
    client.post(url(in_review, "recommend"))
    assert "somebody other than you" in client.post(url(in_review, "approve")).content.decode()
    assert other.post(url(in_review, "approve")).status_code == 302
    in_review.refresh_from_db()
    assert in_review.state == "approved"


def test_decline_voids_the_mou(in_review, cast, client_of):
    client = client_of(cast.admin)
    assert "Enter the reason" in client.post(url(in_review, "decline"), {"note": ""}).content.decode()
    client.post(url(in_review, "decline"), {"note": "Outside Connecticut."})
    in_review.refresh_from_db()
    assert (in_review.state, in_review.reason) == ("declined", "Outside Connecticut.")
    assert Mou.objects.get(agency=cast.agency).state == "voided"
    message = Message.objects.get(name="onboarding/application_declined")
    assert "Outside Connecticut." in message.body_text
    assert f"{timezone.localdate() + dt.timedelta(days=30):%B}" in message.body_text


def test_revoke_approval_until_execution(in_review, cast, client_of):
    perform(in_review, "approve", by=cast.admin)
    client = client_of(cast.admin)
    client.post(url(in_review, "revoke_approval"), {"note": "A reference did not hold."})
    in_review.refresh_from_db()
    assert in_review.state == "in_review"
    assert Message.objects.filter(name="onboarding/approval_revoked").count() == 1
    perform(in_review, "approve", by=cast.admin)
    now = timezone.now()
    Mou.objects.filter(agency=cast.agency).update(
        state="executed", executed_at=now, term_ends_on=timezone.localdate()
    )
    refused = client.post(url(in_review, "revoke_approval"), {"note": "Too late."})
    assert refused.status_code == 422
    assert "The MOU is executed" in refused.content.decode()
    assert "Too late." in refused.content.decode()


def test_reopen(in_review, cast, client_of):
    perform(in_review, "decline", by=cast.admin, note="Not now.")
    client_of(cast.admin).post(url(in_review, "reopen"))
    in_review.refresh_from_db()
    assert in_review.state == "draft"
    assert Message.objects.filter(name="onboarding/application_reopened").count() == 1


def test_void_the_mou(in_review, cast, client_of):
    mou = Mou.objects.get(agency=cast.agency)
    act = reverse("admin:onboarding_mou_verb", args=[mou.pk, "void"])
    assert client_of(cast.auditor).post(act, {"note": "x"}).status_code == 403
    client = client_of(cast.admin)
    assert client.get(act).status_code == 200
    client.post(act, {"note": "Wrong legal name.", "kind": "error"})
    mou.refresh_from_db()
    in_review.refresh_from_db()
    assert (mou.state, mou.void_kind) == ("voided", "error")
    assert in_review.state == "changes_requested"
    assert "Wrong legal name." in Message.objects.get(name="onboarding/mou_again").body_text


def test_a_stale_page_says_what_happened(in_review, cast, client_of):
    perform(in_review, "approve", by=cast.admin)
    client = client_of(cast.admin)
    for verb in VERBS:
        if verb != "revoke_approval":
            response = client.post(url(in_review, verb), {"note": "Again"})
            assert response.status_code == 302, verb
            assert "Nothing was changed" in said(response), verb
    assert Application.objects.get(pk=in_review.pk).state == "approved"


def test_a_verb_that_does_not_exist(in_review, cast, client_of):
    assert client_of(cast.admin).get(url(in_review, "mou-lost")).status_code == 404
    assert client_of(cast.admin).get(url(in_review, "submit")).status_code == 404
