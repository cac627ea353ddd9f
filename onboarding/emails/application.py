"""The application: sent, changes asked for, decided."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.models import User
from hmis_portal import mail, mail_parts
from hmis_portal.mail_parts import Draft, Letter
from hmis_portal.models import StoredDocument
from onboarding.emails.to import name_of, to_managers
from onboarding.models import Application, Condition, Revision


def application_submitted(revision: Revision, *, pdf: StoredDocument | None = None) -> None:
    """The confirmation to the managers, with the PDF of what was sent where it exists already."""
    application = revision.application
    named = {"reference": application.reference, "number": revision.number}
    to_managers(
        "application_submitted",
        application.agency,
        key=f"submitted:{application.pk}:{revision.number}",
        context={
            "application": application,
            "by_name": str(revision.submitted_by),
            "has_pdf": pdf is not None,
        },
        documents=[(pdf, _("%(reference)s revision %(number)s.pdf") % named)] if pdf else (),
    )


@dataclass(frozen=True)
class News:
    """What a later revision has that the one before had not."""

    changed: list[tuple[str, int]]  # title of a section, and how many of its answers
    answers: list[tuple[str, str]]  # to remarks: the place and the answer
    left: list[str]  # places of remarks without an answer


def application_received(revision: Revision, *, news: News | None = None) -> None:
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
        "news": news,
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


REASON_TO_COME = gettext_lazy("[the reason that you enter]")


def draft(name: str, application: Application, /, *, by: User, **told: object) -> Draft:
    """How the message of a decision would begin; the reason is still to be given."""
    shown = copy(application)
    shown.reason = str(REASON_TO_COME)
    context = {
        "application": shown, "agency": application.agency, "by_name": name_of(by), "conditions": (), "remarks": (),
        "reason": shown.reason, "withdrawn": (), "link_url": "…", "reviewer_name": name_of(application.reviewer), **told,
    }  # fmt: skip
    return mail_parts.draft(f"onboarding/{name}", context)


def changes_requested(
    application: Application, remarks: Sequence[dict[str, str]], *, cause: str, letter: Letter | None = None
) -> None:
    """`remarks`: place and text of each remark."""
    to_managers(
        "changes_requested",
        application.agency,
        view="onboarding:application",
        key=f"changes:{application.pk}:{cause}",
        context={
            "application": application,
            "remarks": remarks,
            "count": len(remarks),
            "reviewer_name": name_of(application.reviewer),
            "letter": letter,
        },
    )


def mou_again(application: Application, reason: str, *, cause: str) -> None:
    to_managers(
        "mou_again",
        application.agency,
        view="onboarding:mou",
        key=f"mou-again:{application.pk}:{cause}",
        context={"application": application, "reason": reason},
    )


def application_approved(
    application: Application, *, executed: bool, cause: str, letter: Letter | None = None
) -> None:
    to_managers(
        "application_approved",
        application.agency,
        key=f"approved:{application.pk}:{cause}",
        context={
            "application": application,
            "executed": executed,
            "conditions": list(application.conditions.all()),
            "letter": letter,
        },
    )


def application_declined(
    application: Application, *, until: date, cause: str, letter: Letter | None = None
) -> None:
    to_managers(
        "application_declined",
        application.agency,
        key=f"declined:{application.pk}:{cause}",
        context={"application": application, "until": until, "letter": letter},
    )


def approval_revoked(
    application: Application, *, by: User | None, cause: str, letter: Letter | None = None
) -> None:
    with_it = {"ended_as": Condition.Ended.WITHDRAWN, "ended_reason": application.reason}
    to_managers(
        "approval_revoked",
        application.agency,
        key=f"revoked:{application.pk}:{cause}",
        context={
            "application": application,
            "by_name": name_of(by),
            "letter": letter,
            "withdrawn": [condition.text for condition in application.conditions.filter(**with_it)],
        },
    )


def application_reopened(application: Application, *, by: User | None, cause: str) -> None:
    to_managers(
        "application_reopened",
        application.agency,
        view="onboarding:application",
        key=f"reopened:{application.pk}:{cause}",
        context={"application": application, "by_name": name_of(by)},
    )


def application_on_hold(application: Application, *, by: User | None, cause: str) -> None:
    _of_hold("application_on_hold", application, by=by, cause=cause)


def hold_ended(application: Application, *, by: User | None, cause: str) -> None:
    _of_hold("hold_ended", application, by=by, cause=cause)


def _of_hold(name: str, application: Application, *, by: User | None, cause: str) -> None:
    context = {"application": application, "by_name": name_of(by)}
    to_managers(name, application.agency, key=f"{name}:{application.pk}:{cause}", context=context)


def appeal_received(application: Application) -> None:
    """To the HMIS Admins who may decide it: not to the one who declined."""
    key = f"appeal:{application.pk}:{mail.moment(application.appealed_at)}"
    _to_admins("appeal_received", application, key=key, but=application.decided_by)


def second_person_wanted(application: Application) -> None:
    """To the HMIS Admins who may approve what one of them recommended."""
    key = f"second:{application.pk}:{mail.moment(application.recommended_at)}"
    _to_admins("second_person_wanted", application, key=key, but=application.recommended_by)


def _to_admins(name: str, application: Application, *, key: str, but: User | None) -> None:
    for person in permissions.people_in(permissions.HMIS_ADMIN):
        if person != but:
            _to_admin(name, application, person, key=key)


def review_handed_over(application: Application, *, by: User | None) -> None:
    """To the colleague who is the reviewer now; each hand-over is told."""
    if application.reviewer and application.reviewer != by:
        _to_admin("review_handed_over", application, application.reviewer, key="", by_name=name_of(by))


def _to_admin(name: str, application: Application, person: User, *, key: str, **more: object) -> None:
    context = {
        "agency": application.agency,
        "application": application,
        "link_url": mail.absolute("admin:onboarding_application_review", application.pk),
        **more,
    }
    mail.send(f"onboarding/{name}", to=person, context=context, key=key, agency_id=application.agency_id)


def decline_upheld(
    application: Application, reason: str, *, by: User | None, letter: Letter | None = None
) -> None:
    key = f"upheld:{application.pk}:{mail.moment(application.upheld_at)}"
    context = {"application": application, "by_name": name_of(by), "reason": reason, "letter": letter}
    to_managers("decline_upheld", application.agency, view="onboarding:application", key=key, context=context)


def decline_overturned(
    application: Application, *, by: User | None, cause: str, letter: Letter | None = None
) -> None:
    key = f"overturned:{application.pk}:{cause}"
    context = {"application": application, "by_name": name_of(by), "letter": letter}
    to_managers("decline_overturned", application.agency, key=key, context=context)
