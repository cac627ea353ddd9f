"""An MOU issued to the cast's signatory, by the acts that people's clicks call."""

from hmis_portal.signing import reference
from onboarding import mou as mous
from onboarding.models import Mou
from tests.cast import Cast


def issue_mou(cast: Cast) -> Mou:
    reference.load()
    signer = mous.Signer(
        email=cast.signatory.email,
        first_name="Sidney",
        last_name="Signatory",
        title="Chair of the board",
        authority="Resolution of the board of October 3, 2026",
    )
    return mous.issue(agency=cast.agency, by=cast.director, signer=signer)
