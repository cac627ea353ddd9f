"""Tables that somebody uploads: read as their author sees them, or refused with a sentence."""

import io
import zipfile
from collections.abc import Sequence

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hmis_portal.files import tables
from hmis_portal.forms.files import UploadField
from tests.hmis_portal.files.case_files import case
from tests.hmis_portal.files.workbooks import MAIN, rows, text, workbook
from tests.racing import within

HEAD = ["First name", "Last name", "E-mail"]
ANA, BEN = ["Ana", "Ruiz", "ana@bugs.example"], ["Ben", "Cole", "ben@bugs.example"]
DATES = f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="170" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="171" formatCode="0.0&quot;days&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>'


def known(row: Sequence[str]) -> int:
    return sum(cell in ("First name", "Last name", "E-mail", "Work e-mail") for cell in row)


def read(data: bytes, name: str = "staff.xlsx") -> tables.Table:
    """As an upload is read: its kind is found out first."""
    file = UploadField(kinds=("csv", "xlsx"), scan=False).clean(SimpleUploadedFile(name, data))
    return tables.read(file, file.content_kind, known)


def doubts(found: tables.Table) -> list[str]:
    return [
        f"{found.cell(place, column)} {said}"
        for place, row in sorted(found.doubtful().items())
        for column, said in row.items()
    ]


def csv_of(*given: list[str], mark: str = ",", line: str = "\n") -> str:
    return line.join(mark.join(row) for row in (HEAD, *given))


@pytest.mark.parametrize(
    "name",
    ["p04-dimension-says-A1.xlsx", "p04-dimension-one-row-short.xlsx", "p05-empty-fill.xlsx", "p05-view.xlsx", "p05-csv-renamed.xlsx"],
)  # fmt: skip
def test_both_people_of_a_workbook_with_a_fault_are_read(name: str) -> None:
    assert [row[0] for row in read(case(name)).rows[1:]] == ["Ana", "Ben"]


@pytest.mark.parametrize("name", ["p05-encoding.xlsx", "p05-corrupt-deflate.xlsx"])
def test_a_broken_workbook_is_told_what_to_do(name: str) -> None:
    with pytest.raises(tables.Unreadable, match=r"Open it, save it again as Excel \(XLSX\) or as CSV UTF-8"):
        read(case(name))


def test_rows_that_are_only_formatted_are_no_rows() -> None:
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="1"/><c r="C{n}" s="1"/></row>' for n in range(4, 9000))
    sheet = f'<dimension ref="A1:A1"/>{rows(HEAD, ANA, BEN)[:-12]}{blank}</sheetData>'
    assert read(workbook(sheet)).rows == [HEAD, ANA, BEN]
    assert read(workbook(rows(HEAD, blank, ANA))).rows[1] == ANA


def test_lines_of_commas_are_no_rows() -> None:
    found = read((csv_of(ANA, BEN) + "\n,,,,  ,," * 6000 + "\nCy,Day,cy@bugs.example").encode(), "staff.csv")
    assert [row[0] for row in found.rows] == ["First name", "Ana", "Ben", "Cy"]
    assert found.numbers == [1, 2, 3, 6004]


@pytest.mark.parametrize(
    "bomb",
    [
        workbook(rows(HEAD), sharedStrings="<sst>" + "<si><t>bomb</t></si>" * 1_000_000 + "</sst>"),
        workbook("<sheetData>" + "<row/>" * 3_000_000 + "</sheetData>"),
        workbook(rows(HEAD), styles="<styleSheet>" + " " * 20_000_000 + "</styleSheet>"),
    ],
    ids=["texts", "rows", "styles"],
)
def test_what_unpacks_to_too_much_is_refused_at_once_with_the_limit(bomb: bytes) -> None:
    assert len(bomb) < 200_000

    def refuse() -> None:
        with pytest.raises(tables.Unreadable, match="unpacks to too much: more than 16 MB"):
            read(bomb)

    within(8, refuse)


def test_one_long_text_named_in_every_cell_is_refused() -> None:
    shared = f"<sst><si><t>{'x' * 4000}</t></si></sst>"
    sheet = rows(HEAD, *['<row><c t="s"><v>0</v></c></row>'] * 3000)
    with pytest.raises(tables.Unreadable, match="too much text: more than 10 MB"):
        read(workbook(sheet, sharedStrings=shared))


def test_an_entity_that_swells_is_refused() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    swelling = f'<!DOCTYPE s [<!ENTITY e0 "people">{entities}]><sst><si><t>&e8;</t></si></sst>'
    with pytest.raises(tables.Unreadable, match="save it again"):
        read(workbook(rows(HEAD), sharedStrings=swelling))


