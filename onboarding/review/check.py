"""One thing that was checked, as every list of them shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

# As the words of state are colored, the grave ones first.
BAD, LOOK, UNKNOWN, GOOD = TONES = ("problem", "turn", "waiting", "done")
WORDS = {
    BAD: gettext_noop("Does not agree"),
    LOOK: gettext_noop("Look at it"),
    UNKNOWN: gettext_noop("Not checked"),
    GOOD: gettext_noop("Agrees"),
}


@dataclass(frozen=True)
class Check:
    """One thing that was compared: whether it agrees, in words, and from where."""

    tone: str
    words: str
    source: str
    url: str = ""  # where it is settled, for whoever may
    action: str = ""
    is_folded: bool = False  # one of many alike, shown when somebody asks

    @property
    def word(self) -> str:
        return gettext(WORDS[self.tone])
