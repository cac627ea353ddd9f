"""The HMIS Admin opens an application: what the page shows, to whom, with how many queries."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.onboarding.review.verbs import page

pytestmark = pytest.mark.django_db


def test_everything_is_on_one_page(sent, cast, client_of, django_assert_max_num_queries):
    client = client_of(cast.admin)
    client.get(page(sent))
    with django_assert_max_num_queries(20):
        response = client.get(page(sent))
    text = response.content.decode()
    assert response.status_code == 200
    for words in ("Harbor House", sent.reference, "Towns served", "Windsor", "Take for review", "Technical readiness",
                  "Signed by the agency", "proof.pdf", "Not scanned", "History of the application"):  # fmt: skip
        assert words in text
    assert "Approve" not in text  # not before it was taken


def test_the_name_that_was_signed_reads_as_it_is(sent, cast, client_of, monkeypatch):
    monkeypatch.setattr("onboarding.admin.review.page.party.name_of", lambda _mou: "O’Neill & <Sons>, Inc.")
    text = client_of(cast.admin).get(page(sent)).text
    assert "For O’Neill &amp; &lt;Sons&gt;, Inc. <a" in text


def test_queries_do_not_grow_with_the_application(in_review, cast, client_of, django_assert_max_num_queries):
    from onboarding.models import Remark
    from tests.factories import ProjectFactory, StaffFactory

    for number in range(30):
        Remark.objects.create(
            application=in_review,
            section="agency",
            field="towns",
            place="Towns",
            text=f"Remark {number}",
            written_by=cast.admin,
        )
        StaffFactory(agency=cast.agency)
        ProjectFactory(agency=cast.agency)
    client = client_of(cast.admin)
    client.get(page(in_review))  # the settings are in the cache from now on
    with django_assert_max_num_queries(20):
        response = client.get(page(in_review))
    assert "Remark 29" in response.content.decode()


@pytest.mark.parametrize(
    ("kind", "status"), [("admin", 200), ("lead", 200), ("auditor", 200), ("trainer", 403)]
)
def test_who_reads_it(sent, cast, client_of, kind, status):
    assert client_of(getattr(cast, kind)).get(page(sent)).status_code == status


@pytest.mark.parametrize("kind", ["director", "signatory", "staff", "stranger"])
def test_agencies_do_not(sent, cast, client_of, kind):
    assert client_of(getattr(cast, kind)).get(page(sent)).status_code == 302


def test_only_the_moves_allowed_now_have_buttons(in_review, cast, client_of):
    text = client_of(cast.admin).get(page(in_review)).content.decode()
    for label in ("Hand over", "Hand back", "Ask for changes", "Approve", "Decline"):
        assert label in text
    assert "Take for review" not in text
    assert "Recommend approval" not in text  # four-eyes is off
    events = reverse("admin:onboarding_application_events", args=[in_review.pk])
    assert "began to review the application" in client_of(cast.auditor).get(events).content.decode()
    auditor = client_of(cast.auditor).get(page(in_review)).content.decode()
    assert "nothing for you to do" in auditor
    assert "Mark as in order" not in auditor


def test_a_blocking_outcome_is_found(in_review, cast, client_of):
    cast.agency.contacts.filter(position="security").delete()
    text = client_of(cast.admin).get(page(in_review)).content.decode()
    assert "Blocks approval" in text
    assert "1 thing blocks an approval" in text


def test_two_revisions_are_compared(in_review, cast, client_of):
    import copy

    from onboarding.models import Revision
    from tests.applications import ANSWERS

    changed = copy.deepcopy(ANSWERS)
    changed["sections"][0]["groups"][0]["rows"][1]["answer"] = "Hartford"
    Revision.objects.create(application=in_review, number=2, snapshot=changed, submitted_by=cast.director)
    client = client_of(cast.admin)
    assert "What revision 2 changed" in client.get(page(in_review)).content.decode()
    text = client.get(reverse("admin:onboarding_application_compare", args=[in_review.pk])).content.decode()
    assert "Towns served" in text
    assert "Legal name" not in text
    same = client.get(
        reverse("admin:onboarding_application_compare", args=[in_review.pk]), {"a": "2", "b": "2"}
    )
    assert "No answer differs" in same.content.decode()


def test_files_are_downloads(in_review, cast, client_of):
    upload = cast.agency.uploads.first()
    response = client_of(cast.admin).get(
        reverse("admin:onboarding_application_file", args=[in_review.pk, upload.pk])
    )
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    upload.removed_at, upload.removed_by = timezone.now(), cast.director
    upload.save(update_fields=["removed_at", "removed_by"])
    gone = client_of(cast.admin).get(
        reverse("admin:onboarding_application_file", args=[in_review.pk, upload.pk])
    )
    assert gone.status_code == 404


def test_the_next_one_of_the_list_and_the_way_back_keep_its_filter(sent, cast, client_of):
    from tests.applications import make_application
    from tests.factories import AgencyFactory

    other = make_application(AgencyFactory(legal_name="Second House"), by=cast.director, state="submitted")
    changes = make_application(AgencyFactory(legal_name="Third House"), by=cast.director, state="approved",
                               decided_at=timezone.now(), decided_by=cast.admin)  # fmt: skip
    client = client_of(cast.admin)
    listed = reverse("admin:onboarding_application_changelist") + "?state__exact=submitted&o=1"
    text = client.get(listed).content.decode()
    kept = "?_changelist_filters=state__exact%3Dsubmitted%26o%3D1"
    assert page(sent) + kept in text
    assert str(changes.pk) not in text
    take = reverse("admin:onboarding_application_verb", args=[sent.pk, "take"]) + kept
    assert take in text  # taken and opened with one click
    assert client.post(take)["Location"] == page(sent) + kept
    following = reverse("admin:onboarding_application_next", args=[sent.pk]) + kept
    assert client.get(following)["Location"] == page(other) + kept
    last = reverse("admin:onboarding_application_next", args=[other.pk]) + kept
    answer = client.get(last)
    assert answer["Location"] == listed
