"""Two agencies of which something is owed: one on its way, one that is live."""

import datetime as dt

from django.utils import timezone

from agencies.models import AgencyRole, Funder
from agencies.services import invitations
from onboarding.models import Access, Condition, Mou
from tests.factories import ProjectFactory
from tests.onboarding.journey.maker import Maker


def day(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def in_training(cast, name="Maple") -> Maker:
    """An agency with a reported condition, an unready person and one who has not accepted."""
    maker = Maker(cast, name).agreed("ready", "not_ready").condition()
    Access.objects.filter(state="not_ready", staff__agency=maker.agency).update(
        reasons=["Privacy is missing."]
    )
    invitations.invite(
        agency=maker.agency, email=f"new@{name}.example", role=AgencyRole.EDITOR, by=cast.director
    )
    return maker


def live(cast, name="Live") -> Maker:
    """With a grant and an MOU that end, an account to make, and a condition for later."""
    maker = Maker(cast, name).agreed("granted", "ready").is_("live")
    maker.condition()
    Condition.objects.filter(application=maker.one).update(blocks_go_live=False, due_on=day(-2))
    project = ProjectFactory(agency=maker.agency, project_name="Harbor")
    for funder, end in ((2, day(60)), (3, day(200)), (4, day(30))):
        Funder.objects.create(project=project, funder=funder, start_date=day(-300), end_date=end)
    Funder.objects.create(project=project, funder=4, start_date=day(31), end_date=day(400))  # follows
    Mou.objects.filter(agency=maker.agency).update(term_ends_on=day(80))
    return maker
