"""Two people at the same moment, on two connections: one wins, the other is told, nothing happens twice."""

import pytest
from django.utils import timezone

from hmis_portal.models import AuditEvent, Message
from hmis_portal.web.errors import WrongState
from onboarding.access import recompute
from onboarding.models import Access, Application
from onboarding.services import perform
from onboarding.workflow import AccessVerb, Account
from tests.factories import UserFactory
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_reviewers_take_it(cast):
    application = Application.objects.create(
        agency=cast.agency,
        reference="APP-1",
        state="submitted",
        started_by=cast.director,
        submitted_at=timezone.now(),
    )
    other = UserFactory(groups=("HMIS Admin",))
    results = at_once(
        lambda: perform(Application.objects.get(pk=application.pk), "take", by=cast.admin),
        lambda: perform(Application.objects.get(pk=application.pk), "take", by=other),
    )
    assert sorted(type(result).__name__ for result in results) == ["Application", "WrongState"]
    winner = next(result for result in results if isinstance(result, Application))
    application.refresh_from_db()
    assert application.reviewer_id == winner.reviewer_id
    assert AuditEvent.objects.filter(verb="take").count() == 1


def test_an_account_is_confirmed_twice_at_once(cast):
    cast.agency.state, cast.agency.live_at = "live", timezone.now()
    cast.agency.save()
    row = Access.objects.create(staff=cast.staff_row, state="ready")
    results = at_once(
        *(
            lambda: perform(
                Access.objects.get(pk=row.pk), AccessVerb.GRANT, by=cast.admin, given=Account("s")
            )
            for _ in range(3)
        )
    )
    assert sum(isinstance(result, WrongState) for result in results) == 2
    assert AuditEvent.objects.filter(verb="grant").count() == 1
    assert Message.objects.filter(name="onboarding/access_granted", user=cast.staff).count() == 1


def test_two_workers_recompute_at_once(cast):
    """The MOU is gone: both see the same, one suspends."""
    row = Access.objects.create(
        staff=cast.staff_row,
        state="granted",
        granted_at=timezone.now(),
        granted_by=cast.admin,
        account_name="s",
    )
    results = at_once(*(lambda: recompute.recompute(cast.agency.pk) for _ in range(2)))
    assert sorted(results) == [0, 1]
    row.refresh_from_db()
    assert (row.state, row.to_do) == ("suspended", "suspend")
    assert Message.objects.filter(name="onboarding/access_suspended", user=cast.staff).count() == 1
