"""The letters of a text file that does not say how they are written: read rightly, or marked as in doubt.

A byte that cannot be told stays in the text as a lone surrogate (as Python's "surrogateescape" leaves it), so that
whoever uses the text can say which cell is meant: see `in_doubt`.
"""

import codecs
import re
from dataclasses import dataclass

MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
# One byte a letter: Windows, Mac OS before UTF-8 (Excel's "CSV (Macintosh)"), and DOS (Excel's "CSV (MS-DOS)").
ONE_BYTE = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp437": "MS-DOS"}
LETTERS = frozenset("áàâãäåæçéèêëíìîïñóòôõöøúùûüß")
DASHES, QUOTES = frozenset("–—"), frozenset("‘“")
AFTER_A_LETTER = frozenset("”…®™")
MOST_ODD = 20_000  # more bytes than any list of people has, to be looked at one by one
APOSTROPHE = re.compile(r"\b[DLdl]’\w|[^\W\d_]’(?:[A-Zstdmlrv]|\W|$)")  # d’Arc, O’Hara, Ana’s, the boys’ home
LOST = re.compile("[\ud800-\udfff\ufffd]")
UTF_7 = re.compile(rb"\+[AI][A-Za-z0-9+/]{2,10}-?(?![^\s,;]*@)")  # "Jos+AOk-", but no address
CONTROL = bytes((*range(9), *range(14, 32)))


@dataclass(frozen=True)
class Text:
    text: str
    guessed: str = ""  # the name of an encoding that was found out from the text alone


def is_text(head: bytes) -> bool:
    """Whether the beginning of a file is that of a text; a stray NUL does not make it another thing."""
    return bool(head) and (
        head.startswith(tuple(mark for mark, _ in MARKS))
        or bool(_unmarked_utf16(head))
        or len(head) - len(head.translate(None, CONTROL)) <= 1 + len(head) // 50
    )


def decode(data: bytes) -> Text:
    for mark, name in MARKS:
        if data.startswith(mark):
            errors = "surrogateescape" if name == "utf-8" else "replace"
            return Text(data[len(mark) :].decode(name, errors))
    if name := _unmarked_utf16(data):
        return Text(data.decode(name, "replace"))
    text = data.decode("utf-8", "surrogateescape")
    odd = re.findall("[\udc80-\udcff]", text)
    rightly = sum(letter > "\x7f" for letter in text) - len(odd) if odd else 0
    if not odd or len(odd) <= rightly:
        return Text(_utf_7(data, text))
    return _one_byte(data)


def in_doubt(text: str) -> bool:
    """Whether letters of this text could not be read, or were garbled before it came here ("JosÃ©")."""
    if LOST.search(text):
        return True
    if text.isascii():
        return False
    try:
        return not text.encode("cp1252").decode("utf-8").isascii()
    except UnicodeError:
        return False


def shown(text: str) -> str:
    """The text with a mark where a letter could not be read; fit for a page and the database."""
    return LOST.sub("\ufffd", text)


def _unmarked_utf16(data: bytes) -> str:
    """English headings in UTF-16 have a NUL beside each letter."""
    head = data[:2000]
    if len(head) < 40:
        return ""
    half = len(head) // 2
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    if odd > 0.3 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.3 and odd < 0.05 else ""


def _utf_7(data: bytes, text: str) -> str:
    """UTF-7 looks like plain letters: what it means by them is marked, as it cannot be told for certain."""
    if not text.isascii():
        return text

    def marked(match: re.Match[bytes]) -> bytes:
        try:
            decoded = match[0].decode("utf-7")
        except UnicodeDecodeError:
            return match[0]
        return (
            b"\xff" * len(match[0])
            if decoded and min(decoded) >= "\xa0" and max(decoded) < "\u2030"
            else match[0]
        )

    return UTF_7.sub(marked, data).decode("utf-8", "surrogateescape")


def _one_byte(data: bytes) -> Text:
    plain = data.decode("ascii", "surrogateescape")
    places = [match.start() for match in re.finditer("[\udc80-\udcff]", plain)]
    if len(places) > MOST_ODD:
        return Text(plain)
    read = {name: data.decode(name, "surrogateescape") for name in ONE_BYTE}
    wrong = {name: [at for at in places if not _fits(text, at, name)] for name, text in read.items()}
    best, second, *_rest = sorted(wrong, key=lambda name: len(wrong[name]))
    if len(wrong[best]) * 3 >= len(wrong[second]):
        return Text(plain)  # two readings are as good, or none is
    letters = list(read[best])
    for at in wrong[best]:
        letters[at] = plain[at]
    return Text("".join(letters), ONE_BYTE[best])


def _fits(text: str, at: int, encoding: str) -> bool:
    """Whether this letter of a reading can stand where it does, in the words of the Americas and western Europe."""
    letter, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if letter in DASHES:
        # Between two letters Windows's dash is more usual than the Mac's, whose byte is Ñ in Windows.
        return encoding == "cp1252" or not (before.isalpha() and after.isalpha())
    if letter in QUOTES:
        return not before.isalnum() and after.isalnum()
    if letter == "’":
        return bool(APOSTROPHE.search(text[max(0, at - 2) : at + 2]))
    if letter in AFTER_A_LETTER:
        return before.isalnum() or before in "?!."
    if letter == "\xa0":
        return encoding != "cp437"
    if letter in "•·":
        return not (before.isalpha() or after.isalpha())
    return letter.lower() in LETTERS and _fits_word(text, at)


def _fits_word(text: str, at: int) -> bool:
    begin, end = at, at + 1
    while begin and text[begin - 1].isalpha() and at - begin < 40:
        begin -= 1
    while end < len(text) and text[end].isalpha() and end - at < 40:
        end += 1
    word, place = text[begin:end], at - begin
    if len(word) > 1 and not any(letter.isascii() for letter in word):
        return False
    if re.search(r"[^\x00-\x7f]{3}", word) or (len(word) == 1 and word not in "éàÉÀÓ"):
        return False
    before, letter, after = word[max(0, place - 1) : place], word[place], word[place + 1 : place + 2]
    if letter in "çÇ" and after and not re.match("[aouAOUáâãéèóôõúÁÂÃÉÈÓÔÕÚ]", after):
        return False
    if letter.lower() in "øåæ" and not (before + after).isascii():
        return False
    if letter.isupper():
        return not place or (word.isupper() and (letter != "Õ" or after == "E"))
    return not (before.isupper() and after.isupper())
