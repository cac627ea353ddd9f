"""What is done with many applications of the queue at once: each an act of its own, by the moves of the review."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies import permissions
from agencies.models import User
from hmis_portal import audit
from hmis_portal.web.errors import GuardFailed, WrongState
from hmis_portal.web.visits import client_ip
from onboarding import emails
from onboarding.admin.queue.choices import colleagues
from onboarding.events import OnboardingEvent
from onboarding.models import Application
from onboarding.services import perform
from onboarding.workflow import ApplicationVerb, HandOver

State = Application.State


class QueueActionForm(ActionForm):
    """For whom it is, where an act asks for somebody."""

    colleague = forms.ChoiceField(required=False, label=gettext_lazy("Assign to:"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].choices = [("", _("Nobody")), *colleagues()]  # type: ignore[attr-defined]


def _each(
    request: HttpRequest, rows: Iterable[Application], act: Callable[[Application, User, str | None], object]
) -> None:
    """Each is an act of its own; what cannot be done is said and holds up no other."""
    done, left = 0, []
    for application in rows:
        try:
            act(application, permissions.person(request), client_ip(request))
            done += 1
        except PermissionDenied:
            refused = _("%s: this is not yours to do.")
            left.append(refused % application)
        except (WrongState, GuardFailed) as error:
            left.append(f"{application}: {' '.join(error.messages)}")
    if done:
        words = ngettext("Done with %(count)d application.", "Done with %(count)d applications.", done)
        messages.success(request, words % {"count": done})
    for sentence in left[:10]:
        messages.warning(request, sentence)
    if len(left) > 10:
        words = ngettext(
            "The same holds for %(count)d more.", "The same holds for %(count)d more.", len(left) - 10
        )
        messages.warning(request, words % {"count": len(left) - 10})


@admin.action(description=gettext_lazy("Take for review"), permissions=["decide"])
def take(site: object, request: HttpRequest, rows: QuerySet[Application]) -> None:
    _each(request, rows, lambda row, by, ip: perform(row, ApplicationVerb.TAKE, by=by, ip=ip))


@admin.action(description=gettext_lazy("Hand back to the queue"), permissions=["decide"])
def hand_back(site: object, request: HttpRequest, rows: QuerySet[Application]) -> None:
    _each(request, rows, lambda row, by, ip: perform(row, ApplicationVerb.HAND_BACK, by=by, ip=ip))


@admin.action(description=gettext_lazy("Assign to the colleague chosen"), permissions=["decide"])
def assign(site: object, request: HttpRequest, rows: QuerySet[Application]) -> None:
    """Taken where nobody has it yet, then handed over: the colleague is told as of any hand-over."""
    chosen = request.POST.get("colleague", "")
    people = permissions.people_in(permissions.HMIS_ADMIN)
    colleague = people.filter(pk=chosen).first() if chosen.isdecimal() else None
    if colleague is None:
        messages.warning(request, _("Choose the colleague to whom the applications are assigned."))
        return
    to: User = colleague

    def act(application: Application, by: User, ip: str | None) -> None:
        with transaction.atomic():
            if application.state == State.SUBMITTED:
                application = perform(application, ApplicationVerb.TAKE, by=by, ip=ip)
            if application.reviewer != to:
                perform(application, ApplicationVerb.HAND_OVER, by=by, payload=HandOver(to), ip=ip)

    _each(request, rows, act)


@admin.action(description=gettext_lazy("Remind the agency to answer"), permissions=["decide"])
def remind(site: object, request: HttpRequest, rows: QuerySet[Application]) -> None:
    """Of changes that were asked for; at most once a day, whoever asks."""
    today = timezone.localdate()

    @transaction.atomic
    def act(row: Application, by: User, ip: str | None) -> None:
        application = (
            Application.objects.select_for_update(of=("self",)).select_related("agency").get(pk=row.pk)
        )
        if application.state != State.CHANGES or application.answer_by is None:
            raise WrongState(_("It does not wait for an answer of the agency."))
        last = audit.last(application, OnboardingEvent.REMINDED_OF_WHAT_IS_OWED)
        if last and timezone.localdate(last.at) >= today:
            raise WrongState(_("The agency was reminded today already."))
        left = (application.answer_by - today).days
        emails.answer_by(application, left, threshold=today.toordinal())
        audit.record(
            by=by, verb=OnboardingEvent.REMINDED_OF_WHAT_IS_OWED, obj=application,
            agency_id=application.agency_id, ip=ip,
        )  # fmt: skip

    _each(request, rows, act)
