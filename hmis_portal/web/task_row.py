"""A row of a list of tasks: one link and one status each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TaskRow:
    title: str
    url: str  # "" while it cannot be begun
    status_kind: str
    status_text: str
    hint: str = ""
    why: str = ""  # it cannot be begun
