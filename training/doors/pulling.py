"""A run that fetches results from Moodle: page by page, each a task of its own, so that it may be killed and goes on.

A reset or an unenrolment there removes nothing here (TRAINING 10): what is not sent is not asked about.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import queue
from hmis_portal.text.words import datetime_words
from hmis_portal.web.errors import GuardFailed, WrongState
from training.doors import moodle, regrading, runs
from training.doors.receiving import receive
from training.models import Door, DoorRun, MappedCourse, Pull

STUCK = timedelta(minutes=5)
MOST_TRIES = 5


def begin(door: Door, *, by: User | None) -> DoorRun:
    """Start a run; one at a time for each source."""
    if not moodle.is_set_up():
        raise GuardFailed(_("No Moodle is set up: PORTAL_MOODLE_URL and PORTAL_MOODLE_TOKEN_FILE name it."))
    with transaction.atomic():
        door = Door.objects.select_for_update().get(pk=door.pk)
        if not _courses(door):
            raise GuardFailed(_("Say first which courses there are courses of the HMIS, by their numbers."))
        running = door.runs.filter(ended_at=None, pull__isnull=False).first()
        if running:
            raise WrongState(
                _("A run has been going on since %(when)s.") % {"when": datetime_words(running.begun_at)}
            )
        run = DoorRun.objects.create(door=door, begun_by=by, about=_("Begun"))
        pull = Pull.objects.create(run=run)
        transaction.on_commit(lambda: _publish(pull))
    return run


def work(pk: int) -> None:
    """One page of one course. Safe to run twice: what was recorded is known the second time."""
    pull = Pull.objects.select_related("run__door").filter(pk=pk, run__ended_at=None).first()
    if pull is None:
        return
    Pull.objects.filter(pk=pk).update(touched_at=timezone.now(), tries=pull.tries + 1)
    courses = _courses(pull.run.door)
    if pull.place >= len(courses):
        runs.end(pull.run)
        return
    try:
        more = _page(pull, courses[pull.place])
    except moodle.MoodleFault as fault:
        runs.end(pull.run, error=str(fault))
        return
    _step(pull, more, len(courses))


def _page(pull: Pull, mapped: MappedCourse) -> bool:
    """Whether there may be more people in this course."""
    if not mapped.key.isdecimal():
        words = _("“%(key)s” is not the number of a course in Moodle.") % {"key": mapped.key}
        raise moodle.MoodleFault(words)
    site, number = moodle.Moodle(), int(mapped.key)
    learners = site.learners(number, pull.begin)
    results = regrading.sort(site.results(number, learners), mapped)
    receive(results.attempts, door=pull.run.door, by=None, run=pull.run)
    regrading.tell(results, run=pull.run)
    return len(learners) == moodle.PEOPLE


def _step(pull: Pull, more: bool, courses: int) -> None:
    """On to the next page, unless another worker has gone there already."""
    place, begin = (pull.place, pull.begin + moodle.PEOPLE) if more else (pull.place + 1, 0)
    with transaction.atomic():
        stepped = Pull.objects.filter(pk=pull.pk, place=pull.place, begin=pull.begin).update(
            place=place, begin=begin, tries=0, touched_at=timezone.now()
        )
        if not stepped:
            return
        done = _("%(done)d of %(courses)d courses read") % {"done": min(place, courses), "courses": courses}
        DoorRun.objects.filter(pk=pull.run_id).update(about=done)
        transaction.on_commit(lambda: _publish(pull))


def sweep() -> None:
    """Runs whose worker was lost go on; one that is lost again and again ends with a sentence."""
    for pull in Pull.objects.filter(run__ended_at=None, touched_at__lt=timezone.now() - STUCK).select_related(
        "run"
    ):
        if pull.tries >= MOST_TRIES:
            runs.end(
                pull.run, error=_("The work was lost each time. Begin a new run, or ask who runs the portal.")
            )
        else:
            _publish(pull)


def nightly() -> None:
    """Every Moodle in use; one that is being read already is left alone."""
    if not moodle.is_set_up():
        return
    for door in Door.objects.filter(kind=Door.Kind.MOODLE, active=True):
        try:
            begin(door, by=None)
        except (WrongState, GuardFailed):
            continue


def _courses(door: Door) -> list[MappedCourse]:
    mapped = MappedCourse.objects.filter(door=door, course__isnull=False).select_related("course", "door")
    return list(mapped.order_by("key"))


def _publish(pull: Pull) -> None:
    queue.publish("training.tasks.work_pull", pull.pk)
