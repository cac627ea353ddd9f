"""A manager who is away names a deputy until a day: the rights, who is told, what a deputy may not, and how it lapses."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies import permissions, selectors
from agencies.models import AgencyRole
from agencies.services import deputies, people
from hmis_portal.models import AuditEvent, Message
from hmis_portal.web.errors import GuardFailed
from tests.cast import confirm_again

pytestmark = pytest.mark.django_db


def fresh(user):
    return type(user).objects.get(pk=user.pk)  # without what a request remembers


def name(cast, days=10):
    until = timezone.localdate() + dt.timedelta(days=days)
    deputies.name_deputy(agency=cast.agency, by=cast.director, to=cast.coordinator, until=until)
    return until


def test_a_deputy_is_named_on_the_page_and_both_are_told(cast, client_of):
    client = confirm_again(client_of(cast.director), cast.director)
    page = reverse("agencies:name_deputy", args=[cast.agency.pk])
    assert "Chris Coordinator" in client.get(page).text
    today = timezone.localdate()
    day = today + dt.timedelta(days=10)
    data = {"to": cast.coordinator.pk, "until_month": day.month, "until_day": day.day}
    assert "Select a day after today" in client.post(page, {**data, "until_year": day.year + 2}).text
    assert client.post(page, {**data, "until_year": day.year}).status_code == 302
    assert permissions.is_manager(fresh(cast.coordinator), cast.agency)
    for person in (cast.director, cast.coordinator):
        assert Message.objects.filter(name="agencies/deputy_named", user=person).count() == 1
    event = AuditEvent.objects.get(verb="named deputy")
    assert (event.actor, event.after, event.data["deputy"]) == (cast.director, str(day), cast.coordinator.pk)
    text = " ".join(client.get(reverse("agencies:people", args=[cast.agency.pk])).text.split())
    assert "deputy of Dana Director until" in text


def test_it_lapses_by_itself_everywhere(cast, client_of, time_machine):
    until = name(cast)
    page = reverse("agencies:invite", args=[cast.agency.pk])
    for after, status, managers in ((0, 200, 2), (1, 403, 1)):
        day = until + dt.timedelta(days=after)
        time_machine.move_to(dt.datetime.combine(day, dt.time(17), tzinfo=dt.UTC))
        assert client_of(fresh(cast.coordinator)).get(page).status_code == status, after
        assert permissions.holders(cast.agency, AgencyRole.MANAGER).count() == managers
        assert (cast.agency in permissions.agencies_of(cast.coordinator, AgencyRole.MANAGER)) == (
            managers == 2
        )
    assert permissions.is_editor(fresh(cast.coordinator), cast.agency)
    assert permissions.deputies(cast.agency) == {}


def test_a_deputy_is_no_second_manager_and_changes_no_managers(cast):
    name(cast)
    deputy = fresh(cast.coordinator)
    assert selectors.manager_counts([cast.agency.pk]) == {cast.agency.pk: 1}
    with pytest.raises(GuardFailed):  # the only manager stays
        people.end_role(
            agency=cast.agency, person=cast.director, role=AgencyRole.MANAGER, by=fresh(cast.director)
        )
    with pytest.raises(GuardFailed):
        people.end_role(agency=cast.agency, person=cast.director, role=AgencyRole.MANAGER, by=deputy)
    with pytest.raises(GuardFailed):
        people.hand_over(agency=cast.agency, by=deputy, to=cast.director, stay_as_editor=True)
    with pytest.raises(GuardFailed):
        deputies.name_deputy(
            agency=cast.agency,
            by=deputy,
            to=cast.signatory,
            until=timezone.localdate() + dt.timedelta(days=3),
        )


def test_the_manager_ends_it_sooner_or_makes_it_lasting(cast):
    name(cast)
    people.end_role(
        agency=cast.agency, person=fresh(cast.coordinator), role=AgencyRole.MANAGER, by=fresh(cast.director)
    )
    assert permissions.roles(fresh(cast.coordinator), cast.agency) == {AgencyRole.EDITOR}
    name(cast)
    permissions.grant(cast.coordinator, cast.agency, AgencyRole.MANAGER)
    assert selectors.manager_counts([cast.agency.pk]) == {cast.agency.pk: 2}
    with pytest.raises(GuardFailed):  # manages it already
        name(cast)


def test_where_only_managers_act_the_page_says_who_acts_meanwhile(cast, client_of):
    permissions.grant(cast.coordinator, cast.agency, AgencyRole.MANAGER)
    for person, roles in permissions.people_with_roles(cast.agency):
        if AgencyRole.MANAGER not in roles:
            for role in roles:
                permissions.revoke(person, cast.agency, AgencyRole(role))
    client = confirm_again(client_of(cast.director), cast.director)
    text = client.get(reverse("agencies:name_deputy", args=[cast.agency.pk])).text
    assert "Who manages your agency as well: Chris Coordinator." in text
    assert "There is nobody to stand in for you yet" not in text
