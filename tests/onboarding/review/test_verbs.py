"""Each act of the HMIS Admin on an application: it works once, says what happened, and is refused to others."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from hmis_portal.models import AuditEvent, Message
from onboarding.models import Application, Remark
from onboarding.services import perform
from onboarding.workflow import ApplicationVerb, Approval
from tests.onboarding.review.verbs import VERBS, page, remark, said, second_admin, url

pytestmark = pytest.mark.django_db


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
    assert "This was already done" in said(response)
    sent.refresh_from_db()
    assert sent.reviewer == cast.admin
    assert AuditEvent.objects.filter(verb="take").count() == 1


@pytest.mark.parametrize("kind", ["auditor", "lead", "trainer"])
def test_others_of_the_hmis_may_not(in_review, cast, client_of, kind):
    client = client_of(getattr(cast, kind))
    for verb in VERBS:
        assert client.get(url(in_review, verb)).status_code == 403, verb
        assert client.post(url(in_review, verb), {"reason": "Because"}).status_code == 403, verb
    in_review.refresh_from_db()
    assert in_review.state == "in_review"


def test_agencies_do_not_reach_the_admin(in_review, cast, client_of):
    for kind in ("director", "stranger", "staff"):
        assert client_of(getattr(cast, kind)).post(url(in_review, "approve")).status_code == 302, kind
    in_review.refresh_from_db()
    assert in_review.state == "in_review"


def test_hand_over_and_back(in_review, cast, client_of):
    other = second_admin()
    client = client_of(cast.admin)
    wrong = client.post(url(in_review, "hand_over"), {"to": cast.auditor.pk})
    assert wrong.status_code == 422
    assert re.search(r"Select [^<]+ from the list", wrong.content.decode())
    client.post(url(in_review, "hand_over"), {"to": other.pk})
    in_review.refresh_from_db()
    assert in_review.reviewer == other
    client.post(url(in_review, "hand_back"))
    in_review.refresh_from_db()
    assert (in_review.state, in_review.reviewer) == ("submitted", None)


def test_changes_need_a_remark(in_review, cast, client_of):
    client = client_of(cast.admin)
    assert "Write at least one remark" in client.get(url(in_review, "request_changes")).content.decode()
    response = client.post(url(in_review, "request_changes"))
    assert response.status_code == 422
    text = response.content.decode()
    assert "There is a problem" in text
    assert "<title>Error:" in text
    in_review.refresh_from_db()
    assert in_review.state == "in_review"


def test_changes_are_asked_for(in_review, cast, client_of):
    client = client_of(cast.admin)
    address = reverse("admin:onboarding_application_remark", args=[in_review.pk])
    empty = client.post(address + "?section=agency&field=towns", {"text": " "})
    assert empty.status_code == 422
    assert "Enter what the agency should change" in empty.content.decode()
    assert (
        client.post(address + "?section=agency&field=towns", {"text": "Add <Bloomfield>."}).status_code == 302
    )
    assert client.get(address + "?section=agency&field=nothing").status_code == 404
    assert not Message.objects.filter(name="onboarding/changes_requested").exists()
    assert "Add &lt;Bloomfield&gt;." in client.get(url(in_review, "request_changes")).content.decode()
    client.post(url(in_review, "request_changes"))
    in_review.refresh_from_db()
    assert in_review.state == "changes_requested"
    assert in_review.answer_by == timezone.localdate() + dt.timedelta(days=30)
    assert in_review.remarks.get().sent_at is not None
    message = Message.objects.get(name="onboarding/changes_requested")
    assert message.to == cast.director.email
    assert "Towns served: Add <Bloomfield>." in message.body_text
    assert "Add &lt;Bloomfield&gt;." in message.body_html
    again = client.post(url(in_review, "request_changes"))
    assert again.status_code == 302
    assert Message.objects.filter(name="onboarding/changes_requested").count() == 1


def test_a_remark_is_taken_back_or_closed(in_review, cast, client_of):
    client = client_of(cast.admin)
    fresh, old = remark(in_review, cast.admin), remark(in_review, cast.admin, sent_at=timezone.now())

    def close(one):
        return client.post(reverse("admin:onboarding_application_close_remark", args=[in_review.pk, one.pk]))

    assert (
        client.get(
            reverse("admin:onboarding_application_close_remark", args=[in_review.pk, old.pk])
        ).status_code
        == 404
    )
    close(fresh)
    assert not Remark.objects.filter(pk=fresh.pk).exists()
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


def test_a_stale_page_says_what_happened(in_review, cast, client_of):
    perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    client = client_of(cast.admin)
    for verb in VERBS:
        if verb != "revoke_approval":
            response = client.post(url(in_review, verb), {"reason": "Again"})
            assert response.status_code == 302, verb
            assert "Nothing was changed" in said(response), verb
    assert Application.objects.get(pk=in_review.pk).state == "approved"


def test_a_verb_that_does_not_exist(in_review, cast, client_of):
    assert client_of(cast.admin).get(url(in_review, "mou-lost")).status_code == 404
    assert client_of(cast.admin).get(url(in_review, "submit")).status_code == 404
