"""Every e-mail about people and agencies: one function, one file under templates/emails/agencies/."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.core import signing

from agencies import permissions, trust
from agencies.models import Agency, Invitation, Staff, User
from hmis_portal import mail
from hmis_portal.accounts.emails import RESET_PASSWORD
from hmis_portal.models import PortalSettings
from hmis_portal.web import links
from hmis_portal.web.links import Page

INVITATION_SALT = "agencies.invitation"


@mail.link_maker("invitation")
def invitation_link(invitation_id: str) -> str:
    """The page where the invited person accepts; the link of an earlier sending lapses with the next."""
    row = Invitation.objects.get(pk=invitation_id)
    content = [str(row.pk), row.sent_count]
    return mail.absolute("agencies:invitation", token=signing.dumps(content, salt=INVITATION_SALT))


def agency_opened(agency: Agency, *, to: User) -> None:
    mail.send(
        "agencies/agency_opened",
        to=to,
        context={
            "agency": agency,
            "link_url": mail.absolute(links.to(Page.AGENCY_STEPS), agency_id=agency.pk),
        },
        key=f"agency_opened:{agency.pk}",
        agency_id=agency.pk,
    )


def invitation(row: Invitation, *, by: User | None, reason: str = "") -> None:
    mail.send(
        "agencies/invitation",
        to=row.user,
        context={
            "invitation": row,
            "agency": row.agency,
            "inviter": by or PortalSettings.load().admin_name,
            "reason": reason,
            "is_known": trust.is_known(row.agency),
            "role": row.get_role_display(),
        },
        key=f"invitation:{row.pk}:{row.sent_count}",
        agency_id=row.agency_id,
        link=mail.Link("invitation", str(row.pk)),
    )


def invitation_staff(row: Invitation, *, staff: Staff) -> None:
    mail.send(
        "agencies/invitation_staff",
        to=row.user,
        context={"invitation": row, "agency": row.agency, "staff": staff},
        key=f"invitation:{row.pk}:{row.sent_count}",
        agency_id=row.agency_id,
        link=mail.Link("invitation", str(row.pk)),
    )


def invitation_holder(row: Invitation, *, positions: Sequence[str]) -> None:
    """To who holds a position that brings a briefing, and is not on the roster."""
    mail.send(
        "agencies/invitation_holder",
        to=row.user,
        context={"invitation": row, "agency": row.agency, "positions": ", ".join(positions)},
        key=f"invitation:{row.pk}:{row.sent_count}",
        agency_id=row.agency_id,
        link=mail.Link("invitation", str(row.pk)),
    )


def listed_as_staff(staff: Staff) -> None:
    """To a person who has an account already: no invitation is needed, the address is the account's own."""
    if staff.user is not None:
        mail.send(
            "agencies/listed_as_staff",
            to=staff.user,
            context={
                "agency": staff.agency,
                "staff": staff,
                "link_url": mail.absolute(links.to(Page.OWN_TRAINING)),
            },
            key=f"listed_as_staff:{staff.pk}:{staff.joined_on}",
            agency_id=staff.agency_id,
        )


def leaving(staff: Staff, *, last_day: date | None, cause: str) -> None:
    """To a person whose agency reported their last working day, or (None) took that back."""
    if staff.user is not None:
        mail.send(
            "agencies/leaving",
            to=staff.user,
            context={
                "agency": staff.agency, "last_day": last_day, "has_left": staff.left_on is not None,
                "link_url": mail.absolute(links.to(Page.OWN_TRAINING)),
            },
            key=f"leaving:{cause}",
            agency_id=staff.agency_id,
        )  # fmt: skip


def leaver_reported(
    staff: Staff, *, last_day: date | None, by: User | None, event_id: int, reason: str = ""
) -> None:
    """To the HMIS Admins, at once, whenever the person is told: a last working day, or (None) that it is taken back."""
    for person in permissions.people_in(permissions.HMIS_ADMIN):
        if person.pk != staff.user_id:
            mail.send(
                "agencies/leaver_reported",
                to=person,
                context={
                    "agency": staff.agency, "staff": staff, "last_day": last_day, "reason": reason,
                    "by": by or PortalSettings.load().admin_name, "has_left": staff.left_on is not None,
                    "link_url": mail.absolute("admin:agencies_agency_change", object_id=staff.agency_id),
                },
                key=f"leaver_reported:{event_id}",
                agency_id=staff.agency_id,
            )  # fmt: skip


def role_ended(agency: Agency, *, to: User, role: str, event_id: int) -> None:
    mail.send(
        "agencies/role_ended",
        to=to,
        context={"agency": agency, "role": role, "link_url": mail.absolute("agencies:start")},
        key=f"role_ended:{event_id}",
        agency_id=agency.pk,
    )


