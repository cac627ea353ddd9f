"""Conversations of an agency with the HMIS Admin: begun by either side, with files, read, answered and closed."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agencies import permissions
from agencies.models import AgencyRole
from hmis_portal.models import Message
from onboarding import questions
from onboarding.models import Thread
from tests.racing import at_once
from tests.scans import PDF

pytestmark = pytest.mark.django_db
WORDS = {"subject": "Your beds", "text": "How many are in use?"}


def written(cast) -> Thread:
    """By the HMIS Admin, to the agency."""
    return questions.write_to(cast.agency, by=cast.admin, **WORDS)


def at(thread, page="question", **more) -> str:
    return reverse(f"onboarding:{page}", kwargs={"thread_id": thread.pk, **more})


def test_the_hmis_admin_begins_with_a_file_and_the_agency_answers(
    cast, reference, client_of, mailoutbox
) -> None:
    admin, director = client_of(cast.admin), client_of(cast.director)
    write = reverse("admin:onboarding_thread_write", args=[cast.agency.pk])
    assert "Everybody who manages or edits for Harbor House reads this" in admin.get(write).text
    assert "Enter your message" in admin.post(write, {"subject": "x"}).text
    answer = admin.post(write, {**WORDS, "file": SimpleUploadedFile("beds.pdf", PDF)})
    thread = Thread.objects.get()
    assert answer["Location"] == reverse("admin:onboarding_thread_answer", args=[thread.pk])
    [mail] = mailoutbox
    assert mail.to == [cast.director.email]
    assert at(thread) in mail.body
    assert "beds.pdf" in mail.body

    page = director.get(at(thread))
    assert "The HMIS Admin and everybody who manages or edits for Harbor House read this." in page.text
    file = at(thread, "question_file", message_id=thread.messages.get().pk)
    assert file in page.text
    assert director.get(file).getvalue() == PDF
    assert cast.client("stranger").get(file).status_code == 404

    mailoutbox.clear()
    director.post(at(thread), {"text": "All of them.", "file": SimpleUploadedFile("list.pdf", PDF)})
    assert [mail.to for mail in mailoutbox] == [[cast.admin.email]]
    page = admin.get(answer["Location"])
    assert "All of them." in page.text
    message = thread.messages.get(from_admin=False)
    assert admin.get(reverse("admin:onboarding_thread_file", args=[message.pk])).getvalue() == PDF


def test_unread_is_counted_for_each_person_in_one_query(cast, django_assert_num_queries) -> None:
    thread = written(cast)
    people = (cast.director, cast.coordinator, cast.signatory, cast.staff, cast.stranger)
    for person, count in zip(people, (1, 1, 0, 0, 0), strict=True):
        with django_assert_num_queries(1):
            assert questions.unread(person) == count
    listed = cast.client("director").get(reverse("onboarding:conversations")).text
    assert "Your beds" in listed
    assert "New" in listed
    cast.client("director").get(at(thread))
    questions.write_again(thread=thread, by=cast.coordinator, text="None.")
    assert [questions.unread(person) for person in (cast.director, cast.coordinator)] == [1, 1]
    assert questions.unread(type(cast.admin).objects.get(pk=cast.admin.pk)) == 1  # it waits for an answer
    questions.answer(thread=thread, by=cast.admin, text="Thank you.")
    assert questions.unread(cast.admin) == 0
    told = Message.objects.filter(name="onboarding/message_to_agency", body_text__contains="Thank you.")
    assert {message.user for message in told} == {cast.director, cast.coordinator}  # who wrote in it, too


def test_the_agency_begins_one_for_all_who_act_for_it(cast) -> None:
    asked = {**WORDS, "agency": str(cast.agency.pk), "shared": "on"}
    cast.client("director").post("/support/", asked)
    thread = Thread.objects.get()
    assert cast.client("coordinator").get(at(thread)).status_code == 200
    for kind in ("signatory", "staff", "stranger", "admin"):
        assert cast.client(kind).get(at(thread)).status_code == 404
    refused = cast.client("director").post("/support/", {**asked, "agency": ""})
    assert "Select the agency for which you manage or edit" in refused.text
    assert Thread.objects.count() == 1


@pytest.mark.parametrize("closer", ["director", "admin"])
def test_either_side_closes_it_and_writing_opens_it_again(cast, reference, closer) -> None:
    thread = written(cast)
    client = cast.client(closer)
    if closer == "admin":
        url, given = reverse("admin:onboarding_thread_answer", args=[thread.pk]), {"close": "yes"}
    else:
        url, given = at(thread, "close_question"), {}
    client.post(url, given)
    thread.refresh_from_db()
    assert thread.closed_by == getattr(cast, closer)
    assert f"Closed by {thread.closed_by} on" in cast.client("coordinator").get(at(thread)).text
    assert "closed already" in client.post(url, given, follow=True).text
    assert cast.client("stranger").post(at(thread, "close_question")).status_code == 404
    cast.client("coordinator").post(at(thread), {"text": "One more thing"})
    thread.refresh_from_db()
    assert (thread.closed_at, thread.closed_by, thread.is_waiting) == (None, None, True)


def test_the_review_leads_to_them(cast, sent) -> None:
    questions.write_again(thread=written(cast), by=cast.director, text="All of them.")
    review = reverse("admin:onboarding_application_review", args=[sent.pk])
    assert "1 waits for an answer" in cast.client("admin").get(review).text
    listed = reverse("admin:onboarding_thread_changelist") + f"?agency__exact={cast.agency.pk}"
    assert "Your beds" in cast.client("auditor").get(listed).text


def test_only_the_hmis_admin_writes_to_an_agency(cast, reference) -> None:
    url = reverse("admin:onboarding_thread_write", args=[cast.agency.pk])
    for kind in ("lead", "auditor", "trainer", "director"):
        assert cast.client(kind).post(url, WORDS).status_code == (302 if kind == "director" else 403)
    assert not Thread.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_message(cast) -> None:
    made = at_once(*(lambda: written(cast) for _click in range(2)))
    assert made[0] == made[1]
    assert Message.objects.filter(name="onboarding/message_to_agency").count() == 1


def test_a_deputy_counts_until_the_last_day(cast, time_machine) -> None:
    time_machine.move_to("2026-12-04T17:00:00Z")
    written(cast)
    permissions.grant(
        cast.staff, cast.agency, AgencyRole.MANAGER, until=date(2026, 12, 4), deputy_for=cast.director
    )
    for moment, count in (("2026-12-05T04:59:00Z", 1), ("2026-12-05T05:01:00Z", 0)):
        time_machine.move_to(moment)
        assert (
            questions.unread(cast.staff)
            == questions.with_news(questions.visible_to(cast.staff), cast.staff)
            .filter(is_unread=True)
            .count()
            == count
        ), moment
