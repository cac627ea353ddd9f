"""Workers' side of the portal: deliver what was recorded, and sweep up what never reached the queue."""

from typing import Any

from allauth.usersessions.models import UserSession
from celery import shared_task
from celery.signals import task_postrun
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from hmis_portal import mail, queue
from hmis_portal.accounts import email_change
from hmis_portal.accounts.factors import second_factor
from hmis_portal.celery import UPLOADS_QUEUE
from hmis_portal.models import Message, Tally
from hmis_portal.powers import asking
from hmis_portal.running import tries
from hmis_portal.running.pulse import Program, say
from hmis_portal.what_if import asking as what_if


@task_postrun.connect
def say_alive(task: Any = None, **_kwargs: Any) -> None:
    """A worker that ends tasks is alive, however long its queue."""
    worked = (task.request.delivery_info or {}).get("routing_key")
    if worked and not task.request.is_eager:
        say(Program.UPLOADS if worked == UPLOADS_QUEUE else Program.WORKER)


@shared_task(soft_time_limit=30, time_limit=40)
def deliver(message_id: str) -> None:
    """Send one recorded message. Safe to run twice: whoever takes it has it for longer than this may take."""
    rows = Message.objects.filter(pk=message_id)
    if not tries.begin(rows):
        return
    try:
        mail.deliver_now(rows.get())
    except Exception as error:
        tries.failed(rows, error)


@shared_task
def pulse() -> None:
    """Nothing to do: that a worker did it is the news (see `hmis_portal.running.pulse`)."""


@shared_task
def forget_lapsed() -> None:
    """What strangers left behind: sessions with answers of the eligibility check, counts of the limits. Safe to run twice."""
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    Tally.objects.filter(until__lt=timezone.now()).delete()


@shared_task
def sweep_messages() -> None:
    """Queue every recorded message whose time has come and that no worker has sent yet, the oldest first."""
    now = timezone.now()
    waiting = Message.objects.filter(
        tries.due(now), tries.late("created_at", now), status=Message.Status.QUEUED
    )
    for pk in waiting.order_by("created_at").values_list("pk", flat=True)[:500]:
        queue.publish("hmis_portal.tasks.deliver", str(pk))


@shared_task
def sweep_powers() -> None:
    """Carry out what nobody stopped in its 72 hours, and let lapse what nobody decided."""
    asking.sweep()


@shared_task
def encrypt_secrets_anew() -> None:
    """Every night, so that an earlier PORTAL_SECRET_KEY may be taken away the day after it was changed."""
    second_factor.encrypt_anew()


@shared_task
def finish_email_changes() -> None:
    """Addresses whose 72 hours are over."""
    email_change.finish_due(timezone.now())


@shared_task(soft_time_limit=75, time_limit=80)  # one piece more than it makes room for
def work_what_if(pk: int) -> None:
    """What a change would do, for some more agencies. Safe to run twice."""
    what_if.work(pk)


@shared_task
def sweep_what_ifs() -> None:
    what_if.sweep()