@pytest.mark.parametrize(
    "parts",
    [
        {
            "_rels__workbook": "",
            "workbook": f"<workbook {MAIN}><sheets><sheet name='A'/></sheets></workbook>",
        },
        {"styles": "<styleSheet><cellXfs>"},
        {"styles": "<html/>", "calcChain": "no XML"},
    ],
)
def test_parts_that_are_missing_or_broken_beside_the_values_hold_nothing_up(parts: dict[str, str]) -> None:
    assert read(workbook(rows(HEAD, ANA), **parts)).rows == [HEAD, ANA]


def test_a_sheet_that_names_the_workbook_itself_is_a_sentence() -> None:
    found = workbook(rows(HEAD, ANA)).replace(b"sheet1.xml", b"sheet9.xml")
    with pytest.raises(tables.Unreadable, match="save it again"):
        read(found)


def test_the_visible_sheet_is_read_and_not_a_hidden_first_one() -> None:
    assert [row[0] for row in read(case("p34-hidden-first-sheet.xlsx")).rows[1:]] == ["New"]
    found = read(workbook(rows(HEAD, BEN), rows(HEAD, BEN), rows(HEAD, ANA), states="hv."))
    assert (found.rows[1:], found.notes) == ([ANA], ["Hidden sheets are not read: “Sheet1”, “Sheet2”."])


def test_of_two_visible_sheets_the_one_with_the_headings_is_read_and_the_other_named() -> None:
    found = read(workbook(rows(["How to fill in this list"]), rows(HEAD, ANA)))
    assert found.rows == [HEAD, ANA]
    assert found.notes == ["Only the sheet “Sheet2” is read. Not read: “Sheet1”."]


def test_the_headings_may_stand_below_a_title() -> None:
    for file, name in (
        (workbook(rows(["Staff of Harbor House"], [], ["as of November"], HEAD, ANA)), "staff.xlsx"),
        (("Staff of Harbor House; all sites\n\nas of November\n" + csv_of(ANA)).encode(), "staff.csv"),
    ):
        found = read(file, name)
        assert (found.rows, found.numbers) == ([HEAD, ANA], [4, 5])
        assert found.notes == ["The headings are in row 4. What stands above them is not read."]


def test_the_parts_are_found_by_what_the_workbook_says() -> None:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    related = (
        f'<Relationships><Relationship Id="rId1" Type="{office}/worksheet" Target="/xl/people.xml"/>'
        f'<Relationship Id="rId2" Type="{office}/sharedStrings" Target="words.xml"/></Relationships>'
    )
    sheet = "".join(f'<c t="s"><v>{n}</v></c>' for n in range(3))
    words = f"<sst>{''.join(f'<si><t>{word}</t></si>' for word in HEAD)}</sst>"
    book = workbook("", people=f"<worksheet {MAIN}>{rows(f'<row>{sheet}</row>')}</worksheet>", words=words)
    with_relations = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(with_relations, "w") as new:
        for name in old.namelist():
            new.writestr(name, related if name.endswith(".rels") else old.read(name))
    assert read(with_relations.getvalue()).rows == [HEAD]


def test_hidden_rows_are_read_and_told() -> None:
    hidden = f'<row hidden="1">{"".join(map(text, BEN))}</row>'
    assert read(workbook(rows(HEAD, ANA, hidden))).notes == ["Hidden rows of the sheet are read too: 1."]


@pytest.mark.parametrize(
    "data",
    [
        csv_of(ANA, mark=";"), csv_of(ANA, mark="\t"), csv_of(ANA, mark="|"), "sep=;\n" + csv_of(ANA, mark=";"),
        '"sep=;"\r\n' + csv_of(ANA, mark=";", line="\r\n"), "\ufeffsep=\t\n" + csv_of(ANA, mark="\t"), csv_of(ANA, line="\r"),
        '"First name","Last name","E-mail"\n"Ana","Ruiz","ana@bugs.example"',
    ],
)  # fmt: skip
def test_columns_may_be_separated_by_any_of_the_usual_marks(data: str) -> None:
    found = read(data.encode(), "staff.csv")
    assert (found.rows, found.numbers) == ([HEAD, ANA], [1, 2])


def test_a_cell_may_hold_marks_and_lines() -> None:
    found = read(csv_of(['"Ana, ""J""\nMaría"', "x", "y"], BEN).encode(), "staff.csv")
    assert found.rows[1][0] == 'Ana, "J"\nMaría'
    assert found.numbers == [1, 2, 3]


def test_cells_without_a_heading_are_told() -> None:
    found = read(csv_of([*ANA, "", "a remark"], [*BEN, "x"]).encode(), "staff.csv")
    assert found.notes == ["Not read, as no heading stands above them: E2, D3."]
    assert read(csv_of([*ANA, "", ""]).encode(), "staff.csv").notes == []


