"""A file of two hundred pages that lead to one another."""

import re

SIGNATURE = b"\n9 0 obj<</Type/Sig/ByteRange [0 1 2 3]/Contents<00>>>endobj\n"


CATALOG = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[20 0 R]>>>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
)


def whole(body, *, previous=b""):
    """A cross-reference table for these objects; `previous` may point anywhere."""
    places = {int(found[1]): found.start(1) for found in re.finditer(rb"(?m)^(\d+) 0 obj", body)}
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % place for place in sorted(places.items()))
    table = b"xref\n0 1\n0000000000 65535 f \n" + rows
    return body + table + b"trailer<</Root 1 0 R/Size 300%b>>\nstartxref\n%d\n%%%%EOF" % (previous, len(body))


def two_hundred_pages():
    pages = b"".join(
        b"%d 0 obj<</Type/Page/Parent %d 0 R/Kids[%d 0 R %d 0 R]>>endobj\n" % (n, n - 1, n + 1, n)
        for n in range(20, 220)
    )
    return whole(CATALOG + pages + SIGNATURE)
