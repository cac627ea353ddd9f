"""Finds words for people in templates that stand outside `translate`, `blocktranslate` and `_("…")`."""

import re
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, Token, TokenType

from tests.texts.python import Unmarked

WORD = re.compile(r"[A-Za-z]{2,}")
TWO_WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]")
VARIABLE = "\0"
LINK = re.compile(r"(?<=\])\(link\)")  # where the button of a message leads
READ_ATTRIBUTES = {"title", "alt", "aria-label", "placeholder", "label"}
READ_ARGUMENTS = {"text", "title", "label", "heading", "link_text", "act_text", "status_text", "who"}
SILENT = {"script", "style", "pre", "code"}
# Whole pages of prose, each translated as a page (docs/adr/0005), and what no reader meets.
EXEMPT_FILES = {
    "templates/onboarding/public/eligibility_comparable.html": "a page of prose",
    "templates/onboarding/public/eligibility_not_yet.html": "a page of prose",
    "templates/onboarding/public/eligibility_other_ways.html": "a page of prose",
    "templates/onboarding/public/eligibility_result.html": "a page of prose",
    "templates/onboarding/public/guide.html": "a page of prose",
    "templates/onboarding/public/home.html": "a page of prose",
    "templates/onboarding/public/requirements.html": "a page of prose",
    "templates/onboarding/public/steps.html": "a page of prose",
    "templates/training/guide.html": "a page of prose",
    "templates/signing/how_to_check.txt": "a page of prose",
}
# Tags whose words in quotes are names: of files, blocks, addresses, keys.
NAMING = {
    "extends",
    "include",
    "url",
    "load",
    "static",
    "block",
    "if",
    "elif",
    "translate",
    "trans",
    "page_url",
}
SILENT_BLOCKS = {"style", "coltype"}
# Names that are the same in every language.
SAME = re.compile(r"\b(SHA-256|PDF|CSV|Excel|XLSX|colM)\b")


def files() -> list[Path]:
    found = sorted(path for path in Path("templates").rglob("*") if path.suffix in {".html", ".txt", ".md"})
    return [path for path in found if not str(path).startswith(tuple(EXEMPT_FILES))]


def unmarked(path: str, source: str) -> list[Unmarked]:
    tokens = _outside_marks(Lexer(source).tokenize())
    found = [
        Unmarked(path, token.lineno or 0, words)
        for token in tokens
        if token.token_type == TokenType.BLOCK
        for words in _quoted(token)
    ]
    pieces = [VARIABLE if token.token_type == TokenType.VAR else token.contents for token in tokens
              if token.token_type in {TokenType.VAR, TokenType.TEXT}]  # fmt: skip
    page = _Page()
    page.feed(LINK.sub("", "".join(pieces)))
    page.close()
    return found + [Unmarked(path, 0, " ".join(words.split())[:80]) for words in page.found]


def _outside_marks(tokens: list[Token]) -> list[Token]:
    """All but comments, what a translation holds, and blocks that are no text; a translation becomes a variable."""
    left: list[Token] = []
    inside = ""
    for token in tokens:
        name, *rest = token.contents.split() if token.token_type == TokenType.BLOCK else ("",)
        if inside:
            inside = "" if name == inside else inside
        elif name in {"blocktranslate", "blocktrans", "comment"}:
            inside = f"end{name}"
            left.append(Token(TokenType.VAR, ""))
        elif name == "block" and rest[0] in SILENT_BLOCKS:
            inside = "endblock"
        elif token.token_type != TokenType.COMMENT:
            left.append(token)
    return left


def _quoted(token: Token) -> list[str]:
    name, *bits = token.split_contents()
    if name in NAMING:
        return []
    values = [bit.split("=", 1) for bit in bits]
    shown = [WORD if len(pair) == 2 and pair[0] in READ_ARGUMENTS else TWO_WORDS for pair in values]
    return [
        pair[-1]
        for pair, pattern in zip(values, shown, strict=True)
        if pair[-1][:1] in {'"', "'"} and pattern.search(pair[-1])
    ]


class _Page(HTMLParser):
    CDATA_CONTENT_ELEMENTS = ("script", "style")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.silent = 0
        self.found: list[str] = []

    def look(self, words: str) -> None:
        if WORD.search(SAME.sub("", words.replace(VARIABLE, ""))):
            self.found.append(words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        for name, value in attrs:
            if name in READ_ATTRIBUTES or (name.startswith("data-") and TWO_WORDS.search(value or "")):
                self.look(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.look(data)
