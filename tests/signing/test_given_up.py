"""A file that cannot be made is given up after some tries, shown on the desk, and tried again by a person."""

import pytest
from django.urls import reverse

from hmis_portal.models import AuditEvent
from hmis_portal.signing import revisions, tasks
from hmis_portal.signing.models import Revision, SealJob
from onboarding import rights
from tests.cast import remember_second_factor

LIST = "admin:signing_sealjob_changelist"


@pytest.fixture
def waiting(issue):
    """A file that every worker so far died of."""
    request = issue(commit=False)
    SealJob.objects.update(attempts=2 * revisions.MAX_ATTEMPTS)
    return request


@pytest.fixture
def desk_of(cast, client_of):
    rights.load()

    def make(kind):
        client = client_of(cast.person(kind))
        remember_second_factor(client, cast.person(kind))
        return client

    return make


def test_a_file_that_keeps_killing_its_worker_is_given_up(waiting, commits):
    tasks.make_file(str(waiting.pk), Revision.CERTIFIED)
    job = SealJob.objects.get()
    assert job.parked_at
    assert job.error == revisions.NOT_FINISHED
    attempts = job.attempts
    SealJob.objects.update(created_at=job.created_at.replace(year=2020))
    with commits():
        tasks.sweep()
    assert SealJob.objects.get().attempts == attempts
    assert not Revision.objects.exists()


def test_a_file_that_fails_is_given_up_with_its_cause(issue, settings, tmp_path):
    request = issue(commit=False)
    SealJob.objects.update(attempts=revisions.MAX_ATTEMPTS - 1)
    settings.SEAL_DIR = blocked = tmp_path / "seal"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(Exception, match="seal"):
        tasks.make_file(str(request.pk), Revision.CERTIFIED)
    job = SealJob.objects.get()
    assert job.parked_at
    assert "seal" in job.error


def test_what_was_given_up_is_on_the_desk_and_tried_again_by_the_admin(waiting, desk_of, commits):
    admin = desk_of("admin")
    assert "Every file was made." in admin.get(reverse("admin:index")).text
    tasks.make_file(str(waiting.pk), Revision.CERTIFIED)
    page = admin.get(reverse("admin:index")).text
    assert "Every file was made." not in page
    assert waiting.reference in page
    job = SealJob.objects.get()
    shown = admin.get(reverse(LIST), {"parked_at__isempty": "0", "done_at__isempty": "1"})
    assert waiting.reference in shown.text
    assert "Given up" in shown.text
    assert revisions.NOT_FINISHED in admin.get(reverse("admin:signing_sealjob_change", args=[job.pk])).text
    admin.post(reverse(LIST), {"action": "try_again", "_selected_action": [job.pk]})
    assert Revision.objects.get().step == Revision.CERTIFIED
    job.refresh_from_db()
    assert (bool(job.done_at), job.parked_at, job.error) == (True, None, "")
    assert AuditEvent.objects.get(verb="tried a file again").target_id == str(waiting.pk)
    assert "Every file was made." in admin.get(reverse("admin:index")).text


@pytest.mark.parametrize("kind", ["auditor", "lead"])
def test_others_only_read(waiting, desk_of, kind):
    tasks.make_file(str(waiting.pk), Revision.CERTIFIED)
    client = desk_of(kind)
    assert waiting.reference in client.get(reverse(LIST)).text
    client.post(reverse(LIST), {"action": "try_again", "_selected_action": [SealJob.objects.get().pk]})
    assert SealJob.objects.get().parked_at
