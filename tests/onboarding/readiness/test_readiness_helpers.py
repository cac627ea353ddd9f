"""Readiness questions answered by somebody outside: sent by a link, answered without an account, taken or left by an editor."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from hmis_portal.models import AuditEvent, Message
from onboarding import rights
from onboarding.effects import application as effects
from onboarding.models import Application, HelpAnswer, HelpRequest, ReadinessAnswer, SectionWork
from onboarding.readiness import helpers
from onboarding.services import Act, perform
from onboarding.workflow import ApplicationVerb

pytestmark = pytest.mark.django_db
NASTY = '<b id=x>Kim</b> {{ 7|add:"7" }}'
ASKED = {"what": ["q8", "q9a", "q12"], "name": "Kim Ito", "email": "kim@itfirm.example", "note": "By Friday"}


@pytest.fixture
def send(director, url, commits):
    """Sends questions as the page does; the helper's link out of the e-mail."""

    def sent(topic="sign-in", **changes):
        mail.outbox.clear()
        with commits():
            answer = director.post(f"{url}send/?topic={topic}", ASKED | changes)
        assert answer.status_code == 302, answer.context["form"].errors
        return link_in(mail.outbox[-1])

    return sent


def link_in(message):
    return re.search(r"/readiness-help/[0-9a-f]{64}/", message.body).group()


def outside():
    return Client()


def test_the_mail_has_the_link_and_the_portal_has_only_its_hash(send, cast):
    link = send()
    token = link.split("/")[-2]
    request = HelpRequest.objects.get()
    assert (request.questions, request.asked_by) == (["8", "9a", "12"], cast.director)
    assert token not in str(vars(request))
    assert not Message.objects.filter(body_text__contains=token).exists()
    assert request.expires_at.date() == (timezone.now() + dt.timedelta(days=14)).date()
    assert "By Friday" in mail.outbox[-1].body
    assert mail.outbox[-1].body.count("Hello") == 1
    assert AuditEvent.objects.get(verb="asked a helper").data["questions"] == ["8", "9a", "12"]


def test_the_helper_sees_those_questions_and_the_name_alone(send, cast, application, url, director):
    director.post(
        f"{url}sign-in/",
        {"version": "0", "q8": "yes", "q12": "yes", "q12_text": "The secret policy", "later": "1"},
    )
    page = outside().get(send())
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "same-origin"
    assert "noindex" in page["X-Robots-Tag"]
    assert cast.agency.name in page.text
    assert set(re.findall(r'name="(q[^"]+)"', page.text)) == {"q8", "q9a", "q12", "q12_text"}
    for words in (
        "secret policy",
        "Needed before approval",
        application.reference,
        "checked",
        cast.director.email,
    ):
        assert words not in page.text, words


def test_answers_come_back_as_proposals_and_nothing_acts_by_itself(
    send, cast, application, url, director, commits
):
    link = send()
    helper = outside()
    assert helper.post(link, {"q8": "yes", "later": "1"}).status_code == 302
    assert "checked" in helper.get(link).text  # saved for coming back
    assert "Use this answer" not in director.get(f"{url}sign-in/").text
    with commits():
        assert (
            helper.post(link, {"q8": "yes", "q12": "yes", "q12_text": "We do, by ticket"}).status_code == 302
        )
    assert mail.outbox[-1].to == [cast.director.email]
    assert not ReadinessAnswer.objects.exists()
    assert "Answered: look at the answers" in director.get(url).text
    page = director.get(f"{url}sign-in/").text
    assert page.count("Use this answer") == 2
    assert "Kim Ito answered on" in page

    first, second = HelpAnswer.objects.all()
    answer = director.post(
        f"{url}proposals/{second.pk}/take/", {"version": "0", "q9a": "no", "q12_text": "Mine"}
    )
    assert answer["Location"].startswith(f"{url}sign-in/#")
    draft = SectionWork.objects.get(section="readiness.sign-in").draft
    assert (draft["q12"], draft["q12_text"], draft["q9a"]) == (["yes"], ["We do, by ticket"], ["no"])
    assert not ReadinessAnswer.objects.exists()
    assert HelpRequest.objects.get().ended_at is None
    assert (
        director.post(f"{url}proposals/{first.pk}/leave/", {"version": "1", **as_posted(draft)}).status_code
        == 302
    )
    assert "Use this answer" not in director.get(f"{url}sign-in/").text
    assert HelpRequest.objects.get().end == "decided"
    assert outside().get(link).status_code == 410
    assert {"took a proposal", "left a proposal"} <= set(AuditEvent.objects.values_list("verb", flat=True))
    assert director.post(f"{url}proposals/{first.pk}/take/", {"version": "1"}).status_code == 404


def as_posted(draft):
    return {name: values[0] for name, values in draft.items()}


def test_what_a_colleague_saved_is_not_overwritten_by_taking(send, cast, url, director):
    outside().post(send(), {"q8": "yes"})
    cast.client("coordinator").post(f"{url}sign-in/keep/", {"version": "0", "q8": "no"})
    proposal = HelpAnswer.objects.get()
    assert (
        director.post(f"{url}proposals/{proposal.pk}/take/", {"version": "0", "q9a": "no"}).status_code == 409
    )
    proposal.refresh_from_db()
    assert proposal.taken is None
    assert SectionWork.objects.get(section="readiness.sign-in").draft == {"q8": ["no"]}


