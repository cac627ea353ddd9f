"""The desk, the queue, settings and reports."""

import datetime as dt
import html

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from hmis_portal.models import AuditEvent, Message, PortalSettings
from hmis_portal.signing.agreeing import text
from hmis_portal.signing.reference import TEXTS
from onboarding import questions
from onboarding.models import Thread
from onboarding.mou import wording
from onboarding.services import perform
from onboarding.workflow import ApplicationVerb, Approval
from tests.applications import make_application, make_mou
from tests.factories import AgencyFactory
from tests.onboarding.helpers import settings_are
from tests.onboarding.review.verbs import second_admin

pytestmark = pytest.mark.django_db
DESK = "admin:index"


def test_the_desk_of_the_hmis_admin(sent, cast, client_of, django_assert_max_num_queries):
    other = make_application(
        cast.other_agency,
        by=cast.stranger,
        state="changes_requested",
        answer_by=timezone.localdate() - dt.timedelta(days=3),
    )
    questions.ask(
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
    with django_assert_max_num_queries(26):
        text = client.get(reverse(DESK)).content.decode()
    for words in ("Applications waiting for review", "Harbor House", "Answers overdue", "River Street Shelter", "3 days late",
                  "May volunteers help?", "Messages that could not be sent", "MOUs to counter-sign"):  # fmt: skip
        assert words in text
    assert reverse("admin:onboarding_application_review", args=[other.pk]) in text


def test_the_desk_begins_with_what_waits_for_me_and_counts_business_days_since_sending(sent, cast, client_of):
    settings_are(four_eyes=True, review_days=5)
    sent_on = timezone.now() - dt.timedelta(days=21)  # 13 to 15 business days, whatever the holidays

    def made(number, **more):
        agency = AgencyFactory(legal_name=f"Agency {number}")
        return make_application(agency, by=cast.director, state="in_review", submitted_at=sent_on, **more)

    made(1, reviewer=cast.admin, state_since=timezone.now())
    made(2, reviewer=cast.lead, recommended_by=cast.lead, recommended_at=timezone.now())
    made(
        3, reviewer=cast.admin, recommended_by=cast.admin, recommended_at=timezone.now()
    )  # a colleague's now
    make_application(
        cast.other_agency, by=cast.stranger, state="changes_requested",
        answer_by=timezone.localdate() - dt.timedelta(days=3),
    )  # fmt: skip
    lists = {str(one.title): one for one in client_of(cast.admin).get(reverse(DESK)).context["desk_waiting"]}
    order = [
        "Your reviews", "Applications waiting for review", "Applications that wait for a second person", "Answers overdue",
        "Applications in review with a colleague",
    ]  # fmt: skip
    assert [title for title in lists if title in order] == order
    (mine,) = lists["Your reviews"].lines
    assert mine.text == "Agency 1"
    assert mine.late
    assert "business days" in mine.since
    assert [line.text for line in lists["Applications that wait for a second person"].lines] == ["Agency 2"]
    assert not lists["Applications waiting for review"].lines[0].late
    for one in lists.values():
        context = client_of(cast.admin).get(one.url).context
        if context and "cl" in context:
            assert context["cl"].result_count == one.count, one.title
    assert "Your reviews" not in client_of(cast.auditor).get(reverse(DESK)).text


def test_each_role_has_its_desk(sent, cast, client_of):
    def desk(kind):
        return client_of(getattr(cast, kind)).get(reverse(DESK)).content.decode()

    assert "Applications waiting for review" in desk("auditor")
    assert "MOUs to counter-sign" in desk("lead")
    assert "Applications waiting for review" not in desk("lead")
    assert "Applications waiting for review" not in desk("trainer")


def test_the_lead_finds_what_waits_for_the_counter_signature(in_review, cast, client_of):
    from onboarding.services import perform
    from onboarding.workflow import ApplicationVerb, Approval

    client = client_of(cast.lead)
    assert "No MOU waits" in client.get(reverse(DESK)).content.decode()
    perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    text = client.get(reverse(DESK)).content.decode()
    assert "No MOU waits" not in text
    assert "Harbor House" in text


def test_the_queue_of_a_hundred(
    sent, cast, client_of, django_assert_max_num_queries, django_assert_num_queries
):
    client = client_of(cast.admin)
    queue = reverse("admin:onboarding_application_changelist")
    for number in range(100):
        agency = AgencyFactory(legal_name=f"Agency {number:03d}")
        reviewer = None if number % 3 == 0 else cast.admin if number % 3 == 1 else cast.lead
        state = "in_review" if reviewer else "submitted"
        make_application(agency, by=cast.director, state=state, reviewer=reviewer)
        if number == 3:
            client.get(queue)
            with django_assert_max_num_queries(12) as few:
                client.get(queue)
    with django_assert_num_queries(len(few)):
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
    thread = questions.ask(
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


def test_each_list_of_the_desk_leads_to_as_many_rows_as_it_counts(in_review, cast, client_of):
    """Among rows of the same kind that do not wait: signed without an approval, due later, made already."""
    perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    make_mou(cast.other_agency, state="signed", signatory=cast.stranger, by=cast.stranger)
    today = timezone.localdate()
    for days in (3, 60):
        in_review.conditions.create(
            text=f"In {days} days", owner="Dana", due_on=today + dt.timedelta(days=days)
        )
    now, colleague = timezone.now(), second_admin()
    for number, fields in enumerate((
        {"state": "on_hold", "held_for": "HUD", "reviewer": cast.admin},
        {"state": "changes_requested", "time_asked_by": cast.director, "time_asked_at": now},
        {"state": "declined", "decided_by": colleague, "decided_at": now, "appealed_by": cast.director, "appealed_at": now, "appeal": "Why?"},
    )):  # fmt: skip
        make_application(AgencyFactory(legal_name=f"Asks {number}"), by=cast.director, **fields)
    client = client_of(cast.admin)
    waiting = client.get(reverse(DESK)).context["desk_waiting"]
    seconds = "Second looks at a decline"
    assert {str(queue.title) for queue in waiting} >= {
        "MOUs to counter-sign",
        "Conditions reported, due or holding up a go-live",
        "Applications on hold",
        "Agencies that ask for more time",
        seconds,
    }
    of_colleague = client_of(colleague).get(reverse(DESK)).context["desk_waiting"]
    assert seconds not in {str(queue.title) for queue in of_colleague}, (
        "who declined looks at it no second time"
    )
    for queue in waiting:
        context = client.get(queue.url).context
        if context and "cl" in context:
            assert context["cl"].result_count == queue.count, queue.title


def test_contacts_that_are_still_the_invented_ones_are_a_warning_on_the_desk(
    reference, cast, client_of, settings
):
    words = "still those that the portal came with"
    desk_text = client_of(cast.admin).get(reverse(DESK)).text
    assert words in desk_text
    assert "support phone" in desk_text
    assert desk_text.index(words) < desk_text.index("MOUs to counter-sign")
    assert words not in client_of(cast.trainer).get(reverse(DESK)).text
    settings_are(notices_address="1 Main Street, Hartford, CT 06103", support_email="help@cthmis.org", support_phone="860 555 1234", code_sender="no-reply@cthmis.org",
                 sign_in_address="https://cthmis.org/")  # fmt: skip
    assert words not in client_of(cast.admin).get(reverse(DESK)).text
    settings_are(support_phone="(860) 555-0142")
    settings.DEBUG = True
    assert words not in client_of(cast.admin).get(reverse(DESK)).text


def test_days_of_reminders_are_numbers(reference, cast, client_of):
    page = reverse("admin:hmis_portal_portalsettings_change", args=[1])
    client = client_of(cast.admin)
    form = client.get(page).context["adminform"].form
    data = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value is not False}
    answer = client.post(page, data | {"draft_reminder_days": "soon, later"})
    assert answer.status_code == 200
    assert "Enter whole numbers of days with commas between them, like 3, 7, 14" in answer.text
    assert 'value="soon, later"' in answer.text  # what was typed is kept, with what a right value would do
    today = timezone.localdate()
    monday = today + dt.timedelta(days=7 - today.weekday())
    told = [date_format(monday + dt.timedelta(days=day), "l, F j, Y") for day in (0, 7, 21, 45)]
    effect = "Of a draft last changed on {} people are reminded on {}; {}; {}."
    assert "With 7, 21, 45: " + effect.format(*told) in answer.text
    assert "data-error-summary" in answer.text
    assert 'href="#id_draft_reminder_days"' in answer.text
    assert "<title>Error:" in answer.text
    empty = client.post(page, data | {"hmis_name": ""}).text
    assert empty.count("Enter the name of the HMIS") == 2  # in the summary and beside the field
    assert "This field is required" not in empty
    assert client.post(page, data | {"draft_reminder_days": "5, 10"}).status_code == 302
    assert PortalSettings.objects.get().draft_reminder_days == "5, 10"
    del data["seen"]
    refused = {
        "review_days": "61",
        "training_overdue_days": "0, 7",
        "condition_reminder_days": "3, 3",
        "term_reminder_days": "400",
    }
    answer = client.post(page, data | {"draft_reminder_days": "10", **refused})
    errors = answer.context["adminform"].form.errors
    assert errors.keys() == refused.keys(), errors
    assert "Enter a whole number from 1 to 60" in answer.text
    typed = date_format(monday + dt.timedelta(days=10), "l, F j, Y")
    assert f"people are reminded on {typed}." in answer.text  # of the others, what the typed value would do


def test_the_history_of_an_agency_is_what_the_record_holds(in_review, cast, client_of):
    client = client_of(cast.admin)
    page = client.get(reverse("admin:agencies_agency_history", args=[cast.agency.pk]), follow=True)
    events = AuditEvent.objects.filter(agency_id=cast.agency.pk)
    assert events.exists()
    assert list(page.context["cl"].result_list) == list(events.order_by("-at", "-pk"))
    nothing = client.get(reverse("admin:agencies_agency_history", args=[cast.other_agency.pk]), follow=True)
    assert list(nothing.context["cl"].result_list) == []


def test_one_setting_says_how_soon_support_answers(cast, client_of):
    settings_are(support_answer_days=1)
    body = (TEXTS / "mou-1.md").read_text()
    assert "It answers most questions within 1 business day." in text.fill(body, wording.values(cast.agency))
    assert "We usually answer within 1 business day." in client_of(cast.director).get("/support/").text


def test_two_who_change_the_settings_learn_of_each_other(cast, reference, client_of):
    where = reverse("admin:hmis_portal_portalsettings_change", args=[1])
    mine, theirs = client_of(cast.admin), client_of(cast.admin)
    form = mine.get(where).context["adminform"].form
    given = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    assert theirs.post(where, given | {"support_hours": "9 to 5", "_save": "1"}).status_code == 302
    answer = mine.post(where, given | {"admin_name": "HMIS desk", "_save": "1"})
    assert answer.status_code == 200
    text = html.unescape(answer.text)
    assert f"{cast.admin} changed this on" in text
    assert "hours: 9 to 5" in text.lower()
    stands = PortalSettings.objects.get(pk=1)
    assert (stands.support_hours, stands.admin_name) == ("9 to 5", "CT HMIS Admin")
    form = answer.context["adminform"].form
    again = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    assert again["admin_name"] == "HMIS desk"
    assert mine.post(where, again | {"_save": "1"}).status_code == 302
    assert PortalSettings.objects.get(pk=1).admin_name == "HMIS desk"
