"""Opens one file, as a reader for `isolated`: a PDF or picture, or the words of a PDF."""

import base64
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

SECONDS = 15
MEMORY = 1024 * 1024 * 1024
LIBRARIES = (
    "pyhanko.pdf_utils.reader",
    "pypdfium2",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.ExifTags",
    "PIL.ImageOps",
    "pillow_heif",
)
MOST_PIXELS = 100_000_000
MOST_PAGES_READ = 100
PAGES_OF_TEXT, MOST_TEXT = 5, 100_000
UNPACKED_HERE = {"/FlateDecode", "/Fl", "/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx"}
# Where nothing that acts can stand, and much else does.
NOT_WALKED = {"/StructTreeRoot", "/Parent", "/P", "/Resources", "/Contents", "/Metadata", "/OutputIntents"}
# What a reader may do by itself when the file or a page is opened (ISO 32000-2, 12.6): show another place of it.
HARMLESS = {"/GoTo", "/Named", "/Thread", "/Hide", "/SetOCGState"}
IN_PLAIN_SIGHT = re.compile(rb"/S\s*/(JavaScript|Launch)\b")
OF_ANOTHER_KIND = (b"<html", b"<script", b"<!doctype", b"<?php", b"<svg")


def pdf(data: bytes) -> dict[str, Any]:
    """How many pages can be read, each with what is drawn on it, and whether the file is encrypted or restricted."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    if b"startxref" in data and _is_mixed_pdf(data):
        return {"pages": 1, "unsafe": "mixed"}
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
    return {"pages": count, "unsafe": _acts(reader.root, data)}


def _acts(root: object, data: bytes) -> str:
    """What the file would do by itself or carries to be opened: "script", "launch", "embedded"; else "".

    All that can be reached from its root is looked at, and the bytes too, for a reader that mends a broken file may reach
    more.
    """
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.misc import PdfReadError

    if match := IN_PLAIN_SIGHT.search(data):
        return "script" if match[1] == b"JavaScript" else "launch"
    waiting: list[object] = [root]
    seen = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, generic.IndirectObject):
            if value.idnum in seen:
                continue
            seen.add(value.idnum)
            try:
                value = value.get_object()  # type: ignore[no-untyped-call]
            except PdfReadError:  # of an object that is not there: nothing that could act
                continue
        if isinstance(value, generic.ArrayObject):
            waiting += list(value)
        elif isinstance(value, generic.DictionaryObject):
            if act := _act_of(value):
                return act
            waiting += [part for name, part in value.items() if name not in NOT_WALKED]
    return ""


def _act_of(value: Any) -> str:
    """What this one dictionary says."""
    kind = _at(value, "/S")
    if kind == "/JavaScript" or "/JS" in value or _has_script(_at(value, "/XFA")):
        return "script"
    if kind in ("/Launch", "/ImportData"):
        return "launch"
    if kind == "/GoToE" or _at(value, "/EF") or _at(value, "/Subtype") == "/RichMedia":
        return "embedded"
    by_itself, additional = [_at(value, "/OpenAction")], _at(value, "/AA")
    if hasattr(additional, "keys"):
        by_itself += [_at(additional, name) for name in additional]
    while by_itself:
        action = by_itself.pop()
        if hasattr(action, "keys") and (kind := _at(action, "/S")):
            if kind not in HARMLESS:
                return "script" if kind == "/JavaScript" else "launch"
            after = _at(action, "/Next")
            by_itself += [part.get_object() for part in after] if isinstance(after, list) else [after]
    return ""


def _at(value: Any, name: str) -> Any:
    """What stands under a name, wherever in the file; None where nothing does."""
    from pyhanko.pdf_utils.misc import PdfReadError

    try:
        return value[name]  # as `get` does not follow to another place
    except (KeyError, PdfReadError):
        return None


def _has_script(form: object) -> bool:
    """Of a form in XFA, which is XML in one stream or several."""
    parts = form if isinstance(form, list) else [] if form is None else [form]
    streams = [part.get_object() for part in parts if hasattr(part, "get_object")]
    return any(re.search(rb"<(\w+:)?script\b", part.data) for part in streams if hasattr(part, "data"))


def _is_mixed_pdf(data: bytes) -> bool:
    """Whether another program would take the same bytes for a file of its own."""
    before, _mark, after = data.partition(b"%PDF-")
    if before.strip(b"\xef\xbb\xbf\0 \t\r\n"):
        return True
    outside = (after[:1024] + after.rpartition(b"%%EOF")[2]).lower()
    return any(words in outside for words in OF_ANOTHER_KIND) or _is_zip_too(data)


def _is_zip_too(data: bytes) -> bool:
    try:
        return bool(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False


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


def png(data: bytes) -> dict[str, object]:
    from PIL import Image

    picture = _loaded(data, ["PNG"])
    Image.open(io.BytesIO(data), formats=["PNG"]).verify()  # every part, to the last
    return picture


def jpeg(data: bytes) -> dict[str, Any]:
    return _loaded(data, ["JPEG", "MPO"])  # phones put a second picture behind the first


def _loaded(data: bytes, formats: list[str]) -> dict[str, object]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the limit is ours
    with Image.open(io.BytesIO(data), formats=formats) as picture:
        pixels = picture.width * picture.height
        if pixels > MOST_PIXELS:
            return {"pixels": pixels}
        picture.draft(picture.mode, (1, 1))  # reads a whole JPEG at an eighth of its size
        picture.load()
    return {"pixels": pixels, "unsafe": "mixed" if _is_zip_too(data) else ""}


def heic(data: bytes) -> dict[str, object]:
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


READERS: dict[str, Callable[[bytes], dict[str, object]]] = {
    "pdf": pdf, "text": text, "png": png, "jpeg": jpeg, "heic": heic,
}  # fmt: skip


def read(data: bytes, about: str) -> dict[str, Any]:
    """{"locked": True}, {"pages": 3, "unsafe": what}, {"text": …}, {"pixels": 12000000, "unsafe": what}, of a HEIC also
    {"jpeg": base64}, or {"error": …}. Raises what the parsers raise; KeyError for another kind of file."""
    return READERS[about](data)
