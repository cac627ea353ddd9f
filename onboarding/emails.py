"""Every message of the journey: one named function, one cause, three templates in templates/emails/onboarding/."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _lazy

from agencies import permissions
from agencies.models import Agency, AgencyRole, HmisRole, Invitation, Staff, User
from hmis_portal import mail
from hmis_portal.models import PortalSettings, StoredDocument
from hmis_portal.signing.models import TextVersion
from onboarding.models import Access, Application, Condition, Mou, Thread, ThreadMessage
from onboarding.models import Revision as ApplicationRevision

Documents = Sequence[tuple[StoredDocument, str]]


def _agency_page(agency: Agency, view: str = "onboarding:journey") -> str:
    return mail.absolute(view, agency_id=agency.pk)


def _to_managers(
    name: str,
    agency: Agency,
    *,
    key: str,
    context: dict[str, Any],
    view: str = "onboarding:journey",
    documents: Documents = (),
) -> None:
    full = {"agency": agency, "link_url": _agency_page(agency, view), **context}
    for person in permissions.holders(agency, AgencyRole.MANAGER):
        mail.send(
            f"onboarding/{name}", to=person, context=full, key=key, agency_id=agency.pk, documents=documents
        )


def _name(person: User | None) -> str:
    return str(person) if person else PortalSettings.load().admin_name


# --- the application ------------------------------------------------------------------------------------------


def application_submitted(revision: ApplicationRevision, *, pdf: StoredDocument | None = None) -> None:
    """The confirmation to the managers, with the PDF of what was sent where it exists already."""
    application = revision.application
    _to_managers(
        "application_submitted",
        application.agency,
        key=f"submitted:{application.pk}:{revision.number}",
        context={
            "application": application,
            "by_name": str(revision.submitted_by),
            "has_pdf": pdf is not None,
        },
        documents=[(pdf, f"{application.reference} revision {revision.number}.pdf")] if pdf else (),
    )


def application_received(revision: ApplicationRevision) -> None:
    """To the HMIS Admins: a new or changed application waits; to its reviewer alone when it has one."""
    application = revision.application
    readers = (
        [application.reviewer] if application.reviewer else permissions.people_in(permissions.HMIS_ADMIN)
    )
    context = {
        "agency": application.agency,
        "application": application,
        "number": revision.number,
        "again": revision.number > 1,
        "link_url": mail.absolute("admin:onboarding_application_review", application.pk),
    }
    for person in readers:
        mail.send(
            "onboarding/application_received",
            to=person,
            context=context,
            key=f"received:{application.pk}:{revision.number}",
            agency_id=application.agency_id,
        )


def changes_requested(application: Application, notes: Sequence[dict[str, str]], *, cause: str) -> None:
    """`notes`: place and text of each remark."""
    _to_managers(
        "changes_requested",
        application.agency,
        view="onboarding:application",
        key=f"changes:{application.pk}:{cause}",
        context={
            "application": application,
            "notes": notes,
            "count": len(notes),
            "reviewer_name": _name(application.reviewer),
        },
    )


def mou_again(application: Application, reason: str, *, cause: str) -> None:
    _to_managers(
        "mou_again",
        application.agency,
        view="onboarding:mou",
        key=f"mou-again:{application.pk}:{cause}",
        context={"application": application, "reason": reason},
    )


def application_approved(application: Application, *, executed: bool, cause: str) -> None:
    _to_managers(
        "application_approved",
        application.agency,
        key=f"approved:{application.pk}:{cause}",
        context={
            "application": application,
            "executed": executed,
            "conditions": list(application.conditions.all()),
        },
    )


def application_declined(application: Application, *, until: date, cause: str) -> None:
    _to_managers(
        "application_declined",
        application.agency,
        key=f"declined:{application.pk}:{cause}",
        context={"application": application, "until": until},
    )


def approval_revoked(application: Application, *, by: User | None, cause: str) -> None:
    _to_managers(
        "approval_revoked",
        application.agency,
        key=f"revoked:{application.pk}:{cause}",
        context={"application": application, "by_name": _name(by)},
    )


def application_reopened(application: Application, *, by: User | None, cause: str) -> None:
    _to_managers(
        "application_reopened",
        application.agency,
        view="onboarding:application",
        key=f"reopened:{application.pk}:{cause}",
        context={"application": application, "by_name": _name(by)},
    )


def question_received(thread: Thread, message: ThreadMessage) -> None:
    """To the person who asked: it has arrived. A visitor's address is not proven, so their words are not sent to it."""
    link = (
        mail.absolute("onboarding:question", thread_id=thread.pk)
        if thread.opened_by
        else mail.absolute("onboarding:support")
    )
    mail.send(
        "onboarding/support_received",
        to=thread.opened_by or thread.email,
        context={"thread": thread, "text": message.text if thread.opened_by else "", "link_url": link},
        key=f"question:{message.pk}",
        agency_id=thread.agency_id,
    )


