"""Answering the reviewer's remarks: under each, with the next revision, and what stays without an answer."""

import html

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from hmis_portal.models import AuditEvent, Message
from onboarding.models import RemarkReply
from onboarding.review import replies
from onboarding.services import perform
from tests.onboarding.review.helpers import text_of
from tests.onboarding.review.verbs import page, remark

pytestmark = pytest.mark.django_db
WHY = "The board decided *otherwise* <b> 希望."


def at(application, row):
    return reverse("onboarding:answer_remark", args=[application.agency_id, row.pk])


def test_each_remark_is_answered_and_the_section_says_what_is_left(cast, asked):
    towns, people = asked.remarks.all()
    editor = cast.client("coordinator")
    assert text_of(editor, "application", asked).count("1 remark to answer") == 2
    assert "sections completed" not in text_of(editor, "application", asked)
    steps = editor.get(reverse("onboarding:journey", args=[cast.agency.pk]))
    assert "Remarks of the reviewer wait for an answer" in steps.text
    assert "sections complete" not in steps.text
    assert steps.context["steps"][2].state != "done"
    assert (
        "1 remark to answer"
        in editor.get(reverse("onboarding:section", args=[cast.agency.pk, "agency"])).text
    )
    assert text_of(editor, "check_answers", asked).count("1 remark to answer") == 2
    refused = editor.post(at(asked, towns), {"kind": "not_changed", "text": ""})
    assert "Enter why it is not changed" in refused.text
    assert "Select what you did about it" in editor.post(at(asked, towns), {"kind": ""}).text
    for kind, words in (("explain", "Which towns?"), ("not_changed", WHY)):  # the later answer counts
        assert editor.post(at(asked, towns), {"kind": kind, "text": words}).status_code == 302
    (reply,) = towns.replies.all()
    assert (reply.kind, reply.text, reply.written_by) == ("not_changed", WHY, cast.coordinator)
    assert AuditEvent.objects.filter(verb="answered remark", target_id=str(towns.pk)).count() == 2
    assert text_of(editor, "application", asked).count("1 remark to answer") == 1
    shown = editor.get(reverse("onboarding:changes", args=[cast.agency.pk])).text
    assert "Not changed, because: The board decided *otherwise* &lt;b&gt; 希望." in shown
    assert "1 remark has no answer yet" in text_of(cast.client("director"), "submit", asked)
    editor.post(at(asked, people), {"kind": "changed", "text": ""})
    sending = text_of(cast.client("director"), "submit", asked)
    assert "no answer yet" not in sending
    assert "You answered “Changed”, and nothing changed" in sending


def test_a_project_a_person_and_a_site_say_what_is_left(cast, asked):
    """On the list they stand on, on each page they have, and with their section."""
    project, person, site = cast.agency.projects.get(), cast.agency.staff.first(), cast.agency.sites.first()
    for section, field in (
        ("projects", f"{project.hud_id}:coc-0-city"),
        ("staff", f"{person.pk}:hmis_role"),
        ("readiness", f"site-{site.pk}"),
    ):
        remark(asked, cast.admin, section=section, field=field, sent_at=asked.state_since)
    editor, words = cast.client("coordinator"), "1 remark to answer"
    assert text_of(editor, "projects", asked).count(words) == 1
    overview = reverse("onboarding:project", args=[cast.agency.pk, project.pk])
    assert all(words in editor.get(address).text for address in (overview, f"{overview}about/"))
    assert text_of(editor, "staff_section", asked).count(words) == 1
    assert text_of(editor, "sites", asked).count(words) == 1
    assert (
        editor.get(reverse("onboarding:section", args=[cast.agency.pk, "readiness"])).text.count(words) == 1
    )


def test_once_all_are_answered_it_is_the_manager_s_turn_to_send(cast, asked):
    editor, director = cast.client("coordinator"), cast.client("director")
    assert "Your agency's turn" in text_of(editor, "application", asked)
    for row in asked.remarks.all():
        replies.reply(row, kind="changed", text="", by=cast.coordinator)
    assert "Your agency's turn" not in text_of(editor, "application", asked)
    assert "A manager of the agency then sends it" in text_of(editor, "application", asked)
    assert "Your agency's turn" in text_of(director, "application", asked)


def test_the_answers_go_with_the_next_revision_and_the_reviewer_reads_them(cast, asked, commits):
    towns, _people = asked.remarks.all()
    replies.reply(towns, kind="not_changed", text=WHY, by=cast.director)
    before = text_of(cast.client("director"), "changes", asked)
    assert "revision 2" not in before
    assert "Not changed, because" not in cast.client("admin").get(page(asked)).text  # before it is sent
    with commits():
        sent = perform(asked, "resubmit", by=cast.director)
    (reply,) = towns.replies.all()
    assert reply.revision.number == 2
    mail = Message.objects.get(
        name="onboarding/application_received", user=cast.admin, body_text__contains="revision 2"
    )
    assert f"Towns served: Not changed, because: {WHY}" in mail.body_text.replace("**", "")
    assert "Remarks without an answer" in mail.body_text
    assert "<b> 希望" not in mail.body_html
    assert "No answer has changed since the revision before." in mail.body_text
    shown = cast.client("admin").get(page(sent)).text
    assert "Not changed, because" in shown
    assert "sent with revision 2" in shown


@pytest.mark.parametrize(
    ("who", "status"), [("staff", 404), ("stranger", 404), ("signatory", 403), ("admin", 403)]
)
def test_only_who_edits_answers(cast, asked, who, status):
    row = asked.remarks.first()
    assert cast.client(who).post(at(asked, row), {"kind": "changed", "text": ""}).status_code == status
    assert not RemarkReply.objects.exists()


def test_what_was_sent_is_answered_no_more(cast, asked):
    row = asked.remarks.first()
    perform(asked, "resubmit", by=cast.director)
    answer = cast.client("director").post(at(asked, row), {"kind": "changed", "text": ""}, follow=True)
    assert "cannot be changed" in html.unescape(answer.text)
    assert not RemarkReply.objects.exists()


def test_a_remark_has_one_answer_that_was_not_sent(cast, asked):
    row = asked.remarks.first()
    RemarkReply.objects.create(remark=row, kind="changed", written_by=cast.director)
    with pytest.raises(IntegrityError), transaction.atomic():
        RemarkReply.objects.create(remark=row, kind="changed", written_by=cast.director)
    with pytest.raises(IntegrityError), transaction.atomic():
        RemarkReply.objects.filter(remark=row).update(kind="explain")
