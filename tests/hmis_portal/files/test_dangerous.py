"""Files that would harm whoever opens them, or cost the portal much: refused with a sentence, in little time and memory."""

import io
import resource
import time
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from hmis_portal.files import foreign, tables
from hmis_portal.forms import UploadField
from hmis_portal.typesetting import pdf
from tests.hmis_portal.files import dangerous
from tests.hmis_portal.files.dangerous import OBJECT, VBA, acting, after, related, script, zipped
from tests.hmis_portal.files.workbooks import MAIN, rows, workbook
from tests.scans import JPEG, PDF, PNG, docx

MACROS, SCRIPT, EMBEDDED = "has macros", "contains a script", "carries another file inside it"
LAUNCH, REMOTE, MIXED = "opens something else by itself", "from another computer", "of two kinds at once"
TEMPLATE = "word___rels__settings_dot_xml_dot_rels"
CHART = workbook(rows(["1", "2"]))


def taken(name: str, data: bytes) -> str:
    return str(UploadField().clean(SimpleUploadedFile(name, data)).content_kind)


def said_of(name: str, data: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        taken(name, data)
    return str(refused.value.messages[0])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (acting(OpenAction=script()), SCRIPT),
        (acting(OpenAction=script(), packed=True), SCRIPT),
        (acting(OpenAction=script()).replace(b"/JavaScript", b"/J#61vaScript"), SCRIPT),
        (acting(Names={"/JavaScript": {"/Names": [b"a", script()]}}, packed=True), SCRIPT),
        (acting(Outlines={"/First": {"/A": script()}}, packed=True), SCRIPT),
        (acting(page={"/AA": {"/O": script()}}), SCRIPT),
        (acting(page={"/Annots": [{"/Subtype": "/Widget", "/AA": {"/K": script()}}]}, packed=True), SCRIPT),
        (acting(page={"/Annots": [{"/Subtype": "/Screen", "/A": {"/S": "/Rendition", "/JS": b"x"}}]}), SCRIPT),
        (dangerous.form_in_xml(b"<template><script contentType='application/x-javascript'>x</script>"), SCRIPT),
        (acting(OpenAction={"/S": "/Launch", "/F": b"cmd.exe"}, packed=True), LAUNCH),
        (acting(page={"/Annots": [{"/Subtype": "/Link", "/A": {"/S": "/Launch", "/F": b"x"}}]}), LAUNCH),
        (acting(OpenAction={"/S": "/URI", "/URI": b"https://tracker.example"}), LAUNCH),
        (acting(OpenAction={"/S": "/GoTo", "/D": [], "/Next": {"/S": "/GoToR", "/F": b"//host/x.pdf"}}), LAUNCH),
        (acting(page={"/AA": {"/O": {"/S": "/SubmitForm", "/F": b"https://tracker.example"}}}), LAUNCH),
        (dangerous.carrying(), EMBEDDED),
        (acting(page={"/Annots": [{"/Subtype": "/RichMedia"}]}), EMBEDDED),
        (PDF + b"\n9 0 obj <</S/JavaScript/JS(x)>> endobj", SCRIPT),
        (after(b"MZ" + bytes(300)), MIXED),
        (after(b"<html><script>alert(1)</script>"), MIXED),
        (dangerous.PDF_AND_ZIP, MIXED),
        (PDF + b"\n<script>alert(1)</script>", MIXED),
        (PDF.replace(b"\n", b"\n%<script>alert(1)</script>\n", 1), MIXED),
    ],
)  # fmt: skip
def test_a_pdf_that_acts_or_carries_is_refused(data: bytes, said: str) -> None:
    assert said in said_of("letter.pdf", data)


@pytest.mark.parametrize(
    "data",
    [
        acting(OpenAction={"/S": "/GoTo", "/D": []}),
        acting(OpenAction=[]),
        acting(OpenAction={"/S": "/Named", "/N": "/Print"}),
        acting(Names={"/JavaScript": {"/Names": []}, "/EmbeddedFiles": {"/Names": []}}),
        acting(AcroForm={"/Fields": [{"/FT": "/Tx", "/T": b"name"}]}),
        dangerous.form_in_xml(b"<template><field name='a'/></template>"),
        acting(page={"/Annots": [{"/Subtype": "/Link", "/A": {"/S": "/URI", "/URI": b"https://irs.example"}}]}),
        acting(page={"/Annots": [{"/Subtype": "/Widget", "/A": {"/S": "/ResetForm"}}]}),
    ],
)  # fmt: skip
def test_an_ordinary_pdf_is_taken(data: bytes) -> None:
    assert taken("letter.pdf", data) == "pdf"


