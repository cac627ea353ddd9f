"""Sites and documents change in the record too, on the pages that the application has."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from onboarding.application.revisions import freeze, sent
from onboarding.models import RecordChange, Revision, Site, Upload
from onboarding.sections.answers import Answers
from tests.onboarding.helpers import PDF


def url(cast, name, *args):
    return reverse(f"onboarding:record_{name}", args=[cast.agency.pk, *args])


def test_a_site_is_changed_and_removed(cast, live_application, client_of):
    client, site = client_of(cast.coordinator), Site.objects.filter(agency=cast.agency).first()
    assert url(cast, "site_change", site.pk) in client.get(url(cast, "sites")).text
    data = {
        "version": "0",
        "address": "9 Quay",
        "workstations": "7",
        "connection": site.connection,
        "intake_desks": "1",
    }
    assert client.post(url(cast, "site_change", site.pk), data).url == url(cast, "sites")
    change = RecordChange.objects.get()
    assert {"question": "Address", "before": site.address, "after": "9 Quay"} in change.changed
    assert client.post(url(cast, "site_remove", site.pk)).status_code == 302
    assert not Site.objects.filter(pk=site.pk).exists()
    assert RecordChange.objects.count() == 2


def test_a_document_is_added_and_another_taken_out_and_what_was_sent_stays(cast, live_application, client_of):
    freeze(Answers(live_application, cast.agency), by=cast.director)
    before = sent(Revision.objects.get())
    client, old = client_of(cast.coordinator), Upload.objects.filter(agency=cast.agency).first()
    page = url(cast, "documents")
    assert url(cast, "document_remove", old.pk) in client.get(page).text
    file = SimpleUploadedFile("notice.pdf", PDF, "application/pdf")
    assert client.post(page, {"kind": "privacy_notice", "file": file}).url == page
    assert client.post(url(cast, "document_remove", old.pk)).url == page
    assert [change.changed[0]["after"] for change in RecordChange.objects.order_by("pk")] == [
        "notice.pdf",
        "Removed",
    ]
    assert RecordChange.objects.filter(effective_on=timezone.localdate()).count() == 2
    assert sent(Revision.objects.get()) == before
