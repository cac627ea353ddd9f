"""The desk, the queue, the message log, the audit record, settings and reports."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hmis_portal import mail
from hmis_portal.models import AuditEvent, Message, PortalSettings
from onboarding import emails, threads
from onboarding.models import Application, Thread
from tests.applications import make_application, make_mou
from tests.factories import AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db
DESK = "admin:index"


def test_the_desk_of_the_hmis_admin(sent, cast, client_of, django_assert_max_num_queries):
    other = make_application(
        cast.other_agency,
        by=cast.stranger,
        state="changes_requested",
        answer_by=timezone.localdate() - dt.timedelta(days=3),
    )
    threads.ask(
        kind=Thread.Kind.SUPPORT,
        subject="May volunteers help?",
        text="We have three.",
        by=cast.director,
        agency=cast.agency,
    )
    message = Message.objects.first()
    Message.objects.filter(pk=message.pk).update(status="failed")
    client = client_of(cast.admin)
    client.get(reverse(DESK))
    with django_assert_max_num_queries(22):
        text = client.get(reverse(DESK)).content.decode()
    for words in ("Applications waiting for review", "Harbor House", "Answers overdue", "River Street Shelter", "3 days late",
                  "May volunteers help?", "Messages that could not be sent", "MOUs to counter-sign"):  # fmt: skip
        assert words in text
    assert reverse("admin:onboarding_application_review", args=[other.pk]) in text


def test_each_role_has_its_desk(sent, cast, client_of):
    def desk(kind):
        return client_of(getattr(cast, kind)).get(reverse(DESK)).content.decode()

    assert "Applications waiting for review" in desk("auditor")
    assert "MOUs to counter-sign" in desk("lead")
    assert "Applications waiting for review" not in desk("lead")
    assert "Applications waiting for review" not in desk("trainer")


def test_the_lead_finds_what_waits_for_the_counter_signature(in_review, cast, client_of):
    from onboarding.services import perform

    client = client_of(cast.lead)
    assert "No MOU waits" in client.get(reverse(DESK)).content.decode()
    perform(in_review, "approve", by=cast.admin)
    text = client.get(reverse(DESK)).content.decode()
    assert "No MOU waits" not in text
    assert "Harbor House" in text


def test_the_queue_of_a_hundred(sent, cast, client_of, django_assert_max_num_queries):
    for number in range(100):
        agency = AgencyFactory(legal_name=f"Agency {number:03d}")
        make_application(agency, by=cast.director, state="in_review", reviewer=cast.admin)
    client = client_of(cast.admin)
    queue = reverse("admin:onboarding_application_changelist")
    client.get(queue)
    with django_assert_max_num_queries(20):
        response = client.get(queue)
    assert response.content.decode().count("Agency 0") >= 90
    assert "Agency 050" in client.get(queue, {"q": "agency 050"}).content.decode()
    mine = client.get(queue, {"turn": "mine"}).content.decode()
    assert "Harbor House" not in mine
    overdue = client.get(queue, {"turn": "overdue"}).content.decode()
    assert "Agency 0" not in overdue
    for turn in ("hmis", "agency"):
        assert client.get(queue, {"turn": turn}).status_code == 200


def test_the_stock_change_page_leads_to_the_review(sent, cast, client_of):
    response = client_of(cast.admin).get(reverse("admin:onboarding_application_change", args=[sent.pk]))
    assert response.status_code == 302
    assert response.url == reverse("admin:onboarding_application_review", args=[sent.pk])


@pytest.mark.parametrize("kind", ["admin", "auditor"])
def test_every_list_opens_and_nothing_is_added_or_deleted(sent, cast, client_of, kind):
    client = client_of(getattr(cast, kind))
    for name in ("onboarding_access", "onboarding_mou", "onboarding_condition", "onboarding_thread", "onboarding_readinessversion",
                 "onboarding_readinessquestion", "onboarding_requirementtext", "hmis_portal_message", "hmis_portal_auditevent"):  # fmt: skip
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200, name
        if name != "onboarding_readinessquestion":
            assert client.get(reverse(f"admin:{name}_add")).status_code == 403, name
    assert client.get(reverse("admin:onboarding_application_delete", args=[sent.pk])).status_code == 403
    mou = sent.agency.mous.get()
    assert client.get(reverse("admin:onboarding_mou_change", args=[mou.pk])).status_code == 200
    assert (
        client.post(reverse("admin:onboarding_mou_change", args=[mou.pk]), {"state": "executed"}).status_code
        == 403
    )


def test_questions_are_answered(cast, reference, client_of):
    thread = threads.ask(
        kind=Thread.Kind.SUPPORT,
        subject="How long?",
        text="How long does it take?",
        by=None,
        name="Vera",
        email="vera@example.org",
    )
    page = reverse("admin:onboarding_thread_answer", args=[thread.pk])
    assert "How long does it take?" in client_of(cast.auditor).get(page).content.decode()
    assert client_of(cast.auditor).post(page, {"text": "x"}).status_code == 403
    client = client_of(cast.admin)
    empty = client.post(page, {"text": ""})
    assert empty.status_code == 422
    assert "Enter your answer" in empty.content.decode()
    assert client.post(page, {"text": "About six weeks."}).status_code == 302
    thread.refresh_from_db()
    assert thread.answered_at is not None
    message = Message.objects.get(name="onboarding/question_answered")
    assert message.to == "vera@example.org"
    assert "About six weeks." in message.body_text
    client.post(page, {"close": "yes"})
    thread.refresh_from_db()
    assert thread.closed_at is not None
    assert client.post(page, {"close": "yes"}).status_code == 303  # told, not done twice


def test_the_message_log(cast, reference, client_of):
    message = mail.send(
        "onboarding/question_answered",
        to="vera@example.org",
        context={"thread": Thread(subject="<b>Why</b>"), "answer": "<script>x</script>", "answer_by": "Alex", "in_portal": False,
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
        context={"thread": Thread(subject="Why"), "answer": "So.", "answer_by": "Alex", "in_portal": False},
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
    assert "take" in client.get(page, {"target_id__exact": str(in_review.pk)}).content.decode()
    assert client.get(reverse("admin:hmis_portal_auditevent_change", args=[event.pk])).status_code == 200
    assert (
        client.post(
            reverse("admin:hmis_portal_auditevent_change", args=[event.pk]), {"verb": "x"}
        ).status_code
        == 403
    )
    assert client.post(reverse("admin:hmis_portal_auditevent_delete", args=[event.pk])).status_code == 403


def test_settings_are_edited_and_remembered(cast, reference, client_of):
    page = reverse("admin:hmis_portal_portalsettings_change", args=[1])
    client = client_of(cast.admin)
    assert client.get(reverse("admin:hmis_portal_portalsettings_changelist")).url == page
    form = client.get(page).context["adminform"].form
    data = {
        name: "" if value is None else value for name, value in form.initial.items() if value is not False
    }
    assert client.post(page, {**data, "hmis_name": "Nutmeg HMIS"}).status_code == 302
    assert PortalSettings.load().hmis_name == "Nutmeg HMIS"
    event = AuditEvent.objects.get(verb="changed settings")
    assert event.data["changed"] == {"hmis_name": ["CT HMIS", "Nutmeg HMIS"]}
    auditor = client_of(cast.auditor)
    assert auditor.get(page).status_code == 200
    assert auditor.post(page, {**data, "hmis_name": "Other"}).status_code == 403
    assert client_of(cast.trainer).get(page).status_code == 403


def test_reports(sent, cast, client_of, django_assert_max_num_queries):
    AgencyFactory()
    approved = make_application(
        AgencyFactory(),
        by=cast.director,
        state="approved",
        decided_by=cast.admin,
        decided_at=timezone.now() + dt.timedelta(days=4),
    )
    make_mou(approved.agency, signatory=cast.signatory, by=cast.director, state="executed")
    from onboarding import reports

    stages = {stage.title: stage.count for stage in reports.stages()}
    assert stages["Waiting for review"] == 1
    assert stages["In training"] == 1
    assert stages["No application yet"] == 2
    spans = {span.title: span for span in reports.durations()}
    assert spans["From the last sending to the approval"].median_days == 4.0
    page = reverse("admin:onboarding_reports")
    client = client_of(cast.auditor)
    with django_assert_max_num_queries(20):
        assert "Agencies by step" in client.get(page).content.decode()
    assert client_of(cast.trainer).get(page).status_code == 403


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
        emails.signatory_reminder(mou, 14, number=3, tell_managers=True)
        emails.mou_signed(mou, sent=True)
        emails.mou_declined(mou)
        emails.counter_sign_waiting(mou)
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
        emails.hmis_to_do(access, deadline=now)
    for message in Message.objects.all():
        assert message.subject
        assert "{{" not in message.body_text + message.body_html
        assert "http" in message.body_text, message.name
        assert message.body_html.count("<h1") == 1
        assert message.to.endswith(".example")
    names = set(Message.objects.values_list("name", flat=True))
    assert len(names) >= 29
    assert Application.objects.get(pk=sent.pk).state == "submitted"
