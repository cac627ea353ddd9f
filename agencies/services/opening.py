"""An agency comes into the portal, and a second account of the same agency is closed into the first."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import emails, locks, permissions
from agencies.events import AgenciesEvent
from agencies.models import Agency, AgencyRole, EligibilityCheck, Invitation, Person, Staff, User
from agencies.services import directory
from agencies.signals import StaffNews, staff_changed
from hmis_portal import audit
from hmis_portal.text import typed
from hmis_portal.web import links
from hmis_portal.web.errors import GuardFailed, WrongState
from hmis_portal.web.links import Page

OPENED_A_DAY = 5
# The answers of the eligibility check, which needs no account, in the session; keys are those of FACTS.
ELIGIBILITY = "eligibility"
ELIGIBILITY_LASTS = timedelta(days=30)

FACTS = (
    "legal_name", "common_name", "ein", "city", "phone", "services", "services_other", "victim_service_provider",
    "joining_reason", "required_by", "other_hmis",
)  # fmt: skip


def remember_eligibility(user: User, answers: Mapping[str, object]) -> None:
    """With the account, so that they are there on any device."""
    EligibilityCheck.objects.update_or_create(
        user=user, defaults={"answers": answers, "given_at": timezone.now()}
    )


def eligibility_of(user: User) -> dict[str, object] | None:
    """What was answered in the last days; None when nothing was."""
    rows = EligibilityCheck.objects.filter(user=user, given_at__gt=timezone.now() - ELIGIBILITY_LASTS)
    return rows.values_list("answers", flat=True).first()


def forget_eligibility(user: User) -> None:
    EligibilityCheck.objects.filter(user=user).delete()


@transaction.atomic
def open_agency(*, by: User, facts: Mapping[str, Any], title: str = "", ip: str | None = None) -> Agency:
    """Open an agency's account; whoever opens it manages it.

    `facts` has keys of FACTS. Nothing is said of other accounts with the same name: only the HMIS Admin sees those.
    """
    User.objects.select_for_update().get(pk=by.pk)  # two clicks of one person come one after the other
    if facts.get("victim_service_provider"):
        raise GuardFailed(_("A victim service provider uses a comparable database instead of the HMIS."))
    today = Agency.objects.filter(created_by=by, created_at__date=timezone.localdate())
    same = (
        today.exclude(state=Agency.State.LEFT).filter(legal_name__iexact=facts["legal_name"].strip()).first()
    )
    if same is not None:
        raise WrongState(
            _("You have opened this agency already."),
            back=reverse(links.to(Page.AGENCY_STEPS), args=[same.pk]),
        )
    if today.count() >= OPENED_A_DAY:
        raise GuardFailed(_("You have opened several agencies today. Write to support to open another."))
    agency = Agency(created_by=by, **{name: facts[name] for name in FACTS if name in facts})
    agency.legal_name = agency.legal_name.strip()
    agency.save()
    if title and title != by.title:
        by.title = title
        by.save(update_fields=["title"])
    permissions.grant(by, agency, AgencyRole.MANAGER)
    audit.record(
        by=by, verb=AgenciesEvent.OPENED_AGENCY, obj=agency, agency_id=agency.pk, ip=ip, after=agency.state,
        data={name: facts[name] for name in FACTS if name in facts},
    )  # fmt: skip
    forget_eligibility(by)
    emails.agency_opened(agency, to=by)
    return agency


@transaction.atomic
def move_people(*, duplicate: Agency, into: Agency, by: User, reason: str) -> dict[str, int]:
    """Move roles, open invitations and the roster of a duplicate; the caller closes the duplicate.

    A person listed in both stays as they are in `into`. Returns how many of each were moved.
    """
    if duplicate.pk == into.pk:
        raise GuardFailed(_("Choose another agency to move the people to."))
    locks.lock_agencies(duplicate.pk, into.pk)
    moved = {"people": 0, "invitations": 0, "staff": 0}
    told: list[User] = []
    for person, roles in permissions.people_with_roles(duplicate):
        for role in roles:
            permissions.revoke(person, duplicate, AgencyRole(role))
            permissions.grant(person, into, AgencyRole(role))
        moved["people"] += 1
        told.append(person)
    for invitation in Invitation.objects.select_for_update().filter(
        agency=duplicate, accepted_at__isnull=True, revoked_at__isnull=True
    ):
        same_invitation = Invitation.objects.filter(
            agency=into,
            user=invitation.user,
            role=invitation.role,
            accepted_at__isnull=True,
            revoked_at__isnull=True,
        )
        if same_invitation.exists():
            invitation.revoked_at = timezone.now()
            invitation.save(update_fields=["revoked_at"])
        else:
            invitation.agency = into
            invitation.person = Person.objects.at(into.pk, invitation.user.email)
            invitation.save(update_fields=["agency", "person"])
            moved["invitations"] += 1
    moved["staff"] = _move_roster(duplicate, into, by)
    event = audit.record(
        by=by, verb=AgenciesEvent.MOVED_PEOPLE_TO_ANOTHER_AGENCY, obj=duplicate, agency_id=duplicate.pk, reason=reason,
        data={"into": str(into.pk), "name": into.legal_name, **moved},
    )  # fmt: skip
    audit.record(
        by=by, verb=AgenciesEvent.TOOK_OVER_PEOPLE_OF_A_DUPLICATE, obj=into, agency_id=into.pk, reason=reason,
        data={"from": str(duplicate.pk), "name": duplicate.legal_name, **moved},
    )  # fmt: skip
    emails.agencies_merged(duplicate, into, to=told, event_id=event.pk)
    return moved


def _move_roster(duplicate: Agency, into: Agency, by: User) -> int:
    listed = {typed.email(email) for email in into.staff.current().values_list("email", flat=True)}
    people = set(into.staff.current().exclude(user=None).values_list("user_id", flat=True))
    moved = 0
    for row in duplicate.staff.select_for_update():
        if typed.email(row.email) in listed or row.user_id in people:
            continue
        row.projects.clear()
        row.agency, row.person, row.supervised_by = into, None, None
        row.save(update_fields=["agency", "person", "supervised_by"])
        if row.left_on is None:
            directory.link(row, by=by)
        staff_changed.send(sender=Staff, staff=row, kind=StaffNews.PROJECTS, by=by)
        moved += 1
    return moved
