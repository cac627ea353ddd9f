"""Whoever is named is told once of what a position asks and brings."""

import pytest

from agencies.models import Position
from hmis_portal.models import Message
from tests.onboarding.helpers import people_data, save_pages, settings_are
from training import reference

pytestmark = pytest.mark.django_db


def told():
    return {message.to: message for message in Message.objects.filter(name="onboarding/named").order_by("pk")}


def test_named_people_get_one_message_each_and_none_twice(cast, application, base):
    reference.load()
    client = cast.client("director")
    data = people_data(
        director_email=cast.director.email, coordinator_email="co@harbor.example", coordinator_name="Cory Co",
        backup_email="bo@harbor.example", backup_name="Bo Backup", security_is="coordinator", privacy_is="coordinator",
    )  # fmt: skip
    save_pages(client, base, "people", data)
    held = {contact.position: contact.email for contact in cast.agency.contacts.all()}
    others = {*held.values()} - {cast.director.email}
    assert {*told()} == others, "one a person, and none to whoever named themselves"
    mail = told()["co@harbor.example"]
    for words in (
        "HMIS Data Coordinator (HDC)",
        "Security Officer",
        "Security Officer briefing",
        "60 minutes",
    ):
        assert words in mail.body_text
    assert mail.subject.startswith("You are named"), "not in the name of an agency at which nobody has looked"
    assert "briefing" not in told()["bo@harbor.example"].body_text.split("It brings")[0].replace(
        "same briefing", ""
    )

    again = {"backup_name": "Ben Other", "backup_email": "ben@harbor.example"}
    save_pages(client, base, "people", data | again, version=1)
    save_pages(client, base, "people", data, version=2)
    assert Message.objects.filter(name="onboarding/named").count() == len(others) + 1
    assert cast.agency.contacts.get(position=Position.BACKUP).email == "bo@harbor.example"


def test_an_agency_that_nobody_knows_tells_no_more_people_than_it_may_invite(cast, application, base):
    settings_are(invitations_before_review=1)
    save_pages(cast.client("director"), base, "people", people_data(director_email=cast.director.email))
    assert len(told()) == 1
    settings_are(invitations_before_review=3)
    data = people_data(director_email=cast.director.email, director_title="Chief")
    save_pages(cast.client("director"), base, "people", data, version=1)
    assert len(told()) == 2
