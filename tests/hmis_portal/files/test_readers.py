"""The process that stands ready for a kind of file: what one file does is nothing to the next, and it is there when it is
asked for."""

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hmis_portal.files import foreign, readers

READER = """
import os, time
SECONDS, MEMORY, LIBRARIES = 5, 2**30, ("colorsys",)
seen = []
def read(data, about):
    seen.append(data)
    if about == "slow": time.sleep(0.5)
    return [len(seen), os.getpid(), os.getppid(), len(os.listdir("/proc/self/fd"))]
"""


@pytest.fixture
def ask(tmp_path: Path) -> Any:
    script = tmp_path / "reader.py"
    script.write_text(READER)
    reader = SimpleNamespace(__file__=str(script), SECONDS=5, MEMORY=0)
    yield lambda about="quick": foreign.ask(reader, b"bytes", about=about)
    if ready := readers._ready.pop(str(script), None):
        ready.end()


def process_of(number: int) -> subprocess.Popen[bytes]:
    return next(ready.process for ready in readers._ready.values() if ready.process.pid == number)


def test_each_file_is_read_in_a_process_of_its_own_that_knows_no_other_file(ask: Any) -> None:
    answers = [ask() for _file in range(30)]
    assert {seen for seen, *_ in answers} == {1}
    assert len({process for _seen, process, *_ in answers}) == 30
    assert len({ready for *_, ready, _open in answers}) == 1
    assert len({files for *_, files in answers}) == 1, "a connection is left open"


def test_two_files_are_read_at_the_same_time(ask: Any) -> None:
    ask()
    begin = time.monotonic()
    with ThreadPoolExecutor(6) as people:
        answers = list(people.map(ask, ["slow"] * 6))
    assert len({process for _seen, process, *_ in answers}) == 6
    assert time.monotonic() - begin < 6 * 0.5


def test_one_that_has_ended_or_was_killed_is_replaced(ask: Any) -> None:
    first = ask()[2]
    os.kill(first, signal.SIGKILL)
    process_of(first).wait(60)
    assert ask()[2] != first


def test_one_that_nobody_asks_ends_and_comes_back(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "IDLE_SECONDS", 0.2)
    first = ask()[2]
    assert process_of(first).wait(60) == 0
    assert ask()[2] != first


def test_it_ends_with_the_process_it_reads_for(ask: Any) -> None:
    """Which may have forked, as web servers do: the last one closes the door."""
    ready = ask()[2]
    child = os.fork()
    if not child:
        os._exit(0 if ask()[2] == ready else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert ask()[2] == ready
    readers.end()
    assert not Path(f"/proc/{ready}").exists()


def test_one_that_cannot_be_started_is_no_fault_of_the_file(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is told that a file is too large because the machine has no room for a process."""
    monkeypatch.setattr(readers.sys, "executable", "/nowhere/python")
    with pytest.raises(FileNotFoundError):
        ask()
