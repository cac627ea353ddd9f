"""The Security Officer whom section A2 names, when the roster does not list them."""

import structlog
from django.utils import timezone

from agencies.models import AccessLevel, Agency, Contact, HmisRole, Position, Staff, User
from agencies.services.staff import add_staff
from hmis_portal.signing.models import NAME_LENGTH

log = structlog.get_logger(__name__)


def list_security_officer(agency: Agency, *, by: User | None) -> Staff | None:
    """Who is named as Security Officer and stands nowhere on the roster is listed there, without access to the HMIS.

    So the officer is invited and has the briefing. None when nobody had to be listed, or their name does not fit.
    """
    officer = Contact.objects.filter(agency=agency, position=Position.SECURITY).first()
    if officer is None or Staff.objects.filter(agency=agency, email__iexact=officer.email).exists():
        return None
    first_name, last_name = officer.person.first_name, officer.person.last_name
    if max(len(first_name), len(last_name)) > 100 or len(officer.name) >= NAME_LENGTH:
        log.warning("officer_not_listed", agency=str(agency.pk))
        return None
    director = Contact.objects.filter(agency=agency, position=Position.DIRECTOR).first()
    return add_staff(
        agency=agency,
        by=by,
        data={
            "first_name": first_name, "last_name": last_name, "title": officer.title, "email": officer.email,
            "phone": officer.full_phone, "hmis_role": HmisRole.SECURITY, "access_level": AccessLevel.NONE,
            "supervisor_name": director.name if director else "", "start_date": timezone.localdate(),
            "employment": Staff.Employment.STAFF,
        },
    )  # fmt: skip
