"""The rows of the desk's lists and what they are narrowed by, of which one page has hundreds."""

from html import escape
from typing import Any

from django import template
from django.contrib.admin import ListFilter
from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.views.main import ChangeList
from django.utils.encoding import iri_to_uri
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from hmis_portal.desk import rows
from hmis_portal.forms.renderer import escaped

register = template.Library()


@register.simple_tag
def desk_filters(cl: ChangeList) -> SafeString:
    """What Django's tag writes of each filter, in one piece: the filters of a list have sixty choices."""
    specs: list[Any] = cl.filter_specs
    html: list[str] = []
    for spec in specs:
        if spec.template != ListFilter.template:  # its own
            html.append(admin_list.admin_list_filter(cl, spec))
            continue
        html.append(
            f'<details data-filter-title="{escaped(spec.title)}" open><summary>{escaped(_by(spec.title))}</summary><ul>'
        )
        for choice in spec.choices(cl):
            selected = ' class="selected"' if choice["selected"] else ""
            where = escape(iri_to_uri(choice["query_string"]))
            html.append(f'<li{selected}><a href="{where}">{escaped(choice["display"])}</a></li>')
        html.append("</ul></details>")
    return mark_safe("\n".join(html))


def _by(title: object) -> str:
    return gettext("By %(filter)s") % {"filter": title}


@register.inclusion_tag("admin/change_list_results.html")
def desk_rows(cl: ChangeList) -> dict[str, object]:
    """The rows under their headings."""
    return {
        "result_hidden_fields": list(admin_list.result_hidden_fields(cl)),
        "head": rows.head(cl),
        "results": rows.results(cl),
    }
