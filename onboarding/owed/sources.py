"""Where the lines come from: each source is a function of an agency's facts; a new kind is one more in SOURCES."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.hud import lists
from agencies.models import Agency, AgencyRole
from hmis_portal.text.words import date_words
from onboarding.access import go_live, to_do
from onboarding.journey.holder import Holder
from onboarding.models import Access, Application, Mou
from onboarding.mou import newer_text
from onboarding.owed.line import Kind, Line

if TYPE_CHECKING:
    from onboarding.journey.facts import Facts

Source = Callable[["Facts"], Iterator[Line]]


def _line(facts: Facts) -> Callable[..., Line]:
    return partial(Line, agency_id=facts.agency.pk, agency_name=facts.agency.name)


def conditions(facts: Facts) -> Iterator[Line]:
    """What the approval asks for; reported, it waits for the HMIS Admin."""
    for condition in facts.all_conditions:
        words = _("%(name)s sees to it.") % {"name": condition.owner}
        if condition.blocks_go_live and facts.joining:
            words = _("Before you go live.") + " " + words
        reported = condition.waiting_report
        answers = [report for report in condition.reports.all() if report.accepted is False]
        if answers and not reported:
            words += " " + _("Sent back: %(why)s") % {"why": answers[-1].answer}
        if condition.time_asked_at:
            day = date_words(condition.time_wanted)
            words += " " + _("More time is asked for, until %(day)s.") % {"day": day}
        yield _line(facts)(
            kind=Kind.CONDITION,
            key=f"condition-{condition.pk}",
            title=condition.text,
            text=words,
            holder=Holder.ADMIN if reported else Holder.EDITOR,
            who=facts.batch.portal.admin_name if reported else facts.agency.name,
            due_on=condition.due_on,
            blocks=condition.blocks_go_live and facts.joining,
            page="onboarding:conditions" if reported else "onboarding:report_condition",
            args=() if reported else (condition.pk,),
            action=_("See the conditions") if reported else _("Report it as done"),
        )


def remarks(facts: Facts) -> Iterator[Line]:
    if not facts.asked or facts.application is None:
        return
    count = facts.asked.total()
    words = ngettext(
        "Answer %(count)d remark of the reviewer", "Answer %(count)d remarks of the reviewer", count
    )
    yield _line(facts)(
        kind=Kind.REMARKS,
        key="remarks",
        title=words % {"count": count},
        text=_("Change the answers, or say why they stay as they are; then send the application again."),
        holder=Holder.EDITOR,
        who=facts.agency.name,
        due_on=facts.application.answer_by,
        page="onboarding:changes",
        action=_("See what to change"),
    )


def managers(facts: Facts) -> Iterator[Line]:
    """From the sending on: the go-live waits for as many managers as the settings ask."""
    if not facts.sent or not facts.managers_missing:
        return
    yield _line(facts)(
        kind=Kind.MANAGERS,
        key="managers",
        title=_("Invite another manager"),
        text=_("Before you go live.") + " " + go_live.against_managers(facts.managers_missing),
        holder=Holder.MANAGER,
        who=_("the agency’s manager"),
        blocks=True,
        page="agencies:people",
        action=_("Invite a colleague"),
    )


def people(facts: Facts) -> Iterator[Line]:
    """Who is not ready for the HMIS, and why; an invitation that this person has not accepted is told with it."""
    if not facts.in_training:
        return
    invited = {row.user_id for row in facts.batch.owed.invitations.get(facts.agency.pk, ())}
    for access in facts.batch.owed.not_ready(facts.agency.pk):
        staff = access.staff
        reasons = [_("The invitation is not accepted yet.")] if staff.user_id in invited else []
        yield _line(facts)(
            kind=Kind.PERSON,
            key=f"person-{staff.pk}",
            title=_("%(name)s is not ready for the HMIS") % {"name": staff.name},
            text=" ".join([*reasons, *map(str, access.reasons)]),
            holder=Holder.STAFF,
            who=staff.name,
            blocks=facts.joining and not staff.starts_later and not facts.enough_people,
            page="training:agency",
            action=_("See who is ready"),
            user_id=staff.user_id,
        )


def invitations(facts: Facts) -> Iterator[Line]:
    named = set()
    if facts.in_training:
        named = {access.staff.user_id for access in facts.batch.owed.not_ready(facts.agency.pk)}
    for invitation in facts.batch.owed.invitations.get(facts.agency.pk, ()):
        of_staff = invitation.role == AgencyRole.STAFF
        if of_staff and invitation.user_id in named:
            continue
        yield _line(facts)(
            kind=Kind.INVITATION,
            key=f"invitation-{invitation.pk}",
            title=_("Invitation not accepted: %(who)s") % {"who": invitation.user.email},
            text=_("As %(role)s. Send it again, correct the address, or revoke it.")
            % {"role": invitation.get_role_display()},
            holder=Holder.EDITOR if of_staff else Holder.MANAGER,
            who=facts.agency.name if of_staff else _("the agency’s manager"),
            due_on=timezone.localdate(invitation.expires_at),
            page="agencies:staff" if of_staff else "agencies:people",
            action=_("See the invitations"),
        )


def mou(facts: Facts) -> Iterator[Line]:
    """The MOU in the last 90 days of its term or to be signed in a newer text, until a successor is executed; with whom it is."""
    in_force = facts.mou
    if in_force is None or not in_force.may_be_renewed:
        return
    holder, who = Holder.MANAGER, _("the agency’s manager")
    after = facts.renewal
    title = _("Sign the newer version of the MOU") if in_force.is_asked_anew else _("Renew the MOU")
    action = title
    if after and after.state == Mou.State.SIGNED:
        portal, holder, action = facts.batch.portal, facts.holder_of_signed(after), _("See the MOU")
        who = {Holder.LEAD: portal.lead_agency, Holder.ADMIN: portal.admin_name}.get(holder, who)
    elif after and facts.can_be_signed(after):
        holder, who, action = Holder.SIGNATORY, after.signatory_name, _("See the MOU")
    yield _line(facts)(
        kind=Kind.MOU,
        key=f"mou-{in_force.pk}",
        title=title,
        text=newer_text.why(in_force),
        holder=holder,
        who=who,
        due_on=in_force.renewal_due_on,
        page="onboarding:mou",
        action=action,
        user_id=after.signatory_id if after and holder == Holder.SIGNATORY else None,
        mou_id=after.pk if after else None,
    )


def wording(facts: Facts) -> Iterator[Line]:
    """What taking part asks was worded anew after this agency sent its application."""
    if facts.confirmed_at or not facts.sent:
        return
    yield _line(facts)(
        kind=Kind.WORDING,
        key="requirements",
        title=_("Confirm the requirements"),
        text=_("Read and confirm what taking part asks of your agency."),
        holder=Holder.MANAGER,
        who=_("the agency’s manager"),
        page="onboarding:confirm_requirements",
        action=_("Confirm the requirements"),
    )


def grants(facts: Facts) -> Iterator[Line]:
    if facts.state != Application.State.APPROVED:
        return
    for grant in facts.batch.owed.grants.get(facts.agency.pk, ()):
        name = grant.other_funder or lists.codes().label("2.06.1", grant.funder)
        yield _line(facts)(
            kind=Kind.GRANT,
            key=f"grant-{grant.pk}",
            title=_("A grant ends: %(funder)s, %(project)s")
            % {"funder": name, "project": grant.project.project_name},
            text=_("Record the grant that follows, or end the project."),
            holder=Holder.EDITOR,
            who=facts.agency.name,
            due_on=grant.end_date,
            page="onboarding:own_project",
            args=(grant.project_id,),
            action=_("Open the project"),
        )


def every_year(facts: Facts) -> Iterator[Line]:
    for task in facts.batch.owed.yearly.get(facts.agency.pk, ()):
        yield _line(facts)(
            kind=Kind.YEARLY,
            key=f"yearly-{task.kind}",
            title=task.title,
            text=task.text,
            holder=Holder.EDITOR,
            who=facts.agency.name,
            due_on=task.due_on,
            page=task.view,
            action=task.title,
        )


def accounts(facts: Facts) -> Iterator[Line]:
    """What the HMIS Admin does in the HMIS itself."""
    if not facts.in_training:
        return
    for access in facts.batch.owed.to_do(facts.agency.pk):
        act = str(Access.ToDo(access.to_do).label) if access.to_do else _("Make the account")
        closing = to_do.closing_deadline(access)
        yield _line(facts)(
            kind=Kind.ACCOUNT,
            key=f"account-{access.pk}",
            title=_("%(what)s: %(name)s") % {"what": act, "name": access.staff.name},
            text=_("In the HMIS itself."),
            holder=Holder.ADMIN,
            who=facts.batch.portal.admin_name,
            due_on=timezone.localdate(closing) if closing else None,
            page="training:agency",
            action=_("See who is ready"),
        )


# Those of which a line may hold up the go-live.
BLOCKING: tuple[Source, ...] = (conditions, managers, people)
SOURCES: tuple[Source, ...] = (
    conditions, managers, remarks, people, invitations, mou, wording, grants, every_year, accounts,
)  # fmt: skip


def lines_of(facts: Facts, sources: tuple[Source, ...] = SOURCES) -> list[Line]:
    """Everything that is owed by the agency and to it, what holds up the go-live first, then by the day."""
    if facts.agency.state == Agency.State.LEFT:
        return []
    return sorted((line for source in sources for line in source(facts)), key=lambda line: line.order)


def blocking_lines(facts: Facts) -> list[Line]:
    """What the go-live waits for; the rest is not read."""
    return [line for line in lines_of(facts, BLOCKING) if line.blocks]


# Lines that are told in the words of a live agency's next thing; the rest are its next thing.
_COUNTED = (Kind.PERSON, Kind.INVITATION, Kind.ACCOUNT)


def most_pressing(facts: Facts) -> Line | None:
    """Of an agency that works in the HMIS: what is to be done next. Who joins it is gated alone."""
    return next((line for line in lines_of(facts) if line.kind not in _COUNTED), None)
