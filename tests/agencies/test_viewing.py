"""“View as the agency”: an HMIS Admin reads its pages as the manager sees them, and nothing is changed by it."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from agencies.events import AgenciesEvent
from agencies.models import Agency
from hmis_portal.models import AuditEvent, Message
from onboarding import questions
from onboarding.models import Thread
from tests.addresses import ARGUMENTS
from tests.cast import Cast
from tests.rights import TABLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


@pytest.fixture
def begun(cast: Cast, client_of):
    """The Admin's browser, and the answer to the act that begins it."""
    client = client_of(cast.admin)
    answer = client.post(reverse("admin:agencies_agency_view_as", args=[cast.agency.pk]))
    assert answer.url == reverse("onboarding:journey", args=[cast.agency.pk])
    return client


def test_the_admin_sees_what_the_manager_sees_under_a_banner(cast: Cast, begun, client_of) -> None:
    page, invite = (
        reverse(name, args=[cast.agency.pk]) for name in ("onboarding:journey", "agencies:invite")
    )
    assert client_of(cast.admin).get(invite).status_code == 403
    assert "You view the pages of Harbor House" in begun.get(page).text
    answer = begun.get(invite)
    assert answer.status_code == 200
    assert "Nothing can be changed meanwhile" in answer.text
    event = AuditEvent.objects.get(verb=AgenciesEvent.VIEWED_AS_AGENCY)
    assert (event.actor, event.agency_id) == (cast.admin, cast.agency.pk)
    assert begun.get(reverse("agencies:invite", args=[cast.other_agency.pk])).status_code == 403
    assert "You view the pages" not in begun.get(reverse("admin:index")).text


def test_the_head_shows_nothing_of_the_admin_s_own_and_the_banner_says_whose_a_page_is(
    cast: Cast, begun, client_of
) -> None:
    ask = {"kind": Thread.Kind.SUPPORT, "subject": "How long?", "text": "How long?", "by": None}
    questions.ask(**ask, name="Vera", email="vera@example.org")
    page, own = reverse("onboarding:journey", args=[cast.agency.pk]), reverse("agencies:me")

    def head(client, url: str) -> str:
        return client.get(url).text.partition("</header>")[0]

    assert "door-count" in head(client_of(cast.admin), own)
    for url, words in ((page, "You view the pages of Harbor House"), (own, "but this page is your own")):
        assert words in begun.get(url).text
        assert "Links to your own tasks and messages are left out" in begun.get(url).text
        assert "door" not in head(begun, url)
    begun.post(reverse("agencies:end_viewing"))
    assert "door-count" in head(begun, own)


def test_every_act_is_refused_and_the_desk_goes_on(cast: Cast, begun) -> None:
    invite, before = reverse("agencies:invite", args=[cast.agency.pk]), Message.objects.count()
    given = {"first_name": "New", "last_name": "Person", "email": "new@harbor.example", "role": "editor"}
    for url in (invite, reverse("agencies:me"), reverse("onboarding:support"), reverse("agencies:end_role", args=[cast.agency.pk, cast.coordinator.pk, "editor"])):  # fmt: skip
        answer = begun.post(url, given)
        assert answer.status_code == 403, url
        assert "You view the portal as Harbor House" in answer.text
    assert begun.delete(invite).status_code == 403
    assert Message.objects.count() == before
    desk = reverse("admin:agencies_agency_name_manager", args=[cast.agency.pk])
    assert begun.post(desk, {"reason": ""}).status_code == 422


def test_it_ends_by_one_click_and_with_the_right_to_it(cast: Cast, begun, client_of) -> None:
    invite = reverse("agencies:invite", args=[cast.agency.pk])
    assert begun.post(reverse("agencies:end_viewing")).url == reverse(
        "admin:agencies_agency_change", args=[cast.agency.pk]
    )
    assert begun.get(invite).status_code == 403
    assert begun.post(reverse("agencies:end_viewing")).status_code == 302
    again = client_of(cast.admin)
    again.post(reverse("admin:agencies_agency_view_as", args=[cast.agency.pk]))
    cast.admin.groups.remove(Group.objects.get(name="HMIS Admin"))
    assert again.get(invite).status_code == 404
    cast.admin.groups.add(Group.objects.get(name="HMIS Admin"))
    assert again.get(invite).status_code == 403  # it does not come back by itself


def test_nobody_else_begins_it(cast: Cast, client_of) -> None:
    for kind in ("lead", "auditor", "trainer"):
        url = reverse("admin:agencies_agency_view_as", args=[cast.agency.pk])
        assert client_of(getattr(cast, kind)).post(url).status_code == 403
    assert not AuditEvent.objects.filter(verb=AgenciesEvent.VIEWED_AS_AGENCY).exists()


@pytest.mark.parametrize("place", ["agency", "draft", "mou", "approved"])
def test_no_page_that_is_viewed_writes_anything_and_no_file_opens_that_did_not(
    cast: Cast, client_of, place: str
) -> None:
    kwargs = ARGUMENTS[place](cast)
    own, begun = client_of(cast.admin), client_of(cast.admin)
    begun.post(reverse("admin:agencies_agency_view_as", args=[cast.agency.pk]))
    opened = 0
    for row in (one for one in TABLE if one.args == place):
        url = reverse(row.name, kwargs=kwargs)
        by_right = own.get(url)
        before = (
            AuditEvent.objects.count(),
            Message.objects.count(),
            Agency.objects.values().get(pk=cast.agency.pk),
        )
        answer = begun.get(url)
        after = (
            AuditEvent.objects.count(),
            Message.objects.count(),
            Agency.objects.values().get(pk=cast.agency.pk),
        )
        assert answer.status_code < 500, row.name
        refused = answer.status_code == 403  # written down once an hour, as every refusal is
        assert refused or before == after, row.name
        opened += answer.status_code == 200
        if answer.status_code == 200 and not answer.headers["Content-Type"].startswith("text/html"):
            assert by_right.status_code == 200, row.name
    assert opened
