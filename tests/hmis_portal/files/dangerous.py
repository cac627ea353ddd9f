"""Files that do something by themselves or cost a lot, made here: PDFs that act, Word files with more than text, bombs."""

import io
import zipfile
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.writer import PdfFileWriter

from tests.scans import PDF, docx

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
VBA = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "_VBA_PROJECT".encode("utf-16-le")
OBJECT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Ole10Native".encode("utf-16-le")


def written(value: Any) -> generic.PdfObject:
    """Dicts and lists as a PDF has them; texts with "/" are names, bytes are strings."""
    if isinstance(value, dict):
        return generic.DictionaryObject(
            {generic.pdf_name(name): written(part) for name, part in value.items()}
        )
    if isinstance(value, list):
        return generic.ArrayObject(map(written, value))
    if isinstance(value, bytes):
        return generic.TextStringObject(value.decode())
    return generic.pdf_name(value) if isinstance(value, str) else value


def acting(page: dict[str, Any] | None = None, *, packed: bool = False, **root: Any) -> bytes:
    """A page with words; `root` is added to its catalog, `page` to the page. `packed` hides all in object streams."""
    writer = PdfFileWriter(stream_xrefs=packed)
    size = written([generic.NumberObject(side) for side in (0, 0, 612, 792)])
    content = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    leaf = written(
        {"/Type": "/Page", "/MediaBox": size, "/Contents": content, "/Resources": {}, **(page or {})}
    )
    kept = {"obj_stream": writer.prepare_object_stream()} if packed else {}
    writer.insert_page(leaf)
    for name, value in root.items():
        writer.root[generic.pdf_name(f"/{name}")] = writer.add_object(written(value), **kept)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def script(text: bytes = b"app.alert(1)") -> dict[str, Any]:
    return {"/S": "/JavaScript", "/JS": text}


def carrying() -> bytes:
    writer = PdfFileWriter()
    file = writer.add_object(generic.StreamObject(stream_data=b"MZ"))
    writer.insert_page(
        written({"/Type": "/Page", "/MediaBox": [generic.NumberObject(9)] * 4, "/Resources": {}})
    )
    spec = writer.add_object(written({"/Type": "/Filespec", "/F": b"run.exe", "/EF": {"/F": file}}))
    writer.root[generic.pdf_name("/Names")] = written({"/EmbeddedFiles": {"/Names": [b"run.exe", spec]}})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def form_in_xml(words: bytes) -> bytes:
    writer = PdfFileWriter()
    xml = writer.add_object(generic.StreamObject(stream_data=bytes(2000) + words))
    writer.insert_page(
        written({"/Type": "/Page", "/MediaBox": [generic.NumberObject(9)] * 4, "/Resources": {}})
    )
    writer.root[generic.pdf_name("/AcroForm")] = written({"/Fields": [], "/XFA": [b"template", xml]})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def after(before: bytes, data: bytes = PDF) -> bytes:
    """A PDF after other bytes, with its table of places set right, as a maker of such files does."""
    start = int(data.rpartition(b"startxref")[2].split()[0])
    head, table = data[:start], data[start:]
    lines = []
    for line in table.split(b"\n"):
        if line.rstrip().endswith(b" n"):
            line = b"%010d" % (int(line[:10]) + len(before)) + line[10:]
        lines.append(line)
    moved = b"\n".join(lines).replace(b"startxref\n%d" % start, b"startxref\n%d" % (start + len(before)))
    return before + head + moved


def related(*relations: tuple[str, str, str]) -> str:
    """Relations are the end of a type, a target and a mode."""
    listed = "".join(
        f'<Relationship Id="r{n}" Type="{RELATIONS}/{kind}" Target="{target}"{f" TargetMode={chr(34)}{mode}{chr(34)}" if mode else ""}/>'
        for n, (kind, target, mode) in enumerate(relations)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{listed}</Relationships>'


def zipped(parts: dict[str, bytes], compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def unpacking_to(megabytes: int) -> bytes:
    """A Word file whose picture unpacks to so much."""
    out = io.BytesIO(docx())
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("word/media/1.bmp", "w") as part,
    ):
        for _megabyte in range(megabytes):
            part.write(bytes(1024 * 1024))
    return out.getvalue()


PDF_AND_ZIP = PDF + zipped({"word/document.xml": b"<w/>"})
