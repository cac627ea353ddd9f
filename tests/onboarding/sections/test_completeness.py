"""Lists count complete sections in the database, pages look at each: both answer alike."""

from itertools import product

import pytest
from django.utils import timezone

from onboarding.models import SectionWork
from onboarding.sections import completeness

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("has_errors", "completed", "draft", "saved"),
    list(product([False, True], [False, True], [{}, {"city": "Bolton"}], [False, True])),
)
def test_a_section_counts_in_lists_as_its_page_says(application, has_errors, completed, draft, saved):
    now = timezone.now()
    SectionWork.objects.filter(application=application).delete()
    work = SectionWork.objects.create(
        application=application, section="agency", has_errors=has_errors, draft=draft,
        completed_at=now if completed else None, saved_at=now if saved else None,
    )  # fmt: skip
    counted = SectionWork.objects.filter(completeness.COMPLETE, pk=work.pk).exists()
    assert counted == completeness._status(work).is_complete
