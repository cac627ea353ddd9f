"""The roster: add, change, report a leaver, return; each told to the apps above."""

import datetime as dt
import re
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from agencies import emails, signals
from agencies.models import Invitation, Staff, User
from agencies.services import invitations, leavers
from agencies.services import staff as services
from hmis_portal.models import AuditEvent, Message
from hmis_portal.text.words import date_words
from hmis_portal.web import links
from hmis_portal.web.errors import GuardFailed, WrongState
from hmis_portal.web.links import Page
from onboarding.models import Application
from tests.agencies.helpers import typed
from tests.cast import Cast
from tests.factories import StaffFactory
from tests.people import hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def news():
    """What was told to training and onboarding."""
    heard: list[tuple[str, str]] = []

    def hear(staff: Staff, kind: str, **_kwargs: Any) -> None:
        heard.append((staff.email, kind))

    signals.staff_changed.connect(hear)
    yield heard
    signals.staff_changed.disconnect(hear)


@pytest.fixture
def mails():
    """What a person was sent, oldest first."""
    return lambda person: list(Message.objects.filter(user=person).order_by("created_at"))


def page(cast: Cast, rest: str = "") -> str:
    return f"/agencies/{cast.agency.pk}/staff/{rest}"


def test_list_does_not_grow_in_queries(cast: Cast, client_of, django_assert_max_num_queries) -> None:
    for _number in range(40):
        StaffFactory(agency=cast.agency).projects.add(cast.project)
    client = client_of(cast.coordinator)
    client.get("/me/")  # the portal's settings are cached, the session is stored
    with django_assert_max_num_queries(17):
        text = client.get(page(cast)).content.decode()
    assert "Sasha Staff" in text
    assert "Otto Other" not in text


def test_two_who_change_one_entry_learn_of_each_other(cast: Cast, client_of) -> None:
    address = page(cast, f"{cast.staff_row.pk}/")
    mine, theirs = client_of(cast.director), client_of(cast.coordinator)
    seen = mine.get(address).context["form"]["version"].value()
    assert theirs.post(address, typed(cast, version=seen, title="Night lead")).status_code == 302
    answer = mine.post(address, typed(cast, version=seen, title="Day lead"))
    assert answer.status_code == 200
    assert f"{cast.coordinator} changed this entry on" in answer.text
    assert "Title: Night lead" in answer.text
    assert answer.context["form"]["title"].value() == "Day lead"
    cast.staff_row.refresh_from_db()
    assert cast.staff_row.title == "Night lead"
    again = answer.context["form"]["version"].value()
    assert mine.post(address, typed(cast, version=again, title="Day lead")).status_code == 302
    cast.staff_row.refresh_from_db()
    assert cast.staff_row.title == "Day lead"


def test_a_name_that_no_agreement_could_hold_is_refused(cast: Cast, client_of) -> None:
    long = typed(cast, first_name="A" * 80, last_name="B" * 80)
    answer = client_of(cast.director).post(page(cast, "add/"), long)
    assert answer.status_code == 200
    assert "First and last name together must be 149 characters or fewer" in answer.text


def test_list_is_paged(cast: Cast, client_of) -> None:
    for _number in range(60):
        StaffFactory(agency=cast.agency)
    assert "Page 1 of 2" in client_of(cast.director).get(page(cast)).content.decode()


def test_add(cast: Cast, client_of, news) -> None:
    answer = client_of(cast.coordinator).post(page(cast, "add/"), typed(cast))
    assert answer.status_code == 302
    row = Staff.objects.get(email="sam@harbor.example")
    assert (row.agency, row.hmis_role, row.start_date) == (cast.agency, "data_entry", dt.date(2026, 3, 2))
    assert list(row.projects.all()) == [cast.project]
    assert news == [("sam@harbor.example", "joined")]
    assert AuditEvent.objects.get(verb="listed staff").actor == cast.coordinator


def test_whom_the_agency_named_already_is_put_on_the_roster_without_typing(cast: Cast, client_of) -> None:
    named = hold(cast.agency, "backup", "Bo O’Backup", "bo@harbor.example").person
    url, client = reverse("agencies:add_staff", args=[cast.agency.pk]), client_of(cast.director)
    page = client.get(url)
    assert f'<a href="?person={named.pk}">Bo O’Backup</a>' in page.text
    assert cast.staff_row.person not in page.context["not_listed"]
    form = client.get(url, {"person": named.pk}).context["form"]
    told = [form[name].value() for name in ("first_name", "last_name", "email")]
    assert told == ["Bo", "O’Backup", "bo@harbor.example"]
    theirs = client.get(url, {"person": cast.other_staff_row.person_id}).context["form"]
    assert theirs["email"].value() in ("", None), "of another agency"


