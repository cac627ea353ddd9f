"""An application about which changes are asked for. Imports wait until Django is set up."""

import pytest


@pytest.fixture
def asked(cast, reference, complete, once):
    """Back at the agency with two remarks, on its towns and on the section of people."""

    from onboarding.models import Mou
    from onboarding.services import perform
    from tests.mou import issue_mou
    from tests.onboarding.review.verbs import remark

    def make():
        mou = issue_mou(cast)
        Mou.objects.filter(pk=mou.pk).update(state="signed", signed_at=mou.issued_at)
        perform(complete, "submit", by=cast.director)
        taken = perform(complete, "take", by=cast.admin)
        remark(taken, cast.admin)
        remark(taken, cast.admin, section="people", field="", place="People", text="Who is who?")
        return perform(taken, "request_changes", by=cast.admin)

    return once(make)
