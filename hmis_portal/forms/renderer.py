"""How inputs are written (settings: FORM_RENDERER): the plain ones straight out, all others by their templates.

A page has a hundred inputs; Django's three nested templates for each of them took a third of its time.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

Widget = Mapping[str, Any]  # what a widget's get_context gives as "widget"


def escaped(value: object) -> str:
    """As templates escape: what is HTML already stays as it is. Django's own looks for lazy arguments each time."""
    text = str(value) if not isinstance(value, str) else value
    return text if hasattr(text, "__html__") else escape(text)


def _attributes(attrs: Mapping[str, object]) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{escaped(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def plain_input(widget: Widget) -> SafeString:
    """`<input>` of any type."""
    value = "" if widget["value"] is None else f' value="{escaped(widget["value"])}"'
    name = escaped(widget["name"])
    return mark_safe(f'<input type="{widget["type"]}" name="{name}"{value}{_attributes(widget["attrs"])}>')


def _option_input(widget: Widget) -> str:
    """A radio button or check box of a group; its label is written around it where it is asked for so."""
    shown = plain_input(widget)
    if not widget.get("wrap_label"):
        return shown
    target = f' for="{escaped(widget["attrs"]["id"])}"' if widget["attrs"].get("id") else ""
    return f"<label{target}>{shown} {escaped(widget['label'])}</label>"


def _textarea(widget: Widget) -> str:
    name, value = escaped(widget["name"]), escaped(widget["value"] or "")
    return f'<textarea name="{name}"{_attributes(widget["attrs"])}>\n{value}</textarea>'


def _select(widget: Widget) -> str:
    parts = [f'<select name="{escaped(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        parts += [f'<optgroup label="{escaped(group)}">'] if group else []
        parts += [
            f'<option value="{escaped(option["value"])}"{_attributes(option["attrs"])}>'
            f"{escaped(option['label'])}</option>"
            for option in options
        ]
        parts += ["</optgroup>"] if group else []
    return "\n".join([*parts, "</select>"])


_INPUTS = (
    "text",
    "number",
    "email",
    "url",
    "password",
    "hidden",
    "tel",
    "search",
    "file",
    "checkbox",
    "input",
)
WRITTEN: Mapping[str, Callable[[Widget], str]] = {
    **{f"django/forms/widgets/{name}.html": plain_input for name in _INPUTS},
    **{f"django/forms/widgets/{name}_option.html": _option_input for name in ("radio", "checkbox")},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
}


class Renderer(TemplatesSetting):
    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if written := WRITTEN.get(template_name):
            return mark_safe(written(context["widget"]))  # each of them escapes what it is given
        return super().render(template_name, context, request)
