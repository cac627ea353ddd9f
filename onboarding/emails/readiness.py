"""Readiness questions that somebody outside the agency answers."""

from agencies.models import User
from hmis_portal import mail
from onboarding.emails.to import name_of
from onboarding.models import HelpRequest, SectionKey


def helper_asked(request: HelpRequest, *, by: User) -> None:
    """To the helper, with the link: it is made at sending, so no log holds it."""
    mail.send(
        "onboarding/helper_asked",
        to=request.email,
        context={
            "agency": request.application.agency,
            "help": request,
            "by_name": name_of(by),
            "count": len(request.questions),
        },
        key=f"helper-asked:{request.pk}:{request.sent_count}",
        agency_id=request.application.agency_id,
        link=mail.Link("readiness-help", str(request.pk)),
    )


def helper_answered(request: HelpRequest) -> None:
    """To whoever asked: the answers wait to be taken or left."""
    agency = request.application.agency
    mail.send(
        "onboarding/helper_answered",
        to=request.asked_by,
        context={
            "agency": agency,
            "help": request,
            "link_url": mail.absolute(
                "onboarding:section", agency_id=agency.pk, section=SectionKey.READINESS
            ),
        },
        key=f"helper-answered:{request.pk}",
        agency_id=agency.pk,
    )
