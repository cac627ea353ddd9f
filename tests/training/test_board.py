"""The agency's board: who stands where, who holds up go-live, reminding; and a supervisor's team."""

import csv
import datetime as dt
import io
import re

import pytest
from django.urls import reverse

from hmis_portal.models import AuditEvent, GoLiveRule, Message
from tests.factories import StaffFactory, UserFactory
from training import selectors, services
from training.models import Course, Requirement
from training.requirements.board import Board, Filters, HoldUp

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_june")]


@pytest.fixture
def board_url(opened):
    return reverse("training:agency", args=[opened.agency.pk])


def complete(cast, person, *, but=0):
    """Everything that is asked of a person, but for so many of the courses."""
    rows = Requirement.objects.open().filter(person=person).select_related("course", "staff")
    mandatory = rows.filter(course__mandatory=True).order_by("course__position")
    for row in list(mandatory)[but:]:
        own = {"source": "signature", "staff": row.staff} if row.course.is_agreement else {"score": 95}
        services.record_completion(
            services.Result(person=person, course=row.course, completed_on=dt.date(2026, 6, 12), **own),
            by=cast.trainer,
        )


def hold_up(cast, rule=GoLiveRule.ALL_STAFF):
    cast.agency.refresh_from_db()
    return HoldUp.of(cast.agency, selectors.agency_statuses(cast.agency), rule)


def test_what_would_move_the_day_is_said(opened, client_of, board_url):
    page = client_of(opened.director).get(board_url).text
    assert "2 people are not ready yet, and the agency goes live when everybody is." in page
    complete(opened, opened.coordinator, but=1)
    complete(opened, opened.staff, but=1)
    assert (
        "“Privacy and security awareness” is all that is missing for 2 of them." in hold_up(opened).sentence
    )
    complete(opened, opened.coordinator)
    alone = (
        f"Go-live waits for {opened.staff_row.name} alone: 1 course to complete. 1 person is ready and waits."
    )
    assert hold_up(opened).sentence == alone
    complete(opened, opened.staff)
    assert hold_up(opened).sentence == ""
    assert "What go-live waits for" not in client_of(opened.director).get(board_url).text


CELL = re.compile(
    r'<td data-label="([^"]+)"><span class="status status--(\w+)">([^<]+)</span>\s*<span class="hint">([^<]+)</span>'
)
OWN = re.compile(
    r'<li class="task".*?<strong>([^<]+)</strong>\s*<p class="hint">([^<]+)</p>.*?class="status status--(\w+)">([^<]+)<',
    re.DOTALL,
)


def test_a_cell_says_what_the_person_and_the_file_are_told(opened, client_of, board_url):
    """Of every course in another state."""
    asked = Requirement.objects.open().filter(person=opened.staff).select_related("course").order_by("course")
    done, failed, waived, proof, _agreement = sorted(asked, key=lambda row: row.course.is_agreement)
    day = dt.date(2026, 6, 12)
    for row, score in ((done, 95), (failed, 10)):
        Course.objects.filter(pk=row.course.pk).update(min_score=80)
        row.course.refresh_from_db()
        services.record_completion(
            services.Result(person=opened.staff, course=row.course, completed_on=day, score=score),
            by=opened.trainer,
        )
    services.waive(
        person=opened.staff, course=waived.course, first_on=day, last_on=dt.date(2026, 6, 30), reason="On leave",
        by=opened.admin,
    )  # fmt: skip
    services.upload_evidence(
        person=opened.staff, course=proof.course, data=b"%PDF-1.4", kind="pdf", filename="p.pdf", claimed_on=day,
        by=opened.staff,
    )  # fmt: skip
    name = opened.staff_row.name
    row = client_of(opened.director).get(board_url, {"name": name}).text.split(f'<th scope="row">{name}')[1]
    cells = {
        course: (tone, label, words) for course, tone, label, words in CELL.findall(row.split("</tr>")[0])
    }
    own = {
        course: (tone, label, words.strip())
        for course, words, tone, label in OWN.findall(
            client_of(opened.staff).get(reverse("training:mine")).text
        )
    }
    assert cells == own
    assert {label for _tone, label, _words in cells.values()} == {
        "Completed", "Not passed yet", "Waived", "Proof being checked", "Not yet started",
    }  # fmt: skip
    file = client_of(opened.director).get(
        reverse("training:agency_csv", args=[opened.agency.pk]), {"name": name}
    )
    lines = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    assert {line["Course"]: (line["Status"], line["In words"]) for line in lines} == {
        course: (label, words) for course, (_tone, label, words) in cells.items()
    }


