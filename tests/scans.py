"""Small real PDFs, as a scanner makes them: one page with words; also locked, restricted, cut off, without a page."""

import io

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter


def scan(words: str, *, pages: int = 1, owner: str = "", opens_with: str = "") -> bytes:
    """A PDF of so many pages. `owner` restricts printing and copying, `opens_with` is asked for to open it at all."""
    writer = PdfFileWriter()
    if owner:
        writer.encrypt(owner, opens_with)
    font = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Font"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Type1"),
            generic.pdf_name("/BaseFont"): generic.pdf_name("/Helvetica"),
        }
    )
    fonts = generic.DictionaryObject({generic.pdf_name("/F1"): writer.add_object(font)})
    for _page in range(pages):
        drawn = generic.StreamObject(stream_data=f"BT /F1 14 Tf 72 720 Td ({words}) Tj ET".encode())
        resources = generic.DictionaryObject({generic.pdf_name("/Font"): fonts})
        size = generic.ArrayObject(generic.NumberObject(side) for side in (0, 0, 612, 792))
        writer.insert_page(PageObject(writer.add_object(drawn), size, resources))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


LOCKED = scan("locked", owner="o", opens_with="u")
RESTRICTED = scan("restricted", owner="o")
CUT_OFF = scan("cut off")[:-200]
NO_PAGE = scan("", pages=0)
NO_PDF_INSIDE = b"%PDF-1.7\n% nothing that a reader could open\n%%EOF\n"
