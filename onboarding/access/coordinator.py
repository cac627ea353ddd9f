"""What an agency's coordinator hears of its people: one e-mail a day, however many of them it concerns."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction

from agencies.models import Agency, Staff
from hmis_portal.what_if import clock
from onboarding import emails
from onboarding.models import CoordinatorNews

Kind = CoordinatorNews.Kind


def add(staff: Staff, kind: CoordinatorNews.Kind, reasons: Sequence[str] = ()) -> None:
    """Put something into the next e-mail."""
    CoordinatorNews.objects.create(staff=staff, kind=kind, reasons=list(reasons), day=clock.today())


def tell(agencies: Collection[UUID] | None = None) -> None:
    """What was not told yet, for each of these agencies or of all that was not written to today. Safe to repeat."""
    news = CoordinatorNews.objects.order_by()
    told_today = news.filter(told_on=clock.today()).values("staff__agency")
    waiting = Agency.objects.filter(pk__in=news.filter(told_on=None).values("staff__agency"))
    waiting = waiting if agencies is None else waiting.filter(pk__in=agencies)
    for agency in waiting.exclude(pk__in=told_today).order_by("pk"):
        _tell(agency)


@transaction.atomic
def _tell(agency: Agency) -> None:
    """The rows and the e-mails are written together, so none is told twice and none is left out."""
    rows = CoordinatorNews.objects.filter(staff__agency=agency, told_on=None).select_related("staff__user")
    news = list(rows.select_for_update(of=("self",), skip_locked=True))
    if news:
        emails.people_digest(agency, news)
        CoordinatorNews.objects.filter(pk__in=[row.pk for row in news]).update(told_on=clock.today())
