"""Files that somebody sent and that went wrong once: see tests/cases."""

from pathlib import Path


def case(name: str) -> bytes:
    return (Path(__file__).parent / "cases" / name).read_bytes()
