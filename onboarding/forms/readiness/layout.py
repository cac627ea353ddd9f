"""How a readiness question stands on the page: what section A answered, what an answer will mean."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Position
from hmis_portal.forms import Markup, field_anchor
from onboarding.models import ReadinessOutcome, ReadinessQuestion

OUTCOME_NOTES: Mapping[str, Any] = {
    ReadinessOutcome.Kind.BLOCKS_APPROVAL: _("Needed before approval"),
    ReadinessOutcome.Kind.BLOCKS_GO_LIVE: _("Needed before go-live"),
    ReadinessOutcome.Kind.PLAN: _("Allowed with a plan"),
    ReadinessOutcome.Kind.ADVICE: _("Advice"),
    ReadinessOutcome.Kind.PATH: _("Good to know"),
}


def known(question: ReadinessQuestion, words: str, url: str) -> Markup:
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
            words or gettext("Not provided"),
            source,
            url,
            link,
            question.text,
        )
    )


def heading(question: ReadinessQuestion) -> Markup:
    """The words of a question without a choice, above its further answers."""
    asked = question.asked_when
    when = _shown_when(question.asked_after, asked["is"]) if asked else ""
    return Markup(format_html('<p class="field-label"{}>{}</p>', when, question.text))


def notes(question: ReadinessQuestion) -> list[Markup]:
    """What an answer will mean, shown as soon as it is chosen."""
    return [
        Markup(
            format_html(
                '<p class="inset"{}><strong>{}.</strong> {}</p>',
                _shown_when(question.number, row.when["answer"]),
                OUTCOME_NOTES[row.kind],
                row.text,
            )
        )
        for row in question.outcomes.all()
        if row.kind != ReadinessOutcome.Kind.PLAN and set(row.when) == {"answer"}
    ]


def _shown_when(number: str, answers: list[str]) -> SafeString:
    return format_html(' data-shown-when="q{}" data-shown-values="{}"', number, "|".join(answers))
