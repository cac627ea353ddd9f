"""The pages of docs/ that name pieces of the code name pieces that exist."""

import re
from importlib import import_module
from pathlib import Path

import pytest

APPS = "hmis_portal|agencies|training|onboarding"


def piece(name: str) -> object:
    """The module, or what a module holds, of a dotted name."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for part in parts[count:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(name)


def test_every_place_that_the_page_on_security_names_exists() -> None:
    page = Path("docs/security.md").read_text()
    places = re.findall(rf"`((?:{APPS}|tests|docs|\.ci)/[\w./-]*)`", page)
    assert len(places) > 20
    assert [place for place in places if not Path(place).exists()] == []
    names = re.findall(rf"`((?:{APPS})\.[\w.]+)`", page)
    assert all(piece(name) for name in names)
    settings = {
        f"PORTAL_{name}"
        for name in re.findall(r'\(\s*"([A-Z_0-9]+)"', Path("hmis_portal/settings.py").read_text())
    }
    assert set(re.findall(r"`(PORTAL_[A-Z_0-9]+)`", page)) <= settings


def test_the_glossary_says_each_word_once() -> None:
    words = re.findall(r"^- \*\*(.+?)\*\*", Path("docs/glossary.md").read_text(), re.MULTILINE)
    assert len(words) > 10
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize("page", ["glossary", "travels"])
def test_what_the_page_names_exists(page: str) -> None:
    names = re.findall(rf"`((?:{APPS})\.[\w.]+)`", Path(f"docs/{page}.md").read_text())
    assert len(names) > 10
    for name in names:
        assert piece(name), name
