"""Reminders of the journey: each is a query and a message with a unique key, so a second run sends nothing.

A run that comes late (the worker was down on the day) sends the latest reminder that is due, not all it missed.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency
from hmis_portal.models import PortalSettings
from hmis_portal.what_if import clock
from onboarding import emails
from onboarding.access import coordinator
from onboarding.journey import whose_turn, yearly
from onboarding.journey.facts import gather
from onboarding.journey.workdays import business_days_between, is_business_day
from onboarding.models import Application, Mou
from onboarding.mou import agreement
from onboarding.mou.signatory import can_sign
from onboarding.record.changes import tell_digest
from onboarding.selectors import open_conditions

ASKED = 1000  # days before: as soon as it is asked

M = TypeVar("M", bound=Model)


Among = Collection[UUID] | None  # the agencies that are looked at; None: all


def send_all() -> None:
    """Everything that is due today."""
    send_to(None)
    review_digest()
    tell_digest()


def send_to(among: Among) -> None:
    """What is due to agencies, of these or of all."""
    agreement.end_terms(among)
    unsigned_mous(among)
    idle_drafts(among)
    answers_due(among)
    conditions_due(among)
    terms_ending(among)
    newer_texts(among)
    yearly_tasks(among)
    coordinator.tell(among)


def _of(rows: QuerySet[M], among: Among, agency: str = "agency") -> QuerySet[M]:
    return rows if among is None else rows.filter(**{f"{agency}__in": among})


def last_passed(days: Iterable[int], waited: int) -> int | None:
    """The largest of these numbers of days that has passed."""
    return max((day for day in days if day <= waited), default=None)


def nearest_ahead(days: Iterable[int], left: int) -> int | None:
    """The smallest of these numbers of days before a date that has been reached; None when it is too early."""
    return min((day for day in days if left <= day), default=None)


def unsigned_mous(among: Among = None) -> None:
    """To the signatory after 3, 7 and 14 days; the manager hears with the last, and once a signatory cannot get in."""
    steps = sorted(PortalSettings.days(PortalSettings.load().signature_reminder_days))
    today = clock.today()
    waiting = Mou.objects.filter(state=Mou.State.ISSUED).exclude(agency__state=Agency.State.LEFT)
    for mou in _of(waiting, among).select_related("agency", "signatory"):
        if not can_sign(mou):
            emails.signatory_away(mou)
            continue
        step = last_passed(steps, (today - timezone.localdate(mou.state_since)).days)
        if step is not None:
            emails.signatory_reminder(mou, str(step))
            if step == steps[-1]:
                emails.signature_waiting(mou, step, reminders=steps.index(step) + 1)


def idle_drafts(among: Among = None) -> None:
    """What to do next, as the six-step page says it; nothing while the agency waits for its signatory."""
    steps = PortalSettings.days(PortalSettings.load().draft_reminder_days)
    if not steps:
        return
    today = clock.today()
    quiet = today - timedelta(days=min(steps))
    drafts = Application.objects.filter(state=Application.State.DRAFT, touched_at__date__lte=quiet)
    for application in _of(drafts, among).exclude(agency__state=Agency.State.LEFT).select_related("agency"):
        step = last_passed(steps, (today - timezone.localdate(application.touched_at)).days)
        turn = whose_turn.of_agency(gather(application.agency)) if step is not None else None
        if step is not None and turn and turn.yours:
            page = f"{settings.BASE_URL}{turn.url}"
            emails.draft_idle(application, step, next_step=turn.text, link_url=page, action=turn.action)


def answers_due(among: Among = None) -> None:
    """Before the answer-by date; after it the application stands on the HMIS Admin's desk."""
    steps = PortalSettings.days(PortalSettings.load().answer_reminder_days)
    today = clock.today()
    waiting = Application.objects.filter(state=Application.State.CHANGES, answer_by__gte=today)
    for application in _of(waiting, among).exclude(agency__state=Agency.State.LEFT).select_related("agency"):
        left = (application.answer_by - today).days if application.answer_by else 0
        step = nearest_ahead(steps, left)
        if step is not None:
            words = whose_turn.of_agency(gather(application.agency)).text
            emails.answer_by(application, left, threshold=step, next_step=words)


