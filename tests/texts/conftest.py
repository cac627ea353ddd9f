"""A language in which every translated word stands between « and »: the portal's own catalog, made on the spot."""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import translation

LANGUAGE = "en-xx"
TEXT = re.compile(r'(^msgstr(?:\[\d\])? )((?:"(?:[^"\\]|\\.)*"\n)+)', re.MULTILINE)
IDS = re.compile(r'^msgid(?:_plural)? ((?:"(?:[^"\\]|\\.)*"\n)+)', re.MULTILINE)


def _joined(quoted: str) -> str:
    return "".join(line[1:-1] for line in quoted.splitlines())


def _between(match: re.Match[str]) -> str:
    words = _joined(match[2])
    start = "\\n" if words.startswith("\\n") else ""
    end = "\\n" if words.endswith("\\n") and words != start else ""
    return f'{match[1]}"{start}«{words[len(start) : len(words) - len(end)]}»{end}"\n'


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that makemessages fills with the portal's words."""
    folder = tmp_path_factory.mktemp("locale")
    call_command("makemessages", locale=["en_XX"], into=folder, verbosity=0)
    return folder


@pytest.fixture(scope="session")
def collected(catalog: Path) -> set[str]:
    """Each word or sentence in the catalog, as gettext writes it."""
    po = (catalog / "en_XX/LC_MESSAGES/django.po").read_text()
    return {_joined(match[1]) for match in IDS.finditer(po)}


@pytest.fixture(scope="session")
def _translated(catalog: Path) -> Path:
    po = catalog / "en_XX/LC_MESSAGES/django.po"
    english = subprocess.run(["msgen", "--no-wrap", po], check=True, capture_output=True, text=True).stdout
    header, _blank, rest = english.partition("\n\n")
    header = header.replace("#, fuzzy\n", "").replace(
        "nplurals=INTEGER; plural=EXPRESSION", "nplurals=2; plural=(n != 1)"
    )
    po.write_text(header + "\n\n" + TEXT.sub(_between, rest))
    subprocess.run(["msgfmt", "--check-format", "-o", po.with_suffix(".mo"), po], check=True)
    return catalog


@pytest.fixture
def in_brackets(_translated: Path) -> Callable[[], AbstractContextManager[None]]:
    """With it, words are looked up in that language."""

    @contextmanager
    def active() -> Iterator[None]:
        with override_settings(LOCALE_PATHS=[_translated]), translation.override(LANGUAGE):
            yield

    return active
