"""Section D as a person reads it: its sites, each question with its answer, and what an unmet one means."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import Position
from hmis_portal.text.words import date_words
from onboarding.models import ReadinessAnswer, ReadinessOutcome, ReadinessQuestion, SectionKey
from onboarding.readiness import rules, topics
from onboarding.sections.answers import Answers, words
from onboarding.sections.short_pages import Page, page_of
from onboarding.sections.summaries import Row, RowGroup, file_names, person_typed_as, person_url, section_url


def readiness(answers: Answers) -> list[RowGroup]:
    pages, groups = topics.pages(answers), [_sites(answers)]
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
        url, typed_as = _typed_at(answers, question, pages)
        by_title.setdefault(question.group, []).append(
            Row(name, f"{question.number}. {question.text}", text, files, typed_as, url)
        )
    section = section_url(answers, SectionKey.READINESS)
    groups += [RowGroup(title, title, section, rows) for title, rows in by_title.items()]
    return groups


def _typed_at(answers: Answers, question: ReadinessQuestion, pages: Sequence[Page]) -> tuple[str, str]:
    """The page and the field that answers a readiness question."""
    name = typed_as = f"q{question.number}"
    if question.number not in answers.known:
        typed_as = name if question.choices else f"{name}_{next(iter(question.parts), 'plan')}"
    elif rules.is_plan(rules.outcome(question, answers.known[question.number][0], answers.facts)):
        typed_as = f"{name}_plan"
    elif question.shown_from in Position.values:
        return person_url(answers, question.shown_from), person_typed_as(question.shown_from)
    page = page_of(pages, typed_as)
    return page.url(answers.agency.pk) if page else "", typed_as


def _sites(answers: Answers) -> RowGroup:
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
    return RowGroup("sites", _("Sites"), url, rows, empty=_("No site is listed yet."))


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
