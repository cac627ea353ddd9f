"""Finds words for people in Python that gettext does not know.

Two questions. Of every literal of two words or more: does it stand in a call that xgettext reads? Of single words:
is one given where a person will read it, as a label, a message or a choice?
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

APPS = ("hmis_portal", "agencies", "training", "onboarding")
# The names under which makemessages looks for words; an alias such as _lazy would not be seen.
MARKS = {
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy",
    "pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy",
}  # fmt: skip
WORDS = re.compile(r"[A-Za-z’']{2,}[,;:.]? [A-Za-z]")
NAMELESS = re.compile(r"%[a-z]")
WORD = re.compile(r"[A-Za-z]{2,}")
TAGS = re.compile(r"<[^>]*>?|\{[^}]*\}")
SQL = re.compile(
    r"\b(SELECT|DELETE|DROP|CREATE|GRANT|REVOKE|SHOW|RAISE|TG_OP|INSERT|FROM|WHERE|CONFLICT|JOIN)\b|\bOLD\."
)

# Files whose words no reader of the portal meets, or which must stay as they are in every language.
EXEMPT_FILES = {
    r"/migrations/": "history",
    r"/management/|/dev_run\.py|/dev_services/|/settings\.py|/environment\.py|/files/checks\.py|/fonts\.py|/typefaces\.py": "for who runs the portal",
    r"/key_files\.py|/token\.py": "for who keeps the sealing key",
    r"/demo/": "invented people and agencies",
    r"/reference\.py|/requirements\.py|review/decline_reasons\.py": "reference content: rows that the HMIS edits",
    r"/hud/csv_check/|/hud/csv\.py|/hud/export\.py": "HUD's format and its checks, not for readers",
    r"/(file|office)_reader\.py": "answers of a child process, for the log",
    r"/bundle\.py": "names of files in the bundle, as its page of prose (how_to_check.txt) calls them",
}  # fmt: skip
# What is raised for who runs the portal, and read in the log.
FAULTS = {
    "ImproperlyConfigured", "CommandError", "ValueError", "KeyError", "RuntimeError", "LookupError", "TypeError",
    "ObjectDoesNotExist", "MalformedMessage", "SystemExit", "NoKeyError", "TokenError", "SealDoesNotHoldError", "PartAway",
    "DocumentGone", "DocumentChanged", "CannotReadNow", "_cannot_read", "TransactionManagementError",
}  # fmt: skip
LOGGERS = {"log", "logger"}
# Keys, codes and patterns, not words: kept, compared or sent, never shown.
KEYS_IN = {"verb", "after", "before", "default", "link_rel", "extra_tags", "statement", "permissions", "code"}
CALLS = {
    "uuid5", "compile", "execute", "strptime", "getLogger", "field", "startswith", "endswith", "removeprefix", "TextInput",
    "_record", "last",
}  # fmt: skip
# Names that are the same in every language, headers, and what the database has under a name.
SAME = {
    "CT HMIS Onboarding Portal", "Mac Roman", "HMIS Admin",
    "Lead signatory", "signing", "label", "manage.py portal seal_revocations ROOT.pem", "DEVELOPMENT ONLY", "private, no-store", "text/csv; charset=utf-8", "text/calendar; charset=utf-8",
    "text/calendar; method=", "-//CT HMIS Onboarding Portal//Training sessions//EN", "-//CT HMIS Onboarding Portal//What is owed//EN", 'attachment; filename="', "The worker ended each time before it was done.",
}  # fmt: skip
SAME_AT = {
    ("columns.py", "COLUMNS"): "the headings of an uploaded list, understood word for word",
    ("answers.py", "NAMES"): "the same",
    ("user_list.py", "NAMES"): "the same",
    ("integrity.py", "WHOLE"): "a verb of the record",
    ("integrity.py", "COMPLETE"): "a verb of the record",
    ("seal.py", "PORTAL_FIELD"): "the name of a field inside the PDF",
    ("seal.py", "ARCHIVE_FIELD"): "the name of a field inside the PDF",
    ("admin.py", "MESSAGE_POLICY"): "a header",
    ("staff.py", "CHANGED"): "a verb of the record",
    ("account.py", "CHANGED_DETAILS"): "a verb of the record",
    ("mail.py", "PLACEHOLDER"): "kept with the message, and found again",
    ("mail.py", "CODE_PLACEHOLDER"): "kept with the message, and found again",
    ("mail_parts.py", "STYLES"): "styles",
    ("certificates.py", "SIZES"): "classes of the style sheet",
    ("xapi.py", "CHALLENGE"): "headers",
    ("xapi.py", "ALLOWED"): "headers",
    ("files.py", "HEADINGS"): "headings in files of other programs",
    ("files.py", "FAILED"): "words in files of other programs",
    ("files.py", "NOT_ENDED"): "words in files of other programs",
}
LOOKED_UP = {
    "gettext(group)"
}  # the groups of readiness questions are marked with gettext_noop where they are read in
# Where a person reads even a single word.
SINKS = {
    "ValidationError": 0, "GuardFailed": 0, "WrongState": 0, "PermissionDenied": 0, "add_error": 1,
    "success": 1, "warning": 1, "error": 1, "info": 1, "message_user": 1,
}  # fmt: skip
SHOWN = {
    "label",
    "help_text",
    "verbose_name",
    "verbose_name_plural",
    "description",
    "submit_label",
    "explanation",
    "title",
}


@dataclass(frozen=True)
class Unmarked:
    path: str
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.words!r}"


def files() -> list[Path]:
    found = [path for app in APPS for path in sorted(Path(app).rglob("*.py"))]
    return [path for path in found if not any(re.search(one, f"/{path}") for one in EXEMPT_FILES)]


def unmarked(path: str, source: str) -> list[Unmarked]:
    visitor = _Visitor(path)
    visitor.visit(ast.parse(source))
    return visitor.found


def marked(source: str) -> Iterator[str]:
    """The words of every marked call, as a catalog must have them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in MARKS and node.args:
            position = 1 if "pgettext" in _name(node.func) else 0
            words = node.args[position]
            if isinstance(words, ast.Constant):
                yield str(words.value)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


