"""Names as they may stand in a certificate, whose reader compares them prepared by RFC 4518.

That form refuses letters newer than Unicode 3.2, signs such as U+FFFD, and writing in both directions in one name,
and X.509 ends a name at 64. A certificate with such a name is made without complaint and then never validates.
The whole name stands in the text, in the seal's own name and reason, and in the certificate of completion.
"""

import unicodedata

from asn1crypto.x509 import DirectoryString, NameTypeAndValue

LONGEST = 64  # X.509 says characters, the library that makes certificates counts bytes


def fitting(name: str) -> str:
    """The longest beginning of a name that a reader can compare; "" for a blank one.

    What cannot be compared is left out; a name of nothing else stands as its code points, such as U+1F308.
    """
    letters = unicodedata.normalize("NFKC", name)
    comparable = (letter for letter in letters if letter.isspace() or _prepared(letter))
    text = _one_way(" ".join("".join(comparable).split()))
    return text or _cut(" ".join(f"U+{ord(letter):04X}" for letter in letters if not letter.isspace()))


def _one_way(text: str) -> str:
    """Up to where the direction of writing turns; what is written from the right begins and ends with a letter."""
    strong = next(
        (at for at, letter in enumerate(text) if unicodedata.bidirectional(letter) in ("L", "R", "AL")), 0
    )
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text[strong : strong + 1]):
        text = text[strong:]
    text = _cut(text)
    while text and not _prepared(text):
        text = text[:-1].rstrip()
    return text


def _cut(text: str) -> str:
    """At most LONGEST bytes, and no letter without the marks that belong to it."""
    beginning = text.encode()[:LONGEST].decode(errors="ignore")
    while (
        beginning
        and len(beginning) < len(text)
        and unicodedata.category(text[len(beginning)]).startswith("M")
    ):
        beginning = beginning[:-1]
    return beginning.rstrip()


def _prepared(text: str) -> str:
    """The form that is compared; "" when there is none."""
    value = DirectoryString(name="utf8_string", value=text)
    try:
        return str(NameTypeAndValue({"type": "common_name", "value": value}).prepped_value).strip()
    except ValueError:
        return ""
