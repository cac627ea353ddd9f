"""Whoever only types an address learns no name behind it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies import permissions
from agencies.models import AgencyRole, Invitation
from agencies.services import invitations
from agencies.services import staff as roster
from hmis_portal.models import Message
from hmis_portal.web.errors import WrongState
from onboarding.mou import agreement
from tests.cast import Cast
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = "wilhelmina@elsewhere.example"


@pytest.fixture
def wilhelmina(reference: None, cast: Cast) -> Any:
    """Somebody with an account, who works for another agency."""
    person = UserFactory(email=ADDRESS, first_name="Wilhelmina", last_name="Hidden")
    permissions.grant(person, cast.other_agency, AgencyRole.MANAGER)
    return person


def read(cast: Cast, client_of: Callable[[Any], Any]) -> str:
    """All that the agency's people and messages say."""
    pages = []
    for kind in ("director", "coordinator"):
        client = client_of(cast.person(kind))
        for name in (
            "agencies:people",
            "agencies:staff",
            "onboarding:journey",
            "onboarding:history",
            "onboarding:mou",
        ):
            answer = client.get(reverse(name, args=[cast.agency.pk]), follow=True)
            assert answer.status_code in (200, 404), name
            pages.append(answer.content.decode())
        pages.append(client.get(reverse("agencies:messages")).content.decode())
    letters = Message.objects.filter(user__in=[cast.director, cast.coordinator])
    return "\n".join([*pages, *(letter.subject + letter.body_text for letter in letters)])


def test_invited_to_act_for_the_agency(cast: Cast, wilhelmina: Any, client_of: Any) -> None:
    client = client_of(cast.director)
    answer = client.post(
        reverse("agencies:invite", args=[cast.agency.pk]),
        {"email": ADDRESS, "role": "editor", "first_name": "Guessed", "last_name": "Name"},
        follow=True,
    )
    told = answer.content.decode() + read(cast, client_of)
    assert ADDRESS in told
    assert "Wilhelmina" not in told
    row = Invitation.objects.get(user=wilhelmina)
    page = client.get(reverse("agencies:revoke_invitation", args=[cast.agency.pk, row.pk])).content.decode()
    assert "Wilhelmina" not in page
    told = client.post(
        reverse("agencies:revoke_invitation", args=[cast.agency.pk, row.pk]), follow=True
    ).content.decode()
    assert "Wilhelmina" not in told + read(cast, client_of)


def test_listed_in_the_roster(cast: Cast, wilhelmina: Any, client_of: Any) -> None:
    data = {
        "first_name": "Guessed", "last_name": "Name", "email": ADDRESS, "hmis_role": "data_entry", "access_level": "entry",
        "projects": [cast.project], "supervisor_name": "Dana Director", "start_date": timezone.localdate(),
    }  # fmt: skip
    roster.add_staff(agency=cast.agency, by=cast.director, data=data)
    told = read(cast, client_of)
    assert "Guessed Name" in told
    assert "Wilhelmina" not in told


def test_named_to_sign(cast: Cast, wilhelmina: Any, client_of: Any, commits: Any) -> None:
    signer = agreement.Signer(
        email=ADDRESS, first_name="Guessed", last_name="Name", title="Chair", authority="Bylaws"
    )
    with commits():
        agreement.issue(agency=cast.agency, by=cast.director, signer=signer)
    told = read(cast, client_of)
    assert "Guessed Name" in told
    assert "Wilhelmina" not in told


def test_who_accepted_is_known_by_name(cast: Cast, wilhelmina: Any, client_of: Any) -> None:
    row = invitations.invite(agency=cast.agency, email=ADDRESS, role=AgencyRole.EDITOR, by=cast.director)
    invitations.accept(invitation=row, by=wilhelmina)
    assert (
        "Wilhelmina Hidden"
        in client_of(cast.director).get(reverse("agencies:people", args=[cast.agency.pk])).content.decode()
    )
    with pytest.raises(WrongState, match="Wilhelmina Hidden has this role already"):
        invitations.invite(agency=cast.agency, email=ADDRESS, role=AgencyRole.EDITOR, by=cast.director)