def test_a_pdf_of_the_portals_own_is_taken() -> None:
    letter = "<h1>Letter</h1><p><a href='https://irs.example'>JavaScript and macros</a></p>"
    assert taken("letter.pdf", pdf.render(letter, identifier="L-1")) == "pdf"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({TEMPLATE: related(("attachedTemplate", "https://evil.example/t.dotm", "External"))}, REMOTE),
        ({TEMPLATE: related(("attachedTemplate", "file://///10.0.0.1/share/t.dotm", "External"))}, REMOTE),
        ({TEMPLATE: related(("attachedTemplate", "file://host/share/t.dotm", "External"))}, REMOTE),
        ({TEMPLATE: related(("attachedTemplate", r"\\host\share\t.dotm", "External"))}, REMOTE),
        ({"word/_rels/SETTINGS.XML.RELS": related(("attachedTemplate", "//host/t.dotm", "External"))}, REMOTE),
        ({"word___rels__document_dot_xml_dot_rels": related(("image", "http://evil.example/1.png", "External"))}, REMOTE),
        ({"word___rels__document_dot_xml_dot_rels": related(("oleObject", "mhtml:http://evil.example", "External"))}, EMBEDDED),
        ({"word___rels__document_dot_xml_dot_rels": related(("aFChunk", "/word/1.rtf", ""))}, EMBEDDED),
        ({"word___rels__document_dot_xml_dot_rels": related(("vbaProject", "theme9.xml", ""))}, MACROS),
        ({"word__vbaProject_dot_bin": b"x"}, MACROS),
        ({"word__theme9_dot_xml": VBA}, MACROS),
        ({"word__embeddings__oleObject1_dot_bin": OBJECT}, EMBEDDED),
        ({"word__media__image1_dot_png": b"MZ\x90\0\3\0\0\0"}, EMBEDDED),
        ({"word__embeddings__sheet_dot_xlsx": zipped({"xl/vbaProject.bin": VBA})}, MACROS),
        ({"word__embeddings__a_dot_xlsx": zipped({"b": zipped({"c": b""})})}, EMBEDDED),
    ],
)  # fmt: skip
def test_a_word_file_that_acts_or_carries_is_refused_under_any_name(
    parts: dict[str, str | bytes], said: str
) -> None:
    assert said in said_of("letter.docx", docx(**parts))


def test_a_word_file_that_calls_itself_one_with_macros_is_refused() -> None:
    types = '<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
    assert MACROS in said_of("letter.docx", docx(**{"[Content_Types].xml": types}))


@pytest.mark.parametrize(
    "parts",
    [
        {TEMPLATE: related(("attachedTemplate", "file:///C:\\Users\\ana\\Templates\\Letter.dotx", "External"))},
        {TEMPLATE: related(("attachedTemplate", "Normal.dotm", "External"))},
        {TEMPLATE: related(("attachedTemplate", "file:///Users/ana/Letter.dotx", "External"))},
        {"word___rels__document_dot_xml_dot_rels": related(("hyperlink", "https://irs.example", "External"), ("image", "media/1.png", ""))},
        {"word__embeddings__numbers_dot_xlsx": CHART, "word__media__image1_dot_png": PNG},
        {"word__printerSettings1_dot_bin": b"\0\0\1\0"},
    ],
)  # fmt: skip
def test_an_ordinary_word_file_is_taken(parts: dict[str, str | bytes]) -> None:
    assert taken("letter.docx", docx(**parts)) == "docx"


def test_what_is_two_files_at_once_is_refused() -> None:
    archive = zipped({"a": b"1"})
    assert MIXED in said_of("photo.png", PNG + archive)
    assert MIXED in said_of("photo.jpg", JPEG + archive)
    assert MIXED in said_of("letter.docx", archive + docx())
    assert "must be a" in said_of("letter.docx", docx(**{"a": "%PDF-1.7"}))


