"""A difference turned into something to be done in the HMIS, by a person, and confirmed as done by one."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit
from hmis_portal.web.errors import GuardFailed
from onboarding.access.hmis import vendor
from onboarding.events import OnboardingEvent
from onboarding.models import Access, Difference, HmisLink

# What is asked for by whoever turns a difference into a thing to do.
ASKS = {
    Difference.Kind.NO_RIGHT.value: Access.ToDo.CLOSE.value,
    Difference.Kind.NO_ACCOUNT.value: vendor.CREATE,
    Difference.Kind.WRONG.value: Access.ToDo.CHANGE.value,
    Difference.Kind.IDLE.value: Access.ToDo.SUSPEND.value,
}


def asks(difference: Difference) -> str:
    return str(vendor.KINDS[ASKS[difference.kind]])


def reference(difference: Difference) -> str:
    return f"D{difference.pk}"


def table_rows(kind: str = "") -> Iterator[list[str]]:
    """Those that are to be done, as rows of `vendor.table`."""
    for row in asked():
        if kind in ("", ASKS[row.kind]):
            cells = dict.fromkeys(vendor.headings(), "")
            cells |= {
                _("Reference"): reference(row), _("To do"): asks(row), _("Last name"): row.name,
                _("Organization"): row.organization, _("Why"): row.why, _("User name"): row.user_name,
            }  # fmt: skip
            yield list(cells.values())


def asked() -> QuerySet[Difference]:
    """Turned into a thing to do, and not confirmed as done yet."""
    rows = Difference.objects.filter(over_at=None, asked_at__isnull=False, done_at=None)
    return rows.select_related("access__staff").order_by("asked_at", "pk")


@transaction.atomic
def ask(rows: QuerySet[Difference], *, by: User, ip: str | None) -> int:
    """Put these on the list of what is to be done in the HMIS; those on it stay as they are."""
    waiting = list(rows.select_for_update(of=("self",)).filter(over_at=None, asked_at=None))
    for row in waiting:
        row.asked_by, row.asked_at = by, timezone.now()
        row.save(update_fields=["asked_by", "asked_at"])
        _record(row, OnboardingEvent.DIFFERENCE_ASKED, by, ip)
    return len(waiting)


@transaction.atomic
def confirm(rows: QuerySet[Difference], *, by: User, ip: str | None) -> int:
    """Confirm as done in the HMIS; a later list that says otherwise opens it again."""
    waiting = list(rows.select_for_update(of=("self",)).filter(asked_at__isnull=False, done_at=None))
    for row in waiting:
        row.done_by, row.done_at = by, timezone.now()
        row.save(update_fields=["done_by", "done_at"])
        _record(row, OnboardingEvent.DIFFERENCE_DONE, by, ip)
    return len(waiting)


@transaction.atomic
def link(difference: Difference, *, email: str, by: User) -> HmisLink:
    """Say whose the account of a difference is; the next comparison knows it."""
    person = User.objects.filter(email__iexact=email).first()
    if person is None:
        raise GuardFailed(_("Nobody has an account in the portal with this e-mail address"))
    row, _made = HmisLink.objects.update_or_create(
        user_key=difference.user_name.lower(),
        defaults={"person": person, "linked_by": by, "linked_at": timezone.now()},
    )
    audit.record(
        by=by, verb=OnboardingEvent.ACCOUNT_LINKED, obj=person, data={"user_name": difference.user_name}
    )
    return row


def _record(row: Difference, verb: OnboardingEvent, by: User, ip: str | None) -> None:
    agency_id = row.access.staff.agency_id if row.access else None
    data = {"kind": row.kind, "user_name": row.user_name, "name": row.name, "why": row.why}
    audit.record(by=by, verb=verb, obj=row, agency_id=agency_id, data=data, ip=ip)
