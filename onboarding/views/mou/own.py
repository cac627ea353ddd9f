"""The getters of the pages of an MOU, which check the right."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.models import Agency
from hmis_portal.signing.models import Party
from hmis_portal.web.errors import WrongState
from onboarding.models import Mou
from onboarding.mou import agreement


def own_mou(request: HttpRequest, agency_id: UUID) -> tuple[Agency, Mou]:
    """The MOU, for the person it names; 403 for another reader, 404 for a stranger."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    mou = agreement.latest(agency)
    if mou is None or mou.signatory_id != request.user.pk:
        raise PermissionDenied(_("Only the signatory named in the MOU may do this."))
    return agency, mou


def mou_to_sign(request: HttpRequest, agency_id: UUID) -> tuple[Agency, Mou, Party]:
    """The MOU that waits for this person's signature; WrongState when it no longer does."""
    agency, mou = own_mou(request, agency_id)
    if mou.state != Mou.State.ISSUED:
        raise WrongState(
            _("This MOU no longer waits for a signature: %(state)s.") % {"state": mou.get_state_display()},
            back=reverse("onboarding:mou", args=[agency.pk]),
        )
    return agency, mou, agreement.agency_party(mou)
