"""Dates in words and times with their zone, also where Django's own pages write them: as `datetime_words` does."""

from hmis_portal.text.words import zone_name


def _as_written(words: str) -> str:
    """Letters that are no part of the format."""
    return "".join("\\" + letter for letter in words)


DATE_FORMAT = "F j, Y"
DATETIME_FORMAT = f"F j, Y {_as_written('at')} g:i a {_as_written(zone_name())}"
