"""After the application was sent the agency changes its record on its own pages; the HMIS Admin is told."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Contact, Staff
from hmis_portal.models import AuditEvent, Message
from onboarding.application.revisions import freeze
from onboarding.models import Application, RecordChange
from onboarding.record.changes import tell_digest
from onboarding.sections.answers import Answers
from tests.onboarding.record.helpers import WHERE, home, post, url


@pytest.mark.parametrize("state", ["approved", "in_review"])
def test_a_new_phone_counts_at_once_and_is_told(cast, live_application, client_of, state):
    Application.objects.filter(pk=live_application.pk).update(state=state, reviewer=cast.admin)
    frozen = freeze(Answers(live_application, cast.agency), by=cast.director).snapshot
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    assert post(cast, client_of, day=yesterday, **WHERE).url == home(cast)
    agency = Agency.objects.get(pk=cast.agency.pk)
    assert (agency.street, agency.phone) == ("7 New Street", "860-555-0199")
    change = RecordChange.objects.get()
    assert (change.changed_by, change.effective_on) == (cast.coordinator, yesterday)
    assert {"question": "Street", "before": "12 Main Street", "after": "7 New Street"} in change.changed
    assert live_application.revisions.get().snapshot == frozen
    assert AuditEvent.objects.get(verb="changed record").data["effective_on"] == yesterday.isoformat()
    page = client_of(cast.auditor).get(home(cast)).text
    assert "12 Main Street" in page
    assert str(cast.coordinator) in page
    assert "Change<" not in page
    assert post(cast, client_of, day=yesterday, **WHERE).status_code == 302
    assert RecordChange.objects.count() == 1, "saving the same again changes nothing"


def test_the_hmis_admin_gets_one_digest_of_the_days_before(cast, live_application, client_of, time_machine):
    post(cast, client_of, **WHERE)
    assert tell_digest() == 0, "today's changes are told together, tomorrow"
    time_machine.move_to(timezone.now() + dt.timedelta(days=1))
    assert [tell_digest(), tell_digest()] == [1, 0]
    (message,) = Message.objects.filter(name="onboarding/record_digest", to=cast.admin.email)
    assert "Address and phone" in message.body_text
    assert RecordChange.objects.get().told_at


def test_what_binds_is_not_asked_and_what_is_not_in_order_is_kept(cast, live_application, client_of):
    html = client_of(cast.director).get(url(cast, page="about")).text
    assert 'name="common_name"' in html
    assert 'name="legal_name"' not in html
    assert 'name="ein"' not in html
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    response = post(cast, client_of, day=tomorrow, **{**WHERE, "phone": "12"})
    assert response.status_code == 200
    assert "7 New Street" in response.text
    assert not RecordChange.objects.exists()
    assert Agency.objects.get(pk=cast.agency.pk).street == "12 Main Street"


def test_a_new_security_officer_stands_in_the_record(cast, live_application, client_of):
    before = Contact.objects.get(agency=cast.agency, position="security")
    data = {
        "security_is": "other", "security_name": "Sam Safe", "security_title": "IT lead",
        "security_email": "sam.safe@agency.example", "security_phone": "860-555-0111", "security_extension": "",
        "hands_over": "stays",
    }  # fmt: skip
    assert post(cast, client_of, "security", "people", **data).status_code == 302
    assert Contact.objects.get(agency=cast.agency, position="security").name == "Sam Safe"
    (row,) = RecordChange.objects.get().changed
    assert before.name in row["before"]
    assert "Sam Safe" in row["after"]
    listed = Staff.objects.get(agency=cast.agency, email="sam.safe@agency.example")
    assert (listed.hmis_role, listed.access_level) == ("security", "none")


def test_who_may_and_when(cast, live_application, client_of):
    assert client_of(cast.stranger).get(home(cast)).status_code == 404
    assert client_of(cast.auditor).get(url(cast)).status_code == 403
    assert client_of(cast.director).get(url(cast, "readiness", "where")).status_code == 404
    Application.objects.filter(pk=live_application.pk).update(
        state="changes_requested", answer_by=timezone.localdate()
    )
    assert client_of(cast.director).get(home(cast)).url == reverse(
        "onboarding:application", args=[cast.agency.pk]
    )
    assert post(cast, client_of, **WHERE).status_code == 303
    assert not RecordChange.objects.exists()
