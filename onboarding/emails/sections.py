"""To the people whom an agency names."""

from collections.abc import Sequence
from typing import Any

from agencies import trust
from agencies.models import Agency, Person, User
from hmis_portal import mail
from hmis_portal.web import links
from hmis_portal.web.links import Page


def named(agency: Agency, person: Person, duties: Sequence[Any], *, by: User) -> None:
    """To somebody who holds positions from now on: `duties` have the position, what it asks, and its courses."""
    positions = "-".join(sorted(duty.key for duty in duties))
    mail.send(
        "onboarding/named",
        to=person.user or person.email,
        context={
            "agency": agency,
            "namer": by,
            "duties": duties,
            "is_known": trust.is_known(agency),
            "link_url": mail.absolute(links.to(Page.HOME)),
        },
        key=f"named:{person.pk}:{positions}",
        agency_id=agency.pk,
    )
