"""Private notes of the HMIS side: another thing than remarks, and nothing that an agency ever reads."""

import pytest
from django.urls import reverse

from hmis_portal.models import AuditEvent, Message
from onboarding.models import PrivateNote
from tests.onboarding.review.verbs import page, said

pytestmark = pytest.mark.django_db
NOTE = "Their board is <at odds>; call Noor O’Brien first."


def at(application):
    return reverse("admin:onboarding_application_note", args=[application.pk])


def test_the_hmis_side_reads_it_and_no_agency_does(cast, sent):
    admin = cast.client("admin")
    form = admin.get(at(sent)).text
    assert "Only the HMIS side reads this. The agency never sees it." in form
    assert "Enter the note" in admin.post(at(sent), {"text": " "}).text
    assert said(admin.post(at(sent), {"text": NOTE})) == "The private note is saved."
    for kind in ("admin", "lead", "auditor"):
        assert "Their board is &lt;at odds&gt;" in cast.client(kind).get(page(sent)).text
    for name in ("journey", "history", "application", "check_answers", "submitted"):
        shown = cast.client("director").get(reverse(f"onboarding:{name}", args=[cast.agency.pk]))
        assert shown.status_code == 200
        assert "at odds" not in shown.text
    assert not Message.objects.filter(body_text__contains="at odds").exists()
    assert "odds" not in str(AuditEvent.objects.filter(verb="private note").values().get())


@pytest.mark.parametrize("kind", ["lead", "auditor", "trainer", "director"])
def test_only_the_hmis_admin_writes_one(cast, sent, kind):
    assert cast.client(kind).post(at(sent), {"text": NOTE}).status_code == (
        302 if kind == "director" else 403
    )
    assert not PrivateNote.objects.exists()
