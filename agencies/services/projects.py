"""The HMIS Admin takes projects into the HMIS."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.events import AgenciesEvent
from agencies.locks import lock_agency
from agencies.models import Agency, Project, User
from agencies.models.project import looked_at
from hmis_portal import audit
from hmis_portal.web.errors import WrongState


@transaction.atomic
def accept(*, project: Project, by: User) -> None:
    """A new project is set up in the HMIS. Raises WrongState when that was said already."""
    lock_agency(project.agency_id)
    project.refresh_from_db(fields=["accepted_at"])
    if project.accepted_at:
        raise WrongState(_("“%(name)s” was already accepted.") % {"name": project.project_name})
    project.accepted_at, project.accepted_by = timezone.now(), by
    project.save(update_fields=["accepted_at", "accepted_by"])
    audit.record(by=by, verb=AgenciesEvent.PROJECT_ACCEPTED, obj=project, agency_id=project.agency_id)


def accept_with_application(*, agency: Agency, by: User | None) -> None:
    """With the application its projects are approved; what was only copied and never saved is none of them."""
    rows = Project.objects.filter(agency=agency, accepted_at=None)
    keys = list(rows.filter(looked_at()).values_list("pk", flat=True))
    rows.filter(pk__in=keys).update(accepted_at=timezone.now(), accepted_by=by)


def forget_acceptance(agency: Agency) -> None:
    """The approval was taken back: its projects are proposed again."""
    Project.objects.filter(agency=agency).update(accepted_at=None, accepted_by=None)
