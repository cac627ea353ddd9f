"""Dates in words and times with their zone, also where Django's own pages write them: as `datetime_words` does."""

from hmis_portal.text.words import zone_name


def _as_written(words: str) -> str:
    """Letters that are no part of the format."""
    return "".join("\\" + letter for letter in words)


class _WithZone(str):
    """The zone is that of the moment at which a time is written: formats are remembered for as long as a process runs."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{super().__str__()} {_as_written(zone_name())}"


DATE_FORMAT = "F j, Y"
DATETIME_FORMAT = _WithZone(f"F j, Y {_as_written('at')} g:i a")
