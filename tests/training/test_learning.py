"""Accounts at the learning site: asked for with the first course, made by the help desk, told to the person."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse

from agencies.models import Contact, Person, Position
from hmis_portal.models import AuditEvent, Message, PortalSettings
from tests.factories import StaffFactory, UserFactory
from training import services
from training.models import LearningAccount, Requirement
from training.services import learning

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_june")]
LIST = "/admin/training/learningaccount/"


@pytest.fixture
def account(opened):
    return LearningAccount.objects.get(person=opened.staff)


def test_the_first_course_asks_for_an_account_once(opened, account):
    assert account.asked_on == dt.date(2026, 6, 15)
    services.assign(staff=opened.staff_row, by=opened.admin)
    assert LearningAccount.objects.filter(person=opened.staff).count() == 1
    assert (
        AuditEvent.objects.filter(verb="learning account asked for", target_name=str(opened.staff)).count()
        == 1
    )


def test_where_the_help_desk_makes_none_nothing_is_asked_for(cast, catalogue):
    PortalSettings.objects.update_or_create(pk=1, defaults={"learning_accounts": False})
    services.open_training(cast.agency, cast.lead)
    assert not LearningAccount.objects.exists()


def test_the_help_desk_makes_one_and_the_person_reads_it(opened, account, client_of):
    PortalSettings.objects.update_or_create(
        pk=1, defaults={"learning_site": "https://learn.example.org/?a=1&b='"}
    )
    mine = client_of(opened.staff)
    assert "The help desk makes it and we write to you" in mine.get("/training/").text
    desk, page = client_of(opened.trainer), reverse("admin:training_learningaccount_made", args=[account.pk])
    assert "Learning accounts to make" in desk.get("/admin/").text
    assert "Enter the person&#x27;s user name" in desk.post(page, {"user_name": " "}).text
    said = desk.post(page, {"user_name": "s.o’brien <x>"}, follow=True).text
    assert "The account is made. The person was told." in said
    account.refresh_from_db()
    assert (account.made_on, account.made_by) == (dt.date(2026, 6, 15), opened.trainer)
    told = Message.objects.get(name="training/learning_account_made")
    assert told.user == opened.staff
    assert "name is s.o’brien <x>." in told.body_text
    assert "https://learn.example.org/?a=1&b='" in told.body_text
    shown = mine.get("/training/").text
    assert "Your user name there is <strong>s.o’brien &lt;x&gt;</strong>" in shown
    assert "The user name is corrected." in desk.post(page, {"user_name": "sobrien"}, follow=True).text
    assert Message.objects.filter(name="training/learning_account_made").count() == 1
    assert client_of(opened.auditor).get(page).status_code == 403


def test_many_are_marked_at_once_and_downloaded(opened, client_of):
    odd = StaffFactory(agency=opened.agency, user=UserFactory(first_name="=1+1", last_name="Ωμέγα"))
    services.assign(staff=odd, by=None)
    LearningAccount.objects.create(person=opened.signatory)  # on no roster: asked for by the position held
    held = Person.objects.join(opened.agency, opened.signatory)
    Contact.objects.update_or_create(
        agency=opened.agency, position=Position.BACKUP, defaults={"person": held}
    )
    desk = client_of(opened.admin)
    keys = list(LearningAccount.objects.values_list("pk", flat=True))
    file = desk.post(LIST, {"action": "as_csv", "_selected_action": keys})
    lines = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert {line["E-mail"] for line in lines} == {
        opened.staff.email,
        opened.coordinator.email,
        odd.user.email,
        opened.signatory.email,
    }
    assert "'=1+1" in {line["First name"] for line in lines}
    assert {line["Agencies"] for line in lines} == {str(opened.agency)}
    chosen = {"action": "mark_made", "_selected_action": keys}
    assert "4 accounts are made. The people were told." in desk.post(LIST, chosen, follow=True).text
    assert "0 accounts are made." in desk.post(LIST, chosen, follow=True).text
    assert Message.objects.filter(name="training/learning_account_made").count() == 4
    assert LearningAccount.objects.get(person=odd.user).user_name == odd.user.email


def test_what_waits_for_more_than_two_weeks_is_late_on_the_desk(opened, client_of, time_machine):
    time_machine.move_to("2026-06-29T16:00:00Z")
    assert opened.staff.email not in client_of(opened.trainer).get(f"{LIST}?waits=late").text
    time_machine.move_to("2026-06-30T16:00:00Z")
    assert opened.staff.email in client_of(opened.trainer).get(f"{LIST}?waits=late").text


def test_two_mark_the_same_account(opened, account):
    assert learning.made({account.pk: "sasha"}, by=opened.trainer) == 1
    assert learning.made({account.pk: "other"}, by=opened.admin) == 0
    account.refresh_from_db()
    assert account.user_name == "sasha"


def test_nobody_is_late_before_their_first_day(opened):
    later = StaffFactory(agency=opened.agency, user=UserFactory(), start_date=dt.date(2026, 9, 1))
    soon = StaffFactory(agency=opened.agency, user=UserFactory(), start_date=dt.date(2026, 6, 16))
    for staff in (later, soon):
        services.assign(staff=staff, by=None)
    due = {
        person: set(Requirement.objects.filter(person=person, course__due_days=None).values_list("due_on", flat=True))
        for person in (later.user, soon.user)
    }  # fmt: skip
    assert due == {later.user: {dt.date(2026, 9, 1)}, soon.user: {dt.date(2026, 6, 29)}}


def test_see_how_to_register_opens_the_row(opened, client_of):
    page = client_of(opened.staff).get("/training/")
    link = page.text.partition('">See how to register')[0].rpartition('href="')[2]
    opened_page = client_of(opened.staff).get("/training/" + link.partition("#")[0]).text
    anchor = link.partition("#")[2]
    row = opened_page.partition(f'id="{anchor}"')[2].partition("</li>")[0]
    assert '<details class="more" open>' in row


def test_the_guide_says_where_and_what_without_an_account(opened, client):
    PortalSettings.objects.update_or_create(pk=1, defaults={"learning_site": "https://learn.example.org"})
    page = client.get(reverse("training:guide")).text
    assert "what if you have no account" in page
    assert 'href="https://learn.example.org"' in page
    assert reverse("training:sessions") in page
