"""The bench: each of its pages is there in a small community too. What they cost is measured by `make bench`."""

import random

import pytest
from django.test import Client

from bench import pages, roster
from bench.management.commands import bench
from bench.scale import Community
from bench.spread import SPREAD
from onboarding.models import Application

pytestmark = pytest.mark.django_db


def test_thirty_agencies_have_every_state_and_every_page(reference: None) -> None:
    Community(random.Random(30)).add(range(30))
    assert set(Application.objects.values_list("state", flat=True)) == set(SPREAD)
    for page in pages.measured():
        if page.address == "/floor/":
            continue
        client = Client()
        client.force_login(page.user, backend=bench.BACKEND)
        if page.data is None:
            assert client.get(page.address, follow=True).status_code == 200, page.name
        else:
            assert client.post(page.address, page.data()).status_code == 302, page.name


def test_a_roster_is_uploaded_and_everybody_invited(reference) -> None:
    agency, director, rows = roster.measure(3)
    assert agency.staff.filter(user__requirements__isnull=False).distinct().count() == 3
    assert [row["size"] for row in rows] == [3, 3, 3]
    client = Client()
    client.force_login(director, backend=bench.BACKEND)
    assert "Person2" in client.get(f"/agencies/{agency.pk}/staff/").text
