"""A stranger cannot make the portal carry links and words to people who never asked for them."""

from typing import Any

import pytest
from django.urls import reverse

from agencies.forms.people import OpenAgencyForm
from agencies.forms.staff import StaffForm
from agencies.models import AgencyRole, Invitation
from agencies.services import invitations
from hmis_portal.management.commands.portal import load_reference
from hmis_portal.models import PortalSettings, forget_settings
from hmis_portal.text.typed import has_link
from hmis_portal.web.errors import GuardFailed
from onboarding.forms.mou.naming import SignatoryForm
from tests.applications import make_application
from tests.cast import Cast
from tests.factories import AgencyFactory

NEW = {"first_name": "Nina", "last_name": "New", "email": "nina@harbor.example", "role": "editor"}


@pytest.mark.parametrize(
    "name",
    [
        "Win at https://evil.example/x", "www.evil.example", "evil.com", "See evil.com, now", "Evil.Org", "bit.ly", "t.co/abc",
        "write to a@evil.example", "ａ＠evil．com", "evil。com", "a.b.evil.net", "пример.рф/x", "hxxp://evil.example",
    ],
)  # fmt: skip
def test_a_name_with_a_link_is_seen(name: str) -> None:
    assert has_link(name)


@pytest.mark.parametrize(
    "name",
    [
        "St. Vincent de Paul", "St.Vincent", "Dr.Jo Lee", "J.P. Morgan", "J.P.Morgan", "Harbor House, Inc.", "U.S.A. Shelter", "A.B.C. House",
        "Youth @ Risk", "O’Neill-Ruiz Jr.", "Mary Ann", "Beit Shalom בית שלום", "避难所", "No. 5 / Main", "Kim 🌈 Park", "Apt. 2:30",
    ],
)  # fmt: skip
def test_an_honest_name_is_a_name(name: str) -> None:
    assert not has_link(name)


@pytest.mark.django_db
def test_names_that_go_into_mail_are_refused_with_a_link(cast: Cast, client_of: Any) -> None:
    bad = "Pay at evil.com"
    opened = OpenAgencyForm({"legal_name": bad, "common_name": bad})
    assert opened.errors["legal_name"] == [
        "Legal name of the agency must not have a web or e-mail address in it"
    ]
    assert "common_name" in opened.errors
    listed = StaffForm({"first_name": bad, "last_name": bad, "supervisor_name": bad}, agency=cast.agency)
    assert {"first_name", "last_name", "supervisor_name"} <= {
        name for name, said in listed.errors.items() if "web or e-mail address" in str(said)
    }
    named = SignatoryForm(
        {"who": "other", "first_name": bad, "last_name": "evil@evil.example"},
        me=cast.director,
        agency=cast.agency,
    )
    assert {"first_name", "last_name"} <= named.errors.keys()
    client = client_of(cast.director)
    page = client.post(reverse("agencies:invite", args=[cast.agency.pk]), {**NEW, "last_name": bad})
    assert "Last name must not have a web or e-mail address in it" in page.text
    assert f'value="{bad}"' in page.text
    page = client_of(None).post(
        "/accounts/signup/", {**NEW, "first_name": bad, "password1": "quiet-harbor-lantern-9"}
    )
    assert "First name must not have a web or e-mail address in it" in page.text
    assert "First name must not have" in client.post("/me/", {"first_name": bad, "last_name": "D"}).text
    assert not Invitation.objects.exists()


@pytest.mark.django_db
def test_before_its_first_review_an_agency_invites_few_and_not_in_its_own_words(
    cast: Cast, client_of: Any, mailoutbox: Any
) -> None:
    PortalSettings.objects.update(invitations_before_review=2)
    forget_settings()
    client, page = client_of(cast.director), reverse("agencies:invite", args=[cast.agency.pk])
    client.post(page, NEW)
    assert "your agency can invite 1 more person" in client.get(page).text
    client.post(page, {**NEW, "email": "second@harbor.example"})
    refused = client.post(page, {**NEW, "email": "third@harbor.example"})
    assert "Until your application is reviewed, your agency can invite 2 people" in refused.text
    assert 'value="third@harbor.example"' in refused.text
    assert [mail.subject for mail in mailoutbox] == [
        "A colleague invites you to the CT HMIS Onboarding Portal"
    ] * 2
    another = AgencyFactory(created_by=cast.director)  # a second account is no second allowance
    with pytest.raises(GuardFailed, match="can invite 2 people"):
        invitations.invite(agency=another, email="x@harbor.example", role=AgencyRole.EDITOR, by=cast.director)
    invitations.invite(agency=cast.agency, email="y@harbor.example", role=AgencyRole.EDITOR, by=cast.admin)
    load_reference()
    make_application(cast.agency, by=cast.director, state="in_review", reviewer=cast.admin)
    client.post(page, {**NEW, "email": "third@harbor.example"})
    assert mailoutbox[-1].subject == "Harbor House invites you to the CT HMIS Onboarding Portal"
    assert mailoutbox[-1].to == ["third@harbor.example"]
    assert "Until your application is reviewed" not in client.get(page).text
