"""What an agency owes, said once more because somebody asks for it."""

from collections.abc import Sequence
from datetime import date

from agencies.models import Agency, User
from hmis_portal import mail
from hmis_portal.models import Message
from hmis_portal.web import links
from hmis_portal.web.links import Page
from onboarding.emails.to import agency_page
from onboarding.owed.line import Line


def owed_reminder(
    agency: Agency, lines: Sequence[Line], *, to: User, by: User, day: date, own: bool
) -> Message | None:
    """To one person, once a day; `own`: nobody of the agency's office, who reads of their own training."""
    return mail.send(
        "onboarding/owed_reminder",
        to=to,
        context={
            "agency": agency,
            "by_name": str(by),
            "lines": lines,
            "link_url": mail.absolute(links.to(Page.OWN_TRAINING))
            if own
            else agency_page(agency, "onboarding:owed"),
        },
        key=f"owed-reminder:{agency.pk}:{day}",
        agency_id=agency.pk,
    )
