"""Crispy's layout objects without its habit of compiling their text: what people typed is never a template."""

from typing import Any

from crispy_forms.layout import LayoutObject
from django.forms import BaseForm
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


class Markup:
    """A piece of HTML made by format_html, shown as it is; a plain string is escaped."""

    def __init__(self, html: SafeString | str) -> None:
        self.html = html

    def render(self, form: BaseForm, context: Context, **kwargs: Any) -> SafeString:
        return conditional_escape(self.html)


class Fieldset(LayoutObject):
    """Fields under a legend, which is text."""

    def __init__(self, legend: Any, *fields: Any) -> None:
        self.legend, self.fields = legend, list(fields)

    def render(self, form: BaseForm, context: Context, **kwargs: Any) -> SafeString:
        fields = self.get_rendered_fields(form, context, **kwargs)
        return render_to_string("bootstrap5/layout/fieldset.html", {"legend": self.legend, "fields": fields})
