"""What waits for the HMIS Admin and the Lead signatory, and since when."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db.models import QuerySet, UUIDField
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.models import User
from hmis_portal.desk import waiting
from hmis_portal.desk.waiting import TODAY, Asked, Line, Rank, Rows, days_words, queue_of
from hmis_portal.models import PortalSettings
from hmis_portal.models.keys import among
from hmis_portal.models.written import Given
from hmis_portal.text.words import date_words
from onboarding import questions
from onboarding.access import to_do
from onboarding.admin.desk.not_made import failed_messages, files_not_made, pdfs_not_made
from onboarding.admin.desk.owed import conditions_due, go_live_waits, yearly_overdue
from onboarding.admin.desk.reviews import (
    for_second_person,
    held,
    mine,
    second_looks,
    time_asked,
    unassigned,
    with_colleagues,
)
from onboarding.admin.hmis.comparison import accounts_without_right
from onboarding.journey import whose_turn
from onboarding.models import Access, Application, Mou, Thread
from onboarding.mou import bound, party, renamed

State = Application.State
# The MOUs in which a name is another today, and those of them that wait for the HMIS Admin's word.
RENAMED = Given("renamed", ArrayField(UUIDField()))
TO_DECIDE = Given("to_decide", ArrayField(UUIDField()))


def _list(model: str, query: str = "") -> str:
    return reverse(f"admin:onboarding_{model}_changelist") + query


def _of_staying(**where: object) -> QuerySet[Application]:
    """Applications of agencies that have not left: nobody waits for the others."""
    return whose_turn.staying(Application.objects.filter(**where))


@Asked
def _unanswered() -> QuerySet[Application]:
    rows = _of_staying(state=State.CHANGES, answer_by__lt=TODAY)
    return rows.select_related("agency").order_by("answer_by")


def answers_overdue() -> Rows:
    def line(application: Application) -> Line:
        url = reverse("admin:onboarding_application_review", args=[application.pk])
        detail = _("was asked for changes, answer by %(day)s") % {"day": date_words(application.answer_by)}
        return Line(
            application.agency.name,
            url,
            detail,
            _("%(days)s late") % {"days": days_words(application.answer_by)},
            late=True,
        )

    return queue_of(
        _("Answers overdue"),
        _list("application", "?turn=overdue"),
        _unanswered,
        line,
        _("Every agency is within its time."),
        rank=Rank.OVERDUE,
    )


def _since(rows: QuerySet[Mou]) -> QuerySet[Mou]:
    """The longest waiting first: from when the Lead signatory could sign, if all names were those of today."""
    rows = rows.annotate(since=bound.lead_since(bound.approved()))
    return rows.select_related("agency").order_by("since")


@Asked
def _for_lead() -> QuerySet[Mou]:
    return _since(bound.to_counter_sign().exclude(among("pk", RENAMED)))


def to_counter_sign(names: renamed.Renamed) -> Rows:
    def line(mou: Any) -> Line:
        detail = _("signed by %(name)s") % {"name": mou.signatory_name}
        return Line(mou.agency.name, counter_sign_url(mou), detail, days_words(mou.since))

    return queue_of(
        _("MOUs to counter-sign"),
        _list("mou", "?waits=lead"),
        _for_lead,
        line,
        _("No MOU waits for a counter-signature."),
        rank=Rank.LEAD,
        given={RENAMED.name: [mou.pk for mou in names.mous]},
    )


@Asked
def _to_decide() -> QuerySet[Mou]:
    return _since(Mou.objects.filter(among("pk", TO_DECIDE)))


def in_other_names(names: renamed.Renamed) -> Rows:
    """Signed, and not to be counter-signed: the HMIS Admin says whether they are signed again or both are one party."""

    def line(mou: Any) -> Line:
        detail = _("signed for “%(name)s”") % {"name": party.name_of(mou)}
        url = reverse("admin:onboarding_mou_change", args=[mou.pk])
        return Line(mou.agency.name, url, detail, days_words(mou.since))

    return queue_of(
        _("MOUs in another name than today’s"),
        _list("mou", "?waits=names"),
        _to_decide,
        line,
        _("Every signed MOU is in the names of today."),
        rank=Rank.MINE,
        given={TO_DECIDE.name: [mou.pk for mou in names.to_decide]},
    )


def counter_sign_url(mou: Mou) -> str:
    return reverse("admin:onboarding_mou_counter_sign", args=[mou.pk])


@Asked
def _to_create() -> QuerySet[Access]:
    return to_do.to_create().select_related("staff__agency").order_by("state_since")


def accounts_to_create() -> Rows:
    url = reverse("admin:onboarding_access_create")

    def line(row: Any) -> Line:
        return Line(row.staff.name, url, row.staff.agency.name, days_words(row.state_since))

    return queue_of(_("Accounts to create"), url, _to_create, line, _("No account waits to be made."))


@Asked
def _to_do() -> QuerySet[Access]:
    return to_do.to_do().select_related("staff__agency").order_by("to_do", "to_do_since")


def hmis_to_do() -> Rows:
    url = reverse("admin:onboarding_access_to_do")
    now = timezone.now()

    def line(row: Any) -> Line:
        deadline = to_do.closing_deadline(row)
        detail = f"{Access.ToDo(row.to_do).label}, {row.staff.agency.name}"
        return Line(
            row.staff.name,
            url,
            detail,
            clock(deadline, now) or days_words(row.to_do_since),
            late=bool(deadline and deadline < now),
        )

    empty = _("Nothing is to be done in the HMIS.")
    return queue_of(_("To do in the HMIS"), url, _to_do, line, empty, rank=Rank.MINE)


def clock(deadline: datetime | None, now: datetime) -> str:
    """The leaver's clock in hours."""
    if deadline is None:
        return ""
    hours = round(abs((deadline - now).total_seconds()) / 3600)
    return (
        _("%(hours)d hours late") % {"hours": hours}
        if deadline < now
        else _("%(hours)d hours left") % {"hours": hours}
    )


