"""One thing that was checked, as every list of them shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

# As the words of state are colored, the grave ones first.
BAD, LOOK, UNKNOWN, GOOD = TONES = ("problem", "turn", "waiting", "done")


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
        if self.tone == GOOD:
            return _("Agrees")
        if self.tone == BAD:
            return _("Does not agree")
        return _("Look at it") if self.tone == LOOK else _("Not checked")
