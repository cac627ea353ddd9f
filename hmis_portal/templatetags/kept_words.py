"""`{% translate "…" %}` whose words are looked up once a language: `{% load i18n kept_words %}`, in this order.

For templates that large or frequent pages are made of: a page has a hundred of them, and to look up one takes as long
as to escape and write five values.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.templatetags import i18n
from django.utils.translation import get_language

register = template.Library()


class KeptWords(i18n.TranslateNode):
    """Words that stand in the template itself, with nothing done to them."""

    def __init__(self, node: i18n.TranslateNode) -> None:
        vars(self).update(vars(node))
        self.kept: dict[tuple[str | None, bool], str] = {}

    def render(self, context: Context) -> str:
        key = (get_language(), context.autoescape)
        words = self.kept.get(key)
        if words is None:
            words = self.kept[key] = super().render(context)
        return words


@register.tag("trans")
@register.tag("translate")
def translate(parser: Parser, token: Token) -> i18n.TranslateNode:
    node = i18n.do_translate(parser, token)
    expression: Any = node.filter_expression
    is_plain = expression.var.lookups is None and not (
        expression.filters or node.asvar or node.message_context
    )
    return KeptWords(node) if is_plain else node
