"""Files that somebody sent and that went wrong once: see tests/hmis_portal/files/cases."""

from pathlib import Path


def case(name: str) -> bytes:
    return (Path(__file__).parent / "cases" / name).read_bytes()
