"""Questions to support, from visitors and from people with an account."""

import pytest

from hmis_portal.models import AuditEvent
from onboarding import questions
from onboarding.models import Thread
from tests.cast import Cast

pytestmark = pytest.mark.django_db
VISITOR = {
    "name": "Vera Visitor",
    "email": "vera@example.org",
    "subject": "Is it free?",
    "text": "What does it cost?",
}


def ask(cast: Cast, by=None, kind: Thread.Kind = Thread.Kind.SUPPORT) -> Thread:
    return questions.ask(
        kind=kind, subject="How?", text="How do we begin?", by=by or cast.director, agency=cast.agency
    )


def test_a_visitors_question_reaches_the_queue(cast: Cast, client_of, mailoutbox) -> None:
    assert client_of(None).post("/support/", VISITOR)["Location"] == "/support/sent/"
    thread = Thread.objects.get()
    assert (thread.name, thread.email, thread.opened_by, thread.answered_at) == (
        "Vera Visitor",
        "vera@example.org",
        None,
        None,
    )
    to = {mail.to[0]: mail for mail in mailoutbox}
    assert set(to) == {"vera@example.org", cast.admin.email}
    assert "What does it cost?" in to[cast.admin.email].body


def test_the_form_is_no_way_to_mail_words_to_others(cast: Cast, client_of, mailoutbox) -> None:
    client_of(None).post("/support/", {**VISITOR, "subject": "Buy now", "text": "http://bad.example"})
    mail = next(one for one in mailoutbox if one.to == ["vera@example.org"])
    assert "bad.example" not in mail.body
    assert "Buy now" not in mail.subject


def test_a_person_need_not_say_who_they_are(cast: Cast, client_of, mailoutbox) -> None:
    client = client_of(cast.director)
    answer = client.post(
        "/support/", {"subject": "How?", "text": "How do we begin?", "agency": str(cast.agency.pk)}
    )
    thread = Thread.objects.get()
    assert answer["Location"] == f"/support/questions/{thread.pk}/"
    assert (thread.opened_by, thread.agency) == (cast.director, cast.agency)
    assert "How do we begin?" in client.get(answer["Location"]).content.decode()
    assert AuditEvent.objects.filter(verb="asked a question", actor=cast.director).exists()


def test_another_agency_cannot_be_named(cast: Cast, client_of) -> None:
    text = (
        client_of(cast.director)
        .post("/support/", {"subject": "x", "text": "y", "agency": str(cast.other_agency.pk)})
        .content.decode()
    )
    assert "Error: Support" in text
    assert "River Street" not in text


def test_empty_fields_come_back(client_of) -> None:
    text = client_of(None).post("/support/", {"name": "Vera"}).content.decode()
    assert "Enter your question" in text
    assert 'value="Vera"' in text


def test_visitors_are_held_back(cast: Cast, client_of, settings) -> None:
    an_hour = next(limit.times for limit in settings.LIMITS["questions"] if limit.per == "visitor")
    client = client_of(None)
    codes = [
        client.post("/support/", {**VISITOR, "subject": f"Question {n}"}).status_code
        for n in range(an_hour + 1)
    ]
    assert codes == [302] * an_hour + [429]
    assert Thread.objects.count() == an_hour


def test_writing_again_puts_it_back_in_the_queue(cast: Cast, client_of, mailoutbox) -> None:
    thread = ask(cast)
    Thread.objects.update(answered_at=thread.opened_at)
    client_of(cast.director).post(f"/support/questions/{thread.pk}/", {"text": "One more thing"})
    thread.refresh_from_db()
    assert thread.answered_at is None
    assert thread.messages.count() == 2
    assert mailoutbox[-1].to == [cast.admin.email]


def test_a_double_click_is_one_question(cast: Cast, client_of, mailoutbox) -> None:
    client = client_of(cast.director)
    for _click in range(2):
        client.post(
            "/support/", {"subject": "How?", "text": "How do we begin?", "agency": str(cast.agency.pk)}
        )
    thread = Thread.objects.get()
    for _click in range(2):
        client.post(f"/support/questions/{thread.pk}/", {"text": "Anybody?"})
    assert thread.messages.count() == 2


def test_support_questions_are_ones_own(cast: Cast, client_of) -> None:
    url = f"/support/questions/{ask(cast).pk}/"
    assert client_of(cast.coordinator).get(url).status_code == 404
    assert client_of(cast.stranger).post(url, {"text": "x"}).status_code == 404


def test_questions_on_a_clause_are_shared_in_the_agency(cast: Cast, client_of) -> None:
    url = f"/support/questions/{ask(cast, kind=Thread.Kind.CLAUSE).pk}/"
    assert client_of(cast.coordinator).get(url).status_code == 200
    assert client_of(cast.stranger).get(url).status_code == 404


def test_the_admin_answers_by_mail_and_in_the_thread(cast: Cast, client_of, mailoutbox) -> None:
    from agencies import reference

    reference.load()
    from onboarding import reference as journey

    journey.load()
    thread = ask(cast)
    mailoutbox.clear()
    client = client_of(cast.admin)
    page = client.get(f"/admin/onboarding/thread/{thread.pk}/change/", follow=True)
    assert page.status_code == 200
    client.post(page.redirect_chain[-1][0], {"text": "Begin with step one."})
    assert mailoutbox[0].to == [cast.director.email]
    assert (
        "Begin with step one."
        in client_of(cast.director).get(f"/support/questions/{thread.pk}/").content.decode()
    )