@Asked
def _questions() -> QuerySet[Thread]:
    return questions.waiting().select_related("agency", "opened_by").order_by("opened_at")


def questions_waiting() -> Rows:
    def line(thread: Thread) -> Line:
        who = str(thread.agency.name if thread.agency else thread.name or thread.email)
        return Line(
            thread.subject,
            reverse("admin:onboarding_thread_answer", args=[thread.pk]),
            who,
            days_words(thread.opened_at),
        )

    return queue_of(
        _("Questions waiting"),
        _list("thread", "?waits=yes"),
        _questions,
        line,
        _("Every question is answered."),
        rank=Rank.MINE,
    )


def queues_for(user: User) -> list[waiting.QueueMaker]:
    """The lists of a person's role, in the order of their ranks. The auditor reads what the HMIS Admin reads."""
    is_admin = permissions.is_hmis_admin(user)
    if is_admin or permissions.is_auditor(user):
        own, names = [mine] if is_admin else [], renamed.now()
        second = [for_second_person] if PortalSettings.load().four_eyes else []
        return [
            *own, hmis_to_do, accounts_without_right, unassigned, *second, second_looks, with_colleagues, time_asked, held, accounts_to_create, answers_overdue, questions_waiting, partial(in_other_names, names), partial(to_counter_sign, names),
            conditions_due, go_live_waits, yearly_overdue, failed_messages, files_not_made, pdfs_not_made,
        ]  # fmt: skip
    return [partial(to_counter_sign, renamed.now())] if permissions.is_lead_signatory(user) else []


def reports_panel(request: HttpRequest) -> SafeString | str:
    if not permissions.reads_every_agency(request.user):
        return ""
    words = _("Where agencies stand, and how long each step takes")
    return format_html('<p><a href="{}">{}</a></p>', reverse("admin:onboarding_reports"), words)


waiting.add(queues_for)
admin.site.desk_panels.append(reports_panel)  # type: ignore[attr-defined]
