"""Settings that bind take two people; the others are changed at once."""

import pytest
from django.urls import reverse

from agencies.models import User
from hmis_portal.models import BINDING, AuditEvent, PortalSettings, PowerRequest
from hmis_portal.powers import asking
from hmis_portal.web.errors import GuardFailed
from onboarding.models import Application
from onboarding.services import perform
from onboarding.workflow import ApplicationVerb, Approval
from tests.applications import sent_application
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
PAGE = "/admin/hmis_portal/portalsettings/1/change/"


def typed(**changes: object) -> dict[str, object]:
    row = PortalSettings.objects.get_or_create(pk=1)[0]
    values = {field.name: getattr(row, field.name) for field in row._meta.fields if field.name != "id"}
    values |= changes
    return {name: "" if value in (None, False) else value for name, value in values.items()}


def test_four_eyes_is_not_switched_off_by_one(cast: Cast, second: User, client_of) -> None:
    """The attack: off, approve, on again."""
    PortalSettings.objects.update_or_create(pk=1, defaults={"four_eyes": True})
    application = sent_application(cast)
    perform(application, ApplicationVerb.TAKE, by=cast.admin)
    client = client_of(cast.admin)
    assert "Takes two people" in client.get(PAGE).text
    assert "Enter why" in client.post(PAGE, typed(four_eyes=False)).text
    answer = client.post(PAGE, typed(four_eyes=False, reason="In a hurry"), follow=True)
    assert "Another HMIS Admin decides" in answer.text
    assert PortalSettings.objects.get().four_eyes
    with pytest.raises(GuardFailed, match="takes two people"):
        perform(application, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval(), reason="Good")
    assert Application.objects.get(pk=application.pk).state == "in_review"
    row = PowerRequest.objects.get()
    with pytest.raises(GuardFailed, match="yourself"):
        asking.grant(row, by=cast.admin)
    asking.grant(row, by=second)
    assert PortalSettings.load().four_eyes is False
    event = AuditEvent.objects.get(verb="changed settings")
    assert (event.data["changed"], event.data["granted_by"]) == ({"four_eyes": ["True", "False"]}, second.pk)


def test_other_settings_are_changed_at_once_beside_one_that_waits(
    cast: Cast, second: User, client_of
) -> None:
    client_of(cast.admin).post(
        PAGE, typed(answer_days=20, support_email="help@evil.example", reason="New desk")
    )
    row = PortalSettings.objects.get()
    assert (row.answer_days, row.support_email) == (20, "help@hmis.example")
    asked = PowerRequest.objects.get()
    assert asked.changes == [["Support address", "help@hmis.example", "help@evil.example"]]
    assert AuditEvent.objects.get(verb="changed settings").data["changed"] == {"answer_days": ["30", "20"]}
    page = client_of(second).get(reverse("admin:hmis_portal_power_grant", args=[asked.pk])).text
    assert "help@evil.example" in page
    assert (
        "waits to be decided" in client_of(cast.admin).post(PAGE, typed(lead_agency="X", reason="Why")).text
    )


def test_a_setting_changed_meanwhile_is_not_set_back(cast: Cast, second: User, client_of) -> None:
    client_of(cast.admin).post(PAGE, typed(retention_years=7, reason="Counsel says so"))
    PortalSettings.objects.update(retention_years=10)
    with pytest.raises(GuardFailed, match="changed since this was asked"):
        asking.grant(PowerRequest.objects.get(), by=second)


def test_what_binds_is_known_by_name() -> None:
    assert {*BINDING} <= {field.name for field in PortalSettings._meta.fields}
