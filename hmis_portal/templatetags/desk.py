"""Pieces of the desk's pages of which one page has hundreds: the rows of its lists, the links of a review."""

from html import escape
from typing import Any
from urllib.parse import quote

from django import template
from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.views.main import ChangeList
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from hmis_portal.desk import rows
from hmis_portal.web.addresses import address_of

register = template.Library()


@register.simple_tag
def remark_link(application: Any, section: Any, row: Any, *about: str, kept: str) -> SafeString:
    """Leads to a remark on one answer of what was sent; a large application has hundreds of them."""
    address = address_of("admin:onboarding_application_remark", application.pk)
    asked = f"section={section.key}&field={quote(row.key)}" + (f"&{kept}" if kept else "")
    question, whose = escape(row.question), escape(", ".join(filter(None, (*about, row.question))))
    return mark_safe(
        f'<a data-remark="{question}" href="{address}?{escape(asked)}">{escape(gettext("Remark"))}'
        f'<span class="visually-hidden">: {whose}</span></a>'
    )


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
