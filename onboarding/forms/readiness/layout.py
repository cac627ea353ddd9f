"""How a readiness question stands on the page: what section A answered, what an answer will mean."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Position
from hmis_portal.forms import Markup, field_anchor
from hmis_portal.text.words import datetime_words
from onboarding.models import Application, HelpAnswer, ReadinessOutcome, ReadinessQuestion
from onboarding.readiness import rules
from onboarding.sections.answers import words

OUTCOME_NOTES: Mapping[str, object] = {
    ReadinessOutcome.Kind.BLOCKS_APPROVAL: _("Needed before approval"),
    ReadinessOutcome.Kind.BLOCKS_GO_LIVE: _("Needed before go-live"),
    ReadinessOutcome.Kind.PLAN: _("Allowed with a plan"),
    ReadinessOutcome.Kind.ADVICE: _("Advice"),
    ReadinessOutcome.Kind.PATH: _("Good to know"),
}


def known(question: ReadinessQuestion, answer: str, url: str) -> Markup:
    """A question that section A answers, with its answer and the way to where it is changed."""
    if question.shown_from in Position.values:
        source, link = gettext("As you answered in section A2."), gettext("Change it there")
    else:
        source = gettext("As you answered before you opened the account.")
        link = gettext("Tell us when it changed")
    return Markup(
        format_html(
            '<div id="{}"><p class="field-label">{}</p><p class="known">{}</p>'
            '<p class="hint">{} <a href="{}">{}<span class="visually-hidden">: {}</span></a></p></div>',
            field_anchor(f"q{question.number}"),
            question.text,
            answer or gettext("Not provided"),
            source,
            url,
            link,
            question.text,
        )
    )


def heading(question: ReadinessQuestion, *, is_asked_after: bool) -> Markup:
    """The words of a question without a choice, above its further answers; `is_asked_after`: another decides here whether it is asked."""
    when = _shown_when(question.asked_after, question.asked_when["is"]) if is_asked_after else ""
    return Markup(format_html('<p class="field-label"{}>{}</p>', when, question.text))


def proposal(row: HelpAnswer, application: Application) -> Markup:
    """What a helper answered, with the two buttons that decide; both send the page's typing along."""
    acts = [
        (f"onboarding:proposal_{act}", text)
        for act, text in (("take", gettext("Use this answer")), ("leave", gettext("Leave it")))
    ]
    buttons = format_html_join(
        " ",
        '<button type="submit" class="btn btn-quiet" formaction="{}">{}<span class="visually-hidden">: {}</span></button>',
        (
            (reverse(name, args=[application.agency_id, row.pk]), text, row.question.text)
            for name, text in acts
        ),
    )
    answered_by = gettext("%(name)s answered on %(when)s:") % {
        "name": row.request.name,
        "when": datetime_words(row.answered_at),
    }
    lines = format_html_join(
        SafeString("<br>"), "{}", ((line,) for line in words(row.question, row.value).splitlines())
    )
    return Markup(
        format_html(
            '<div class="inset proposal" id="proposal-{}"><p><strong>{}</strong><br>{}</p><p>{}</p></div>',
            row.pk,
            answered_by,
            lines,
            buttons,
        )
    )


def answered(answer: str) -> Markup:
    """Above a plan: the answer that calls for it."""
    return Markup(
        format_html("<p>{}</p>", gettext("You answered: %s.") % (answer or gettext("Nothing")).rstrip("."))
    )


def notes(question: ReadinessQuestion, *, asks_plan: bool) -> list[Markup]:
    """What an answer will mean, shown as soon as it is chosen; `asks_plan`: its plan is asked there and then."""
    return [
        Markup(
            format_html(
                '<p class="inset"{}><strong>{}.</strong> {}</p>',
                _shown_when(question.number, row.when["answer"]),
                OUTCOME_NOTES[row.kind],
                gettext("Asked next.") if rules.is_plan(row) else row.text,
            )
        )
        for row in question.outcomes.all()
        if set(row.when) == {"answer"} and not (asks_plan and rules.is_plan(row))
    ]


def _shown_when(number: str, answers: list[str]) -> SafeString:
    return format_html(' data-shown-when="q{}" data-shown-values="{}"', number, "|".join(answers))
