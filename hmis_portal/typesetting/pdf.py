"""HTML to PDF bytes: PDF/A-3a and PDF/UA-1 at once, the same bytes for the same input in any process and zone.

Only the portal's own fonts are used and nothing is fetched. Signature fields are made here, empty, because one
added to a certified file later counts as an illegal change.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pydyf
from django.template.loader import render_to_string

from hmis_portal.text.unbroken import unbroken
from hmis_portal.typesetting import typefaces

# WeasyPrint is nearly half of the time that a start takes, so it is imported where a document is made.
if TYPE_CHECKING:
    from weasyprint import HTML, Attachment
    from weasyprint.document import Document
    from weasyprint.urls import URLFetcher, URLFetcherResponse

# PDF/UA-1's identifier, with the extension schema that PDF/A-3 demands for a property it does not know itself.
UA_IDENTIFIER = b"""<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1"/>
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
 rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 to which the file conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
PRINT, LOCKED = 4, 128
STAMP_SIZES = (7.6, 6.6, 5.6, 4.6, 3.6, 2.8)
CONTROLS = {
    code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\r"
}  # draw nothing


@dataclass(frozen=True)
class SignatureField:
    """An empty signature field over the element with this id, or without an anchor an invisible one on page 1."""

    name: str
    label: str
    anchor: str = ""


@dataclass(frozen=True)
class AttachedFile:
    """A file carried inside the PDF; `relationship` is PDF/A-3's word for why it is there."""

    name: str
    description: str
    data: bytes
    relationship: str = "Data"


def render_template(
    template: str, context: Mapping[str, object], *, identifier: bytes, **options: Any
) -> bytes:
    """Render a template that extends pdf/base.html; see `render`."""
    return render(render_to_string(template, context), identifier=identifier, **options)


def render(
    html: str,
    *,
    identifier: bytes,
    fields: Sequence[SignatureField] = (),
    attachments: Sequence[AttachedFile] = (),
) -> bytes:
    """PDF/A-3a and PDF/UA-1 bytes of an HTML page with `lang` and `<title>`.

    `identifier` is the file's permanent id, from its content and reference, never from the clock.
    Raises typefaces.CannotBeSetError, typefaces.FontsMissingError, and KeyError when a field's anchor is not in the page.
    """

    def finish(document: Document, pdf: pydyf.PDF) -> None:
        _add_ua_identifier(pdf)
        _add_signature_fields(document, pdf, fields)
        _write_plain_objects(pdf)

    page, fonts = _page(html)
    data: bytes = page.write_pdf(
        finisher=finish,
        pdf_variant="pdf/a-3a",
        pdf_identifier=identifier,
        attachments=[_attachment(file) for file in attachments],
        **fonts,
    )
    return data


def render_stamp(template: str, context: Mapping[str, object]) -> bytes:
    """One page with embedded fonts and no tags, to be drawn inside a signature field of another file.

    Everything on it fits: the template's `size` (points) is the largest with which it does.
    """
    for size in STAMP_SIZES:
        page, fonts = _page(render_to_string(template, {**context, "size": size}))
        document = page.render(pdf_tags=False, **fonts)
        if len(document.pages) == 1:
            break
    data: bytes = document.write_pdf(
        finisher=lambda _document, pdf: _write_plain_objects(pdf), pdf_tags=False
    )
    return data


def _page(html: str) -> tuple[HTML, dict[str, object]]:
    """The page to be written, and what it is written with: these faces, and no font of the machine."""
    faces = typefaces.needed(html)
    with typefaces.alone():
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration

        fonts = FontConfiguration()
    fetcher = _own_fonts_only(faces)
    style = CSS(string="\n".join(face.rule for face in faces), font_config=fonts, url_fetcher=fetcher)
    page = HTML(string=unbroken(html.translate(CONTROLS)), base_url="portal:", url_fetcher=fetcher)
    return page, {"stylesheets": [style], "font_config": fonts}


