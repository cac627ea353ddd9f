"""The Celery app: queues, delivery guarantees and the beat schedule, all in code.

A lost worker's task comes back after `visibility_timeout`, which exceeds the longest task (80 s; a file of the IRS
register may take longer: who gets it again finds its row locked, and leaves it). What was committed but never reached the queue is found by the sweeps, so publishing after commit is never the only path.
"""

import os

from celery import Celery
from celery.schedules import crontab

from hmis_portal.environment import number, time_zone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hmis_portal.settings")

# What strangers upload, and what takes minutes, is read by a worker of its own: no e-mail waits behind it.
# `celery worker -Q uploads --pool solo`
UPLOADS_QUEUE = "uploads"

app = Celery("hmis_portal", task_cls="hmis_portal.running.zone:ZonedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    task_time_limit=60,
    task_soft_time_limit=50,
    task_ignore_result=True,
    broker_transport_options={
        "visibility_timeout": 90,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
    },
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_publish_retry=False,
    task_routes={
        "hmis_portal.signing.tasks.check_upload": {"queue": UPLOADS_QUEUE},
        "agencies.tasks.load_register": {"queue": UPLOADS_QUEUE},
    },
    timezone=time_zone(),  # of beat’s own log; the hours below are those of the zone set on the desk
    worker_hijack_root_logger=False,
    # Celery's own way is to end a process's pool of connections before and after each task. `ZonedTask` gives the
    # connection back to the pool instead; it is made anew after as many tasks all the same.
    CELERY_DB_REUSE_MAX=1000,
    beat_scheduler="hmis_portal.running.beat.SteadyScheduler",
)
# Read here, not from settings: this module is imported before they are.
SWEEP_SECONDS = number("SWEEP_SECONDS", default=30)


def _sweep(task: str, seconds: int, **options: object) -> dict[str, object]:
    """A sweep lapses when the next is due: workers that come back find one of each, not one for each minute away."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds, **options}}


app.conf.beat_schedule = {
    "sweep-messages": _sweep("hmis_portal.tasks.sweep_messages", SWEEP_SECONDS),
    "sweep-signing": _sweep("hmis_portal.signing.tasks.sweep", SWEEP_SECONDS),
    "sweep-record": _sweep("hmis_portal.signing.tasks.lengthen_chain", SWEEP_SECONDS),
    "sweep-revisions": _sweep("onboarding.tasks.sweep_revisions", SWEEP_SECONDS),
    "sweep-powers": _sweep("hmis_portal.tasks.sweep_powers", SWEEP_SECONDS),
    "sweep-email-changes": _sweep("hmis_portal.tasks.finish_email_changes", SWEEP_SECONDS),
    "sweep-what-ifs": _sweep("hmis_portal.tasks.sweep_what_ifs", SWEEP_SECONDS),
    "sweep-uploads": _sweep("training.tasks.sweep_uploads", SWEEP_SECONDS),
    "sweep-pulls": _sweep("training.tasks.sweep_pulls", SWEEP_SECONDS),
    "sweep-seats": _sweep("training.tasks.sweep_seats", SWEEP_SECONDS),
    "sweep-register": _sweep("agencies.tasks.sweep_register", SWEEP_SECONDS),
    "count-reports": _sweep("onboarding.tasks.count_reports", 60),
    "pulse-worker": _sweep("hmis_portal.tasks.pulse", SWEEP_SECONDS),
    "pulse-uploads": _sweep("hmis_portal.tasks.pulse", SWEEP_SECONDS, queue=UPLOADS_QUEUE),
    "check-documents": {
        "task": "hmis_portal.signing.tasks.check_documents",
        "schedule": crontab(hour=2, minute=0),
    },
    "encrypt-secrets-anew": {
        "task": "hmis_portal.tasks.encrypt_secrets_anew",
        "schedule": crontab(hour=1, minute=30),
    },
    "forget-lapsed": {"task": "hmis_portal.tasks.forget_lapsed", "schedule": crontab(hour=3, minute=0)},
    "forget-unfinished-accounts": {
        "task": "agencies.tasks.forget_unfinished_accounts",
        "schedule": crontab(hour=3, minute=10),
    },
    "cast-anchor": {"task": "hmis_portal.signing.tasks.cast_anchor", "schedule": crontab(hour=3, minute=0)},
    "publish-lists": {
        "task": "hmis_portal.signing.tasks.publish_lists",
        "schedule": crontab(hour=1, minute=0),
    },
    "report-retention": {"task": "onboarding.tasks.report_retention", "schedule": crontab(hour=2, minute=30)},
    "recompute-access": {"task": "onboarding.tasks.recompute_access", "schedule": crontab(hour=0, minute=10)},
    "count-usual-times": {
        "task": "onboarding.tasks.count_usual_times",
        "schedule": crontab(hour=0, minute=20),
    },
    "recount-blockers": {"task": "onboarding.tasks.recount_blockers", "schedule": crontab(hour=0, minute=5)},
    "compare-with-hmis": {
        "task": "onboarding.tasks.compare_with_hmis",
        "schedule": crontab(hour=4, minute=0),
    },
    "onboarding-reminders": {
        "task": "onboarding.tasks.send_reminders",
        "schedule": crontab(hour=8, minute=0),
    },
    "pull-results": {"task": "training.tasks.pull_nightly", "schedule": crontab(hour=1, minute=15)},
    "training-reminders": {"task": "training.tasks.send_reminders", "schedule": crontab(hour=8, minute=15)},
}

app.autodiscover_tasks(["hmis_portal", "hmis_portal.signing", "agencies", "training", "onboarding"])
