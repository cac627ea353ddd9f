"""The one file of a message, templates/emails/<app>/<message>.md, made into its subject, its text and its HTML.

    # The subject, on a line of its own

    Paragraphs, lists, quotations and **strong words** of the body.

    [What the button says](link)

It is a Django template first and Markdown then. Whatever a value holds stands literally in all three. The button, at
most one, leads to the context's `link_url`; the greeting, the frame and the help line are added to every message.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import nh3
from django.template import Context, Template, engines
from django.template.base import FilterExpression, Parser, TokenType, VariableNode
from django.template.loader import render_to_string
from django.template.loaders.filesystem import Loader
from django.templatetags.i18n import BlockTranslateNode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from hmis_portal.models import PortalSettings
from hmis_portal.text.unbroken import unbroken

STYLES = {
    "p": "margin:0 0 16px",
    "ul": "margin:0 0 16px;padding-left:24px",
    "ol": "margin:0 0 16px;padding-left:24px",
    "li": "margin:0 0 8px",
    "blockquote": "margin:0 0 16px;padding-left:16px;border-left:4px solid #d5dbe1",
}
TAGS = {*STYLES, "br", "em", "strong"}
SUBJECT_LENGTH = 250


class MalformedMessage(Exception):
    """The file of a message is not as this module asks; the sentence says why."""


@dataclass(frozen=True)
class Parts:
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Letter:
    """The subject and first words of a message as somebody wrote them; the template shows them for its own."""

    subject: str
    text: str


@dataclass(frozen=True)
class Draft(Letter):
    """What a message would begin with, and what follows that by itself."""

    rest: str


def draft(name: str, context: Mapping[str, object]) -> Draft:
    """Of a message whose template lets its first words be written anew as `letter`."""
    subject, whole, _button, after = read(_source(name, _words_of(context)))
    mark = Letter("…", "…")
    _mark, marked, _button, _after = read(_source(name, _words_of({**context, "letter": mark})))
    rest = _text(marked).removeprefix(mark.text).strip("\n")
    first = _text(whole).removesuffix(rest).strip("\n")
    return Draft(subject, first, "\n\n".join(filter(None, [rest, _text(after)])))


def _words_of(context: Mapping[str, object]) -> dict[str, Any]:
    """The context with what every message may say."""
    portal = PortalSettings.load()
    return {
        "portal": portal, "portal_name": portal.name, "hmis_name": portal.hmis_name, "admin_name": portal.admin_name,
        "lead_agency": portal.lead_agency, "link_url": "", "person": None, "letter": None, **context,
    }  # fmt: skip


def _source(name: str, words: Mapping[str, object]) -> str:
    return engines["mail"].get_template(f"{name}.md").render(dict(words))


def made(name: str, context: Mapping[str, object]) -> Parts:
    """The parts of the message `name` ("<app>/<message>") for its context; `person`, if any, is greeted by name."""
    words = _words_of(context)
    portal = words["portal"]
    subject, before, button, after = read(_source(name, words))
    if bool(button) != bool(words["link_url"]):
        raise MalformedMessage("A message has a button and the address it leads to, or neither.")
    greeting = (
        gettext("Hello %(name)s,") % {"name": words["person"].get_short_name()}
        if words["person"]
        else gettext("Hello,")
    )
    frame = {
        "portal": portal, "subject": subject, "greeting": greeting, "button": button, "link_url": words["link_url"],
    }  # fmt: skip
    text = render_to_string("emails/frame.txt", {**frame, "before": _text(before), "after": _text(after)})
    return Parts(
        subject,
        text,
        unbroken(
            render_to_string("emails/frame.html", {**frame, "before": _html(before), "after": _html(after)})
        ),
    )


def literal(value: object) -> SafeString:
    """The value as Markdown that means nothing but its characters: all but letters by number, so also line breaks."""
    if isinstance(value, _Literal):
        return value
    text = str(value).replace("\r\n", "\n")
    return _Literal(re.sub(r"[\W\d_]", lambda character: f"&#{ord(character[0])};", text))


class _Literal(SafeString):
    """What `literal` has made, so that it is made once."""


class _LiteralExpression:
    """In place of an expression whose value is shown."""

    def __init__(self, expression: FilterExpression) -> None:
        self.expression = expression

    def resolve(self, context: Context) -> SafeString:
        return literal(self.expression.resolve(context))


class LiteralLoader(Loader):
    """Loads the templates of the engine "mail": every value that they show stands literally in Markdown."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        parser = Parser([], self.engine.template_libraries, self.engine.template_builtins)
        node: Any
        for node in template.nodelist.get_nodes_by_type(VariableNode):
            node.filter_expression = _LiteralExpression(node.filter_expression)
        for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
            tokens = [*node.singular, *(node.plural or [])]
            shown = {token.contents for token in tokens if token.token_type == TokenType.VAR} - {
                node.countervar
            }
            values = {name: parser.compile_filter(name) for name in shown} | node.extra_context
            node.extra_context = {name: _LiteralExpression(value) for name, value in values.items()}
        return template


