"""While the agency is to answer: one more remark, one less, what a remark means, and more time."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hmis_portal.models import AuditEvent, Message
from hmis_portal.text.words import date_words
from onboarding.models import RemarkReply
from onboarding.review import replies
from tests.onboarding.review.helpers import text_of
from tests.onboarding.review.verbs import page, said, url

pytestmark = pytest.mark.django_db


def mails(name):
    return Message.objects.filter(name=f"onboarding/{name}")


def at(application, name, *more):
    return reverse(f"admin:onboarding_application_{name}", args=[application.pk, *more])


def test_one_more_remark_is_told_at_once(cast, asked):
    admin = cast.client("admin")
    address = at(asked, "remark") + "?section=agency&field=legal_name"
    assert "at once" in admin.get(address).text
    answer = admin.post(address, {"text": "Is it “Inc.” or <LLC>?"})
    assert said(answer) == "The remark is sent to the agency."
    mail = mails("remark_added").get()
    assert mail.to == cast.director.email
    assert "Is it “Inc.” or <LLC>?" in mail.body_text
    assert date_words(asked.answer_by) in mail.body_text
    director = cast.client("director")
    assert "Is it “Inc.” or <LLC>?" in text_of(director, "changes", asked)
    assert "2 remarks to answer" in text_of(director, "application", asked)


def test_one_less_is_told_too_and_nothing_is_left_to_answer(cast, asked):
    towns, people = asked.remarks.all()
    admin = cast.client("admin")
    assert "Take back" in admin.get(page(asked)).text
    assert said(admin.post(at(asked, "close_remark", towns.pk))) == "The remark is taken back."
    assert "closed already" in said(admin.post(at(asked, "close_remark", towns.pk)))
    assert towns.text in mails("remark_taken_back").get().body_text
    assert AuditEvent.objects.get(verb="take back remark").reason == towns.text
    assert towns.text not in text_of(cast.client("director"), "changes", asked)
    admin.post(at(asked, "close_remark", people.pk))
    assert "No remark is open" in text_of(cast.client("director"), "changes", asked)


def test_what_is_not_clear_is_asked_at_once_and_explained_once(cast, asked):
    towns, people = asked.remarks.all()
    reply = replies.reply(towns, kind="explain", text="Which *towns*?", by=cast.coordinator)
    mail = mails("explanation_asked").get()
    assert mail.to == cast.admin.email
    assert "Which *towns*?" in mail.body_text
    replies.reply(people, kind="changed", text="", by=cast.coordinator)
    assert "the explanation comes by e-mail" in text_of(cast.client("director"), "journey", asked)
    admin, address = cast.client("admin"), at(asked, "explain", reply.pk)
    assert address in admin.get(page(asked)).text
    assert "Enter what the remark means" in admin.post(address, {"text": ""}).text
    assert (
        said(admin.post(address, {"text": "All that you serve."}))
        == "Your explanation is sent to the agency."
    )
    assert "Nobody waits for this explanation" in said(admin.post(address, {"text": "Again."}))
    assert {mail.to for mail in mails("explanation_given")} == {cast.director.email, cast.coordinator.email}
    shown = text_of(cast.client("coordinator"), "changes", asked)
    assert "All that you serve." in shown
    assert shown.count("To answer") == 1  # this remark again
    replies.reply(towns, kind="changed", text="", by=cast.coordinator)
    assert RemarkReply.objects.filter(remark=towns).count() == 2


@pytest.mark.parametrize("kind", ["lead", "auditor", "director"])
def test_only_the_hmis_admin_explains(cast, asked, kind):
    reply = replies.reply(asked.remarks.first(), kind="explain", text="What?", by=cast.director)
    assert cast.client(kind).post(at(asked, "explain", reply.pk), {"text": "So."}).status_code == (
        302 if kind == "director" else 403
    )
    reply.refresh_from_db()
    assert reply.answered_at is None


def test_more_time_is_asked_for_by_one_click_and_given(cast, asked):
    director, ask = cast.client("director"), reverse("onboarding:ask_for_time", args=[cast.agency.pk])
    assert cast.client("coordinator").post(ask).status_code == 403
    assert said(director.post(ask)) == "More time is asked for. The answer comes by e-mail."
    assert "was asked for already" in said(director.post(ask))
    told = mails("more_time_asked").get()
    assert told.to == cast.admin.email
    assert told.body_text.lstrip().startswith("Hello Alex,")
    assert "Dana Director of Harbor House" in told.body_text
    assert "More time was asked for on" in text_of(director, "application", asked)
    admin = cast.client("admin")
    assert "More time asked for" in admin.get(page(asked)).text
    late = asked.answer_by + dt.timedelta(days=20)
    for day in (asked.answer_by, timezone.localdate() + dt.timedelta(days=366)):
        posted = {"until_year": day.year, "until_month": day.month, "until_day": day.day}
        assert "within a year" in admin.post(url(asked, "give_time"), posted).text
    posted = {"until_year": late.year, "until_month": late.month, "until_day": late.day}
    assert admin.post(url(asked, "give_time"), posted).status_code == 302
    asked.refresh_from_db()
    assert (asked.answer_by, asked.time_asked_at) == (late, None)
    assert date_words(late) in mails("more_time_given").get().body_text
    assert "Ask for more time" in text_of(director, "changes", asked)


def test_the_day_stays_only_where_it_was_asked_about_and_with_the_reason(cast, asked):
    admin = cast.client("admin")
    assert url(asked, "refuse_time") not in admin.get(page(asked)).text
    refused = admin.post(url(asked, "refuse_time"), {"reason": "No."})
    assert "has not asked for more time" in refused.text
    cast.client("director").post(reverse("onboarding:ask_for_time", args=[cast.agency.pk]))
    assert url(asked, "refuse_time") in admin.get(page(asked)).text
    assert "Enter the reason" in admin.post(url(asked, "refuse_time"), {"reason": ""}).text
    admin.post(url(asked, "refuse_time"), {"reason": "The board meets on *Monday*."})
    before = asked.answer_by
    asked.refresh_from_db()
    assert (asked.answer_by, asked.time_asked_at) == (before, None)
    assert "The board meets on *Monday*." in mails("more_time_refused").get().body_text
