"""Readiness questions answered by somebody outside: a link is sent, what comes back are proposals, an editor decides."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet, UUIDField
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit, mail
from hmis_portal.models import PortalSettings
from hmis_portal.models.written import Given, WrittenQuery
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding import emails
from onboarding.events import OnboardingEvent
from onboarding.models import Application, HelpAnswer, HelpRequest, ReadinessQuestion
from onboarding.readiness.rules import Value
from onboarding.readiness.topics import page_url, topic_of
from onboarding.sections import drafts

MOST_OPEN = 20
SALT = "onboarding.readiness.helpers"


def _token(request: HelpRequest) -> str:
    """Of 256 bits; what it is made from is drawn anew each time the link is sent."""
    return salted_hmac(SALT, f"{request.pk}:{request.nonce}", algorithm="sha256").hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@mail.link_maker("readiness-help")
def link(request_id: str) -> str:
    return mail.absolute("onboarding:readiness_help", token=_token(HelpRequest.objects.get(pk=request_id)))


def of_token(token: str) -> HelpRequest | None:
    rows = HelpRequest.objects.select_related("application__agency", "asked_by")
    return rows.filter(token_hash=_hash(token)).first()


def is_open(request: HelpRequest) -> bool:
    """The link opens the questions: it has not ended, and the application can still be changed."""
    return request.is_open and request.application.is_editable


def open_of(application: Application) -> QuerySet[HelpRequest]:
    return HelpRequest.objects.filter(application=application, ended_at=None, expires_at__gt=timezone.now())


def ask(
    *, application: Application, questions: Sequence[str], name: str, email: str, note: str, by: User
) -> HelpRequest:
    """Send these questions. Raises GuardFailed when too many links are open, WrongState."""
    with drafts.writing(application):
        if open_of(application).count() >= MOST_OPEN:
            words = _(
                "%(number)d links are open. Revoke one that is no longer needed before you send another."
            )
            raise GuardFailed([words % {"number": MOST_OPEN}])
        request = HelpRequest(
            application=application, name=name, email=email, note=note, questions=list(questions), asked_by=by,
            token_hash=secrets.token_hex(32), expires_at=timezone.now(),
        )  # fmt: skip
        request.save()
        _send(request, by)
    return request


def _send(request: HelpRequest, by: User) -> None:
    request.nonce, now = secrets.token_hex(16), timezone.now()
    request.token_hash = _hash(_token(request))
    request.sent_at, request.expires_at = now, now + timedelta(days=PortalSettings.load().helper_days)
    request.save(update_fields=["nonce", "token_hash", "sent_at", "sent_count", "expires_at"])
    _record(OnboardingEvent.ASKED_A_HELPER, request, by)
    emails.helper_asked(request, by=by)


def send_again(request: HelpRequest, *, by: User) -> None:
    """A new link; the earlier one opens nothing from now on. Raises WrongState when it has ended."""
    with drafts.writing(request.application):
        request = _locked(request)
        request.sent_count += 1
        _send(request, by)


def revoke(request: HelpRequest, *, by: User) -> None:
    with drafts.writing(request.application):
        request = _locked(request)
        _end(request, HelpRequest.End.REVOKED)
        _record(OnboardingEvent.REVOKED_A_HELPER, request, by)


def end_all(application: Application) -> None:
    """The application was sent: nobody answers for it any more."""
    rows = HelpRequest.objects.filter(application=application, ended_at=None)
    rows.update(ended_at=timezone.now(), end=HelpRequest.End.SENT)


def _locked(request: HelpRequest) -> HelpRequest:
    locked = HelpRequest.objects.select_for_update().get(pk=request.pk)
    if locked.ended_at is not None:
        raise WrongState(_("The link to %(name)s has ended already.") % {"name": locked.name})
    return locked


def _end(request: HelpRequest, end: str) -> None:
    request.ended_at, request.end = timezone.now(), end
    request.save(update_fields=["ended_at", "end"])


def _record(verb: OnboardingEvent, request: HelpRequest, by: User | None, **data: object) -> None:
    audit.record(
        by=by,
        verb=verb,
        obj=request,
        agency_id=request.application.agency_id,
        data={"email": request.email, "questions": request.questions, **data},
    )


@transaction.atomic
def answer(request: HelpRequest, values: Mapping[str, Value], *, done: bool) -> None:
    """What the helper typed, by question number; what was decided stands. Raises WrongState when the link has ended."""
    request = HelpRequest.objects.select_for_update().get(pk=request.pk)
    if not is_open(request):
        raise WrongState(_("This link has ended. Nothing was saved."))
    asked = ReadinessQuestion.objects.filter(version_id=request.application.readiness_version_id)
    questions = {question.number: question for question in asked.filter(number__in=request.questions)}
    before = {row.question_id: row for row in request.answers.all()}
    for number, question in questions.items():
        value, row = values.get(number), before.get(question.pk)
        if row and (row.taken is not None or row.value == value):
            continue
        if value:
            answer_values = {"value": value, "answered_at": timezone.now()}
            HelpAnswer.objects.update_or_create(request=request, question=question, defaults=answer_values)
        elif row:
            row.delete()
    if done and request.done_at is None:
        request.done_at = timezone.now()
        request.save(update_fields=["done_at"])
        _record(OnboardingEvent.HELPER_ANSWERED, request, None)
        emails.helper_answered(request)


def proposals(application: Application | Given) -> QuerySet[HelpAnswer]:
    """What waits to be taken or left: the answers of helpers who said that they are done."""
    rows = HelpAnswer.objects.filter(
        request__application=application, request__done_at__isnull=False, taken=None
    )
    return rows.exclude(request__end=HelpRequest.End.REVOKED).select_related(
        "request__application", "question"
    )


@dataclass(frozen=True)
class HelperRow:
    """A request in the words of the section's list."""

    request: HelpRequest
    status_kind: str
    status_text: str
    waits: list[tuple[str, str]]  # titles and addresses of the topics with answers to be taken or left


