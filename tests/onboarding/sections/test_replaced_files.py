"""A file replaced by another of the same name and size: told in every comparison, and the earlier one stays readable."""

import copy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from hmis_portal.management.commands.portal import load_reference
from onboarding.application import revisions
from onboarding.models import Application, Revision, Upload
from onboarding.sections.answers import Answers
from tests.hmis_portal.files.case_files import case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("application")]
NAME = "irs-letter.pdf"


def upload(client, base, data, kind="proof"):
    answer = client.post(f"{base}documents/", {"kind": kind, "file": SimpleUploadedFile(NAME, data)})
    assert answer.status_code == 302
    return Upload.objects.get(removed_at=None, kind=kind)


@pytest.fixture
def replaced(cast, application, base):
    """A letter sent, then another of its name and size in its place, sent too: the two uploads."""
    client = cast.client("director")
    first = upload(client, base, case("p22-proof-A.pdf"))
    revisions.freeze(Answers(application, application.agency), by=cast.director)
    client.post(f"{base}documents/{first.pk}/remove/")
    second = upload(client, base, case("p22-proof-B.pdf"))
    revisions.freeze(Answers(application, application.agency), by=cast.director)
    Application.objects.filter(pk=application.pk).update(
        state="in_review", reviewer=cast.admin, submitted_at=timezone.now()
    )
    return first, second


def test_the_reviewer_reads_which_file_was_replaced_and_opens_both(cast, application, replaced):
    load_reference()
    client, url = cast.client("admin"), f"/admin/onboarding/application/review/{application.pk}/"
    for page in (client.get(url).text, client.get(f"{url}compare/").text):
        assert "No answer differs" not in page
        assert "“irs-letter.pdf” is another file under the same name." in page
        for one, name in zip(replaced, ("p22-proof-A.pdf", "p22-proof-B.pdf"), strict=True):
            assert one.document.sha256[:12] in page
            assert f"{url}file/{one.pk}/" in page
            assert client.get(f"{url}file/{one.pk}/").content == case(name)


def test_the_agency_reads_it_too_and_opens_what_it_sent_first(cast, base, replaced):
    first, _second = replaced
    page = cast.client("director").get(f"{base}sent/2/").text
    assert "“irs-letter.pdf” is another file under the same name." in page
    assert f"{base}documents/{first.pk}/" in page
    for person in ("director", "coordinator", "auditor"):
        assert cast.client(person).get(f"{base}documents/{first.pk}/").content == case("p22-proof-A.pdf")
    assert cast.client("stranger").get(f"{base}documents/{first.pk}/").status_code == 404
    text = revisions.page_of(Revision.objects.get(number=1))
    assert first.document.sha256 in text
    assert f"{first.document.size} bytes" in text


def test_what_was_taken_out_before_it_was_sent_is_not_opened(cast, application, base):
    client = cast.client("director")
    first = upload(client, base, case("p22-proof-A.pdf"))
    client.post(f"{base}documents/{first.pk}/remove/")
    revisions.freeze(Answers(application, application.agency), by=cast.director)
    assert client.get(f"{base}documents/{first.pk}/").status_code == 404
    load_reference()
    url = f"/admin/onboarding/application/review/{application.pk}/file/{first.pk}/"
    assert cast.client("admin").get(url).status_code == 404


def test_a_revision_from_before_files_were_kept_is_compared_by_them_as_well(cast, application, replaced):
    def as_before(shot):
        old = copy.deepcopy(shot) | {"format": 1}
        for section in old["sections"]:
            for row in (row for group in section["groups"] for row in group["rows"]):
                row.pop("files", None)
        return old

    first, second = Revision.objects.order_by("number")
    old = Revision(
        application=application, submitted_at=first.submitted_at, snapshot=as_before(first.snapshot)
    )
    assert revisions.sent(old)["sections"] == first.snapshot["sections"]
    told = {one.field: one.replaced for one in revisions.compare(revisions.sent(old), second.snapshot)}
    assert told == {"proof": [NAME]}


def test_the_same_bytes_again_under_the_same_name_are_no_difference(cast, application, base):
    client = cast.client("director")
    first = upload(client, base, case("p22-proof-A.pdf"), "policies")
    before = revisions.freeze(Answers(application, application.agency), by=cast.director)
    client.post(f"{base}documents/{first.pk}/remove/")
    upload(client, base, case("p22-proof-A.pdf"), "policies")
    after = revisions.freeze(Answers(application, application.agency), by=cast.director)
    assert revisions.compare(before.snapshot, after.snapshot) == []
