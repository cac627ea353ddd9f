"""Workbooks written part by part, as other programs and hostile hands write them."""

import io
import zipfile

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
COLUMNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def text(value: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def rows(*given: list[str] | str) -> str:
    """Lists of texts, or rows as XML."""
    said = [row if isinstance(row, str) else f"<row>{''.join(map(text, row))}</row>" for row in given]
    return f"<sheetData>{''.join(said)}</sheetData>"


def workbook(
    *sheets: str, states: str = "", before: str = "", names: str = "", **parts: str | bytes
) -> bytes:
    """Each sheet is what stands inside its `worksheet`. `states`: h for hidden, v for very hidden, by sheet."""
    kinds = {"h": ' state="hidden"', "v": ' state="veryHidden"'}
    listed = "".join(
        f'<sheet name="Sheet{n}" sheetId="{n}" r:id="rId{n}"{kinds.get(states[n - 1 : n], "")}/>'
        for n in range(1, len(sheets) + 1)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    written: dict[str, str | bytes] = {
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}">{before}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{related}</Relationships>",
        **{
            f"xl/worksheets/sheet{n}.xml": f"<worksheet {MAIN}>{sheet}</worksheet>"
            for n, sheet in enumerate(sheets, start=1)
        },
        **{f"xl/{name.replace('__', '/')}.xml": part for name, part in parts.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in written.items():
            if part:
                archive.writestr(name, part)
    return out.getvalue()