def _own_fonts_only(faces: Sequence[typefaces.Face]) -> URLFetcher:
    """Refuses every address but those of these font files."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    paths = {face.path for face in faces}

    class OwnFontsOnly(URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            path = Path(url2pathname(urlsplit(url).path))
            if not url.startswith("file:") or path not in paths:
                raise ValueError(f"A document may not load {url}")
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})

    return OwnFontsOnly()


def _attachment(file: AttachedFile) -> Attachment:
    from weasyprint import Attachment

    return Attachment(
        file_obj=io.BytesIO(file.data),
        base_url="portal:",
        name=file.name,
        description=file.description,
        created=NO_DATE,
        modified=NO_DATE,
        relationship=file.relationship,
    )


def _add_ua_identifier(pdf: pydyf.PDF) -> None:
    metadata = _referenced(pdf, pdf.catalog["Metadata"])
    (packet,) = metadata.stream
    metadata.stream = [packet.replace(b"</rdf:RDF>", UA_IDENTIFIER + b"</rdf:RDF>")]
    metadata.compress = False


def _add_signature_fields(document: Document, pdf: pydyf.PDF, fields: Sequence[SignatureField]) -> None:
    """Make each field with an empty appearance and its place in the structure tree, as PDF/UA asks."""
    if not fields:
        return
    root = _referenced(pdf, pdf.catalog["StructTreeRoot"])
    parents = _referenced(pdf, root["ParentTree"])["Nums"]
    body = _referenced(pdf, root["K"][0])
    form = pydyf.Dictionary({"Fields": pydyf.Array(), "SigFlags": 3})
    for field in fields:
        number, rectangle = _place(document, field)
        page = _referenced(pdf, pdf.page_references[number])
        index = max(parents[::2], default=-1) + 1
        widget = _widget(pdf, field, page, rectangle, index)
        element = _element(pdf, field, page, body, widget)
        body["K"].append(element.reference)
        parents.extend([index, element.reference])
        page.setdefault("Annots", pydyf.Array()).append(widget.reference)
        form["Fields"].append(widget.reference)
    pdf.add_object(form)
    pdf.catalog["AcroForm"] = form.reference


def _widget(
    pdf: pydyf.PDF, field: SignatureField, page: Any, rectangle: list[float], index: int
) -> pydyf.Dictionary:
    """The field on its page, with an appearance that shows nothing."""
    left, bottom, right, top = rectangle
    box = pydyf.Array([0, 0, right - left, top - bottom])
    shape = {"Type": "/XObject", "Subtype": "/Form", "Resources": pydyf.Dictionary({}), "BBox": box}
    appearance = pydyf.Stream([], pydyf.Dictionary(shape))
    pdf.add_object(appearance)
    widget = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "F": PRINT | LOCKED,
            "T": pydyf.String(field.name),
            "TU": pydyf.String(field.label),
            "Rect": pydyf.Array(rectangle),
            "P": page.reference,
            "StructParent": index,
            "AP": pydyf.Dictionary({"N": appearance.reference}),
        }
    )
    pdf.add_object(widget)
    return widget


def _element(
    pdf: pydyf.PDF, field: SignatureField, page: Any, body: Any, widget: pydyf.Dictionary
) -> pydyf.Dictionary:
    """Its place in the structure tree, with the words that are read aloud."""
    place = pydyf.Dictionary({"Type": "/OBJR", "Obj": widget.reference, "Pg": page.reference})
    pdf.add_object(place)
    element = pydyf.Dictionary(
        {
            "Type": "/StructElem",
            "S": "/Form",
            "K": place.reference,
            "Pg": page.reference,
            "P": body.reference,
            "Alt": pydyf.String(field.label),
        }
    )
    pdf.add_object(element)
    return element


def _place(document: Document, field: SignatureField) -> tuple[int, list[float]]:
    """Page index and rectangle in points from the bottom left; the invisible field has no size."""
    if not field.anchor:
        return 0, [0, 0, 0, 0]
    for number, page in enumerate(document.pages):
        if field.anchor in page.anchors:
            left, top, right, bottom = page.anchors[field.anchor]
            points = (left, page.height - bottom, right, page.height - top)
            return number, [round(value * 0.75, 2) for value in points]
    raise KeyError(f"No element with the id {field.anchor} for the signature field {field.name}")


def _write_plain_objects(pdf: pydyf.PDF) -> None:
    """Streams stay compressed, but objects are not packed into one stream, which readers take quadratic time for."""
    write = pdf.write
    pdf.write = lambda output, version, identifier, _compress: write(output, version, identifier, False)


def _referenced(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