class _Renderer(RendererHTML):
    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return super().text(tokens, idx, options, env).replace("\n", "<br>\n")


_markdown = MarkdownIt("zero", renderer_cls=_Renderer).enable(
    ["heading", "list", "blockquote", "emphasis", "link", "entity", "newline"]
)


def read(source: str) -> tuple[str, list[Token], str, list[Token]]:
    """Subject, what stands above the button, the button's words ("" without one), what stands below it."""
    tokens = _markdown.parse(source)
    heads = [at for at, token in enumerate(tokens) if token.type == "heading_open"]
    if heads != [0] or tokens[0].tag != "h1" or not (subject := " ".join(_words(tokens[1]).split())):
        raise MalformedMessage(
            "A message begins with its subject, a line after “# ”, and has no other heading."
        )
    if len(tokens) > 3 and _lines(tokens[3])[0] == _lines(tokens[0])[1]:
        raise MalformedMessage("The subject of a message is one line, and an empty one follows.")
    links = [at for at, token in enumerate(tokens) if _has_link(token)]
    if not links:
        return subject[:SUBJECT_LENGTH], tokens[3:], "", []
    at = links[0]
    children = tokens[at].children or []
    alone = [child.type for child in children if child.type != "text"] == ["link_open", "link_close"]
    if len(links) > 1 or not alone or (children[0].type, children[-1].type) != ("link_open", "link_close"):
        raise MalformedMessage(
            "A message has at most one button: a link in a paragraph of its own, and no other link."
        )
    if tokens[at].level != 1 or children[0].attrGet("href") != "link":
        raise MalformedMessage("The button is written as [its words](link).")
    return subject[:SUBJECT_LENGTH], tokens[3 : at - 1], _words(tokens[at]), tokens[at + 2 :]


def _lines(token: Token) -> list[int]:
    """The first line of a block in its source, and the first one after it."""
    return token.map or [0, 0]


def _has_link(token: Token) -> bool:
    return any(child.type == "link_open" for child in token.children or [])


def _words(token: Token) -> str:
    """What a paragraph says, without its markup."""
    breaks = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(breaks.get(child.type, child.content) for child in token.children or [])


def _text(tokens: Sequence[Token]) -> str:
    """As one would type it: an empty line between paragraphs, a list item on each line."""
    lines, marker = "", ""
    for token in tokens:
        if token.type == "list_item_open":
            marker = f"{token.info}. " if token.info else "- "
        elif token.type == "inline":
            words = re.sub(r"\n(?=[^\n])", "\n" + " " * len(marker), _words(token))
            lines += f"{marker}{words}\n" if marker else f"{words}\n\n"
        elif token.type == "list_item_close":
            marker = ""
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lines += "\n"
    return lines.strip("\n")


def _html(tokens: Sequence[Token]) -> SafeString:
    """With the styles in the tags, as mail programs need them; a list item is no paragraph."""
    in_list = 0
    for token in tokens:
        in_list += token.nesting * (token.type.startswith("list_item"))
        if token.nesting == 1 and token.tag in STYLES:
            token.attrSet("style", STYLES[token.tag])
        token.hidden = bool(in_list) and token.tag == "p"
    rendered = _markdown.renderer.render(tokens, _markdown.options, {})
    return mark_safe(nh3.clean(rendered, tags=TAGS, attributes={tag: {"style"} for tag in STYLES}))
