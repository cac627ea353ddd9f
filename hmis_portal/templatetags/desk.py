"""The rows of the desk's lists, of which one page has hundreds."""

from django import template
from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.views.main import ChangeList

from hmis_portal.desk import rows

register = template.Library()


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