def test_the_same_address_twice_is_refused_in_words(cast: Cast, client_of) -> None:
    client = client_of(cast.coordinator)
    client.post(page(cast, "add/"), typed(cast))
    text = client.post(page(cast, "add/"), typed(cast, first_name="Other")).content.decode()
    assert "Another person on the list has this e-mail" in text
    assert 'value="Other"' in text
    data = {
        "first_name": "A",
        "last_name": "B",
        "email": "SAM@harbor.example",
        "start_date": dt.date(2026, 1, 1),
    }
    with pytest.raises(GuardFailed):
        services.add_staff(agency=cast.agency, by=None, data=data)


def test_a_role_has_its_access_levels(cast: Cast, client_of) -> None:
    text = (
        client_of(cast.director).post(page(cast, "add/"), typed(cast, access_level="agency")).content.decode()
    )
    assert "The role “Data entry” may have: Add and edit in named projects" in text


def test_another_agencys_project_is_refused(cast: Cast, client_of) -> None:
    text = (
        client_of(cast.director)
        .post(page(cast, "add/"), typed(cast, projects=[str(cast.other_project.pk)]))
        .content.decode()
    )
    assert "Error:" in text
    with pytest.raises(GuardFailed):
        services.change_staff(staff=cast.staff_row, by=None, data={"projects": [cast.other_project]})


def test_change_of_role_and_projects_is_told(cast: Cast, client_of, news) -> None:
    url = page(cast, f"{cast.staff_row.pk}/")
    data = typed(cast, first_name="Sasha", last_name="Staff", email=cast.staff_row.email)
    client = client_of(cast.director)
    assert 'value="Sasha"' in client.get(url).content.decode()
    client.post(url, data)
    cast.staff_row.refresh_from_db()
    assert cast.staff_row.hmis_role == "data_entry"
    assert news == [(cast.staff_row.email, "role")]
    news.clear()
    client.post(url, data)
    assert not news  # the same again is no news
    assert AuditEvent.objects.filter(verb="changed staff").count() == 1
    services.change_staff(staff=cast.staff_row, by=cast.director, data={"projects": []})
    assert news == [(cast.staff_row.email, "projects")]


def test_a_leaver_is_reported_once(cast: Cast, client_of, news) -> None:
    url = page(cast, f"{cast.staff_row.pk}/leaver/")
    today = timezone.localdate()
    data = {
        "last_day_month": today.month,
        "last_day_day": today.day,
        "last_day_year": today.year,
        "notice": "at_end",
        "reason": "New job",
    }
    client = client_of(cast.coordinator)
    assert client.get(url).status_code == 200
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code == 303
    cast.staff_row.refresh_from_db()
    assert cast.staff_row.left_on == today
    assert news == [(cast.staff_row.email, "left")]
    assert AuditEvent.objects.filter(verb="reported leaver", reason="New job").count() == 1
    assert "Sasha Staff" in client.get(page(cast, "?left=1")).content.decode()


def last_day(day: dt.date, notice: str = "at_end") -> dict[str, Any]:
    given = {"last_day_month": day.month, "last_day_day": day.day, "last_day_year": day.year}
    return {**given, "notice": notice, "reason": ""}


def test_the_last_day_is_neither_before_the_start_nor_far_ahead(cast: Cast, client_of) -> None:
    url = page(cast, f"{cast.staff_row.pk}/leaver/")
    client = client_of(cast.coordinator)
    ahead = client.post(url, last_day(dt.date(2999, 1, 2)))
    assert "must be within a year from today" in ahead.text
    before = client.post(url, last_day(dt.date(2001, 1, 2)))
    assert "must not be before the start date" in before.text