def rows_of(application: Application) -> list[HelperRow]:
    waits: dict[int, list[HelpAnswer]] = {}
    for row in proposals(application):
        waits.setdefault(row.request_id, []).append(row)
    return [
        HelperRow(request, *_status(request, waits.get(request.pk, [])), _topics(waits.get(request.pk, [])))
        for request in HelpRequest.objects.filter(application=application)
    ]


def _topics(waits: Sequence[HelpAnswer]) -> list[tuple[str, str]]:
    first = {topic_of(row.question): row for row in reversed(waits)}
    return [
        (str(topic.title), f"{page_url(row.request.application.agency_id, topic)}#proposal-{row.pk}")
        for topic, row in first.items()
    ]


def _status(request: HelpRequest, waits: Sequence[HelpAnswer]) -> tuple[str, str]:
    return ("turn", _("Answered: look at the answers")) if waits else state_of(request)


def state_of(request: HelpRequest) -> tuple[str, str]:
    """Kind and words of how the link stands."""
    if request.ended_at:
        return "plain", request.get_end_display()
    if not request.is_open:
        return "plain", _("The link has lapsed")
    return ("plain", _("Answered")) if request.done_at else ("waiting", _("Waiting for the answers"))


_proposals = WrittenQuery(lambda: proposals(Given("application", UUIDField())))


def by_question(application: Application) -> dict[str, list[HelpAnswer]]:
    answers: dict[str, list[HelpAnswer]] = {}
    for row in _proposals(application=application.pk):
        answers.setdefault(row.question.number, []).append(row)
    return answers


def decide(proposal: HelpAnswer, *, take: bool, by: User) -> None:
    """Inside `drafts.writing`. When all are decided the link ends by itself. Raises WrongState when this one was."""
    proposal = (
        HelpAnswer.objects.select_for_update(of=("self",))
        .select_related("request", "question")
        .get(pk=proposal.pk)
    )
    if proposal.taken is not None:
        raise WrongState(_("A colleague decided about this answer already."))
    proposal.taken, proposal.decided_by, proposal.decided_at = take, by, timezone.now()
    proposal.save(update_fields=["taken", "decided_by", "decided_at"])
    verb = OnboardingEvent.TOOK_A_PROPOSAL if take else OnboardingEvent.LEFT_A_PROPOSAL
    request = (
        HelpRequest.objects.select_for_update().select_related("application").get(pk=proposal.request_id)
    )
    _record(verb, request, by, question=proposal.question.number)
    if request.ended_at is None and not request.answers.filter(taken=None).exists():
        _end(request, HelpRequest.End.DECIDED)
