"""How a section, one of its pages or a project stands: a word, with its look in a list."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from django.utils.translation import gettext_lazy

from onboarding.review.to_answer import to_answer_words


class StatusKey(StrEnum):
    NEW = "new"
    COPIED = "copied"
    TYPED = "typed"
    STARTED = "started"
    COMPLETE = "complete"
    BLOCKED = "blocked"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Status:
    """`asked`: how many remarks of the reviewer wait for an answer; nothing with such is called completed."""

    key: StatusKey
    why: str = ""
    asked: int = 0

    LOOKS: ClassVar = {
        StatusKey.NEW: (gettext_lazy("Not yet started"), "plain"),
        StatusKey.COPIED: (gettext_lazy("Copied, not yet saved"), "turn"),
        StatusKey.TYPED: (gettext_lazy("Typed, not yet saved"), "waiting"),
        StatusKey.STARTED: (gettext_lazy("In progress"), "waiting"),
        StatusKey.COMPLETE: (gettext_lazy("Completed"), "plain"),
        StatusKey.BLOCKED: (gettext_lazy("Cannot start yet"), "blocked"),
        StatusKey.PROBLEM: (gettext_lazy("There is a problem"), "problem"),
    }

    @property
    def is_complete(self) -> bool:
        return self.key == StatusKey.COMPLETE

    @property
    def text(self) -> str:
        return to_answer_words(self.asked) if self._asks else str(self.LOOKS[self.key][0])

    @property
    def look(self) -> str:
        return "turn" if self._asks else self.LOOKS[self.key][1]

    @property
    def _asks(self) -> bool:
        return self.asked > 0 and self.key != StatusKey.PROBLEM