@pytest.mark.parametrize(
    ("notice", "at_once", "at_end", "admin_reads"),
    [
        (
            "at_end",
            [],
            ["Your last working day at Harbor House"],
            "the portal tells them when the access ends",
        ),
        (
            "now",
            ["Your last working day at Harbor House"],
            ["Your last working day at Harbor House"] * 2,
            "now",
        ),
        ("agency", [], [], "The agency tells Sasha Staff; the portal sends no e-mail"),
    ],
)
def test_a_last_day_ahead_ends_the_work_that_night_and_the_person_is_told_when_it_was_chosen(
    cast: Cast, client_of, news, time_machine, mails, notice, at_once, at_end, admin_reads
) -> None:
    time_machine.move_to("2026-12-05T03:30:00Z")  # still December 4 in Connecticut
    url, last = page(cast, f"{cast.staff_row.pk}/leaver/"), dt.date(2026, 12, 5)
    client = client_of(cast.coordinator)
    answer = client.post(url, last_day(last, notice), follow=True)
    assert "Sasha Staff leaves: the last working day is December 5, 2026. Access ends after" in answer.text
    assert "Last day December 5, 2026" in answer.text
    assert ("the person is not told yet" in answer.text) == (notice != "now")
    assert [one.subject for one in mails(cast.staff)] == at_once
    [told] = mails(cast.admin)
    assert told.subject == "Sasha Staff leaves Harbor House"
    period = client.get(url).text
    assert "Until the end of December 5, 2026" in period
    assert "By December 7, 2026" in period  # the night after, and the 24 hours of the settings
    assert ("is shown and sent nothing" in period) == (notice != "now")
    assert admin_reads in " ".join(told.body_text.split())
    assert client.post(url, last_day(last, notice)).status_code == 303  # said already; told once
    assert leavers.let_announced_go(last) == 0
    assert [one.subject for one in mails(cast.staff)] == at_once
    assert news == []
    assert leavers.let_announced_go(last + dt.timedelta(days=1)) == 1
    assert leavers.let_announced_go(last + dt.timedelta(days=1)) == 0
    cast.staff_row.refresh_from_db()
    assert (cast.staff_row.left_on, cast.staff_row.leaves_on) == (last, None)
    assert news == [(cast.staff_row.email, "left")]
    assert [one.subject for one in mails(cast.staff)] == at_end
    assert len(mails(cast.admin)) == 1


@pytest.mark.parametrize(
    ("notice", "told"),
    [("at_end", []), ("agency", []), ("now", ["Your last working day at Harbor House"] * 2 + ["You stay with Harbor House"])],
)  # fmt: skip
def test_an_announced_last_day_is_moved_or_taken_back(cast: Cast, client_of, mails, notice, told) -> None:
    url, today = page(cast, f"{cast.staff_row.pk}/leaver/"), timezone.localdate()
    client = client_of(cast.coordinator)
    client.post(url, last_day(today + dt.timedelta(days=3), notice))
    client.post(url, last_day(today + dt.timedelta(days=9), notice))
    cast.staff_row.refresh_from_db()
    assert cast.staff_row.leaves_on == today + dt.timedelta(days=9)
    answer = client.post(url, {"stays": "yes"}, follow=True)
    assert "Sasha Staff stays on the roster." in answer.text
    assert client.post(url, {"stays": "yes"}).status_code == 303
    cast.staff_row.refresh_from_db()
    assert (cast.staff_row.leaves_on, cast.staff_row.leaving_notice) == (None, "")
    assert [one.subject for one in mails(cast.staff)] == told
    assert mails(cast.admin)[-1].subject == "Sasha Staff stays with Harbor House"


def test_who_is_not_told_yet_can_be_told_later_and_is_told_of_what_follows(
    cast: Cast, client_of, mails
) -> None:
    url, day = page(cast, f"{cast.staff_row.pk}/leaver/"), timezone.localdate() + dt.timedelta(days=3)
    client = client_of(cast.coordinator)
    assert "Select when the person is told" in client.post(url, last_day(day, "")).text
    client.post(url, last_day(day))
    assert not mails(cast.staff)
    client.post(url, last_day(day, "now"))
    assert len(mails(cast.staff)) == 1
    assert "Tell this person" not in client.get(url).text
    client.post(url, last_day(day + dt.timedelta(days=1), "agency"))
    assert len(mails(cast.staff)) == 2