def question_waiting(thread: Thread, message: ThreadMessage) -> None:
    """To the HMIS Admins: a question waits in the queue."""
    for admin in permissions.people_in(permissions.HMIS_ADMIN):
        mail.send(
            "onboarding/support_new",
            to=admin,
            context={
                "thread": thread,
                "text": message.text,
                "link_url": mail.absolute("admin:onboarding_thread_change", object_id=thread.pk),
            },
            key=f"question_waiting:{message.pk}:{admin.pk}",
            agency_id=thread.agency_id,
        )


def question_answered(thread: Thread, message: ThreadMessage) -> None:
    """To the person who asked, who may have no account."""
    in_portal = thread.opened_by is not None
    link = (
        mail.absolute("onboarding:question", thread_id=thread.pk)
        if in_portal
        else mail.absolute("onboarding:support")
    )
    mail.send(
        "onboarding/question_answered",
        to=thread.opened_by or thread.email,
        context={
            "thread": thread,
            "answer": message.text,
            "answer_by": _name(message.written_by),
            "in_portal": in_portal,
            "link_url": link,
        },
        key=f"answer:{message.pk}",
        agency_id=thread.agency_id,
    )


# --- the MOU --------------------------------------------------------------------------------------------------


def signatory_named(mou: Mou, *, by: User | None, invitation: Invitation | None = None) -> None:
    """To the person named, once for each naming; the link of an invitation makes them the agency's signatory."""
    mail.send(
        "onboarding/signatory_named",
        to=mou.signatory,
        context={
            "agency": mou.agency,
            "mou": mou,
            "by_name": _name(by),
            "link_url": _agency_page(mou.agency, "onboarding:mou"),
        },
        key=f"named:{mou.pk}:{mou.state_since:%Y%m%d%H%M%S%f}",
        agency_id=mou.agency_id,
        link=mail.Link("invitation", str(invitation.pk)) if invitation else None,
    )


def signatory_reminder(mou: Mou, days: int, *, number: int, tell_managers: bool) -> None:
    mail.send(
        "onboarding/signatory_reminder",
        to=mou.signatory,
        context={"agency": mou.agency, "mou": mou, "link_url": _agency_page(mou.agency, "onboarding:mou")},
        key=f"sign-reminder:{mou.pk}:{mou.signatory_id}:{days}",
        agency_id=mou.agency_id,
    )
    if tell_managers:
        _to_managers(
            "signature_waiting",
            mou.agency,
            view="onboarding:mou",
            key=f"sign-waiting:{mou.pk}:{mou.signatory_id}:{days}",
            context={"mou": mou, "signatory_name": str(mou.signatory), "reminders": number},
        )


def mou_signed(mou: Mou, *, sent: bool) -> None:
    """`sent`: whether the application was sent before."""
    _to_managers(
        "mou_signed",
        mou.agency,
        key=f"signed:{mou.pk}",
        context={"mou": mou, "sent": sent, "signatory_name": str(mou.signatory)},
    )


def mou_declined(mou: Mou) -> None:
    _to_managers(
        "mou_declined",
        mou.agency,
        view="onboarding:mou",
        key=f"mou-declined:{mou.pk}",
        context={"mou": mou, "signatory_name": str(mou.signatory)},
    )


def mou_superseded(mou: Mou, version: TextVersion) -> None:
    _to_managers(
        "mou_superseded",
        mou.agency,
        view="onboarding:mou",
        key=f"mou-superseded:{mou.pk}",
        context={"mou": mou, "version": version},
    )


def counter_sign_waiting(mou: Mou) -> None:
    for person in permissions.people_in(permissions.LEAD_SIGNATORY):
        mail.send(
            "onboarding/counter_sign_waiting",
            to=person,
            context={
                "agency": mou.agency,
                "mou": mou,
                "link_url": mail.absolute("admin:onboarding_mou_counter_sign", mou.pk),
            },
            key=f"counter-sign:{mou.pk}",
            agency_id=mou.agency_id,
        )


def mou_executed(mou: Mou, documents: Documents) -> None:
    """To both sides, with the executed PDF (and the certificate of completion where it exists)."""
    agency = mou.agency
    readers = {
        mou.signatory,
        *permissions.holders(agency, AgencyRole.MANAGER),
        *permissions.people_in(permissions.LEAD_SIGNATORY),
    }
    for person in sorted(readers, key=lambda reader: reader.pk):
        mail.send(
            "onboarding/mou_executed",
            to=person,
            context={"agency": agency, "mou": mou, "link_url": _agency_page(agency, "onboarding:mou")},
            key=f"executed:{mou.pk}",
            agency_id=agency.pk,
            documents=documents,
        )


def mou_ended(mou: Mou) -> None:
    _to_managers("mou_ended", mou.agency, key=f"mou-ended:{mou.pk}", context={"mou": mou})


def term_end(mou: Mou, days: int, *, threshold: int) -> None:
    _to_managers(
        "term_end",
        mou.agency,
        view="onboarding:mou",
        key=f"term:{mou.pk}:{threshold}",
        context={"mou": mou, "days": days},
    )