def spent() -> tuple[float, float, int]:
    """Of this process, which serves pages: seconds, seconds of the processor, and kilobytes at most."""
    return time.monotonic(), time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def read(data: bytes) -> tables.Table:
    file = UploadField(kinds=("csv", "xlsx"), scan=False).clean(SimpleUploadedFile("staff.xlsx", data))
    return tables.read(file, file.content_kind, len)


def many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(6_000):
            archive.writestr(str(number), "")
    return out.getvalue()


def wide(cell: str, count: int = 4900, **parts: str) -> bytes:
    heading = ["First name", "Last name", *("x" for _column in range(58))]
    return workbook(rows(heading, *[f"<row>{cell * 60}</row>"] * count), **parts)


def quadratic(size: int) -> str:
    entity = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, size))
    return f'<!DOCTYPE workbook [<!ENTITY a0 "aaaaaaaaaa">{entity}]><workbook {MAIN}><sheets>&a{size - 1};</sheets></workbook>'


def repacked(data: bytes, part: str, text: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped(parts | {part: text.encode()})


@pytest.mark.parametrize(
    ("bomb", "said"),
    [
        (lambda: wide("<c><f/></c>"), "More than 20,000 cells"),
        (lambda: wide('<c t="s"><v>0</v></c>', 3400, sharedStrings=f"<sst><si><t>{'é' * 40}</t></si></sst>"), "200,000 filled cells|too large to read"),
        (lambda: workbook(rows(["First name"], *[["a"]] * 4000) + '<mergeCells><mergeCell ref="A1:BH5000"/></mergeCells>'), "More than 20,000"),
        (lambda: workbook(rows(["x"]), sharedStrings="<sst>" + "<si><t>bomb</t></si>" * 1_000_000 + "</sst>"), "more than 16 MB"),
        (lambda: workbook(*[rows(*[["a"] * 60] * 900)] * 4), "200,000 filled cells|too large to read"),
        (many_parts, "2,000 parts or fewer"),
        (lambda: repacked(wide("<c/>", 1), "xl/workbook.xml", quadratic(9)), "could not be read|too large to read"),
    ],
    ids=["formulas", "texts", "merged", "shared strings", "sheets", "parts", "entities"],
)  # fmt: skip
def test_a_table_that_unpacks_to_much_costs_the_web_process_little(bomb, said: str) -> None:
    data = bomb()
    before = spent()
    with pytest.raises((ValidationError, tables.Unreadable), match=said):
        read(data)
    seconds, processor, kilobytes = (now - then for now, then in zip(spent(), before, strict=True))
    assert seconds < 30  # what both readers may take, on whatever machine
    assert processor < 0.5
    assert kilobytes < 60_000


def test_a_word_file_that_unpacks_to_much_is_refused_with_the_limit() -> None:
    large = dangerous.unpacking_to(301)
    assert "more than 300 MB" in said_of("letter.docx", large)
    assert "more than 300 MB" in said_of("letter.docx", docx(word__embeddings__a_dot_xlsx=large))


def test_a_picture_of_huge_size_is_refused_before_it_is_drawn() -> None:
    out = io.BytesIO()
    Image.new("1", (8, 8)).save(out, "PNG")
    header = bytearray(out.getvalue())
    header[16:24] = (2_000_000).to_bytes(4, "big") * 2
    before = spent()
    assert "cannot be opened" in said_of("photo.png", bytes(header))  # its sum is wrong
    assert spent()[2] - before[2] < 60_000


def test_a_process_that_reads_a_file_knows_no_secret_and_writes_nothing(tmp_path, monkeypatch) -> None:
    reader = tmp_path / "reader.py"
    reader.write_text(
        "import os\nSECONDS, MEMORY = 5, 2**30\n"
        "def read(data, about):\n"
        "    if about == 'environment': return sorted(os.environ)\n"
        "    if about == 'long': return 'x' * 60_000_000\n"
        f"    open({str(tmp_path / 'left')!r}, 'w').write('x' * 100_000)\n"
    )
    monkeypatch.setenv("PORTAL_SECRET_KEY", "not to be read")
    module = type("Reader", (), {"__file__": str(reader), "SECONDS": 5, "MEMORY": 0})
    assert "PORTAL_SECRET_KEY" not in foreign.ask(module, b"", about="environment")
    assert foreign.ask(module, b"", about="long") == {"error": "answer too long"}
    assert foreign.ask(module, b"", about="write") in (None, {"error": "OSError"})
    assert (tmp_path / "left").stat().st_size == 0
