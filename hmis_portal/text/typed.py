"""Text as people type and paste it: without what nobody sees, and addresses and codes in one spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# What no eye sees (Unicode's default ignorable characters, annotation marks, the blank of Braille). The joiners, the
# variation selectors and the tags of a flag are among them and stay where the letters beside them need them.
_MARKS = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_CONTROLS = r"\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
_BLANKS = "\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # all but the ordinary one
_UNSEEN, _CONTROL, _BLANK = (re.compile(f"[{letters}]") for letters in (_MARKS, _CONTROLS, _BLANKS))
_CHANGED = re.compile(f"[{_MARKS}{_CONTROLS}{_BLANKS}]")
_BREAKS = re.compile(r"[\t\r\n]+")
_JOINERS = "\u200c\u200d"
# Scripts whose words are spelled with joiners: Arabic and its neighbours, those of India and South-East Asia, Mongolian.
_JOINED = re.compile(
    "[\u0600-\u0dff\u1000-\u109f\u1780-\u18af\u1a20-\u1aaf\u1b00-\u1bff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00010fff\U00011000-\U00011fff\U0001e900-\U0001e95f]"
)
_VIRAMA = 9  # the combining class of the sign after which a joiner may end a word
_FLAG, _TAG = "\U0001f3f4", re.compile("[\U000e0020-\U000e007f]")
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")


def is_plain(typed: str) -> bool:
    """Whether these are nothing but the letters, digits, marks and blanks of an English keyboard: they stay as they are."""
    return typed.isascii() and typed.isprintable()


def text(typed: str) -> str:
    """Composed letters, ordinary blanks, and no character that nobody sees; lines stay lines."""
    if is_plain(typed):
        return typed
    return "".join(_seen(unicodedata.normalize("NFC", typed)))


def one_line(typed: str) -> str:
    """`text` of a field that has one line."""
    return typed if is_plain(typed) else _BREAKS.sub(" ", text(typed))


def email(typed: str) -> str:
    """An address as it is kept and compared: small letters, the domain in one spelling, nothing invisible inside."""
    bare = _CONTROL.sub("", _UNSEEN.sub("", unicodedata.normalize("NFKC", typed))).casefold().strip()
    local, at, domain = bare.rpartition("@")
    if not domain.isascii() or "xn--" in domain:
        try:
            domain = domain.encode("idna").decode("idna")
        except UnicodeError:
            return bare  # no domain: the field says so
    return f"{local}{at}{domain}"


# What mail programs turn into a link: an address with a scheme, www, a mailbox, a host of a known ending, or any host
# with a path. "St.Vincent", "Dr.Jo" and "J.P.Morgan" are names.
_ENDINGS = (
    "com|org|net|info|biz|edu|gov|mil|int|app|dev|xyz|top|site|online|shop|store|link|click|live|club|vip|icu|tech|space|"
    "website|page|blog|news|cloud|zip|mov|pro|mobi|tel|asia|jobs|fun|example|test"
)
_LINK = re.compile(
    r"\w://|\bwww\.|\bmailto:|\S@\S+\.\w|"
    rf"(?<![\w.-])(?:[\w-]+\.)+(?:{_ENDINGS})(?![\w-])|"
    r"(?<![\w.-])(?:[\w-]+\.)*[\w-]{3,}\.[a-z]{2}(?![\w.-])|"
    r"(?<![\w.-])(?:[\w-]+\.)+[^\W\d_]{2,}(?:/|:\d)",
    re.IGNORECASE,
)


def has_link(typed: str) -> bool:
    """Whether a mail program would show a part of this as a link or a mailbox."""
    return bool(_LINK.search(unicodedata.normalize("NFKC", typed).replace("。", ".")))


def letters(typed: str) -> str:
    """The letters and digits of a code, in capitals; how they were grouped is left out."""
    capitals = unicodedata.normalize("NFKC", typed).upper()
    return capitals if capitals.isalnum() else "".join(filter(str.isalnum, capitals))


def phone_digits(typed: str) -> str:
    """By what two spellings of a phone number are one: its last ten digits."""
    return "".join(letter for letter in typed if letter in "0123456789")[-10:]


def _seen(whole: str) -> Iterator[str]:
    """The parts that stay: what lies between two such characters is taken as it is, however long."""
    before, read = "", 0
    for match in _CHANGED.finditer(whole):
        place, letter = match.start(), match[0]
        if place > read:
            yield whole[read:place]
            before = whole[place - 1]
        read = place + 1
        if _BLANK.match(letter):
            letter = " "
        elif _CONTROL.match(letter) or not _needed(letter, before, whole[read : read + 1]):
            continue
        yield letter
        before = letter
    yield whole[read:]


def _needed(letter: str, before: str, after: str) -> bool:
    """Whether a mark that nobody sees changes what is seen beside it."""
    if not before:
        return False
    if letter in _JOINERS and _JOINED.match(before):
        return bool(_JOINED.match(after)) or unicodedata.combining(before) == _VIRAMA
    if letter == "\u200d":  # 👩‍💻, ❤️‍🔥
        return _is_picture(before) and unicodedata.category(after or "a") in ("So", "Sm")
    if letter in "\ufe0e\ufe0f":
        return _is_picture(before) or before in "0123456789#*" or before in "©®‼⁉™ℹ〰〽㊗㊙"
    if "\U000e0100" <= letter <= "\U000e01ef" or "\ufe00" <= letter <= "\ufe02":
        return unicodedata.name(before, "").startswith("CJK")
    if "\u180b" <= letter <= "\u180f":
        return "\u1800" <= before <= "\u18af"
    return bool(_TAG.match(letter)) and (before == _FLAG or bool(_TAG.match(before)))


def _is_picture(letter: str) -> bool:
    return unicodedata.category(letter) in ("So", "Sm") or letter == "\ufe0f" or bool(_SKIN.match(letter))
