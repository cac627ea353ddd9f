"""The typefaces of documents: the portal's own always, and of those for other writing the ones whose letters occur.

Nothing depends on the fonts of the machine: the renderer sees these alone, so that every worker makes the same bytes.
A letter that none of them has is never set as a box; the document is refused with a sentence.
"""

from __future__ import annotations

import os
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from hmis_portal.running.tries import NoTryHelps
from hmis_portal.web.errors import GuardFailed

CONFIGURATION = Path(__file__).with_name("fonts.conf")
# Controls, marks of direction and joining, separators, what is unassigned by mistake of an encoding: nothing is drawn.
NOT_DRAWN = ("Cc", "Cf", "Zl", "Zp", "Zs")
VARIATION_SELECTORS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}


class FontsMissingError(Exception):
    """The document fonts have not been made: `manage.py portal fonts` makes them."""


class CannotBeSetError(GuardFailed, NoTryHelps):
    """A document has letters for which the portal has no typeface; the message says which."""


@dataclass(frozen=True)
class Face:
    path: Path
    family: str
    weight: int
    style: str
    letters: frozenset[int]

    @property
    def rule(self) -> str:
        return (
            f"@font-face {{ font-family: '{self.family}'; font-weight: {self.weight}; font-style: {self.style};"
            f" src: url('{self.path.as_uri()}') }}"
        )


def needed(html: str) -> list[Face]:
    """The faces that this page is set in. Raises CannotBeSetError, FontsMissingError."""
    own = _own()
    missing = _letters(html) - frozenset.intersection(*(face.letters for face in own))
    chosen = list(own)
    for face in _others() if missing else ():
        if missing & face.letters:
            chosen.append(face)
            missing -= face.letters
    if missing:
        letters = ", ".join(f"“{chr(code)}” (U+{code:04X})" for code in sorted(missing)[:8])
        raise CannotBeSetError(
            _("The portal has no typeface for %(letters)s. Write it in other letters, then try again.")
            % {"letters": letters}
        )
    return chosen


def against(*texts: str) -> list[str]:
    """What stands in the way of setting these texts in a document."""
    try:
        needed("\n".join(texts))
    except CannotBeSetError as error:
        return error.messages
    return []


@contextmanager
def alone() -> Iterator[None]:
    """Fontconfig reads the portal's configuration in here, and with it no font of the machine."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(CONFIGURATION)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", "No fonts configured"
            )  # WeasyPrint’s, where it is first imported
            yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


def _letters(html: str) -> set[int]:
    """What is drawn: also in capitals, because a style may ask for them."""
    text = unescape(html)
    return {
        ord(letter)
        for letter in {*text, *text.upper()}
        if unicodedata.category(letter) not in NOT_DRAWN and ord(letter) not in VARIATION_SELECTORS
    }


@lru_cache(maxsize=1)
def _own() -> tuple[Face, ...]:
    return _read("pdf")


@lru_cache(maxsize=1)
def _others() -> tuple[Face, ...]:
    return _read("more")


def _read(folder: str) -> tuple[Face, ...]:
    """The fonts made at set-up with what they say of themselves, in a fixed order."""
    from fontTools.ttLib import TTFont

    faces = []
    for path in sorted((Path(settings.FONTS_DIR) / folder).glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            own = "Portal Serif" if "serif" in path.stem else "Portal Sans"
            faces.append(
                Face(
                    path.resolve(),
                    # A family of its own for each: WeasyPrint tells the fonts of a file apart by family and weight.
                    own if folder == "pdf" else f"Portal {path.stem}",
                    font["OS/2"].usWeightClass,
                    "italic" if font["post"].italicAngle else "normal",
                    frozenset(font.getBestCmap()),
                )
            )
    if not faces:
        raise FontsMissingError(
            f"There are no fonts in {settings.FONTS_DIR}/{folder}; run: manage.py portal fonts"
        )
    return tuple(faces)
