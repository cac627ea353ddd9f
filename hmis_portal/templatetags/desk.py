"""The rows of the desk's lists and what they are narrowed by, of which one page has hundreds."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.views.main import ChangeList
from django.utils.encoding import iri_to_uri
from django.utils.safestring import SafeString, mark_safe

from hmis_portal.desk import rows
from hmis_portal.forms.renderer import escaped

register = template.Library()


@register.simple_tag
def filter_choices(choices: Iterable[Any]) -> SafeString:
    """What a list may be narrowed to by one filter: the filters of a list have sixty choices."""
    html = []
    for choice in choices:
        selected = ' class="selected"' if choice["selected"] else ""
        where = escape(iri_to_uri(choice["query_string"]))
        html.append(f'<li{selected}><a href="{where}">{escaped(choice["display"])}</a></li>')
    return mark_safe("\n".join(html))


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