class _Visitor(ast.NodeVisitor):
    def __init__(self, path: str) -> None:
        self.path = path
        self.found: list[Unmarked] = []

    def look(self, node: ast.AST, pattern: re.Pattern[str]) -> None:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return
        words = TAGS.sub(" ", node.value).strip()
        if pattern.search(words) and node.value not in SAME and not SQL.search(node.value):
            self.found.append(Unmarked(self.path, node.lineno, node.value[:80]))

    def look_in_mark(self, name: str, node: ast.Call) -> None:
        """What is put together before it is looked up has no line in a catalog."""
        count = 2 if name.startswith(("ngettext", "npgettext")) else 1
        first = 1 if "pgettext" in name else 0
        texts = node.args[first : first + count]
        whole = all(isinstance(one, ast.Constant) for one in texts)
        # A translation leaves a number out ("one course") only where the number has a name.
        nameless = count == 2 and any(NAMELESS.search(ast.unparse(one)) for one in texts)
        if nameless or (not whole and ast.unparse(node) not in LOOKED_UP):
            self.found.append(Unmarked(self.path, node.lineno, ast.unparse(node)))

    def visit_Constant(self, node: ast.Constant) -> None:
        self.look(node, WORDS)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if not (
                isinstance(key, ast.Constant)
                and (key.value in KEYS_IN or str(key.value).startswith("how_to_check"))
            ):
                self.visit(value)

    def visit_Compare(self, node: ast.Compare) -> None:
        """What is compared is a key."""

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)

    def visit_Assert(self, node: ast.Assert) -> None:
        """For who writes the portal."""

    def visit_Assign(self, node: ast.Assign) -> None:
        names = [_name(one) for target in node.targets for one in getattr(target, "elts", [target])]
        if any((Path(self.path).name, name) in SAME_AT or name in KEYS_IN for name in names):
            return
        if any(name in SHOWN for name in names):
            self.look(node.value, WORD)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if (Path(self.path).name, _name(node.target)) not in SAME_AT and node.value is not None:
            self.visit(node.value)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        bases = {_name(base) for base in node.bases}
        for part in node.body:
            value = part.value if isinstance(part, ast.Assign) else None
            if bases & {"StrEnum", "Enum"} and isinstance(value, ast.Constant):
                continue
            if "Verb" in bases and isinstance(value, ast.Tuple):
                self.look(value.elts[1], WORD)
                continue
            if bases & {"TextChoices", "IntegerChoices"} and isinstance(value, ast.Tuple):
                self.look(value.elts[1], WORD)
            self.visit(part)

    def visit_Call(self, node: ast.Call) -> None:
        name = _name(node.func)
        if name in MARKS:
            self.look_in_mark(name, node)
            return
        if name in FAULTS or name in CALLS:
            return
        if isinstance(node.func, ast.Attribute) and _name(node.func.value) in LOGGERS:
            return
        position = SINKS.get(name)
        if position is not None and len(node.args) > position:
            self.look(node.args[position], WORD)
        for argument in node.args:
            self.visit(argument)
        for keyword in node.keywords:
            if keyword.arg not in KEYS_IN:
                if keyword.arg in SHOWN:
                    self.look(keyword.value, WORD)
                self.visit(keyword.value)
        self.visit(node.func)
