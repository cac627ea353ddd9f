"""Production has the libraries that were tested, and none that only tests and embedded servers need."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = tomllib.loads(Path("pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def locked(name: str) -> dict[str, str]:
    """Each library of a lock file with its version."""
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)", Path(name).read_text(), re.MULTILINE))


def names(wanted: list[str]) -> set[str]:
    return {re.split(r"[\[~=<>; ]", one)[0].lower().replace("_", "-") for one in wanted}


PRODUCTION, ALL = locked("requirements-production.lock"), locked("requirements.lock")


def test_production_has_the_versions_that_are_tested() -> None:
    assert {name: ALL[name] for name in PRODUCTION} == PRODUCTION
    assert names([*PROJECT["dependencies"], *EXTRAS["s3"], *EXTRAS["pkcs11"]]) <= set(PRODUCTION)


def test_all_libraries_of_the_project_are_locked() -> None:
    wanted = [*PROJECT["dependencies"], *(one for extra in ("local", "dev", "s3") for one in EXTRAS[extra])]
    assert names(wanted) <= set(ALL)


def test_production_has_no_tests_and_no_embedded_servers() -> None:
    own = names([*EXTRAS["s3"], *EXTRAS["pkcs11"], *PROJECT["dependencies"]])
    assert not (names([*EXTRAS["local"], *EXTRAS["dev"]]) - own) & set(PRODUCTION)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-production.lock"])
def test_every_library_has_hashes_and_no_index_is_named(name: str) -> None:
    text = Path(name).read_text()
    blocks = re.split(r"^(?=[\w.-]+(?:\[[\w,-]+\])?==)", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 50
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
    assert not re.search(r"(?m)^\s*(-i|--(extra-)?index-url|--find-links|--trusted-host)", text)


def test_the_list_of_what_production_is_made_of_names_every_library(tmp_path: Path) -> None:
    """As `make sbom` writes it, without a network."""
    command = re.search(r"-m (cyclonedx_py .*?)--output-file", Path("Makefile").read_text(), re.DOTALL)
    assert command
    arguments = command[1].replace("\\", " ").split()
    out = tmp_path / "sbom.json"
    subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            *arguments,
            "--output-file",
            str(out),
            "requirements-production.lock",
        ],
        check=True,
        capture_output=True,
    )
    sbom = json.loads(out.read_text())
    assert (sbom["bomFormat"], sbom["metadata"]["component"]["name"]) == ("CycloneDX", PROJECT["name"])
    assert {one["name"]: one["version"] for one in sbom["components"]} == PRODUCTION
