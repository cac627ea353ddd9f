"""Somebody's file at any door: a sentence and a line in the log, whatever a parser makes of it."""

import io
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from hmis_portal.files import foreign, readers
from hmis_portal.files.office_reader import OPEN_DOCUMENT
from hmis_portal.forms.files import FILE_KINDS, UploadField

CASES = Path(__file__).parent / "cases"
OLE = foreign.OLE + bytes(600)


def file_of(name: str, data: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or (CASES / name).read_bytes())


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


def said_of(file: SimpleUploadedFile, *kinds: str) -> str:
    with pytest.raises(ValidationError) as refused:
        UploadField(kinds=kinds or tuple(FILE_KINDS), scan=False).clean(file)
    return str(refused.value.messages[0])


@pytest.mark.parametrize(
    "raised", [NotImplementedError("version 9.9"), RecursionError(), MemoryError(), KeyError("x")]
)
def test_whatever_a_parser_raises_is_a_sentence_and_a_line_in_the_log(raised: Exception) -> None:
    with (
        structlog.testing.capture_logs() as lines,
        pytest.raises(foreign.Unreadable, match="Save it again"),
        foreign.reading("workbook", "Save it again"),
    ):
        raise raised
    assert lines == [
        {"event": "file_not_read", "log_level": "info", "about": "workbook", "error": type(raised).__name__}
    ]


@pytest.mark.parametrize("name", ["p05-zip-version.xlsx", "p05-zip-version.docx"])
def test_a_zip_of_an_unknown_version_is_not_a_file_of_any_kind(name: str) -> None:
    assert said_of(file_of(name)).startswith("The selected file must be a PDF, ")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["p05-zip-version.xlsx", "p05-zip-version.docx"])
def test_the_verifier_answers_a_zip_of_an_unknown_version(client, name: str) -> None:
    answer = client.post("/verify/", {"file": file_of(name)})
    assert answer.status_code == 200
    assert "must be a PDF file" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("p05-password.xlsx", b"", "The selected file is locked with a password. Save it without one"),
        ("staff.xls", OLE + "Workbook".encode("utf-16-le"), "an old Excel workbook (.xls). Save it as CSV or Excel (XLSX)"),
        ("staff.xlsx", OLE + "Book".encode("utf-16-le"), "an old Excel workbook (.xls). Save it as CSV or Excel (XLSX)"),
        ("policy.xlsx", OLE + "WordDocument".encode("utf-16-le"), "an old Word document (.doc)"),
        ("staff.xlsx", zipped(mimetype=OPEN_DOCUMENT + b"spreadsheet"), "an OpenDocument file. Save it as CSV"),
        ("staff.xlsx", zipped(xl__workbook_dot_bin=b"x"), "a binary Excel workbook (.xlsb)"),
        ("staff.xlsx", zipped(Index__Document_dot_iwa=b"x"), "of Apple Numbers or Pages"),
        ("staff.xlsm", zipped(xl__workbook_dot_xml=b"x", xl__vbaProject_dot_bin=b"x"), "has macros"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_named_and_the_way_is_said(name: str, data: bytes, said: str) -> None:
    assert said in said_of(file_of(name, data), "csv", "xlsx")


def test_a_table_may_bear_the_name_of_another_table() -> None:
    kept = UploadField(kinds=("csv", "xlsx"), scan=False).clean(
        file_of("staff.xlsx", b"First name,Last name")
    )
    assert kept.content_kind == "csv"
    assert said_of(file_of("staff.exe", b"First name,Last name"), "csv", "xlsx").startswith(
        "The selected file must be"
    )


def test_a_reader_that_does_not_answer_is_no_answer(tmp_path: Path) -> None:
    script = tmp_path / "reader.py"

    def said(body: str, seconds: int, **asked: Any) -> Any:
        limits = "SECONDS, MEMORY = 1, 2**30\nimport os, time\n"
        readers.end()  # what stands ready knows the last one
        script.write_text(f"{limits}def read(data, about, **asked):\n    {body}\n")
        reader = SimpleNamespace(__file__=str(script), SECONDS=seconds, MEMORY=0)
        return foreign.ask(reader, b"bytes", about="rows", **asked)

    assert said("return [about, asked, len(data)]", 60, known=["é"]) == ["rows", {"known": ["é"]}, 5]
    assert said("return data.rows", 60) == {"error": "AttributeError"}
    assert said("return bytearray(2**31)", 60) == {"error": "MemoryError"}
    assert said("os.abort()", 60) is None
    assert said("print('no JSON')", 60) is None
    assert said("while True: pass", 60) is None  # until the processor time is used up
    assert said("time.sleep(60)", -4) is None
