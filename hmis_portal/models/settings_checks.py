"""What a setting may be."""

import re

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

LATEST_DAY = 365


def days_only(text: str) -> None:
    """A list of reminders is whole numbers of days between commas; anything else would be left out unseen."""
    if not re.fullmatch(r"\s*\d{1,3}(\s*,\s*\d{1,3})*\s*", text):
        raise ValidationError(_("Enter whole numbers of days with commas between them, like 3, 7, 14"))
    numbers = numbers_in(text)
    if max(numbers) > LATEST_DAY:
        raise ValidationError(_("Enter days up to %(most)d"), params={"most": LATEST_DAY})
    if len(numbers) > len({*numbers}):
        raise ValidationError(_("Enter each day once"))


def from_the_day_beside(text: str) -> None:
    """Of a ladder that goes on after the day itself: the day is neither before nor after."""
    if 0 in numbers_in(text):
        raise ValidationError(_("Enter days from 1 on: 0 is the day itself"))


def numbers_in(text: str) -> list[int]:
    """Whole numbers out of a comma-separated setting, such as "3, 7, 14"."""
    return [int(part) for part in text.replace(",", " ").split() if part.isdecimal() and len(part) < 10]


@deconstructible
class Between:
    """A whole number that makes sense, both ends included."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __call__(self, value: int) -> None:
        if not self.least <= value <= self.most:
            words = _("Enter a whole number from %(least)d to %(most)d")
            raise ValidationError(words, params={"least": self.least, "most": self.most})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Between) and (self.least, self.most) == (other.least, other.most)

    def __hash__(self) -> int:
        return hash((self.least, self.most))
