"""The message log and the audit record, and that every letter of the journey can be written."""

import pytest
from django.urls import reverse
from django.utils import timezone

from hmis_portal import mail
from hmis_portal.models import AuditEvent, Message
from onboarding import emails
from onboarding.models import Application, CoordinatorNews, Thread
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_message_log(cast, reference, client_of):
    message = mail.send(
        "onboarding/question_answered",
        to="vera@example.org",
        context={"thread": Thread(subject="<b>Why</b>"), "answer": "<script>x</script>", "answer_by": "Alex", "in_portal": False, "filename": "",
                 "link_url": "https://portal.example/"},
    )  # fmt: skip
    client = client_of(cast.admin)
    page = client.get(reverse("admin:hmis_portal_message_change", args=[message.pk])).content.decode()
    assert "&lt;script&gt;x" in page
    assert 'sandbox=""' in page
    html = client.get(reverse("admin:hmis_portal_message_html", args=[message.pk]))
    assert html.status_code == 200
    assert "&lt;script&gt;" in html.content.decode()
    assert "sandbox" in html["Content-Security-Policy"]
    assert "default-src 'none'" in html["Content-Security-Policy"]
    assert html["X-Frame-Options"] == "SAMEORIGIN"
    for kind in ("lead", "trainer"):
        assert (
            client_of(getattr(cast, kind))
            .get(reverse("admin:hmis_portal_message_html", args=[message.pk]))
            .status_code
            == 403
        )
        assert (
            client_of(getattr(cast, kind)).get(reverse("admin:hmis_portal_message_changelist")).status_code
            == 403
        )
    found = client.get(reverse("admin:hmis_portal_message_changelist"), {"q": "vera@"}).content.decode()
    assert "vera@example.org" in found


def test_the_log_shows_no_working_link(cast, reference, client_of, settings):
    message = mail.send(
        "onboarding/question_answered",
        to="vera@example.org",
        context={
            "thread": Thread(subject="Why"),
            "answer": "So.",
            "answer_by": "Alex",
            "in_portal": False,
            "filename": "",
        },
        link=mail.Link("log-test", "1"),
    )
    mail.link_maker("log-test")(lambda pk: f"https://portal.example/once/{pk}")
    page = reverse("admin:hmis_portal_message_change", args=[message.pk])
    client = client_of(cast.admin)
    assert "[personal link]" in client.get(page).content.decode()
    settings.DEBUG = True
    assert "https://portal.example/once/1" in client.get(page).content.decode()


def test_attachments_are_downloads(cast, sent, client_of):
    revision = sent.revisions.get()
    from hmis_portal import documents
    from hmis_portal.models import MessageDocument

    document = documents.store(b"%PDF-1.4 sent", content_type="application/pdf")
    emails.application_submitted(revision, pdf=document)
    row = MessageDocument.objects.get(document=document)
    response = client_of(cast.admin).get(reverse("admin:hmis_portal_message_document", args=[row.pk]))
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    assert (
        client_of(cast.trainer).get(reverse("admin:hmis_portal_message_document", args=[row.pk])).status_code
        == 403
    )


def test_the_audit_record(in_review, cast, client_of):
    event = AuditEvent.objects.get(verb="take")
    client = client_of(cast.auditor)
    page = reverse("admin:hmis_portal_auditevent_changelist")
    assert "Alex Admin" in client.get(page, {"agency_id__exact": str(cast.agency.pk)}).content.decode()
    assert (
        "Began to review the application"
        in client.get(page, {"target_id__exact": str(in_review.pk)}).content.decode()
    )
    assert client.get(reverse("admin:hmis_portal_auditevent_change", args=[event.pk])).status_code == 200
    assert (
        client.post(
            reverse("admin:hmis_portal_auditevent_change", args=[event.pk]), {"verb": "x"}
        ).status_code
        == 403
    )
    assert client.post(reverse("admin:hmis_portal_auditevent_delete", args=[event.pk])).status_code == 403


def test_every_letter_of_the_journey_can_be_written(sent, cast, commits):
    """Both twins of each message, with nothing left out (a missing variable fails the test)."""
    from onboarding.models import Access, Condition

    mou, revision = sent.agency.mous.get(), sent.revisions.get()
    sent.answer_by, now = timezone.localdate(), timezone.now()
    mou.executed_at, mou.term_ends_on, mou.ended_on = now, timezone.localdate(), timezone.localdate()
    condition = Condition.objects.create(
        application=sent, text="Lock the door", owner="Dana", due_on=timezone.localdate()
    )
    access = Access.objects.create(
        staff=cast.staff_row, to_do="close", to_do_since=now, reasons=["Because."], account_name="ss"
    )
    cast.agency.live_at = now
    access.staff.agency.live_at = now
    UserFactory(groups=("HMIS Admin",))
    with commits():
        emails.application_submitted(revision)
        emails.application_received(revision)
        emails.changes_requested(sent, [{"place": "Towns", "text": "Add one"}], cause="x")
        emails.mou_again(sent, "Wrong name", cause="x")
        emails.application_approved(sent, executed=True, cause="x")
        emails.application_declined(sent, until=timezone.localdate(), cause="x")
        emails.approval_revoked(sent, by=cast.admin, cause="x")
        emails.application_reopened(sent, by=None, cause="x")
        emails.signatory_named(mou, by=cast.director)
        emails.signatory_reminder(mou, 14)
        emails.signature_waiting(mou, 14, reminders=3)
        emails.signatory_replaced(mou, cast.coordinator, by=cast.director)
        emails.signatory_away(mou)
        emails.signature_void(mou, managers=True)
        emails.mou_signed(mou, sent=True)
        emails.mou_declined(mou)
        emails.counter_sign_waiting(mou, cause="approved")
        emails.mou_executed(mou, [])
        emails.mou_ended(mou)
        emails.term_end(mou, 30, threshold=30)
        emails.draft_idle(sent, 7)
        emails.answer_by(sent, 3, threshold=3)
        emails.review_digest(
            [{"name": "A", "reference": "R", "since": timezone.localdate(), "days": 6, "reviewer": "B"}],
            day=timezone.localdate(),
        )
        emails.condition_due(condition, late=True, threshold=-1)
        emails.training_begins(cast.agency)
        emails.agency_live(cast.agency)
        emails.access_ready(access)
        emails.access_not_ready(access)
        emails.access_granted(access)
        emails.access_suspended(access)
        emails.access_restored(access)
        emails.access_ended(access)
        news = [
            CoordinatorNews.objects.create(staff=access.staff, kind=kind, reasons=[], day=sent.answer_by)
            for kind in CoordinatorNews.Kind
        ]
        emails.people_digest(cast.agency, news)
        emails.hmis_to_do(access, deadline=now, reasons=["The role has changed."])
    for message in Message.objects.all():
        assert message.subject
        assert "{{" not in message.body_text + message.body_html
        assert "http" in message.body_text, message.name
        assert message.body_html.count("<h1") == 1
        assert message.to.endswith(".example")
    names = set(Message.objects.values_list("name", flat=True))
    assert len(names) >= 29
    assert Application.objects.get(pk=sent.pk).state == "submitted"
