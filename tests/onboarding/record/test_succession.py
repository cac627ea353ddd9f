"""Another person takes over a position: account, roster, briefing and notices move with it, in one act."""

import re

from agencies import permissions
from agencies.models import Agency, AgencyRole, Contact, Invitation, Position, Staff
from hmis_portal.models import Message
from onboarding.models import RecordChange
from onboarding.record.succession import POSITIONS
from tests.onboarding.record.helpers import executed, post, takes_over, url


def holder(cast, position):
    return Contact.objects.get(agency=cast.agency, position=position).name


def test_a_new_director_is_invited_and_the_old_one_no_longer_acts(cast, live_application, client_of):
    old = cast.director
    executed(cast)
    permissions.grant(cast.coordinator, cast.agency, AgencyRole.MANAGER)
    html = client_of(cast.coordinator).get(url(cast, "people", "director")).text
    assert "Notices under the MOU go to the new person" in html
    given = {"name": "Nora New", "email": "nora.new@agency.example", "hands_over": "no_role"}
    assert takes_over(cast, client_of, "director", **given).status_code == 302
    assert holder(cast, "director") == "Nora New"
    invitation = Invitation.objects.get(user__email="nora.new@agency.example")
    assert (invitation.role, invitation.created_by) == ("manager", cast.coordinator)
    assert not permissions.roles(type(old).objects.get(pk=old.pk), Agency.objects.get(pk=cast.agency.pk))
    named, notices = RecordChange.objects.order_by("pk")
    assert "Nora New" in named.changed[0]["after"]
    assert (notices.title, notices.changed[0]["after"]) == (
        "Notices under the MOU",
        "nora.new@agency.example",
    )
    assert Message.objects.filter(name="agencies/role_ended", to=old.email).exists()


def test_every_question_of_a_position_stands_on_its_page(cast, live_application, client_of):
    client = client_of(cast.director)
    for position in Position:
        answer = client.get(url(cast, "people", position))
        asked = answer.context["form"].fields
        assert ("hands_over" in asked, "effective_on" in asked) == (position in POSITIONS, True)
        for name in asked:
            assert re.search(rf'name="{name}(_month)?"', answer.text), name


def test_an_editor_names_no_director_and_nothing_is_half_done(cast, live_application, client_of):
    before = holder(cast, "director")
    given = {"name": "Nora New", "email": "nora.new@agency.example", "hands_over": "stays"}
    response = takes_over(cast, client_of, "director", person=cast.coordinator, **given)
    assert "A manager of the agency names a new executive director" in response.text
    assert holder(cast, "director") == before
    assert not RecordChange.objects.exists()
    assert not Invitation.objects.filter(user__email="nora.new@agency.example").exists()


def test_a_new_coordinator_from_the_roster_while_the_old_one_leaves(cast, live_application, client_of):
    old = Contact.objects.get(agency=cast.agency, position="coordinator").person
    new = (
        Staff.objects.current()
        .filter(agency=cast.agency)
        .exclude(hmis_role="hdc")
        .exclude(person=old)
        .first()
    )
    given = {"coordinator_is": "listed", "coordinator_person": new.email, "hands_over": "leaves"}
    assert post(cast, client_of, "coordinator", "people", cast.director, **given).status_code == 302
    assert holder(cast, "coordinator") == new.name
    new.refresh_from_db()
    assert (new.hmis_role, new.access_level) == ("hdc", "agency")
    assert not Staff.objects.current().filter(person=old).exists()