def test_a_link_sent_again_replaces_the_earlier_one(send, url, director, commits):
    old = send()
    request = HelpRequest.objects.get()
    mail.outbox.clear()
    with commits():
        assert director.post(f"{url}send/{request.pk}/again/").status_code == 302
    assert outside().get(old).status_code == 404
    assert outside().get(link_in(mail.outbox[-1])).status_code == 200


@pytest.mark.parametrize("how", ["revoked", "lapsed", "sent", "withdrawn"])
def test_a_link_ends(send, application, cast, url, director, how):
    link = send()
    rows = HelpRequest.objects.all()
    if how == "revoked":
        assert director.post(f"{url}send/{rows.get().pk}/revoke/").status_code == 302
        assert "already" in director.post(f"{url}send/{rows.get().pk}/revoke/", follow=True).text
    elif how == "lapsed":
        rows.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    elif how == "sent":
        helpers.end_all(application)
    else:
        perform(application, ApplicationVerb.WITHDRAW, by=cast.director, reason="Later")
    for answer in (outside().get(link), outside().post(link, {"q8": "yes"})):
        assert answer.status_code == 410
        assert cast.agency.name not in answer.text
    assert not HelpAnswer.objects.exists()


def test_sending_the_application_ends_the_links(cast, complete):
    HelpRequest.objects.create(
        application=complete, name="Kim", email="kim@itfirm.example", questions=["8"], asked_by=cast.director,
        token_hash="0" * 64, expires_at=timezone.now() + dt.timedelta(days=3),
    )  # fmt: skip
    effects.submit(complete, Act(by=cast.director))
    assert HelpRequest.objects.get().end == "sent"


def test_whole_topics_are_sent_and_bad_input_is_refused(url, director, commits):
    page = director.get(f"{url}send/").text
    assert page.count('type="checkbox"') == 8
    refused = director.post(f"{url}send/", {"what": ["nonsense"], "name": "", "email": "no"})
    for words in ("There is a problem", "Enter the helper", "Enter an e-mail address"):
        assert words in refused.text, words
    assert director.post(f"{url}send/", ASKED | {"what": ["network", "places"]}).status_code == 302
    assert HelpRequest.objects.get().questions == ["16", "22", "23", "24a", "24b", "24c", "25", "26", "17"]


def test_hostile_names_and_answers_are_shown_as_typed(send, cast, url, director):
    cast.agency.legal_name = cast.agency.common_name = NASTY
    cast.agency.save()
    link = send(name=NASTY, note=NASTY)
    helper = outside()
    assert escape(NASTY) in helper.get(link).text
    assert helper.post(link, {"q12": "yes", "q12_text": NASTY}).status_code == 302
    for page in (helper.get(link), director.get(url), director.get(f"{url}sign-in/")):
        assert "<b id=x>" not in page.text
        assert escape(NASTY) in page.text


def test_only_so_many_links_are_open(send, url, director, monkeypatch):
    monkeypatch.setattr(helpers, "MOST_OPEN", 1)
    send()
    refused = director.post(f"{url}send/?topic=sign-in", ASKED, follow=True)
    assert "1 links are open" in refused.text
    assert HelpRequest.objects.count() == 1


def test_the_lists_cost_the_same_for_many_helpers(send, cast, url, director, django_assert_num_queries):
    outside().post(send(), {"q8": "yes"})
    director.get(url)
    with CaptureQueriesContext(connection) as one:
        director.get(url)
    cost = len(one)
    for _more in range(3):
        outside().post(send(), {"q8": "no", "q9a": "yes"})
    with django_assert_num_queries(cost):
        assert director.get(url).text.count("look at the answers") == 4
    assert Application.objects.count() == 1


def test_the_hmis_admin_sees_who_was_asked_and_revokes(send, cast, url):
    link = send()
    row = HelpRequest.objects.get()
    helpers.answer(row, {"8": {"answer": "yes"}}, done=True)
    rights.load()
    admin, page = cast.client("admin"), f"/admin/onboarding/helprequest/{row.pk}/"
    assert "kim@itfirm.example" in admin.get("/admin/onboarding/helprequest/").text
    shown = admin.get(f"{page}change/").text
    assert row.token_hash not in shown
    assert row.nonce not in shown
    assert re.search(r"Yes, on [A-Z]", shown)
    assert shown.count("Not answered") == 2
    revoke = reverse("admin:onboarding_helprequest_revoke", args=[row.pk])
    assert revoke in shown
    assert cast.client("auditor").get(revoke).status_code == 403
    assert "opens nothing any more" in admin.post(revoke, follow=True).text
    assert "This link has ended" in outside().get(link).text
    assert "has ended already" in admin.post(revoke, follow=True).text


def test_a_question_without_a_choice_shows_its_words_where_the_one_before_it_was_not_sent(send):
    page = outside().get(send("devices", what=["q15"])).text
    assert re.search(r'<p class="field-label">[^<]*antivirus product', page)
