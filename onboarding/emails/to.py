"""To whom the messages of the journey go, and the page they lead to."""

from collections.abc import Mapping, Sequence

from agencies import permissions
from agencies.models import Agency, AgencyRole, User
from hmis_portal import mail
from hmis_portal.models import PortalSettings, StoredDocument

Documents = Sequence[tuple[StoredDocument, str]]


def agency_page(agency: Agency, view: str = "onboarding:journey") -> str:
    return mail.absolute(view, agency_id=agency.pk)


def to_managers(
    name: str,
    agency: Agency,
    *,
    key: str,
    context: Mapping[str, object],
    view: str = "onboarding:journey",
    documents: Documents = (),
) -> None:
    full = {"agency": agency, "link_url": agency_page(agency, view), **context}
    for person in permissions.holders(agency, AgencyRole.MANAGER):
        mail.send(
            f"onboarding/{name}", to=person, context=full, key=key, agency_id=agency.pk, documents=documents
        )


def name_of(person: User | None) -> str:
    return str(person) if person else PortalSettings.load().admin_name
