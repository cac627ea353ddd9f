"""Small real files: PDFs as a scanner makes them (one page with words; also locked, restricted, cut off, without a
page), pictures and a Word document."""

import io
import random
import zipfile
from typing import Any

from PIL import Image
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


def picture(form: str, mode: str = "RGB", side: int = 120, **options: Any) -> bytes:
    """A PNG, JPEG or other picture of noise, so that it has something to lose at its end."""
    noise = Image.frombytes("RGB", (side, side), random.Random(1).randbytes(3 * side * side))
    out = io.BytesIO()
    noise.convert(mode).save(out, form, **options)
    return out.getvalue()


def docx(**more: str) -> bytes:
    """A Word document of one part; `more` are further parts, "/" written as "__" and "." as "_dot_"."""
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body/></w:document>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in (parts | more).items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return out.getvalue()


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PDF = scan("letter")
PNG = picture("PNG")
JPEG = picture("JPEG")
LOCKED = scan("locked", owner="o", opens_with="u")
RESTRICTED = scan("restricted", owner="o")
CUT_OFF = scan("cut off")[:-200]
NO_PAGE = scan("", pages=0)
NO_PDF_INSIDE = b"%PDF-1.7\n% nothing that a reader could open\n%%EOF\n"
