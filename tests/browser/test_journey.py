"""The whole journey in a real browser, against the real web server, worker, beat, PostgreSQL and Redis.

Each test is one of the eight points, and last a year of life after them, and goes on where the one before it ended; when one fails, the rest are skipped.
Every page on the way has its status and heading asserted, is scanned by axe-core, must not scroll sideways at 390 and
320 pixels, and with `--pictures` leaves its pictures in test-results/screens.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import (
    agreeing,
    applying,
    granting,
    living,
    opening,
    reminding,
    reviewing,
    signing,
    training_days,
    visitor,
)
from tests.browser.looking import SCREENS, Camera, empty
from tests.browser.story import CASE_WORKER, COLLEAGUE, Story
from tests.servers import LivePortal

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def story(live_portal: LivePortal, browser: Browser) -> Iterator[Story]:
    empty(SCREENS)
    told = Story(live_portal, browser, Camera())
    yield told
    told.close()


@pytest.fixture(autouse=True)
def _chapter(story: Story, request: pytest.FixtureRequest) -> Iterator[None]:
    """One chapter: begins only where the one before it ended well, and ends with what the camera found."""
    if story.broken:
        pytest.skip(f"The walk ended in {story.broken}.")
    story.broken = request.node.name
    yield
    problems, story.camera.problems = story.camera.problems, []
    assert not problems, "\n".join(problems)


def test_1_a_visitor_reads_asks_and_checks(story: Story) -> None:
    visitor.reads_what_joining_means(story)
    visitor.asks_a_question(story)
    visitor.is_sent_to_a_comparable_database(story)
    visitor.checks_eligibility(story)
    story.broken = ""


def test_2_a_director_opens_the_agency(story: Story) -> None:
    opening.signs_up(story)
    opening.opens_the_agency(story)
    opening.confirms_the_requirements(story)
    opening.invites_a_colleague(story)
    opening.names_the_signatory(story)
    story.broken = ""


def test_3_the_application_is_filled_in(story: Story) -> None:
    applying.begins(story)
    applying.fills_in_the_agency(story)
    applying.adds_a_project(story)
    applying.lists_staff(story)
    applying.answers_readiness(story)
    applying.adds_documents_and_declares(story)
    story.broken = ""


def test_4_the_signatory_signs(story: Story) -> None:
    signing.signs_the_mou(story)
    story.broken = ""


def test_5_it_is_reviewed_and_executed(story: Story) -> None:
    reviewing.sends_the_application(story)
    reviewing.takes_it_and_asks_for_changes(story)
    reviewing.answers_the_remark(story)
    reviewing.approves(story)
    reviewing.counter_signs(story)
    reviewing.everybody_has_the_executed_mou(story)
    story.broken = ""


def test_6_staff_are_trained(story: Story) -> None:
    granting.second_manager(story)
    training_days.staff_accept(story)
    training_days.signs_the_agreement(story, "case worker", "Sasha Lindqvist", pictures=True)
    training_days.signs_the_agreement(story, "colleague", "Chris Okafor")
    training_days.trainer_records(story)
    training_days.certificate_is_downloaded(story)
    training_days.says_where_codes_go(
        story, "case worker", CASE_WORKER, "860-555-0177", picture="sign-in-codes"
    )
    training_days.says_where_codes_go(story, "colleague", COLLEAGUE, COLLEAGUE)
    story.broken = ""


def test_7_access_is_granted(story: Story) -> None:
    granting.agency_is_live(story)
    granting.accounts_are_confirmed(story)
    granting.all_six_steps_are_done(story)
    story.broken = ""


def test_8_reminders_come_once(story: Story) -> None:
    reminding.each_comes_once(story)
    story.broken = ""


def test_9_a_year_after_go_live(story: Story) -> None:
    living.a_new_hire_comes_by_a_list(story)
    living.the_phone_changes(story)
    living.a_deputy_is_named(story)
    living.the_quarter_is_confirmed(story)
    agreeing.notice_is_given(story)
    agreeing.the_leaver_is_closed_by_a_list(story)
    living.a_new_director_takes_over(story)
    living.a_new_project_begins(story)
    living.the_project_is_set_up(story)
    agreeing.the_list_of_the_hmis_is_compared(story)
    agreeing.the_morning_tells_of_it(story)
    story.broken = ""
