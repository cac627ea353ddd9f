"""Between the reviewer and the agency while changes are asked for: one more remark, one less, a question, more time."""

from collections.abc import Iterable, Mapping

from django.utils import timezone

from agencies import permissions
from agencies.models import AgencyRole, User
from hmis_portal import mail
from onboarding.emails.to import agency_page, name_of, to_managers
from onboarding.models import Application, Remark, RemarkReply


def remark_added(remark: Remark) -> None:
    _to_agency("remark_added", remark.application, key=f"remark:{remark.pk}", remark=remark)


def remark_taken_back(remark: Remark) -> None:
    _to_agency("remark_taken_back", remark.application, key=f"remark-back:{remark.pk}", remark=remark)


def explanation_asked(reply: RemarkReply) -> None:
    """To the reviewer: the agency does not understand a remark."""
    key = f"explain:{reply.pk}:{mail.moment(reply.written_at)}"
    _to_reviewer("explanation_asked", reply.remark.application, key=key, reply=reply)


def explanation_given(reply: RemarkReply) -> None:
    """To the managers and to whoever asked."""
    application = reply.remark.application
    people = {*permissions.holders(application.agency, AgencyRole.MANAGER), reply.written_by}
    context = {
        "reply": reply,
        "by_name": name_of(reply.answered_by),
        "link_url": agency_page(application.agency, "onboarding:changes"),
    }
    _send("explanation_given", application, people, key=f"explained:{reply.pk}", context=context)


def more_time_asked(application: Application) -> None:
    key = f"time-asked:{application.pk}:{mail.moment(application.time_asked_at)}"
    _to_reviewer("more_time_asked", application, key=key, by_name=name_of(application.time_asked_by))


def more_time_given(application: Application, *, by: User | None) -> None:
    """Both sides: the managers, and the reviewer where a colleague gave it."""
    key = f"time-given:{application.pk}:{application.answer_by}"
    _to_agency("more_time_given", application, key=key, by_name=name_of(by))
    if application.reviewer and application.reviewer != by:
        context = {"by_name": name_of(by), "link_url": _review(application)}
        _send("more_time_given", application, [application.reviewer], key=key, context=context)


def more_time_refused(application: Application, reason: str, *, by: User | None) -> None:
    key = f"time-refused:{application.pk}:{mail.moment(timezone.now())}"
    _to_agency("more_time_refused", application, key=key, by_name=name_of(by), reason=reason)


def _review(application: Application) -> str:
    return mail.absolute("admin:onboarding_application_review", application.pk)


def _to_agency(name: str, application: Application, *, key: str, **context: object) -> None:
    context |= {"application": application, "reviewer_name": name_of(application.reviewer)}
    to_managers(name, application.agency, view="onboarding:changes", key=key, context=context)


def _to_reviewer(name: str, application: Application, *, key: str, **context: object) -> None:
    """To the reviewer; to every HMIS Admin where there is none."""
    people = [application.reviewer] if application.reviewer else permissions.people_in(permissions.HMIS_ADMIN)
    _send(name, application, people, key=key, context={**context, "link_url": _review(application)})


def _send(
    name: str, application: Application, people: Iterable[User], *, key: str, context: Mapping[str, object]
) -> None:
    full = {"agency": application.agency, "application": application, **context}
    for person in sorted(people, key=lambda reader: reader.pk):
        mail.send(f"onboarding/{name}", to=person, context=full, key=key, agency_id=application.agency_id)