def test_a_colleague_who_is_not_told_sees_nothing_of_it(cast: Cast, client_of, mails, time_machine) -> None:
    """An editor on the roster, who reads its pages: the list, its filter, the own report, the own tasks and training."""
    time_machine.move_to(timezone.now(), tick=False)
    row, day = cast.coordinator_row, timezone.localdate() + dt.timedelta(days=3)
    places = [
        page(cast), page(cast, "?state=leaving"), page(cast, f"{row.pk}/"), page(cast, f"{row.pk}/leaver/"),
        reverse(links.to(Page.OWN_TASKS)), reverse(links.to(Page.OWN_TRAINING)), reverse(links.to(Page.OWN_ACCOUNT)),
        reverse(links.to(Page.AGENCY_STEPS), args=[cast.agency.pk]),
    ]  # fmt: skip
    client = client_of(cast.coordinator)
    before = [seen(client, place) for place in places]
    client_of(cast.director).post(page(cast, f"{row.pk}/leaver/"), last_day(day))
    assert date_words(day) in client_of(cast.director).get(page(cast, "?state=leaving")).text
    assert [seen(client, place) for place in places] == before
    assert client.post(page(cast, f"{row.pk}/leaver/"), {"stays": "yes"}).status_code == 303
    row.refresh_from_db()
    assert row.leaves_on == day
    assert not mails(cast.coordinator)
    client.post(page(cast, f"{row.pk}/leaver/"), last_day(day))  # reports the same of themselves: they know
    assert [one.subject for one in mails(cast.coordinator)] == ["Your last working day at Harbor House"]
    assert date_words(day) in client.get(page(cast)).text


