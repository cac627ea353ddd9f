"""Section D as a person reads it: its sites, each question with its answer, and what an unmet one means."""

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import Position
from hmis_portal.text.words import date_words
from onboarding.models import ReadinessAnswer, ReadinessOutcome, ReadinessQuestion, SectionKey
from onboarding.readiness import rules
from onboarding.sections.answers import Answers, words
from onboarding.sections.summaries import Group, Row, file_names, person_typed_as, person_url, section_url


def readiness(answers: Answers) -> list[Group]:
    url, groups = section_url(answers, SectionKey.READINESS), [_sites(answers)]
    by_title: dict[str, list[Row]] = {}
    for question in answers.questions:
        if not rules.is_asked(question, answers.facts.answers):
            continue
        answer, name = answers.readiness.get(question.number), f"q{question.number}"
        value = answer.value if answer else {}
        answer_text = (
            answers.known[question.number][1] if question.number in answers.known else words(question, value)
        )
        files = tuple(answers.files_of(question))
        text = "\n".join(
            filter(None, [answer_text, file_names(files), _consequence(answers, question, value, answer)])
        )
        elsewhere, typed_as = _typed_at(answers, question)
        by_title.setdefault(question.group, []).append(
            Row(name, f"{question.number}. {question.text}", text, files, typed_as, elsewhere)
        )
    groups += [Group(title, title, url, rows) for title, rows in by_title.items()]
    return groups


def _typed_at(answers: Answers, question: ReadinessQuestion) -> tuple[str, str]:
    """The page, where it is not the section's own, and the field that answers a readiness question."""
    name = f"q{question.number}"
    if question.number not in answers.known:
        return "", name if question.choices else f"{name}_{next(iter(question.parts), 'plan')}"
    outcome = rules.outcome(question, answers.known[question.number][0], answers.facts)
    if outcome is not None and outcome.kind == ReadinessOutcome.Kind.PLAN:
        return "", f"{name}_plan"
    if question.shown_from in Position.values:
        return person_url(answers, question.shown_from), person_typed_as(question.shown_from)
    return "", name  # said when the account was opened: there it reads what it was


def _sites(answers: Answers) -> Group:
    rows = [
        Row(
            f"site-{site.pk}",
            site.address,
            _("%(workstations)s workstations, %(connection)s, %(desks)s intake desks")
            % {
                "workstations": site.workstations,
                "connection": site.get_connection_display(),
                "desks": site.intake_desks,
            },
            typed_as="address",
            url=reverse("onboarding:site_change", args=[answers.agency.pk, site.pk]),
        )
        for site in answers.sites
    ]
    url = reverse("onboarding:sites", args=[answers.agency.pk])
    return Group("sites", _("Sites"), url, rows, empty=_("No site is listed yet."))


def _consequence(
    answers: Answers, question: ReadinessQuestion, value: rules.Value, answer: ReadinessAnswer | None
) -> str:
    """What an unmet question means, with the plan where there is one."""
    known = answers.known.get(question.number)
    outcome = rules.outcome(question, known[0] if known else value, answers.facts)
    if outcome is None or not (value or known):
        return ""
    if outcome.kind == ReadinessOutcome.Kind.PLAN and answer and answer.plan:
        return _("Plan: %(plan)s. Seen to by %(owner)s, by %(due)s.") % {
            "plan": answer.plan.rstrip("."), "owner": answer.plan_owner, "due": date_words(answer.plan_due)
        }  # fmt: skip
    return f"{outcome.get_kind_display()}: {outcome.text}"
