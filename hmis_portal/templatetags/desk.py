"""Pieces of the desk's pages of which one page has hundreds: the rows of its lists, the answers of a review."""

from html import escape
from typing import Any
from urllib.parse import quote

from django import template
from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.views.main import ChangeList
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from hmis_portal.desk import rows
from hmis_portal.templatetags.portal import with_breaks
from hmis_portal.web.addresses import address_of

register = template.Library()
MARKS = "admin/onboarding/review/row_marks.html"


@register.simple_tag(takes_context=True)
def sent_rows(context: Context, group: Any, item: str) -> SafeString:
    """Inside <dl class="summary">: answers as they were sent, each with a link that leads to a remark on it.

    `item` is the project or person they are about. One piece of HTML and no template for each row: a large application
    has hundreds. What few rows have, files and remarks, is a template's.
    """
    section, kept = context["section"], context["kept"]
    nothing = f'<span class="muted">{escape(gettext("Not provided"))}</span>'
    address = address_of("admin:onboarding_application_remark", context["application"].pk)
    word, about = escape(gettext("Remark")), ", ".join(filter(None, (item, group.title)))
    rows = []
    for row in group.rows:
        question, answer, act = escape(row.question), with_breaks(escape(row.answer)) or nothing, ""
        if row.files or row.remarks:
            answer += render_to_string(MARKS, {**context.flatten(), "row": row})  # type: ignore[dict-item]
        if context["remarking"]:
            asked = escape(f"section={section.key}&field={quote(row.key)}" + (f"&{kept}" if kept else ""))
            whose = escape(f"{about}, {row.question}") if about else question
            act = (
                f'<dd class="summary-act"><a data-remark="{question}" href="{address}?{asked}">{word}'
                f'<span class="visually-hidden">: {whose}</span></a></dd>'
            )
        rows.append(f'<div class="summary-row"><dt>{question}</dt><dd>{answer}</dd>{act}</div>')
    return mark_safe("\n".join(rows))


@register.inclusion_tag("admin/change_list_results.html")
def desk_rows(cl: ChangeList) -> dict[str, object]:
    """What Django's tag of the same name gives its template."""
    headers = list(admin_list.result_headers(cl))
    return {
        "cl": cl,
        "result_hidden_fields": list(admin_list.result_hidden_fields(cl)),
        "result_headers": headers,
        "num_sorted_fields": sum(bool(header["sortable"] and header["sorted"]) for header in headers),
        "results": rows.results(cl),
    }