def test_whose_last_day_was_announced_before_this_was_asked_was_told(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.coordinator_row.pk).update(left_on=timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE agencies_staff DROP CONSTRAINT staff_leaving_notice_chosen")
    Staff.objects.filter(pk=cast.staff_row.pk).update(leaves_on=timezone.localdate())
    import_module("agencies.migrations.0019_ask_when_leavers_are_told").were_told(apps, None)
    told = dict(Staff.objects.values_list("pk", "leaving_notice"))
    assert (told[cast.staff_row.pk], told[cast.coordinator_row.pk]) == ("now", "")


def seen(client: Any, place: str) -> str:
    """The text of a page without what differs at every reading of it."""
    text = client.get(place, follow=True).text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>|nonce-\S+", " ", text))


def test_a_leaver_whose_access_was_never_decided_is_told_when_the_agency_says_so(cast: Cast, mails) -> None:
    leavers.report_leaver(staff=cast.staff_row, by=cast.director, last_day=timezone.localdate())
    [told] = mails(cast.staff)
    assert told.subject == "Your last working day at Harbor House"


@pytest.mark.parametrize("role", ["director", "security", "privacy"])
def test_somebody_without_access_needs_no_project(cast: Cast, client_of, role: str) -> None:
    nobody = typed(cast, hmis_role=role, access_level="none", projects=[])
    assert client_of(cast.director).post(page(cast, "add/"), nobody).status_code == 302
    assert not Staff.objects.get(email="sam@harbor.example").projects.exists()
    works = typed(cast, email="other@harbor.example", hmis_role=role, access_level="view", projects=[])
    assert "Select at least one project" in client_of(cast.director).post(page(cast, "add/"), works).text


def test_return(cast: Cast, client_of, news) -> None:
    leavers.report_leaver(staff=cast.staff_row, by=cast.director, last_day=timezone.localdate())
    url = page(cast, f"{cast.staff_row.pk}/return/")
    data = {"start_date_month": "2", "start_date_day": "1", "start_date_year": "2027"}
    client = client_of(cast.director)
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code == 303
    cast.staff_row.refresh_from_db()
    assert cast.staff_row.left_on is None
    assert [kind for _email, kind in news] == ["left", "returned"]


def test_return_beside_a_new_row_with_the_same_address_is_refused(cast: Cast) -> None:
    leavers.report_leaver(staff=cast.staff_row, by=cast.director, last_day=timezone.localdate())
    StaffFactory(agency=cast.agency, email=cast.staff_row.email)
    with pytest.raises(GuardFailed):
        services.return_staff(staff=cast.staff_row, by=cast.director, start_date=timezone.localdate())


def test_remove_while_nothing_hangs_on_it(cast: Cast) -> None:
    row = StaffFactory(agency=cast.agency)
    assert services.remove_staff(staff=row, by=cast.director)
    assert not Staff.objects.filter(pk=row.pk).exists()
    assert AuditEvent.objects.filter(verb="removed staff", agency_id=cast.agency.pk).exists()


def test_rows_stand_still_while_the_application_is_away(cast: Cast, client_of) -> None:
    Application.objects.create(
        agency=cast.agency,
        reference="APP-TEST-0001",
        state="submitted",
        started_by=cast.director,
        submitted_at=timezone.now(),
    )
    client = client_of(cast.director)
    assert client.post(page(cast, "add/"), typed(cast)).status_code == 303
    with pytest.raises(WrongState):
        services.change_staff(staff=cast.staff_row, by=cast.director, data={"title": "Boss"})
    leavers.report_leaver(staff=cast.staff_row, by=cast.director, last_day=timezone.localdate())  # always
    text = client.get(page(cast)).content.decode()
    assert "The application is being reviewed" in text
    assert "Add a person" not in text


def test_another_agencys_person_is_not_found(cast: Cast, client_of) -> None:
    assert client_of(cast.director).get(page(cast, f"{cast.other_staff_row.pk}/")).status_code == 404


def invited_staff(cast: Cast, commits) -> tuple[Staff, Invitation]:
    row = StaffFactory(agency=cast.agency, email="wrong@harbor.example", first_name="Sam", last_name="Lee")
    row.projects.add(cast.project)
    with commits():
        invitation = invitations.invite_staff(staff=row, by=cast.admin)
    assert invitation
    return row, invitation


def test_invitations_of_staff_are_listed_and_sent_again(cast: Cast, client_of, commits, mailoutbox) -> None:
    row, invitation = invited_staff(cast, commits)
    client = client_of(cast.coordinator)
    page = client.get(f"/agencies/{cast.agency.pk}/staff/").text
    assert page.count("Invited, no account yet") == 1
    assert page.count("Send invitation again") == 1
    url = reverse("agencies:resend_invitation", args=[cast.agency.pk, invitation.pk])
    assert client.post(url)["Location"] == f"/agencies/{cast.agency.pk}/staff/"
    assert [mail.to for mail in mailoutbox] == [[row.email]] * 2
    assert client_of(cast.signatory).post(url).status_code == 403
    assert client_of(cast.stranger).post(url).status_code == 404


def test_a_wrong_address_of_an_invited_person_is_corrected_and_the_old_link_ends(
    cast: Cast, client_of, commits, mailoutbox
) -> None:
    row, invitation = invited_staff(cast, commits)
    old = urlsplit(emails.invitation_link(str(invitation.pk))).path
    with commits():
        services.change_staff(
            staff=row, by=cast.director, data={"email": "Right@harbor.example\u200b", "last_name": "Li"}
        )
    row.refresh_from_db()
    assert row.user
    assert (row.email, row.user.email, row.user.last_name) == ("right@harbor.example",) * 2 + ("Li",)
    assert mailoutbox[-1].to == ["right@harbor.example"]
    assert client_of(None).get(old).status_code == 410
    assert User.objects.filter(email="wrong@harbor.example").count() == 0
    with pytest.raises(GuardFailed, match="has an account already"):
        services.change_staff(staff=row, by=cast.director, data={"email": cast.stranger.email})


def test_an_address_that_another_agency_invited_too_is_not_turned_to_a_new_one(cast: Cast, commits) -> None:
    row, _invitation = invited_staff(cast, commits)
    StaffFactory(agency=cast.other_agency, email=row.email, user=User.objects.get(email=row.email))
    with pytest.raises(GuardFailed, match="invited by another agency too"):
        services.change_staff(staff=row, by=cast.director, data={"email": "mine@harbor.example"})
    assert User.objects.filter(email="wrong@harbor.example").exists()


def test_the_address_of_an_account_is_its_owners_alone(cast: Cast) -> None:
    services.change_staff(staff=cast.staff_row, by=cast.director, data={"email": "else@harbor.example"})
    assert User.objects.get(pk=cast.staff.pk).email == "staff@harbor.example"


def test_an_entry_that_another_tab_ended_or_removed_says_so(cast: Cast, client_of) -> None:
    client = client_of(cast.director)
    url = page(cast, f"{cast.staff_row.pk}/")
    leavers.report_leaver(staff=cast.staff_row, by=cast.coordinator, last_day=dt.date(2026, 11, 2))
    answer = client.post(url, typed(cast, first_name="Sasha"), follow=True)
    assert "Sasha Staff is reported as a leaver: the last working day was November 2, 2026." in answer.text
    row = StaffFactory(agency=cast.agency)
    services.remove_staff(staff=row, by=cast.coordinator)
    gone = client.get(page(cast, f"{row.pk}/"))
    assert gone.status_code == 404
    assert f"was removed by {cast.coordinator}" in gone.text
