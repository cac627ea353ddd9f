"""New versions of the readiness questions: begun as a copy, checked, read in words, compared, published once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from agencies.models import Position, User
from hmis_portal import audit
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.events import OnboardingEvent
from onboarding.models import ReadinessOutcome, ReadinessQuestion, ReadinessVersion, Upload
from onboarding.readiness import rules

PARTS = ("text", "number", "date", "file")
KEPT = (
    "number",
    "part_of",
    "order",
    "group",
    "text",
    "hint",
    "answer_type",
    "choices",
    "parts",
    "asked_when",
    "shown_from",
    "basis",
)
SHOWN_FROM: Mapping[str, object] = {
    "victim_service_provider": gettext_lazy("Victim service provider"),
    **{str(position.value): position.label for position in Position},
}


def draft() -> ReadinessVersion | None:
    return ReadinessVersion.objects.filter(published_at__isnull=True).first()


@transaction.atomic
def begin(*, by: User) -> ReadinessVersion:
    """The published version copied as a draft with the next number. Raises WrongState when there is a draft already."""
    last = ReadinessVersion.objects.select_for_update().order_by("-number").first()
    if last is None:
        raise ObjectDoesNotExist("The reference content is not loaded.")
    # Asked for anew once the lock is held: a second click waits there until the first has made its draft.
    if begun := draft():
        raise WrongState(
            _("Version %(number)s is a draft already: change or drop that one.") % {"number": begun.number}
        )
    version = ReadinessVersion.objects.create(number=last.number + 1, made_by=by)
    old = list(last.questions.prefetch_related("outcomes"))
    new = ReadinessQuestion.objects.bulk_create(
        ReadinessQuestion(version=version, **{name: getattr(earlier, name) for name in KEPT})
        for earlier in old
    )
    ReadinessOutcome.objects.bulk_create(
        ReadinessOutcome(question=question, order=row.order, kind=row.kind, when=row.when, text=row.text)
        for question, earlier in zip(new, old, strict=True)
        for row in earlier.outcomes.all()
    )
    audit.record(by=by, verb=OnboardingEvent.BEGUN, obj=version)
    return version


@transaction.atomic
def publish(version: ReadinessVersion, *, by: User, what_changed: str) -> ReadinessVersion:
    """From now on new applications answer it; those under way keep theirs. Raises GuardFailed with what is wrong."""
    version = _draft(version)
    wrong = problems(version)
    if wrong:
        raise GuardFailed(wrong)
    version.published_at, version.published_by, version.what_changed = timezone.now(), by, what_changed
    version.save(update_fields=["published_at", "published_by", "what_changed"])
    audit.record(by=by, verb=OnboardingEvent.PUBLISHED, obj=version, reason=what_changed)
    return version


@transaction.atomic
def drop(version: ReadinessVersion, *, by: User) -> None:
    version = _draft(version)
    audit.record(by=by, verb=OnboardingEvent.DROPPED_DRAFT, obj=version)
    version.questions.all().delete()
    version.delete()


def _draft(version: ReadinessVersion) -> ReadinessVersion:
    draft = ReadinessVersion.objects.select_for_update(of=("self",)).filter(pk=version.pk).first()
    if draft is None:
        raise WrongState(_("This draft was already dropped."))
    if draft.published_at is not None:
        raise already(draft)
    return draft


def already(version: ReadinessVersion) -> WrongState:
    return WrongState(_("Version %(number)s is already published.") % {"number": version.number})


def problems(version: ReadinessVersion) -> list[str]:
    """Sentences saying what cannot be read or answered; empty when the version may be published."""
    questions = list(version.questions.prefetch_related("outcomes"))
    by_number = {question.number: question for question in questions}
    if not questions:
        return [_("There is no question.")]
    return [sentence for question in questions for sentence in _problems(question, by_number)]


def _problems(question: ReadinessQuestion, by_number: Mapping[str, ReadinessQuestion]) -> Iterator[str]:
    name = _("Question %(number)s") % {"number": question.number}
    if not (question.choices or question.parts or question.shown_from):
        yield _("%(name)s takes no answer: give it choices or a further answer.") % {"name": name}
    for sentence in wrong_asked_when(question, by_number):
        yield f"{name}: {sentence}"
    for part, settings in question.parts.items():
        for sentence in wrong_codes(settings.get("when", ()), question):
            yield f"{name}, {PART_WORDS.get(part, part)}: {sentence}"
    for row in question.outcomes.all():
        for sentence in wrong_when(row.when, question):
            yield _("%(name)s, outcome “%(text)s”: %(wrong)s") % {
                "name": name,
                "text": row.text,
                "wrong": sentence,
            }


def wrong_asked_when(
    question: ReadinessQuestion, by_number: Mapping[str, ReadinessQuestion]
) -> Iterator[str]:
    rule = question.asked_when
    if not rule:
        return
    other = by_number.get(question.asked_after)
    if other is None:
        yield _("It is asked only after question %(other)s, which is not in this version.") % {
            "other": question.asked_after
        }
    elif other.number == question.number:
        yield _("It cannot depend on itself.")
    elif other.shown_from or not other.choices:
        yield _("It cannot depend on question %(other)s, which has no choices.") % {"other": other.number}
    elif other.asked_when:
        yield _("It cannot depend on question %(other)s, which depends on another itself.") % {
            "other": other.number
        }
    else:
        if not rule.get("is"):
            yield _("Name the answers of question %(other)s after which it is asked.") % {
                "other": other.number
            }
        yield from wrong_codes(rule.get("is", ()), other)


def wrong_codes(codes: Sequence[str], question: ReadinessQuestion) -> Iterator[str]:
    known = dict(question.choices) or ({"yes": "", "no": ""} if question.shown_from else {})
    for code in codes:
        if code not in known:
            yield _("“%(code)s” is not an answer of question %(number)s. Its answers are: %(known)s.") % {
                "code": code,
                "number": question.number,
                "known": ", ".join(known) or _("none"),
            }


def wrong_when(when: Mapping[str, Any], question: ReadinessQuestion) -> Iterator[str]:
    """What cannot be read in the conditions of one outcome."""
    if not when:
        yield _("Say when it holds: name at least one condition.")
    for name in when:
        if name not in rules.CONDITIONS:
            yield _("The condition “%(name)s” is not known.") % {"name": name}
    yield from wrong_codes(when.get("answer", ()), question)
    for name, part in (
        ("number_over", "number"),
        ("fewer_than_desks", "number"),
        ("older_than_days", "date"),
    ):
        if name in when and part not in question.parts:
            yield _("The condition needs a further answer: %(part)s.") % {"part": PART_WORDS[part]}
    if when.get("upload_missing", "proof") not in Upload.Kind.values:
        yield _("“%(kind)s” is not a kind of document.") % {"kind": when["upload_missing"]}


PART_WORDS: Mapping[str, StrOrPromise] = {
    "text": gettext_lazy("a text"),
    "number": gettext_lazy("a number"),
    "date": gettext_lazy("a date"),
    "file": gettext_lazy("a file"),
}


def answer_words(codes: Sequence[str], question: ReadinessQuestion) -> str:
    labels = dict(question.choices) or {"yes": _("named in section A"), "no": _("not named in section A")}
    return _(" or ").join(f"“{labels.get(code, code)}”" for code in codes)


def when_words(when: Mapping[str, object], question: ReadinessQuestion) -> str:
    """The conditions of an outcome as a person reads them."""
    words: dict[str, Callable[[Any], str]] = {
        "answer": lambda codes: _("the answer is %(said)s") % {"said": answer_words(codes, question)},
        "number_over": lambda limit: _("the number is over %(limit)s") % {"limit": limit},
        "fewer_than_desks": lambda _yes: _(
            "the number is smaller than that of the intake desks of all sites"
        ),
        "older_than_days": lambda days: _("the date is more than %(days)s days ago") % {"days": days},
        "upload_missing": lambda kind: (
            _("no document of the kind “%(kind)s” is there")
            % {"kind": dict(Upload.Kind.choices).get(kind, kind)}
        ),
    }
    return _(" and ").join(words[name](wanted) if name in words else name for name, wanted in when.items())


@dataclass(frozen=True)
class ListedQuestion:
    """One question as the list shows it."""

    question: ReadinessQuestion
    answers: list[str]
    asked: str
    outcomes: list[str]


def read(version: ReadinessVersion) -> list[ListedQuestion]:
    """The questions in the order of the page, in words; two queries."""
    questions = list(version.questions.prefetch_related("outcomes"))
    by_number = {question.number: question for question in questions}
    return [_read(question, by_number) for question in questions]


def _read(question: ReadinessQuestion, by_number: Mapping[str, ReadinessQuestion]) -> ListedQuestion:
    answers = [", ".join(str(label) for _code, label in question.choices)] if question.choices else []
    if question.answer_type == "multi":
        answers.append(_("Several may be chosen."))
    for part, settings in question.parts.items():
        only = (
            _(", after %(said)s") % {"said": answer_words(settings["when"], question)}
            if settings.get("when")
            else ""
        )
        answers.append(f"{capfirst(PART_WORDS.get(part, part))}: “{settings.get('label', '')}”{only}")
    if question.shown_from:
        shown = SHOWN_FROM.get(question.shown_from, question.shown_from)
        answers = [_("Not asked: section A answers it (%(what)s).") % {"what": shown}]
    asked = ""
    if question.asked_when:
        other = by_number.get(question.asked_after)
        codes = question.asked_when.get("is", ())
        asked = _("Asked only when question %(number)s was answered %(said)s.") % {
            "number": question.asked_after,
            "said": answer_words(codes, other) if other else ", ".join(codes),
        }
    outcomes = [
        _("%(kind)s, when %(when)s: %(text)s")
        % {"kind": row.get_kind_display(), "when": when_words(row.when, question), "text": row.text}
        for row in question.outcomes.all()
    ]
    return ListedQuestion(question, answers, asked, outcomes)


@dataclass(frozen=True)
class QuestionChange:
    """One question that is not the same in two versions; kind: added, removed, changed."""

    kind: str
    number: str
    text: str


def changes(before: ReadinessVersion, after: ReadinessVersion) -> list[QuestionChange]:
    """In the order of the later version, what is gone at the end."""
    old, new = ({row.question.number: row for row in read(version)} for version in (before, after))
    changed = [
        QuestionChange("changed" if number in old else "added", number, row.question.text)
        for number, row in new.items()
        if number not in old or _content(row) != _content(old[number])
    ]
    return changed + [
        QuestionChange("removed", n, row.question.text) for n, row in old.items() if n not in new
    ]


def _content(question_read: ListedQuestion) -> tuple[object, ...]:
    question = question_read.question
    fields = (getattr(question, name) for name in KEPT if name != "asked_when")
    return (
        *fields,
        question.asked_after,
        question.asked_when.get("is"),
        [(row.kind, row.when, row.text) for row in question.outcomes.all()],
    )
