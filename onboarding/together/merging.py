"""Two people edit one page: what only one of them changed is taken, what both changed differently is asked about.

Each page carries what stood in every field when it was opened, as short signed digests ("seen"): so the portal knows
without scripts who changed what. Answers are held by field: {field: {input: strings}}; a date in three parts or a group
of check boxes is one field, and a field of a row is named "kind/identity/field".
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core import signing

from onboarding.forms.base import Fields, Typed

MINE, THEIRS = "mine", "theirs"
NEW = "/new-"  # in the name of a row that is not stored yet: "kind/new-1"
_SALT = "onboarding.sections.merging"
# Some thousand fields; what is longer was not made by a page.
LONGEST_SEEN = 100_000


@dataclass(frozen=True, slots=True)
class Merged:
    """`fields` is what both together say; where they clash it says what was sent."""

    fields: Fields
    taken: list[str] = field(default_factory=list)  # changed by somebody else only
    clashes: list[str] = field(default_factory=list)  # fields and whole rows ("kind/identity")


def digest(inputs: Typed | None) -> str:
    """Of what stands in one field; "" when nothing does. The order of checked boxes and the kind of line ends say nothing."""
    texts_of = {
        name: sorted(filter(None, (text.replace("\r\n", "\n").strip() for text in texts)))
        for name, texts in sorted((inputs or {}).items())
    }
    texts_of = {name: texts for name, texts in texts_of.items() if texts}
    if not texts_of:
        return ""
    return hashlib.blake2b(json.dumps(texts_of).encode("utf-8", "replace"), digest_size=6).hexdigest()


def digests(fields: Fields) -> dict[str, str]:
    return {name: digest(inputs) for name, inputs in fields.items()}


def sealed(seen: Mapping[str, str], page: str) -> str:
    """For a hidden input of the page of this name."""
    return signing.dumps([page, seen], salt=_SALT, compress=True)


def unsealed(text: str, page: str) -> dict[str, str] | None:
    """What the page showed when it was opened; None when it is missing, forged, or of another page."""
    if not text or len(text) > LONGEST_SEEN:
        return None
    try:
        named, seen = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return seen if named == page else None


def changed(fields: Fields, seen: Mapping[str, str]) -> list[str]:
    return [name for name, inputs in fields.items() if digest(inputs) != seen.get(name, "")]


def merge(mine: Fields, stands: Fields, seen: Mapping[str, str] | None, asked: Mapping[str, str]) -> Merged:
    """What was sent, and what stands now. Without `seen` everything that differs clashes.

    `asked`: what the person was asked about, and whether to keep MINE or THEIRS ("" when neither was chosen).
    """
    merged = Merged({})
    stands = _apart(mine, stands, seen, asked)
    for row in dict.fromkeys([*_rows(mine), *_rows(stands)]):
        _merge_row(merged, row, _of(mine, row), _of(stands, row), seen, asked)
    for name in dict.fromkeys([*mine, *stands]):
        if not row_of(name):
            _merge_field(merged, name, mine.get(name, {}), stands.get(name, {}), seen, asked)
    return merged


def _merge_field(
    merged: Merged,
    name: str,
    mine: Typed,
    stands: Typed,
    seen: Mapping[str, str] | None,
    asked: Mapping[str, str],
) -> None:
    ours, theirs = digest(mine), digest(stands)
    before = None if seen is None else seen.get(name, "")
    merged.fields[name] = mine
    if ours == theirs:
        return
    if asked.get(name) == THEIRS:
        merged.fields[name] = stands
    elif name in asked:
        if asked[name] != MINE or theirs != before:
            merged.clashes.append(name)
    elif ours == before:
        merged.fields[name] = stands
        merged.taken.append(name)
    elif theirs != before:
        merged.clashes.append(name)


# Rows


def row_of(name: str) -> str:
    """The row to which a field belongs; "" when it belongs to the page itself."""
    return name.rpartition("/")[0]


def _rows(fields: Fields) -> dict[str, None]:
    return {row: None for name in fields if (row := row_of(name))}


def _of(fields: Fields, row: str) -> Fields:
    return {name: inputs for name, inputs in fields.items() if row_of(name) == row}


def _apart(mine: Fields, stands: Fields, seen: Mapping[str, str] | None, asked: Mapping[str, str]) -> Fields:
    """Rows that both added have the same place and no identity yet: two rows that say different things are two."""
    if seen is None or asked:
        return stands
    others = {}
    for row in _rows(stands):
        ours, theirs = _of(mine, row), _of(stands, row)
        # The blank row that a page begins with holds at most what the page itself filled in.
        was_blank = sum(bool(text) for name, text in seen.items() if row_of(name) == row) <= 1
        if NEW in row and was_blank and ours and digests(ours) != digests(theirs):
            tried = Merged({})
            for name in ours:
                _merge_field(tried, name, ours[name], theirs.get(name, {}), seen, asked)
            if tried.clashes:
                others[row] = f"{row}'"
    return {
        name.replace(row_of(name), others[row_of(name)], 1) if row_of(name) in others else name: inputs
        for name, inputs in stands.items()
    }


def is_removed(row: Fields) -> bool:
    """Whether it is marked so, or is not there at all."""
    return not row or any(digest(inputs) for name, inputs in row.items() if name.endswith("/DELETE"))


def _merge_row(
    merged: Merged,
    row: str,
    mine: Fields,
    stands: Fields,
    seen: Mapping[str, str] | None,
    asked: Mapping[str, str],
) -> None:
    known = seen is None or any(row_of(name) == row for name in seen)
    if not mine:  # not on the page that was sent: nothing was said about it
        merged.fields.update(stands)
        merged.taken.extend([] if is_removed(stands) else [row])
    elif row not in asked and not stands and not known:
        merged.fields.update(mine)
    elif row not in asked and is_removed(mine) == is_removed(stands):
        for name in dict.fromkeys([*mine, *stands]):
            _merge_field(merged, name, mine.get(name, {}), stands.get(name, {}), seen, asked)
    else:
        _merge_whole_row(merged, row, mine, stands, seen or {}, asked)


def _merge_whole_row(
    merged: Merged, row: str, mine: Fields, stands: Fields, seen: Mapping[str, str], asked: Mapping[str, str]
) -> None:
    """What one removed and the other changed is one question; removed by one and left alone by the other it goes."""
    known = any(row_of(name) == row for name in seen)
    they_left_it = known == bool(stands) and not changed(stands, seen)
    if asked.get(row) == THEIRS or (row not in asked and known and not changed(mine, seen)):
        merged.fields.update(stands)
        merged.taken.extend([] if row in asked else [row])
        return
    merged.fields.update(mine)
    if not they_left_it or asked.get(row) == "":
        merged.clashes.append(row)
