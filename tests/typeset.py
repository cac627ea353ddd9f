"""The same page is set once in a process: setting pages took a quarter of the tests' processor time.

`pdf.render` gives the same bytes for the same page; the identifier stands in the trailer and nowhere else, which
tests/hmis_portal/signing/agreeing/test_pdf.py looks at with the fixture `set_anew`. References are drawn from one
row that begins anew with each test, so that what is issued in many tests is the same page in each of them.
"""

import random
from collections.abc import Callable
from typing import Any

from hmis_portal.typesetting import pdf

MOST = 100  # pages that are remembered
# Seeded, so that the order is the same in each test: `copies` puts it where it stood when a state was made.
chance = random.Random(0)


class SetOnce:
    def __init__(self, render: Callable[..., bytes]) -> None:
        self.render = render
        self.set: dict[tuple[str, str], tuple[bytes, bytes]] = {}

    def __call__(self, html: str, *, identifier: bytes, **options: Any) -> bytes:
        key = (html, repr(sorted(options.items())))
        if key not in self.set:
            data = self.render(html, identifier=identifier, **options)
            if len(self.set) >= MOST:
                del self.set[next(iter(self.set))]
            self.set[key] = (data, _trailer(identifier))
            return data
        data, trailer = self.set[key] = self.set.pop(key)  # what is wanted again stays longest
        before, found, after = data.rpartition(trailer)
        assert found, "The identifier of a file does not stand in its trailer."
        return before + _trailer(identifier) + after


def _trailer(identifier: bytes) -> bytes:
    return b"/ID [" + pdf.pydyf.String(identifier).data
