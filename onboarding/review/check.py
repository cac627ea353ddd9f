"""One thing that was checked, as every list of them shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

GOOD, LOOK, BAD = "done", "turn", "problem"  # as the words of state are colored


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
        return {GOOD: _("Agrees"), LOOK: _("Look at it"), BAD: _("Does not agree")}[self.tone]
