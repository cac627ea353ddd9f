"""The MOU of the cast's agency: named, signed by the agency, its application approved. Imports wait until Django is set up."""

import pytest


@pytest.fixture
def issued(cast, texts, client_of, once):
    from onboarding.models import Mou
    from tests.onboarding.mou.helpers import SIGNER, mou_url

    def make():
        client_of(cast.director).post(mou_url("name_signatory", cast), SIGNER)
        return Mou.objects.get()

    return once(make)


@pytest.fixture
def signed(cast, reference, commits, once):
    from onboarding.mou import agreement
    from tests.mou import sign

    def make():
        with commits():
            signer = agreement.Signer(
                cast.signatory.email, "Sidney", "Signatory", "Chair of the board", "Bylaws"
            )
            mou = agreement.issue(agency=cast.agency, by=cast.director, signer=signer)
        with commits():
            sign(mou, cast)
        mou.refresh_from_db()
        return mou

    return once(make)


@pytest.fixture
def approved(cast, signed, once):
    from tests.mou import approve

    def make():
        return approve(cast)

    return once(make)


@pytest.fixture
def admin(cast, client_of):
    """The HMIS Admin's browser, signed in with the second factor."""
    from tests.cast import remember_second_factor

    client = client_of(cast.admin)
    remember_second_factor(client, cast.admin)
    return client
