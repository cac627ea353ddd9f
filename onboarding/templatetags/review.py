"""The answers of a review, of which one page has hundreds."""

from collections.abc import Iterable
from functools import cache
from html import escape
from urllib.parse import quote

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from hmis_portal.templatetags.portal import with_breaks
from hmis_portal.web.addresses import address_of
from onboarding.admin.review.sent import SentGroup, SentItem

register = template.Library()
ROW_MARKS = "admin/onboarding/review/row_marks.html"
ITEM_MARKS = "admin/onboarding/review/item_marks.html"
ITEM_FINDINGS = "admin/onboarding/review/item_findings.html"


@register.simple_tag(takes_context=True)
def sent_items(context: Context, items: Iterable[SentItem]) -> SafeString:
    """The row of each project or person: its name, the answers under the headings, and all that was answered about it.

    A large application has dozens; what few have, marks and findings, is a template's.
    """
    html = []
    for item in items:
        cells = "".join([f"<span>{escape(cell) or '–'}</span>" for cell in item.cells])
        marks = render_to_string(ITEM_MARKS, {"item": item}) if item.is_marked else ""
        findings = render_to_string(ITEM_FINDINGS, {"item": item}) if item.findings else ""
        html.append(
            f'<details id="item-{escape(item.key)}"><summary><span class="rows-name">{escape(item.name)}</span>{cells}'
            f"<span>{marks}</span></summary>{findings}{sent_groups(context, item.groups, item.name)}</details>"
        )
    return mark_safe("\n".join(html))


@register.simple_tag(takes_context=True)
def sent_groups(context: Context, groups: Iterable[SentGroup], item: str = "") -> SafeString:
    """Answers as they were sent, under their headings, each with a link that leads to a remark on it.

    `item` is the project or person they are about. One piece of HTML and no template for each answer: a large
    application has hundreds. What few answers have, files and remarks, is a template's.
    """
    section, kept = context["section"], context["kept"]
    nothing, word = _words_of_sent(get_language())
    address = address_of("admin:onboarding_application_remark", context["application"].pk)
    html = []
    for group in groups:
        if group.title not in (section.title, item):
            html.append(f"<h3>{escape(group.title)}</h3>")
        html.append('<dl class="summary">')
        about = "".join(f"{escape(words)}, " for words in (item, group.title) if words)
        for row in group.rows:
            question, answer, act = escape(row.question), with_breaks(escape(row.answer)) or nothing, ""
            if row.files or row.remarks:
                answer += render_to_string(ROW_MARKS, {**context.flatten(), "row": row})  # type: ignore[dict-item]
            if context["remarking"]:
                asked = escape(f"section={section.key}&field={quote(row.key)}" + (f"&{kept}" if kept else ""))
                act = (
                    f'<dd class="summary-act"><a data-remark="{question}" href="{address}?{asked}">{word}'
                    f'<span class="visually-hidden">: {about}{question}</span></a></dd>'
                )
            html.append(f'<div class="summary-row"><dt>{question}</dt><dd>{answer}</dd>{act}</div>')
        html.append("</dl>")
    return mark_safe("\n".join(html))


@cache
def _words_of_sent(_language: str | None) -> tuple[str, str]:
    """What stands where no answer does, and the words of a link."""
    return f'<span class="muted">{escape(gettext("Not provided"))}</span>', escape(gettext("Remark"))
