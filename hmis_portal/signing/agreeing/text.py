"""The text of an agreement: canonical form and hash, clauses with anchors, variables, safe HTML. Pure functions.

An agreement is Markdown: one `# title`, an introduction, then `## 1. Heading {#anchor .theme}` for each clause.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

from hmis_portal.signing.models.texts import VARIABLE

HEADING = re.compile(r"^## (\d+)\. (.+?)(?: \{#([a-z][a-z0-9-]*)(?: \.([a-z-]+))?\})?$", re.MULTILINE)
TAGS = {
    "p",
    "ol",
    "ul",
    "li",
    "strong",
    "em",
    "a",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "h3",
    "blockquote",
    "br",
}
MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>&~])")

ESCAPED = re.compile(r"\\" + MARKDOWN_SIGNS.pattern)


@dataclass(frozen=True)
class Clause:
    number: int
    title: str
    anchor: str
    theme: str
    html: str
    markdown: str


def canonical(text: str) -> str:
    """UTF-8 NFC with LF line ends, no spaces at line ends, one LF at the end: what is hashed."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def digest(text: str) -> str:
    """SHA-256 of the canonical text, as hexadecimal digits."""
    return hashlib.sha256(canonical(text).encode()).hexdigest()


def fill(text: str, values: Mapping[str, str]) -> str:
    """The canonical text with each `{{ name }}` replaced; a value never becomes markup. Unknown name: KeyError."""
    return canonical(
        VARIABLE.sub(lambda match: MARKDOWN_SIGNS.sub(r"\\\1", " ".join(values[match[1]].split())), text)
    )


def variables(text: str) -> set[str]:
    return set(VARIABLE.findall(text))


def has_stray_braces(text: str) -> bool:
    """Whether something looks like a variable and is none: it would stand in the document as it is."""
    rest = VARIABLE.sub("", text)
    return "{{" in rest or "}}" in rest


def title(text: str) -> str:
    first = canonical(text).split("\n", 1)[0]
    return _plain(first.removeprefix("# ").strip()) if first.startswith("# ") else ""


def _plain(heading: str) -> str:
    """A title or heading as people read it: nothing renders it, so what `fill` escaped is taken back."""
    return ESCAPED.sub(r"\1", heading)


@lru_cache(maxsize=32)
def introduction(text: str) -> str:
    """HTML of what stands between the title and the first clause."""
    body = canonical(text)
    if body.startswith("# "):
        body = body.split("\n", 1)[1]
    first = HEADING.search(body)
    return _html(body[: first.start()] if first else body)


@lru_cache(maxsize=32)
def clauses(text: str) -> tuple[Clause, ...]:
    return tuple(_clauses(canonical(text)))


def clause(text: str, anchor: str) -> Clause | None:
    """The clause of this anchor; `clause-7` finds the seventh also when it has an anchor of its own."""
    rows = clauses(text)
    named = next((row for row in rows if row.anchor == anchor), None)
    return named or next((row for row in rows if anchor == f"clause-{row.number}"), None)


def _clauses(text: str) -> Iterator[Clause]:
    heads = list(HEADING.finditer(text))
    for head, following in zip(heads, [*heads[1:], None], strict=False):  # no clause, no pair
        body = text[head.end() : following.start() if following else len(text)].strip()
        yield Clause(
            number=int(head[1]),
            title=_plain(head[2]),
            anchor=head[3] or f"clause-{head[1]}",
            theme=head[4] or "",
            html=_html(body),
            markdown=body,
        )


def _html(markdown: str) -> str:
    rendered = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    return nh3.clean(
        rendered,
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"https", "mailto"},
        link_rel=None,
    )


@dataclass(frozen=True)
class Difference:
    """One clause in two versions: `kind` is same, changed, added or removed; `words` are pairs of kind and text."""

    kind: str
    title: str
    before: Clause | None
    after: Clause | None
    words: tuple[tuple[str, str], ...] = ()


def compare(before: str, after: str) -> list[Difference]:
    """Clause by clause, matched by anchor, in the order of the later text; what is gone comes last."""
    old = {clause.anchor: clause for clause in clauses(before)}
    differences = []
    for clause in clauses(after):
        earlier = old.pop(clause.anchor, None)
        if earlier is None:
            differences.append(Difference("added", clause.title, None, clause, (("added", clause.markdown),)))
            continue
        same = (earlier.markdown, earlier.title, earlier.number) == (
            clause.markdown,
            clause.title,
            clause.number,
        )
        words = (
            ()
            if same
            else tuple(_words(f"{earlier.title}\n{earlier.markdown}", f"{clause.title}\n{clause.markdown}"))
        )
        differences.append(Difference("same" if same else "changed", clause.title, earlier, clause, words))
    return differences + [
        Difference("removed", clause.title, clause, None, (("removed", clause.markdown),))
        for clause in old.values()
    ]


def _words(before: str, after: str) -> Iterator[tuple[str, str]]:
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", "".join(old[a:b])
            continue
        if a < b:
            yield "removed", "".join(old[a:b])
        if c < d:
            yield "added", "".join(new[c:d])
