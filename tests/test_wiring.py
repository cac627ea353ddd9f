"""How the modules hang together, read in their text: imports stand at the top, and what is named exists."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.utils.module_loading import import_string

from hmis_portal.celery import app
from tests.servers import BASE_DIR

OURS = ("hmis_portal", "agencies", "training", "onboarding")
FILES = sorted(path for name in OURS for path in (BASE_DIR / name).rglob("*.py"))


INDENTED_IMPORT = r"^(?!from |import ).*\bimport\b"


@cache
def texts() -> dict[str, str]:
    """By path; read where they are asked for, not by each process that collects these tests."""
    return {str(path.relative_to(BASE_DIR)): path.read_text() for path in FILES}


def trees(pattern: str) -> dict[str, ast.Module]:
    """The files whose text has this: to take all others apart as well is the dearest thing here."""
    having = re.compile(pattern, re.MULTILINE)
    return {path: ast.parse(text) for path, text in texts().items() if having.search(text)}


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules that a piece of code imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (module, *(f"{module}.{alias.name}" for alias in node.names))


def hidden_imports(tree: ast.AST) -> Iterator[str]:
    """Imports of our own inside functions; Django's way to load receivers, `AppConfig.ready`, is no hiding-place."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.name != "ready":
            yield from (
                name for name in imports(function) if name.startswith(".") or name.split(".")[0] in OURS
            )


def published(tree: ast.AST) -> Iterator[ast.expr]:
    """What is handed to `queue.publish` as the task's name, called at once or by `partial`."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            words = [call.func, *call.args]
            for function, task in pairwise(words):
                if isinstance(function, ast.Attribute) and ast.unparse(function) == "queue.publish":
                    yield task


def test_no_import_of_our_own_hides_in_a_function():
    assert {
        path: found for path, tree in trees(INDENTED_IMPORT).items() if (found := list(hidden_imports(tree)))
    } == {}


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n  from agencies import models",
        "def f():\n  if x:\n    import onboarding.mou",
        "def f(): import onboarding.mou",
    ],
)
def test_a_hidden_import_is_found(text):
    assert re.search(INDENTED_IMPORT, text, re.MULTILINE)
    assert list(hidden_imports(ast.parse(text)))


def test_every_task_is_published_by_a_name_that_exists():
    names = [task for tree in trees(r"\bpublish\b").values() for task in published(tree)]
    assert [ast.unparse(task) for task in names if not isinstance(task, ast.Constant)] == []
    scheduled = [entry["task"] for entry in app.conf.beat_schedule.values()]
    used = {str(task.value) for task in names} | {*scheduled, *app.conf.task_routes}
    assert len(used) >= 12
    assert {name for name in used if import_string(name).name != name} == set()


def test_tasks_are_imported_by_nobody():
    """Who wants work done publishes its name; the modules of tasks are the workers' alone."""
    users = {
        path for path, tree in trees(r"\btasks\b").items() if any(n.endswith(".tasks") for n in imports(tree))
    }
    assert users == set()


# Around every page: it leads to all apps.
FRAME = "templates/components/"


def app_of(path: Path) -> str:
    """Whose a module or template is; the templates of accounts, signing and errors are those of hmis_portal."""
    return next((part for part in path.relative_to(BASE_DIR).parts if part in OURS), OURS[0])


def test_no_app_names_a_page_of_an_app_above_it():
    """The app that has a page gives its name (`hmis_portal.web.links`). Settings and the URL table know all apps."""
    above = {app: "|".join(OURS[number + 1 :]) for number, app in enumerate(OURS[:-1])}
    named = []
    for path in (*FILES, *(BASE_DIR / "templates").rglob("*.*")):
        app, name = app_of(path), str(path.relative_to(BASE_DIR))
        if name.endswith(("settings.py", "urls.py")) or name.startswith(FRAME) or app not in above:
            continue
        if re.search(rf"""["'](({above[app]}):|admin:({above[app]})_)\w""", path.read_text()):
            named.append(name)
    assert named == []


def test_no_test_takes_from_another():
    """What several need stands in a module of its own, fixtures in a conftest.py."""
    of_a_test = re.compile(r"\btests\.(\w+\.)*(test_\w+|conftest)\b")
    texts = {str(path): path.read_text() for path in (BASE_DIR / "tests").rglob("*.py")}
    taking = [path for path, text in texts.items() if of_a_test.search(text)]
    assert [path for path in taking if any(map(of_a_test.match, imports(ast.parse(texts[path]))))] == []


def test_a_fixture_has_a_name_of_its_own():
    fixture = re.compile(r"@pytest\.fixture(?:\((?:[^()]|\([^()]*\))*\))?\n\s*def (\w+)")
    names = Counter(
        name for path in (BASE_DIR / "tests").rglob("*.py") for name in fixture.findall(path.read_text())
    )
    assert len(names) > 200
    assert [name for name, times in names.items() if times > 1] == []


def test_no_banners():
    """What a stretch of code is about stands in its names and its module; a row of dashes says nothing more."""
    banner = re.compile(r"^\s*(#|//|/\*)\s*[-=─—*]{3,}", re.MULTILINE)
    files = [*FILES, *(BASE_DIR / "tests").rglob("*.py"), *(BASE_DIR / "static").rglob("*.[cj]s*")]
    assert [str(path) for path in files if banner.search(path.read_text())] == []


def test_django_warns_of_nothing() -> None:
    """Each command says what Django's checks find before it does its work."""
    assert [str(message) for message in run_checks() if not message.is_silenced()] == []
