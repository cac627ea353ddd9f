"""What the desk's lists and the record call a row names its day in words."""

import datetime as dt

import pytest
from django.db.models import Model

from agencies.models import Agency, CEParticipation, HMISParticipation, User
from onboarding.models import AccessConfirmation
from training.models import Completion, Course, Waiver

DAY = dt.date(2026, 3, 1)
COURSE, PERSON = Course(title="HMIS basics"), User(first_name="Sasha", last_name="Staff")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            Completion(course=COURSE, person=PERSON, completed_on=DAY),
            "HMIS basics, Sasha Staff, March 1, 2026",
        ),
        (
            Waiver(course=COURSE, person=PERSON, last_on=DAY),
            "HMIS basics for Sasha Staff until March 1, 2026",
        ),
        (
            AccessConfirmation(agency=Agency(legal_name="Harbor House"), due_on=DAY),
            "Harbor House, March 1, 2026",
        ),
        (
            HMISParticipation(hmis_participation_type=1, hmis_participation_status_start_date=DAY),
            "HMIS participation from March 1, 2026",
        ),
        (
            CEParticipation(access_point=1, ce_participation_status_start_date=DAY),
            "Coordinated entry participation from March 1, 2026",
        ),
    ],
)
def test_a_row_names_its_day_in_words(row: Model, words: str) -> None:
    assert str(row) == words
