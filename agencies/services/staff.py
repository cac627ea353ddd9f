"""The roster of an agency: who works in the HMIS for it, as what, in which projects, until when.

Every change goes through here, whether typed in the application's section C, uploaded, or made after approval;
each fires `staff_changed` once it is committed, by which training and access follow.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.admin.utils import label_for_field
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from agencies import locks, permissions
from agencies.events import AgenciesEvent
from agencies.models import Agency, AgencyRole, Project, Staff, User
from agencies.services import directory, invitations, leavers
from agencies.services.invited import has_account
from agencies.signals import StaffNews
from hmis_portal import audit
from hmis_portal.models import AuditEvent
from hmis_portal.text import typed
from hmis_portal.text.words import date_words, datetime_words
from hmis_portal.web.errors import GuardFailed, WrongState

# What `data` may hold; `projects` besides is an iterable of Project.
FIELDS = (
    "first_name", "last_name", "title", "email", "phone", "hmis_role", "access_level", "had_account",
    "earlier_account", "supervisor_name", "supervisor_email", "start_date", "employment", "starts_later",
)  # fmt: skip

PERSONAL = frozenset(
    ("first_name", "last_name", "title", "email", "phone", "supervisor_name", "supervisor_email")
)


@transaction.atomic
def add_staff(*, agency: Agency, by: User | None, data: Mapping[str, Any]) -> Staff:
    """List a person. `data` has the keys of FIELDS and `projects`; raises GuardFailed when the address is listed already."""
    locks.check(locks.lock_agency(agency.pk))
    staff = Staff(agency=agency, **_plain(data))
    staff.email = typed.email(staff.email)
    staff.starts_later = bool(staff.starts_later)
    _save(staff)
    directory.link(staff, by=by)
    staff.projects.set(_own_projects(agency, data.get("projects", ())))
    audit.record(by=by, verb=AgenciesEvent.LISTED_STAFF, obj=staff, agency_id=agency.pk, data=_told(staff))
    leavers.tell(staff, StaffNews.JOINED, by)
    return staff


@transaction.atomic
def change_staff(
    *, staff: Staff, by: User | None, data: Mapping[str, Any], reason: str = "", seen: str | None = None
) -> Staff:
    """Change what is given in `data`; a key left out stays as it is. Saving the same again changes nothing.

    `seen` is the `version` that the person had before them: GuardFailed when somebody changed the entry since.
    """
    of_person = not PERSONAL.isdisjoint(data)
    locks.check(locks.lock_agency(staff.agency_id) if of_person else staff.agency)
    staff = Staff.objects.select_for_update().get(pk=staff.pk)
    newest = audit.last(staff, AgenciesEvent.CHANGED_STAFF)
    if newest and seen is not None and seen != str(newest.pk):
        raise GuardFailed(_changed_meanwhile(staff, newest))
    before = _told(staff)
    for name, value in _plain(data).items():
        setattr(staff, name, value)
    staff.email = typed.email(staff.email)
    staff.starts_later = bool(staff.starts_later)
    _save(staff)
    if of_person:
        directory.link(staff, by=by, before=before)
    if "projects" in data:
        staff.projects.set(_own_projects(staff.agency, data["projects"]))
    _correct_invited(staff, by)
    after = _told(staff)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changed:
        audit.record(
            by=by,
            verb=AgenciesEvent.CHANGED_STAFF,
            obj=staff,
            agency_id=staff.agency_id,
            reason=reason,
            data={"changed": changed},
        )
    if {"hmis_role", "access_level", "start_date", "starts_later"} & set(changed):
        leavers.tell(staff, StaffNews.ROLE, by)
    if "projects" in changed:
        leavers.tell(staff, StaffNews.PROJECTS, by)
    return staff


@transaction.atomic
def return_staff(*, staff: Staff, by: User | None, start_date: dt.date) -> Staff:
    """List a leaver again, in the same role; training and access are decided anew."""
    locks.lock_agency(staff.agency_id)
    staff = Staff.objects.select_for_update().get(pk=staff.pk)
    if staff.left_on is None:
        raise WrongState(_("%(name)s is on the roster already.") % {"name": staff.name})
    before = staff.left_on.isoformat()
    staff.left_on, staff.start_date, staff.joined_on = None, start_date, timezone.localdate()
    staff.leaving_notice = ""
    _save(staff)
    directory.link(staff, by=by)
    audit.record(
        by=by,
        verb=AgenciesEvent.STAFF_RETURNED,
        obj=staff,
        agency_id=staff.agency_id,
        before=before,
        after=start_date.isoformat(),
    )
    leavers.tell(staff, StaffNews.RETURNED, by)
    return staff


@transaction.atomic
def remove_staff(*, staff: Staff, by: User | None) -> bool:
    """Take a person off the list while the application is being filled in.

    True when the row is gone; False when evidence hangs on it and the person is kept as a leaver of today.
    """
    locks.check(staff.agency)
    staff = Staff.objects.select_for_update().get(pk=staff.pk)
    name, agency_id, particulars = staff.name, staff.agency_id, _told(staff)
    try:
        with transaction.atomic():
            audit.record(
                by=by, verb=AgenciesEvent.REMOVED_STAFF, obj=staff, agency_id=agency_id, data=particulars
            )
            staff.delete()
    except ProtectedError:
        if staff.left_on is None:
            leavers.report_leaver(
                staff=staff,
                by=by,
                last_day=timezone.localdate(),
                reason=_("Removed from the list: %s") % name,
            )
        return False
    return True


def version(staff: Staff) -> str:
    """Which change of the entry somebody has before them."""
    newest = audit.last(staff, AgenciesEvent.CHANGED_STAFF)
    return str(newest.pk) if newest else ""


def _changed_meanwhile(staff: Staff, newest: AuditEvent) -> str:
    words = _(
        "%(who)s changed this entry on %(when)s, after you opened it. It now reads: %(what)s. What you typed stands "
        "below; save it again to put it in place of theirs."
    )
    return words % {
        "who": newest.actor_name or _("The portal"),
        "when": datetime_words(newest.at),
        "what": "; ".join(_reads(staff, name) for name in newest.data["changed"]),
    }


def _reads(staff: Staff, name: str) -> str:
    """One answer as people read it: "HMIS role: Data entry"."""
    if name == "projects":
        value: Any = ", ".join(_told(staff)["projects"])
    elif name == "start_date":
        value = date_words(staff.start_date)
    else:
        value = getattr(staff, f"get_{name}_display", lambda: getattr(staff, name))()
    if isinstance(value, bool):
        value = _("Yes") if value else _("No")
    label = capfirst(str(label_for_field(name, Staff)))
    return f"{label}: {value or _('not given')}"


def _correct_invited(staff: Staff, by: User | None) -> None:
    """A person who was invited and has no account yet: a wrong name or address is corrected there too.

    With another address the link that was sent ends, and the new one is invited.
    """
    if staff.user_id is None:
        return
    user = User.objects.select_for_update().get(pk=staff.user_id)
    if has_account(user) or not user.is_active:
        return
    if staff.email == typed.email(user.email):
        if not _is_elsewhere(user, staff):
            user.first_name, user.last_name = staff.first_name, staff.last_name
            user.save(update_fields=["first_name", "last_name"])
        return
    if User.objects.filter(email__iexact=staff.email).exists():
        raise GuardFailed(
            _(
                "%(email)s has an account already. Take this person off the list and add them again with that address."
            )
            % {"email": staff.email}
        )
    if _is_elsewhere(user, staff):
        raise GuardFailed(
            _(
                "%(name)s was invited by another agency too, with the earlier address. Write to support to change it."
            )
            % {"name": staff.name}
        )
    before, user.email = user.email, staff.email
    user.first_name, user.last_name = staff.first_name, staff.last_name
    user.save(update_fields=["email", "first_name", "last_name"])
    audit.record(
        by=by,
        verb=AgenciesEvent.CORRECTED_ADDRESS,
        obj=user,
        agency_id=staff.agency_id,
        before=before,
        after=user.email,
    )
    for row in user.invitations.filter(accepted_at=None, revoked_at=None):
        invitations.revoke_invitation(invitation=row, by=by)
        invitations.invite_staff(staff=staff, by=by)


def _is_elsewhere(user: User, staff: Staff) -> bool:
    """Whether anything but this entry hangs on the account."""
    return (
        user.staff_rows.exclude(pk=staff.pk).exists()
        or user.invitations.exclude(agency=staff.agency_id, role=AgencyRole.STAFF).exists()
        or bool(permissions.memberships(user))
    )


def _plain(data: Mapping[str, object]) -> dict[str, object]:
    return {name: data[name] for name in FIELDS if name in data}


def _own_projects(agency: Agency, projects: Iterable[Project]) -> list[Project]:
    chosen = list(projects)
    if any(project.agency_id != agency.pk for project in chosen):
        raise GuardFailed(_("Choose among the agency's own projects."))
    return chosen


def _save(staff: Staff) -> None:
    try:
        with transaction.atomic():
            staff.save()
    except IntegrityError as error:
        if "staff_email_once_per_agency" in str(error) or "staff_person_once_per_agency" in str(error):
            raise GuardFailed(_("Another person on the list has the e-mail %s.") % staff.email) from error
        raise


def _told(staff: Staff) -> dict[str, Any]:
    """A row as the audit record keeps it."""
    particulars = {name: getattr(staff, name) for name in FIELDS}
    particulars["start_date"] = staff.start_date.isoformat() if staff.start_date else ""
    particulars["projects"] = (
        sorted(staff.projects.values_list("project_name", flat=True)) if staff.pk else []
    )
    return particulars