def test_a_quotation_mark_that_swallows_the_rest_is_told_with_its_row() -> None:
    with pytest.raises(tables.Unreadable, match="A quotation mark in row 3 of"):
        read(csv_of(ANA, ['"Ben', "Cole", "x"], ANA).encode(), "staff.csv")


def test_a_value_that_is_missing_or_broken_is_told_with_its_cell() -> None:
    found = read(case("p10-formula-no-result.xlsx"))
    formula = (
        "contains a formula that was not calculated. Open the file in Excel, save it, and select it again"
    )
    assert doubts(found) == [f"D2 {formula}", f"K3 {formula}"]
    cells = (
        '<c r="A2"><f>X1</f></c><c r="B2" t="e"><f>X1</f><v>#REF!</v></c><c r="C2" t="s"><v>7</v></c>'
        '<c r="D2"><v>1e999</v></c><c r="E2" t="str"><f>X1</f><v></v></c><c r="F2" t="str"><f>X1</f><v>fine</v></c>'
        + text("#N/A").replace("<c ", '<c r="G2" ')
    )
    found = read(workbook(rows(HEAD, f'<row r="2">{cells}</row>')))
    assert [said[:25] for said in doubts(found)] == [
        "A2 contains a formula tha", "B2 contains the error #RE", "C2 cannot be read. Type i", "D2 cannot be read. Type i", "G2 contains the error #N/",
    ]  # fmt: skip
    assert found.rows[1][4:6] == ["", "fine"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("=A2&B2", "A2 contains a formula that was not calculated"),
        ("#NAME?", "A2 contains the error #NAME?"),
        ("8.60556E+09", "A2 contains 8.60556E+09, a number that was shortened"),
        ("x" * 6000, "A2 is longer than 5,000 characters"),
    ],
)
def test_a_csv_has_such_values_too(cell: str, said: str) -> None:
    found = read(csv_of([cell, "Ruiz", "x"], BEN).encode(), "staff.csv")
    assert doubts(found)[0].startswith(said)
    assert found.rows[2] == BEN


def test_numbers_dates_and_truths_are_read_as_they_show() -> None:
    cells = [
        ("", "8605550101"), ("", "8.605550101E9"), ("", "12.5"), ('s="1"', "46327"), ('s="2"', "46327.5"), ("", "46327"),
        ('t="b"', "1"), ('t="d"', "2026-11-02"), ('s="3"', "46327"), ('s="1"', "32"),
    ]  # fmt: skip
    row = "".join(f"<c {how}><v>{value}</v></c>" for how, value in cells)
    assert read(workbook(rows(HEAD, f"<row>{row}</row>"), styles=DATES)).rows[1] == [
        "8605550101", "8605550101", "12.5", "2026-11-01", "2026-11-01 12:00:00", "46327", "TRUE", "2026-11-02", "46327", "1900-02-01",
    ]  # fmt: skip
    since_1904 = workbook(
        rows(HEAD, '<row><c s="1"><v>44865</v></c></row>'), styles=DATES, before='<workbookPr date1904="1"/>'
    )
    assert read(since_1904).rows[1] == ["2026-11-01"]


def test_a_cell_under_a_merged_one_is_not_empty() -> None:
    sheet = (
        rows(["Staff"], HEAD, ANA, ["Ben", "Cole"])
        + '<mergeCells><mergeCell ref="A1:C1"/><mergeCell ref="C3:C4"/></mergeCells>'
    )
    found = read(workbook(sheet))
    assert doubts(found) == ["C4 is merged with C3. Unmerge the cells and fill in each"]


def test_a_text_in_runs_is_one_text_and_a_stray_nul_none() -> None:
    shared = "<sst><si><r><t>Jo</t></r><r><t>sé_x000D_</t></r><rPh><t>ho-se</t></rPh></si></sst>"
    found = read(workbook(rows(HEAD, '<row><c t="s"><v>0</v></c></row>'), sharedStrings=shared))
    assert found.rows[1] == ["José"]
    assert read(csv_of(["A\x00na", "Ruiz", "x"]).encode(), "staff.csv").rows[1][0] == "Ana"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_the_portal_writes_it_reads_back(kind: str) -> None:
    row = ["=1+1", "'=quoted", "+1 860", "'tis", '"x"', "a\nb", "José", "; ,|"]
    data = tables.csv_bytes([HEAD, row]) if kind == "csv" else tables.xlsx_bytes([("Staff", [HEAD, row])])
    assert read(data, f"staff.{kind}").rows == [HEAD, row]
    assert doubts(read(data, f"staff.{kind}")) == []
