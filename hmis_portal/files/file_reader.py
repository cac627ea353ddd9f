"""Opens one file, as a reader for `isolated`: a PDF, Word file or picture, or the words of a PDF."""

import base64
import io
import zipfile
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

SECONDS = 15
MEMORY = 1024 * 1024 * 1024
MOST_PIXELS = 100_000_000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_PAGES_READ = 100
PAGES_OF_TEXT, MOST_TEXT = 5, 100_000
UNPACKED_HERE = {"/FlateDecode", "/Fl", "/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx"}


def pdf(data: bytes) -> dict[str, Any]:
    """How many pages can be read, each with what is drawn on it, and whether the file is encrypted or restricted."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(io.BytesIO(data), strict=False)
    if reader.encrypted:
        return {"locked": True}
    waiting, seen, count = list(reader.root["/Pages"]["/Kids"]), set(), 0
    while waiting:
        reference = waiting.pop()
        if reference.idnum in seen:
            continue
        seen.add(reference.idnum)
        node = reference.get_object()
        if "/Kids" in node:
            waiting += list(node["/Kids"])
        else:
            if count < MOST_PAGES_READ:
                _read_drawing(node)
            count += 1
    return {"pages": count}


def _read_drawing(page: Any) -> None:
    """Raises what pyHanko raises when what the page draws is not there."""
    from pyhanko.pdf_utils.misc import PdfDecodeLimitError

    contents = page.get("/Contents", [])
    for part in contents if isinstance(contents, list) else [contents]:
        stream = part.get_object()
        filters = stream.get("/Filter", [])
        if UNPACKED_HERE.issuperset(filters if isinstance(filters, list) else [filters]):
            try:
                stream.data  # noqa: B018
            except PdfDecodeLimitError:  # much is drawn: the stream itself is there
                continue


def text(data: bytes) -> dict[str, Any]:
    """The words on the first pages and the last; a file that only restricts what may be done with it opens as well."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(data) as document:
            numbers = {*range(min(len(document), PAGES_OF_TEXT)), len(document) - 1}
            pages = [document[number].get_textpage().get_text_range() for number in sorted(numbers)]
    except pypdfium2.PdfiumError as error:
        return {"locked": True} if "password" in str(error).lower() else {"error": "PdfiumError"}
    return {"text": "\n".join(pages)[:MOST_TEXT]}


def docx(data: bytes) -> dict[str, Any]:
    """Every part of a Word file unpacks as the archive says, and the main one is a Word document."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            return {"locked": True}
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            return {"error": "unpacks to too much"}
        if broken := archive.testzip():
            return {"error": f"broken part {broken[:80]}"}
        archive.getinfo("[Content_Types].xml")
        roots: list[str] = []
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = lambda name, _given: roots.append(name) if not roots else None
        parser.Parse(archive.read("word/document.xml"), True)
    return {"pages": 1} if roots[0].endswith(" document") else {"error": "no Word document"}


def png(data: bytes) -> dict[str, Any]:
    from PIL import Image

    found = _loaded(data, ["PNG"])
    Image.open(io.BytesIO(data), formats=["PNG"]).verify()  # every part, to the last
    return found


def jpeg(data: bytes) -> dict[str, Any]:
    return _loaded(data, ["JPEG", "MPO"])  # phones put a second picture behind the first


def _loaded(data: bytes, formats: list[str]) -> dict[str, Any]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the limit is ours
    with Image.open(io.BytesIO(data), formats=formats) as picture:
        pixels = picture.width * picture.height
        if pixels > MOST_PIXELS:
            return {"pixels": pixels}
        picture.draft(picture.mode, (1, 1))  # reads a whole JPEG at an eighth of its size
        picture.load()
    return {"pixels": pixels}


def heic(data: bytes) -> dict[str, Any]:
    """A phone's photo as the JPEG that everybody opens: upright, without the place where it was taken."""
    from PIL import ExifTags, Image, ImageOps
    from pillow_heif import register_heif_opener

    register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(io.BytesIO(data), formats=["HEIF"]) as picture:
        pixels = picture.width * picture.height
        if pixels > MOST_PIXELS:
            return {"pixels": pixels}
        if b"irot" not in data and b"imir" not in data:  # else the photo was turned when it was opened
            picture.getexif()[ExifTags.Base.Orientation] = picture.info.get("original_orientation") or 1
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        profile = picture.info.get("icc_profile")
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=88, icc_profile=profile)
    return {"pixels": pixels, "jpeg": base64.b64encode(out.getvalue()).decode("ascii")}


READERS: dict[str, Callable[[bytes], dict[str, Any]]] = {
    "pdf": pdf, "text": text, "docx": docx, "png": png, "jpeg": jpeg, "heic": heic,
}  # fmt: skip


def read(data: bytes, about: str) -> dict[str, Any]:
    """{"locked": True}, {"pages": 3}, {"text": …}, {"pixels": 12000000}, of a HEIC also {"jpeg": base64}, or
    {"error": …}. Raises what the parsers raise; KeyError for another kind of file."""
    return READERS[about](data)
