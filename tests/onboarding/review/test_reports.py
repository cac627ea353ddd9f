"""The reports: what each figure counts, that its link opens as many rows, the pictures, the CSV, narrowing."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from agencies.models import ContinuumOfCare
from hmis_portal.desk import charts
from onboarding.admin.reports import pages, panels
from onboarding.journey.reports import counting, decisions, spans
from onboarding.journey.reports.narrowing import Narrowing, midnight
from onboarding.models import Access, Remark, Revision
from tests.applications import make_application, make_mou
from tests.factories import AgencyFactory, CoCFactory, StaffFactory
from tests.onboarding.review.helpers import recorded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
PAGE = "admin:onboarding_reports"
YEAR = Narrowing(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
JUNE = dt.date(2026, 6, 1)
FIGURE = re.compile(r'<a href="([^"]*\?figure=[^"]*)">(\d+)<')


def on(month, day, hour=12):
    return midnight(dt.date(2026, month, day)) + dt.timedelta(hours=hour)


@pytest.fixture
def approved_in_june(cast):
    """Sent on May 29, sent back, sent again on June 4, approved on June 10 late in the evening, live on July 7."""
    agency = AgencyFactory(created_at=on(5, 1), state="live", live_at=on(7, 7))
    application = make_application(
        agency, by=cast.director, state="approved", reviewer=cast.admin, started_at=on(5, 4),
        submitted_at=on(6, 4), decided_by=cast.admin, decided_at=on(6, 10, 23),
    )  # fmt: skip
    make_mou(agency, signatory=cast.signatory, by=cast.director, state="executed",
             issued_at=on(5, 4), signed_at=on(5, 5), executed_at=on(6, 12))  # fmt: skip
    Remark.objects.create(
        application=application,
        section="projects",
        text="Which beds?",
        written_by=cast.admin,
        sent_at=on(6, 1),
    )
    recorded(application, "request_changes", on(6, 1), cast.admin, "changes_requested")
    Revision.objects.create(
        application=application, number=2, snapshot={}, submitted_by=cast.director, submitted_at=on(6, 4)
    )
    recorded(application, "approve", on(6, 10, 23), cast.admin, "approved")
    return application


@pytest.fixture
def others(cast):
    """One approved as first sent, in another CoC; one declined; one that waits."""

    def make(**more):
        agency = AgencyFactory(created_at=on(5, 1))
        return make_application(agency, by=cast.director, started_at=on(5, 4), **more)

    decided = {"decided_by": cast.admin, "reviewer": cast.admin}
    at_once = make(state="approved", submitted_at=on(6, 1), decided_at=on(6, 3), **decided)
    at_once.agency.cocs.add(CoCFactory(code="CT-503", name="Fairfield County"))
    recorded(at_once, "approve", on(6, 3), cast.admin, "approved")
    declined = make(state="declined", submitted_at=on(8, 3), decided_at=on(8, 4), **decided)
    recorded(declined, "decline", on(8, 4), cast.admin, "declined")
    return at_once, declined, make(state="submitted")


def test_each_step_is_counted_in_business_days_of_new_york(approved_in_june, others):
    counting.count()
    known = spans.lengths(counting.of(YEAR))
    assert known["started"][None] == spans.Length(4, 1, 1)  # from Friday to Monday
    assert known["decided"][JUNE] == spans.Length(
        2, 3, 4
    )  # 4 days and 2; the evening of June 10 is not June 11
    assert known["decided"][None] == spans.Length(3, 2, 4)
    assert known["changed"][None] == known["changed"][JUNE] == spans.Length(1, 3, 3)
    assert known["changed"][dt.date(2026, 7, 1)] == spans.Length()
    assert known["counter_signed"][None] == spans.Length(1, 2, 2)
    assert known["trained"][None] == spans.Length(
        1, 15, 15
    )  # without Juneteenth and the Friday before the Fourth
    assert known["whole"][None].count == 1


def test_decisions_rate_and_reasons_are_those_of_the_record(approved_in_june, others):
    counting.count()
    months = decisions.by_month(counting.of(YEAR))
    assert months[JUNE].done == {"approve": 2, "request_changes": 1, "decline": 0}
    assert (months[JUNE].at_once, months[None].at_once) == (1, 1)
    assert months[dt.date(2026, 8, 1)].done["decline"] == 1
    assert decisions.reasons(counting.of(YEAR)) == {"projects": 1}


def test_every_figure_opens_a_list_of_as_many_rows(approved_in_june, others, cast, client_of, time_machine):
    time_machine.move_to(on(12, 1))
    client = client_of(cast.admin)
    coc = ContinuumOfCare.objects.get(code="CT-503")
    for narrowed in ("period=2026", f"period=2026&coc={coc.pk}", f"period=2026&reviewer={cast.admin.pk}"):
        found = FIGURE.findall(client.get(f"{reverse(PAGE)}?{narrowed}").text)
        assert len(found) > 5, narrowed
        for url, figure in found:
            assert client.get(url.replace("&amp;", "&")).context["cl"].result_count == int(figure), url


def test_people_by_access_open_the_list_of_as_many(cast, client_of):
    states = [*Access.State, Access.State.GRANTED, Access.State.NOT_READY, Access.State.NOT_READY]
    for number, state in enumerate(states):
        staff = StaffFactory(agency=cast.agency, left_on=dt.date(2026, 5, 1) if number % 2 else None)
        made = {"granted_by": cast.admin, "granted_at": on(6, 1)} if state in ("granted", "suspended") else {}
        Access.objects.create(staff=staff, state=state, **made)
    client, counted = client_of(cast.admin), pages.people_by_access(counting.count().people)
    assert sum(people for _label, people, _url in counted) == Access.objects.count() > len(states) - 1
    text = client.get(reverse(PAGE)).text
    for label, people, url in counted:
        assert f'<a href="{url}">{people}</a>' in text, label
        assert client.get(url).context["cl"].result_count == people, label


def test_a_link_that_cannot_be_read_opens_an_empty_list(approved_in_june, cast, client_of):
    queue = reverse("admin:onboarding_application_changelist")
    for figure in (
        "at.live~2026-01-01~2026-12-31~~~",
        "took.nothing~2026-01-01~2026-12-31~~~",
        "x",
        "did.approve~2026-01-01~9999-12-31~~~",
    ):
        answer = client_of(cast.admin).get(queue, {"figure": figure})
        assert (answer.status_code, answer.context["cl"].result_count) == (200, 0), figure


def test_the_page_has_pictures_with_words_and_a_fixed_number_of_queries(
    approved_in_june, others, cast, client_of, django_assert_max_num_queries
):
    client = client_of(cast.auditor)
    counting.count()
    with django_assert_max_num_queries(20):
        page_text = client.get(reverse(PAGE)).text
    for words in (
        "Agencies by step",
        "Days from step to step",
        "Decisions by month",
        "What changes were asked for",
    ):
        assert words in page_text
    assert page_text.count('role="img"') == 12
    assert page_text.count("<desc id=") == 12
    assert " style=" not in page_text
    assert client_of(cast.trainer).get(reverse(PAGE)).status_code == 403
    wrong = client.get(reverse(PAGE), {"period": "1", "coc": "x"})
    assert "Select a valid choice" in wrong.text


def test_each_table_is_a_csv(approved_in_june, others, cast, client_of):
    client = client_of(cast.auditor)
    counting.count()
    for panel in panels.all_of(YEAR, counting.of(YEAR)):
        answer = client.get(reverse("admin:onboarding_reports_csv", args=[panel.key]) + "?period=2026")
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert len(lines) == len(panel.csv), panel.key
        assert lines[0].startswith(panel.csv[0][0])
    assert client.get(reverse("admin:onboarding_reports_csv", args=["other"])).status_code == 404
    assert (
        client_of(cast.trainer).get(reverse("admin:onboarding_reports_csv", args=["days"])).status_code == 403
    )


def test_a_picture_keeps_its_figures_in_proportion():
    rows = charts.bars("a", "A", "", [("One", [1, 1]), ("Two", [4, 0])]).bars
    assert [float(part.width[:-1]) for bar in rows for part in bar.parts] == [20.5, 20.5, 82]
    drawn = charts.lines("b", "B", "", ["Jan", "Feb", "Mar", "Apr"], [("Median", [3, None, 4, 8])])
    assert [mark.text for mark in drawn.beside] == ["0", "4", "8"]
    (line,) = drawn.lines
    assert (len(line.points), len(line.stretches)) == (3, 1)  # the month without a figure breaks it
    assert line.points[-1].y == f"{charts.TOP:.1f}"
