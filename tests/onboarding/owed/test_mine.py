"""A home of one's own: the same three doors for everybody, and one's own tasks, training and access behind them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import AgencyRole
from agencies.permissions import grant
from onboarding import questions
from onboarding.journey.facts import gather
from onboarding.models import Access
from onboarding.owed.mine import shares
from onboarding.owed.sources import lines_of
from onboarding.together.sharing import assign
from tests.cast import KINDS
from tests.factories import StaffFactory
from tests.onboarding.journey.maker import Maker
from tests.onboarding.owed.helpers import in_training, live

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
TASKS = "/me/tasks/"


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split())


@pytest.mark.parametrize("kind", KINDS)
def test_every_person_has_the_same_three_doors_and_each_opens(kind, cast, client_of):
    client = client_of(None if kind == "visitor" else cast.person(kind))
    head = client.get(reverse("onboarding:guide")).text.partition("</header>")[0]
    doors = re.findall(r'<a class="door" href="([^"]+)"[^>]*>(My tasks|My agency|Messages)', head)
    if kind == "visitor":
        assert doors == []
        return
    assert [name for _url, name in doors] == ["My tasks", "My agency", "Messages"]
    for url, name in doors:
        answer = client.get(url, follow=True)
        assert answer.status_code == 200, (kind, name)


def test_the_door_to_one_s_agency_leads_where_one_works(cast, client_of):
    def leads(kind):
        return client_of(cast.person(kind)).get(reverse("agencies:my_agency"))

    assert leads("director").url == leads("coordinator").url == f"/agencies/{cast.agency.pk}/"
    assert leads("signatory").url == f"/agencies/{cast.agency.pk}/mou/"
    assert leads("auditor").url == reverse("admin:agencies_agency_changelist")
    staff = words(leads("staff"))
    assert "Harbor House" in staff
    assert "Whom to ask Chris Coordinator" in staff
    grant(cast.director, cast.other_agency, AgencyRole.EDITOR)
    both = words(leads("director"))
    assert "Harbor House" in both
    assert "River Street Shelter" in both


def test_the_door_to_messages_counts_what_this_person_has_not_read(cast, client_of):
    thread = questions.write_to(cast.agency, subject="Towns", text="Which do you serve?", by=cast.admin)

    def counted(kind):
        door = re.search(
            r">Messages(.*?)</a>", client_of(cast.person(kind)).get("/me/agency/", follow=True).text, re.S
        )
        return re.sub(r"<[^>]+>", "", door.group(1)).strip()

    assert [counted(kind) for kind in ("director", "coordinator", "staff", "stranger")] == [
        "1 unread",
        "1 unread",
        "",
        "",
    ]
    client_of(cast.director).get(reverse("onboarding:question", args=[thread.pk]))
    assert (counted("director"), counted("coordinator")) == ("", "1 unread")
    questions.write_again(thread=thread, by=cast.coordinator, text="Hartford")
    assert counted("director") == "1 unread"
    desk = client_of(cast.admin).get(reverse("onboarding:guide")).text
    assert "?waits=yes" in desk.partition("</header>")[0]


def test_a_line_is_on_the_page_of_who_has_it_and_on_nobody_else_s(cast, client_of):
    maker = in_training(cast)
    condition = next(line for line in lines_of(gather(maker.agency)) if line.kind == "condition")
    person = next(line for line in lines_of(gather(maker.agency)) if line.kind == "person")
    assign(
        maker.one,
        {condition.key: cast.coordinator},
        titles={condition.key: condition.title},
        by=cast.director,
    )
    director, coordinator = (words(client_of(one).get(TASKS)) for one in (cast.director, cast.coordinator))
    assert condition.title in coordinator
    assert condition.title not in director
    assert person.title in director  # nobody invited this person yet: the manager sees to it
    assert "1 thing more is with others" in director
    assert "Invitation not accepted: new@maple.example" in director
    assert "Invitation not accepted" not in coordinator
    assert maker.agency.name not in words(client_of(cast.stranger).get(TASKS))


def test_before_the_sending_the_next_step_of_one_s_agency_stands_there(cast, client_of):
    maker = Maker(cast, "Maple").confirmed()
    director, signatory = (client_of(one).get(TASKS) for one in (cast.director, cast.signatory))
    assert "Your turn" in words(director)
    assert f'href="/agencies/{maker.agency.pk}/mou/"' in director.text
    assert "Your turn" not in words(signatory)
    maker.mou("issued")
    assert f'href="/agencies/{maker.agency.pk}/mou/sign/"' in client_of(cast.signatory).get(TASKS).text


def test_who_works_in_the_hmis_finds_training_access_and_how_to_sign_in(cast, client_of):
    maker = Maker(cast, "Maple").agreed("not_ready", "granted").is_("live")
    waits, works = Access.objects.filter(staff__agency=maker.agency).order_by("-state")
    Access.objects.filter(pk=works.pk).update(account_name="sasha.s")
    Access.objects.filter(pk=waits.pk).update(reasons=["Privacy is missing."])
    for access, user in ((waits, cast.coordinator), (works, cast.staff)):
        type(access.staff).objects.filter(pk=access.staff_id).update(user=user)
    page = client_of(cast.staff).get(TASKS)
    text = words(page)
    assert "Your training and access at Maple" in text
    assert "Access Access granted User name there sasha.s" in text
    assert "How to sign in to CT HMIS" in text
    own = client_of(cast.coordinator)
    page = own.get(TASKS)
    assert "You are not ready for the HMIS yet" in words(page)
    assert words(page).count("Not ready Privacy is missing.") == 1
    assert "How to sign in" not in words(page)
    link = re.search(r'<a href="([^"]+)"[^>]*>You are not ready', page.text)
    assert own.get(link.group(1)).status_code == 200


def test_ten_agencies_cost_what_two_do(cast, client_of):
    client = client_of(cast.director)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(TASKS)
        return len(queries)

    makers = [in_training(cast, "a"), live(cast, "b")]
    for maker in makers:
        StaffFactory(agency=maker.agency, user=cast.director)
    asked()
    two = asked()
    for number in range(4):
        for make in (in_training, live):
            StaffFactory(agency=make(cast, f"{make.__name__}{number}").agency, user=cast.director)
    assert asked() == two <= 45
    assert len(shares(cast.director)) == 11