def test_by_the_other_rule_only_who_is_needed_holds_it_up(opened):
    StaffFactory(agency=opened.agency, user=UserFactory(), hmis_role="data_entry")
    complete(opened, opened.coordinator)
    rule = GoLiveRule.COORDINATOR_AND_ONE
    assert "one more person" in hold_up(opened, rule).sentence
    complete(opened, opened.staff)
    assert hold_up(opened, rule).people == ()


def test_nobody_holds_up_an_agency_that_is_live(opened):
    from agencies.models import Agency

    Agency.objects.filter(pk=opened.agency.pk).update(state="live", live_at="2026-06-01T12:00:00Z")
    assert hold_up(opened).people == ()


def test_the_list_is_narrowed_by_state_course_and_name(opened, client_of, board_url):
    complete(opened, opened.staff)
    statuses = selectors.agency_statuses(opened.agency)

    def names(**given):
        return [status.staff.name for status in Board(statuses, Filters.of(given)).shown]

    assert names(name=" SASHA ") == [opened.staff_row.name]
    assert opened.staff_row.name in names(state="done", course="privacy-security")
    assert opened.staff_row.name not in names(state="open", course="privacy-security")
    assert names(state="late") == []
    assert names(course="no-such-course") == []
    assert len(names(state="no such state")) == len(statuses)
    manager = client_of(opened.director)
    assert 'class="board-filters no-print"' in manager.get(board_url).text
    on_paper = manager.get(board_url, {"name": "sasha"}).text  # the printed list says to what it is narrowed
    assert 'class="board-filters"' in on_paper


def test_one_mail_a_person_a_day(opened, client_of, board_url):
    director, url = client_of(opened.director), reverse("training:remind", args=[opened.agency.pk])
    said = director.post(url, {"state": "open"}, follow=True)
    assert "We wrote to 2 people." in said.text
    mails = Message.objects.filter(name="training/asked")
    assert {mail.user for mail in mails} == {opened.staff, opened.coordinator}
    assert "Dana Director asks you to complete" in mails.first().body_text
    assert AuditEvent.objects.filter(verb="reminded of training", actor=opened.director).count() == 2
    again = director.post(url, {"staff": opened.staff_row.pk}, follow=True)
    assert "1 person was reminded today already." in again.text
    assert mails.count() == 2
    assert client_of(opened.auditor).post(url).status_code == 403
    assert client_of(opened.stranger).post(url).status_code == 404


def test_the_list_as_csv_holds_each_course_and_no_formula(opened, client_of):
    opened.staff_row.first_name = "=Sasha"
    opened.staff_row.save()
    url = reverse("training:agency_csv", args=[opened.agency.pk])
    file = client_of(opened.director).get(url, {"name": "Sasha"})
    lines = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    asked = Requirement.objects.open().filter(person=opened.staff)
    assert {line["Course"] for line in lines} == {row.course.title for row in asked.select_related("course")}
    assert {line["Name"] for line in lines} == {f"'{opened.staff_row.name}"}


def test_a_supervisor_sees_their_team_and_nobody_else(opened, client_of):
    opened.staff_row.supervisor_email = opened.coordinator.email.upper()
    opened.staff_row.save()
    url = reverse("training:team")
    page = client_of(opened.coordinator).get(url).text
    assert opened.staff_row.name in page
    assert "1 person" in page
    assert "Nobody names you as their supervisor" in client_of(opened.stranger).get(url).text
    told = client_of(opened.coordinator).post(reverse("training:remind_team"), follow=True)
    assert "We wrote to 1 person." in told.text
    none = client_of(opened.stranger).post(
        reverse("training:remind_team"), {"staff": opened.staff_row.pk}, follow=True
    )
    assert "Nobody among them has a course to complete." in none.text


def test_five_hundred_people_are_paged_in_twelve_queries(
    opened, client_of, board_url, django_assert_max_num_queries
):
    """The board of a large agency; its processor time is measured by `make bench`."""
    course = Course.objects.get(slug="privacy-security")
    staff = StaffFactory.create_batch(60, agency=opened.agency)
    for row in staff:
        row.user = UserFactory()
        row.save()
        Requirement.objects.create(
            person=row.user, course=course, assigned_on=dt.date(2026, 6, 1), due_on=dt.date(2026, 7, 1)
        )
    client = client_of(opened.director)
    client.get(board_url)
    with django_assert_max_num_queries(12):
        page = client.get(board_url).text
    assert "Page 1 of 2" in page