# --- waiting ----------------------------------------------------------------------------------------------------


def draft_idle(application: Application, days: int) -> None:
    """Once for each length of silence since the application was last worked on."""
    _to_managers(
        "draft_idle",
        application.agency,
        view="onboarding:application",
        key=f"idle:{application.pk}:{application.touched_at:%Y%m%d%H%M%S}:{days}",
        context={"application": application, "days": days},
    )


def answer_by(application: Application, days: int, *, threshold: int) -> None:
    _to_managers(
        "answer_by",
        application.agency,
        view="onboarding:application",
        key=f"answer-by:{application.pk}:{application.answer_by}:{threshold}",
        context={"application": application, "days": days},
    )


def review_digest(rows: Sequence[dict[str, Any]], *, day: date) -> None:
    """`rows`: name, reference, since (day), days (business days), reviewer."""
    for person in permissions.people_in(permissions.HMIS_ADMIN):
        mail.send(
            "onboarding/review_digest",
            to=person,
            context={
                "rows": rows,
                "count": len(rows),
                "link_url": mail.absolute("admin:onboarding_application_changelist"),
            },
            key=f"digest:{day}",
        )


def condition_due(condition: Condition, *, late: bool, threshold: int) -> None:
    _to_managers(
        "condition_due",
        condition.application.agency,
        key=f"condition:{condition.pk}:{condition.due_on}:{threshold}",
        context={"condition": condition, "late": late, "link_url": mail.absolute("onboarding:support")},
    )


# --- training and access -------------------------------------------------------------------------------------------


def training_begins(agency: Agency) -> None:
    _to_managers("training_begins", agency, view="training:agency", key=f"training:{agency.pk}", context={})


def coordinators(agency: Agency) -> list[User]:
    """The agency's HMIS Data Coordinators with an account; its managers where it has none."""
    rows = (
        Staff.objects.current()
        .filter(agency=agency, hmis_role=HmisRole.HDC, user__is_active=True)
        .select_related("user")
    )
    found = [row.user for row in rows if row.user]
    return found or list(permissions.holders(agency, AgencyRole.MANAGER))


def _access(name: str, access: Access, own_link: str, context: dict[str, Any]) -> None:
    """To the person, and in other words to the coordinator; once for each change of state."""
    staff, agency = access.staff, access.staff.agency
    key = f"{name}:{access.pk}:{access.state_since:%Y%m%d%H%M%S%f}"
    full = {"access": access, "staff": staff, "agency": agency, **context}
    person = staff.user
    if person:
        mail.send(
            f"onboarding/{name}",
            to=person,
            context={**full, "own": True, "link_url": own_link},
            key=key,
            agency_id=agency.pk,
        )
    for other in coordinators(agency):
        if other != person:
            link = _agency_page(agency, "training:agency")
            mail.send(
                f"onboarding/{name}",
                to=other,
                context={**full, "own": False, "link_url": link},
                key=key,
                agency_id=agency.pk,
            )


def access_ready(access: Access) -> None:
    settings = PortalSettings.load()
    live = access.staff.agency.state == Agency.State.LIVE
    _access(
        "access_ready", access, mail.absolute("training:mine"), {"live": live, "rule": settings.go_live_rule}
    )


def access_not_ready(access: Access) -> None:
    _access("access_not_ready", access, mail.absolute("training:mine"), {"reasons": access.reasons})


def access_granted(access: Access) -> None:
    """The welcome: how to sign in, and where support is."""
    _access("access_granted", access, PortalSettings.load().sign_in_address, {})


def access_suspended(access: Access) -> None:
    _access("access_suspended", access, mail.absolute("training:mine"), {"reasons": access.reasons})


def access_restored(access: Access) -> None:
    _access("access_restored", access, PortalSettings.load().sign_in_address, {})


def access_ended(access: Access) -> None:
    _access(
        "access_ended", access, mail.absolute("training:mine"), {"had_account": access.granted_at is not None}
    )


WORDS = {"suspend": _lazy("Suspend"), "restore": _lazy("Open again"), "close": _lazy("Close")}


def hmis_to_do(access: Access, *, deadline: datetime | None) -> None:
    """To the HMIS Admins: what has to be done in the HMIS itself."""
    for person in permissions.people_in(permissions.HMIS_ADMIN):
        mail.send(
            "onboarding/hmis_to_do",
            to=person,
            context={
                "access": access,
                "staff": access.staff,
                "agency": access.staff.agency,
                "what": str(WORDS[access.to_do]),
                "deadline": deadline,
                "reasons": access.reasons,
                "link_url": mail.absolute("admin:onboarding_access_to_do"),
            },
            key=f"to-do:{access.pk}:{access.to_do}:{access.to_do_since:%Y%m%d%H%M%S%f}",
            agency_id=access.staff.agency_id,
        )


def agency_live(agency: Agency) -> None:
    _to_managers("agency_live", agency, key=f"live:{agency.pk}", context={})
