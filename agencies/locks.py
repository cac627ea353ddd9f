"""The lock of an agency, and whether its rows stand still: the apps above say why, while what was sent is reviewed."""

from collections.abc import Callable
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, UUIDField
from django.db.transaction import TransactionManagementError
from django.utils.translation import gettext as _

from agencies.models import Agency
from hmis_portal.models.written import Given, WrittenQuery
from hmis_portal.web.errors import WrongState

# Each answers with a sentence saying why the rows may not be changed now, or with "".
Question = Callable[[Agency], str]
_questions: list[Question] = []


def asks_before_changes(question: Question) -> Question:
    """Register a function of an app above that may hold the agency's rows."""
    if question not in _questions:
        _questions.append(question)
    return question


@WrittenQuery
def _locked() -> QuerySet[Agency]:
    return Agency.objects.select_for_update(no_key=True).filter(pk=Given("agency", UUIDField()))


def lock_agency(agency_id: UUID) -> Agency:
    """Lock the agency's row for this transaction, before anything else of the agency is locked.

    Every decision about an agency waits here for the one before it, so none can deadlock. The lock is one that lets
    others write rows that only point at the agency.
    """
    if connection.get_autocommit():
        raise TransactionManagementError("An agency is locked within a transaction.")
    for agency in _locked(agency=agency_id):
        return agency
    raise Agency.DoesNotExist


def lock_agencies(*agency_ids: UUID) -> None:
    """The same for several, always in the same order."""
    for agency_id in sorted(agency_ids):
        lock_agency(agency_id)


def why_locked(agency: Agency) -> str:
    """The first reason why the agency's information, projects and staff cannot be changed now; "" when they can."""
    if agency.state == Agency.State.LEFT:
        return _("%(agency)s has left the HMIS.") % {"agency": agency.name}
    return next((reason for question in _questions if (reason := question(agency))), "")


def check(agency: Agency) -> None:
    """Raises WrongState with the reason when the rows stand still."""
    if reason := why_locked(agency):
        raise WrongState(reason)
