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


@pytest.mark.parametrize("page", ["glossary", "travels"])
def test_what_the_page_names_exists(page: str) -> None:
    names = re.findall(rf"`((?:{APPS})\.[\w.]+)`", Path(f"docs/{page}.md").read_text())
    assert len(names) > 10
    for name in names:
        assert piece(name), name