def management_handed_over(agency: Agency, *, old: User, new: User, event_id: int) -> None:
    for person in (old, new):
        mail.send(
            "agencies/management_handed_over",
            to=person,
            context={
                "agency": agency, "old": old, "new": new, "is_new": person == new,
                "link_url": mail.absolute("agencies:start"),
            },
            key=f"handed_over:{event_id}:{person.pk}",
            agency_id=agency.pk,
        )  # fmt: skip


def deputy_named(agency: Agency, *, manager: User, deputy: User, until: date, event_id: int) -> None:
    for person in (manager, deputy):
        mail.send(
            "agencies/deputy_named",
            to=person,
            context={
                "agency": agency, "manager": manager, "deputy": deputy, "is_deputy": person == deputy, "until": until,
                "link_url": mail.absolute("agencies:start"),
            },
            key=f"deputy:{event_id}:{person.pk}",
            agency_id=agency.pk,
        )  # fmt: skip


def manager_named(
    agency: Agency, *, to: Iterable[User], new: User, replaced: Iterable[User], reason: str, event_id: int
) -> None:
    """The HMIS Admin named a manager: the new one and the ones before are told, with the reason."""
    gone = set(replaced)
    for person in to:
        mail.send(
            "agencies/manager_named",
            to=person,
            context={
                "agency": agency, "new": new, "is_new": person == new, "is_replaced": person in gone, "reason": reason,
                "link_url": mail.absolute("agencies:start"),
            },
            key=f"manager_named:{event_id}:{person.pk}",
            agency_id=agency.pk,
        )  # fmt: skip


def account_closed(person: User, *, address: str) -> None:
    mail.send(
        "agencies/account_closed",
        to=address,
        context={"closed": person, "link_url": mail.absolute(links.to(Page.SUPPORT))},
        key=f"account_closed:{person.pk}:{person.closed_at}",
    )


def colleague_closed_account(person: User, agency: Agency, *, to: Iterable[User]) -> None:
    """To the managers of an agency that lists the person whose account was closed."""
    for manager in to:
        mail.send(
            "agencies/colleague_closed_account",
            to=manager,
            context={
                "closed": person, "agency": agency,
                "link_url": mail.absolute("agencies:staff", agency_id=agency.pk),
            },
            key=f"colleague_closed:{person.pk}:{agency.pk}:{manager.pk}:{person.closed_at}",
            agency_id=agency.pk,
        )  # fmt: skip


def authenticator_reset(person: User, *, by: User, reason: str, event_id: int) -> None:
    mail.send(
        "agencies/authenticator_reset",
        to=person,
        context={"by": by, "reason": reason, "link_url": mail.absolute("mfa_index")},
        key=f"authenticator_reset:{event_id}",
    )


def first_factor_allowed(person: User, *, by: User, reason: str, event_id: int) -> None:
    mail.send(
        "agencies/first_factor_allowed",
        to=person,
        context={"by": by, "reason": reason, "link_url": mail.absolute("mfa_index")},
        key=f"first_factor_allowed:{event_id}",
    )


def account_made(person: User, *, by: User | None) -> None:
    """To a new colleague of the HMIS's own people: a link to set a password."""
    mail.send(
        "agencies/account_made",
        to=person,
        context={"by": by},
        key=f"account_made:{person.pk}",
        link=mail.Link(RESET_PASSWORD, str(person.pk)),
    )


def agencies_merged(closed: Agency, kept: Agency, *, to: Iterable[User], event_id: int) -> None:
    for person in to:
        mail.send(
            "agencies/agencies_merged",
            to=person,
            context={
                "closed": closed,
                "kept": kept,
                "link_url": mail.absolute(links.to(Page.AGENCY_STEPS), agency_id=kept.pk),
            },
            key=f"agencies_merged:{event_id}:{person.pk}",
            agency_id=kept.pk,
        )


def people_merged(
    duplicate: User, into: User, *, to: Iterable[tuple[User, Agency | None]], event_id: int
) -> None:
    """To the person, and to those who answer for people at each agency (with which it concerns them)."""
    for person, agency in to:
        mail.send(
            "agencies/people_merged",
            to=person,
            context={
                "duplicate": duplicate,
                "into": into,
                "agency": agency,
                "link_url": mail.absolute("agencies:staff", agency_id=agency.pk)
                if agency
                else mail.absolute(links.to(Page.OWN_TRAINING)),
            },
            key=f"people_merged:{event_id}:{person.pk}:{agency.pk if agency else ''}",
            agency_id=agency.pk if agency else None,
        )
