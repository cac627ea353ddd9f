"""What an agency sends from the pages of its record."""

from django.urls import reverse
from django.utils import timezone

from onboarding.models import Mou, SectionWork
from tests.mou import issue_mou

WHERE = {
    "street": "7 New Street", "city": "Hartford", "region": "CT", "zip_code": "06103", "phone": "(860) 555-0199",
    "website": "",
}  # fmt: skip


def url(cast, section="agency", page="where", act="page"):
    return reverse(f"onboarding:record_{act}", args=[cast.agency.pk, section, page])


def home(cast):
    return reverse("onboarding:record", args=[cast.agency.pk])


def on(day):
    return {f"effective_on_{part}": str(getattr(day, part)) for part in ("month", "day", "year")}


def post(cast, client_of, page="where", section="agency", person=None, day=None, **data):
    work = SectionWork.objects.filter(section=f"record.{section}.{page}").first()
    given = {"version": str(work.version if work else 0), **data, **on(day or timezone.localdate())}
    return client_of(person or cast.coordinator).post(url(cast, section, page), given)


def executed(cast):
    mou = issue_mou(cast)
    now = timezone.now()
    Mou.objects.filter(pk=mou.pk).update(
        state="executed", signed_at=now, executed_at=now, term_ends_on="2031-01-01"
    )
    return Mou.objects.get(pk=mou.pk)


def takes_over(cast, client_of, position, name, email, person=None, **data):
    given = {
        f"{position}_is": "other", f"{position}_name": name, f"{position}_title": "Director",
        f"{position}_email": email, f"{position}_phone": "860-555-0123", f"{position}_extension": "", **data,
    }  # fmt: skip
    return post(cast, client_of, position, "people", person, **given)
