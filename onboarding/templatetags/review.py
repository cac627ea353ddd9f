"""The answers of a review, of which one page has hundreds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from urllib.parse import quote, urlencode

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from hmis_portal.templatetags.components import status
from hmis_portal.templatetags.portal import with_breaks
from hmis_portal.web.addresses import address_of
from onboarding.admin.review.sent import SentGroup, SentItem

register = template.Library()
ROW_MARKS = "admin/onboarding/review/row_marks.html"


@register.simple_tag(takes_context=True)
def review_url(context: Context, page: str, *rows: str | int, **asked: str) -> str:
    """The address of a page about the application; it leads back to the list from which the application was opened."""
    address = address_of(f"admin:onboarding_application_{page}", context["application"].pk, *rows)
    query = "&".join(filter(None, (urlencode(asked), context["kept"])))
    return f"{address}?{query}" if query else address


@dataclass(frozen=True)
class Words:
    """What stands on the page again and again."""

    nothing: str  # where no answer is
    remark: str
    changed: str
    levels: Mapping[str, str]  # of a finding


@cache
def _words(_language: str | None) -> Words:
    return Words(
        f'<span class="muted">{escape(gettext("Not provided"))}</span>',
        escape(gettext("Remark")),
        status("waiting", gettext("changed")),
        {"error": status("problem", gettext("Error")), "warning": status("plain", gettext("Advice"))},
    )


@register.simple_tag(takes_context=True)
def sent_items(context: Context, items: Iterable[SentItem]) -> SafeString:
    """The row of each project or person: its name, the answers under the headings, and all that was answered about it.

    A large application has dozens, and the rules have ten things to say of each project.
    """
    words, html = _words(get_language()), []
    for item in items:
        cells = "".join([f"<span>{escape(cell) or '–'}</span>" for cell in item.cells])
        html.append(
            f'<details id="item-{escape(item.key)}"><summary><span class="rows-name">{escape(item.name)}</span>{cells}'
            f"<span>{_marks(item, words)}</span></summary>{_findings(item, words)}"
            f"{_groups(context, item.groups, words, item.name)}</details>"
        )
    return mark_safe("\n".join(html))


def _marks(item: SentItem, words: Words) -> str:
    """What there is to say of a project or person more than what was answered."""
    marks: list[str] = []
    if number := item.open:
        remarks = ngettext("%(number)d remark", "%(number)d remarks", number) % {"number": number}
        marks.append(status("turn", remarks))
    if item.changed:
        marks.append(words.changed)
    if item.findings:
        marks.append(words.levels["error" if item.errors else "warning"])
    return " ".join(marks)


def _findings(item: SentItem, words: Words) -> str:
    """What HUD's rules say of the project."""
    lines = [
        f'<li>{words.levels[finding.level]} {escape(finding.message)} <span class="hint">R{finding.rule}</span></li>'
        for finding in item.findings
    ]
    return f'<ul class="remarks">{"".join(lines)}</ul>' if lines else ""


@register.simple_tag(takes_context=True)
def sent_groups(context: Context, groups: Iterable[SentGroup]) -> SafeString:
    """The answers of a section that are about no project or person."""
    return mark_safe(_groups(context, groups, _words(get_language())))


def _groups(context: Context, groups: Iterable[SentGroup], words: Words, item: str = "") -> str:
    """Answers as they were sent, under their headings, each with a link that leads to a remark on it.

    `item` is the project or person they are about. One piece of HTML and no template for each answer: a large
    application has hundreds. What few answers have, files and remarks, is a template's.
    """
    section, kept, remarking = context["section"], context["kept"], context["remarking"]
    address = address_of("admin:onboarding_application_remark", context["application"].pk)
    asked, list_kept = escape(f"{address}?section={section.key}&field="), escape(f"&{kept}") if kept else ""
    html = []
    for group in groups:
        if group.title not in (section.title, item):
            html.append(f"<h3>{escape(group.title)}</h3>")
        html.append('<dl class="summary">')
        about = "".join(f"{escape(title)}, " for title in (item, group.title) if title)
        for row in group.rows:
            question, answer, act = escape(row.question), with_breaks(escape(row.answer)) or words.nothing, ""
            if row.files or row.remarks:
                answer += render_to_string(ROW_MARKS, {**context.flatten(), "row": row})  # type: ignore[dict-item]
            if remarking:
                field = quote(row.key, safe=":")  # which it has, and an address may have
                act = (
                    f'<dd class="summary-act"><a data-remark="{question}" href="{asked}{field}{list_kept}">{words.remark}'
                    f'<span class="visually-hidden">: {about}{question}</span></a></dd>'
                )
            html.append(f'<div class="summary-row"><dt>{question}</dt><dd>{answer}</dd>{act}</div>')
        html.append("</dl>")
    return "\n".join(html)
