"""A file that cannot be made is given up after some tries, shown on the desk, and tried again by a person."""

import errno
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from pyhanko.sign.timestamps import TimestampRequestError

from hmis_portal import documents
from hmis_portal.models import AuditEvent
from hmis_portal.running import away, tries
from hmis_portal.signing import tasks
from hmis_portal.signing.models import Revision, SealJob

LIST = "admin:signing_sealjob_changelist"


@pytest.fixture
def killing(issue):
    """A file that every worker so far died of."""
    request = issue(commit=False)
    SealJob.objects.update(attempts=2 * SealJob.MOST_TRIES)
    return request


def test_a_file_that_keeps_killing_its_worker_is_given_up(killing, commits):
    tasks.make_file(str(killing.pk), Revision.CERTIFIED)
    job = SealJob.objects.get()
    assert job.parked_at
    assert job.error == tries.NOT_FINISHED
    attempts = job.attempts
    SealJob.objects.update(created_at=job.created_at.replace(year=2020))
    with commits():
        tasks.sweep()
    assert SealJob.objects.get().attempts == attempts
    assert not Revision.objects.exists()


def test_a_file_that_fails_is_given_up_with_its_cause(issue, settings, tmp_path):
    request = issue(commit=False)
    SealJob.objects.update(attempts=SealJob.MOST_TRIES - 1)
    settings.SEAL_DIR = blocked = tmp_path / "seal"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(Exception, match="seal"):
        tasks.make_file(str(request.pk), Revision.CERTIFIED)
    job = SealJob.objects.get()
    assert job.parked_at
    assert "seal" in job.error


def test_what_was_given_up_is_on_the_desk_and_tried_again_by_the_admin(killing, desk_of, commits):
    admin = desk_of("admin")
    assert "Every file was made." in admin.get(reverse("admin:index")).text
    tasks.make_file(str(killing.pk), Revision.CERTIFIED)
    page = admin.get(reverse("admin:index")).text
    assert "Every file was made." not in page
    assert killing.reference in page
    job = SealJob.objects.get()
    shown = admin.get(reverse(LIST), {"parked_at__isempty": "0", "done_at__isempty": "1"})
    assert killing.reference in shown.text
    assert "Given up" in shown.text
    SealJob.objects.update(step="lead")
    assert "File with the signature: Lead Agency" in admin.get(reverse(LIST)).text
    SealJob.objects.update(step=job.step)
    assert tries.NOT_FINISHED in admin.get(reverse("admin:signing_sealjob_change", args=[job.pk])).text
    admin.post(reverse(LIST), {"action": "try_again", "_selected_action": [job.pk]})
    assert Revision.objects.get().step == Revision.CERTIFIED
    job.refresh_from_db()
    assert (bool(job.done_at), job.parked_at, job.error) == (True, None, "")
    assert AuditEvent.objects.get(verb="tried a file again").target_id == str(killing.pk)
    assert "Every file was made." in admin.get(reverse("admin:index")).text


@pytest.mark.parametrize("kind", ["auditor", "lead"])
def test_others_only_read(killing, desk_of, kind):
    tasks.make_file(str(killing.pk), Revision.CERTIFIED)
    client = desk_of(kind)
    assert killing.reference in client.get(reverse(LIST)).text
    client.post(reverse(LIST), {"action": "try_again", "_selected_action": [SealJob.objects.get().pk]})
    assert SealJob.objects.get().parked_at


def tried(minutes: float) -> None:
    """The sweep, so many minutes later."""
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)), suppress(Exception):
        tasks.sweep()


def test_a_signature_outlasts_hours_without_storage_and_is_sealed_within_a_minute(
    issue, commits, storage_away
):
    for words in (b"one", b"two"):
        documents.store(words, content_type="application/pdf")
    request = issue(commit=False)
    with storage_away():
        for hours in range(1, 12):
            tried(60 * hours)
        job = SealJob.objects.get()
        assert (job.parked_at, job.waits_for, job.attempts) == (None, "storage", 0)
        assert job.waits == 11
        assert job.next_try_at - job.tried_at <= timedelta(seconds=20)
    with time_machine.travel(job.next_try_at), commits():
        tasks.sweep()
    assert Revision.objects.get(request=request).step == Revision.CERTIFIED


def test_pauses_grow_while_a_part_is_away(waiting_job):
    pauses = []
    for _try in range(7):
        tries.failed(SealJob.objects.all(), OSError(errno.ENOSPC, "No space left on device"))
        waiting_job.refresh_from_db()
        pauses.append((waiting_job.next_try_at - waiting_job.tried_at).seconds)
    assert pauses == [2, 4, 8, 16, 20, 20, 20]


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (MemoryError(), "memory"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk"),
        (OSError(errno.EIO, "Input/output error"), "storage"),
        (away.PartAway(away.Part.STORAGE, "S3 does not answer"), "storage"),
        (OperationalError("the database system is shutting down"), "database"),
        (TimestampRequestError("no answer"), "timestamp authority"),
    ],
)
def test_what_a_part_held_up_is_never_given_up(waiting_job, error, part):
    SealJob.objects.update(attempts=SealJob.MOST_TRIES)
    tries.failed(SealJob.objects.all(), error)
    waiting_job.refresh_from_db()
    assert (waiting_job.parked_at, waiting_job.waits_for) == (None, part)


def test_a_lost_child_is_followed_by_a_pause(waiting_job):
    """The queue hands the task of a killed child out again at once: it does not kill the next one at once."""
    jobs = SealJob.objects.all()
    assert [tries.begin(jobs), tries.begin(jobs)] == [True, False]
    waiting_job.refresh_from_db()
    pause = waiting_job.next_try_at - waiting_job.tried_at
    assert timedelta(seconds=5) <= pause <= timedelta(seconds=25)
    with time_machine.travel(waiting_job.next_try_at):
        assert tries.begin(jobs)


def test_a_clock_put_back_holds_up_nothing(waiting_job):
    jobs = SealJob.objects.all()
    assert tries.begin(jobs)
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        assert jobs.filter(tries.due(timezone.now()), tries.late("created_at", timezone.now())).exists()
        assert tries.begin(jobs)


@pytest.fixture
def waiting_job(issue):
    issue(commit=False)
    return SealJob.objects.get()
