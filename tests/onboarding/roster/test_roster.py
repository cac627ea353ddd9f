"""The roster in daily life: found by name, role, project and status; each line says how the person stands."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Staff
from agencies.services import leavers
from agencies.services.invitations import invite_staff
from onboarding.models import Access
from tests.factories import StaffFactory
from tests.onboarding.journey.maker import Maker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


@pytest.fixture
def people(cast):
    """On the cast's roster besides: one invited, one not invited who starts later, one who leaves soon."""
    day = timezone.localdate() + dt.timedelta(days=20)
    for first, more in (("Ines", {}), ("Lena", {"starts_later": True, "start_date": day}), ("Otis", {})):
        StaffFactory(agency=cast.agency, first_name=first, last_name="Roster", hmis_role="data_entry", **more)
    invite_staff(staff=Staff.objects.get(first_name="Ines"), by=cast.director)
    leavers.report_leaver(staff=Staff.objects.get(first_name="Otis"), by=cast.director, last_day=day)
    return cast.agency


def shown(client, agency, **asked) -> list[str]:
    text = client.get(reverse("agencies:staff", args=[agency.pk]), asked).text
    return re.findall(r'<th scope="row">(\w+)', text)


def test_people_are_found_and_put_in_order(cast, people, client_of):
    client = client_of(cast.coordinator)
    everybody = ["Chris", "Ines", "Lena", "Otis", "Sasha"]
    assert shown(client, people) == everybody
    assert shown(client, people, name="rost lena") == ["Lena"]
    assert shown(client, people, name="sasha") == ["Sasha"]
    assert shown(client, people, role="hdc") == ["Chris"]
    assert shown(client, people, project=str(cast.project.pk)) == ["Sasha"]
    assert shown(client, people, state="invited") == ["Ines"]
    assert shown(client, people, state="later") == ["Lena"]
    assert shown(client, people, state="leaving") == ["Otis"]
    assert shown(client, people, order="start")[0] == "Lena"
    assert shown(client, people, name="nobody\0 at all", role="data_entry") == []
    assert shown(client, people, role="x", project="x", state="x", order="x") == everybody
    page = client.get(reverse("agencies:staff", args=[people.pk]), {"state": "leaving"}).text
    for kind in ("csv", "xlsx"):
        assert client.get(re.search(rf'href="([^"]+\.{kind})"', page).group(1)).status_code == 200


def test_a_wrong_invitation_is_revoked_from_the_line(cast, people, client_of):
    page = client_of(cast.director).get(reverse("agencies:staff", args=[people.pk])).text
    revoke = re.search(r'href="([^"]+/revoke/)"', page).group(1)
    after = client_of(cast.director).post(revoke, follow=True)
    assert after.redirect_chain[-1][0] == reverse("agencies:staff", args=[people.pk])
    assert shown(client_of(cast.director), people, state="invited") == []
    assert "/revoke/" not in client_of(cast.coordinator).get(reverse("agencies:staff", args=[people.pk])).text


def test_each_line_says_how_the_person_stands(cast, client_of, django_assert_max_num_queries):
    maker = Maker(cast, "Maple").agreed("granted", *["not_ready"] * 30).is_("live")
    granted = Access.objects.get(staff__agency=maker.agency, state="granted")
    Access.objects.filter(pk=granted.pk).update(
        account_name="hana.hdc", to_do="change", to_do_since=timezone.now()
    )
    client = client_of(cast.coordinator)
    client.get("/me/")
    with django_assert_max_num_queries(18):
        text = client.get(reverse("agencies:staff", args=[maker.agency.pk])).text
    line = next(row for row in text.split("<tr>") if granted.staff.email in row)
    words = " ".join(re.sub(r"<[^>]+>", " ", line).split())
    assert "Access: Access granted hana.hdc. The HMIS Admin is to do: Change the account" in words
    assert text.count("Access: ") == 31