def review_digest() -> None:
    """Once each business day to the HMIS Admins: applications that wait longer than the setting says."""
    today = clock.today()
    if not is_business_day(today):
        return
    limit = PortalSettings.load().review_days
    states = [Application.State.SUBMITTED, Application.State.IN_REVIEW]
    waiting = (
        Application.objects.filter(state__in=states)
        .exclude(agency__state=Agency.State.LEFT)
        .select_related("agency", "reviewer")
        .order_by("submitted_at")
    )
    rows = []
    for application in waiting:
        since = timezone.localdate(application.waits_since)
        days = business_days_between(since, today)
        if days > limit:
            reviewer = str(application.reviewer) if application.reviewer else _("nobody yet")
            row = {
                "name": application.agency.name,
                "reference": application.reference,
                "since": since,
                "days": days,
            }
            rows.append({**row, "reviewer": reviewer})
    if rows:
        emails.review_digest(rows, day=today)


def conditions_due(among: Among = None) -> None:
    """Before an open condition of an approval is due, on the day, and once when it is overdue."""
    steps = PortalSettings.days(PortalSettings.load().condition_reminder_days)
    today = clock.today()
    near = open_conditions().filter(due_on__lte=today + timedelta(days=max(steps, default=0)))
    for condition in (
        _of(near, among, "application__agency")
        .select_related("application__agency")
        .prefetch_related("reports")
    ):
        left = (condition.due_on - today).days
        step = nearest_ahead(steps, left)
        emails.condition_due(condition, late=left < 0, threshold=-1 if left < 0 else step or 0)


def terms_ending(among: Among = None) -> None:
    """Before the last day of an MOU's term, unless a successor is under way."""
    steps = PortalSettings.days(PortalSettings.load().term_reminder_days)
    today = clock.today()
    ending = Mou.objects.filter(
        state=Mou.State.EXECUTED,
        term_ends_on__range=(today, today + timedelta(days=max(steps, default=0))),
    )
    renewed = Mou.objects.filter(successor_of=OuterRef("pk"), state__in=(*Mou.OPEN, Mou.State.EXECUTED))
    # What is to be signed in a newer text is told of that.
    alone = ending.exclude(Exists(renewed)).filter(renew_by=None)
    for mou in _of(alone, among).select_related("agency"):
        left = (mou.term_ends_on - today).days if mou.term_ends_on else 0
        step = nearest_ahead(steps, left)
        if step is not None:
            emails.term_end(mou, left, threshold=step)


def newer_texts(among: Among = None) -> None:
    """That a newer MOU is to be signed: once it is asked, on the days of an ending term, and once when the day is over.

    To the managers, or to the signatory who is named already; nothing while the Lead Agency is to sign.
    """
    steps = PortalSettings.days(PortalSettings.load().term_reminder_days)
    today = clock.today()
    asked = Mou.objects.filter(state=Mou.State.EXECUTED, renew_by__isnull=False)
    rows = list(_of(asked, among).select_related("agency", "renew_to"))
    follow = Mou.objects.filter(successor_of__in=rows, state__in=(*Mou.OPEN, Mou.State.EXECUTED))
    after = {row.successor_of_id: row for row in follow.select_related("agency", "signatory")}
    for mou in rows:
        follows, due_on = after.get(mou.pk), mou.renewal_due_on or today
        left = (due_on - today).days
        step = -1 if left < 0 else nearest_ahead([*steps, ASKED], left) or 0
        if follows is None:
            emails.newer_mou(mou, due_on, threshold=step)
        elif follows.state == Mou.State.ISSUED and step != ASKED and can_sign(follows):
            emails.signatory_reminder(follows, f"newer-{due_on.isoformat()}-{step}")


def yearly_tasks(among: Among = None) -> None:
    """Before a yearly task is due, on the day, and once when it is overdue; then it stands on the HMIS Admin's desk."""
    steps = yearly.reminder_days()
    for task in yearly.due(among=_of(Agency.objects.all(), among, "pk")):
        step = -1 if task.late else nearest_ahead(steps, task.days_left)
        if step is not None:
            emails.yearly_task_due(task, threshold=step)
