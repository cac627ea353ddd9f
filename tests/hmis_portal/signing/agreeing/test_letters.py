"""Letters on paper: those of any writing that the portal has a typeface for, on every machine the same; no boxes, and
nothing runs off the paper."""

import re
import subprocess
from types import SimpleNamespace as Row

import pytest
from django.template.loader import render_to_string

from hmis_portal.signing import tasks
from hmis_portal.signing.agreeing import requests, revisions
from hmis_portal.signing.models import Party, Revision, SealJob, SignatureAct
from hmis_portal.signing.sealing import seal
from hmis_portal.typesetting import pdf, typefaces
from hmis_portal.web.errors import GuardFailed
from tests.hmis_portal.signing import verapdf
from tests.hmis_portal.signing.writings import AT, LONG, NOT_SET, WRITINGS, stamp
from training.papers import certificates

ROWS = [("Agency", LONG), ("Towns", ",".join(["Hartford", "NewHaven"] * 30)), ("Browser", "B" * 400)]


def test_every_writing_is_set_and_sealed_by_both_standards_in_fonts_of_the_portal(db, tmp_path):
    lines = "".join(f"<h2>{one}</h2><p>{one} <em>{one}</em></p>" for one in WRITINGS)
    html = f'<html lang="en"><title>Names</title><body><h1>Names</h1>{lines}<div id="sign">Signature</div></body></html>'
    style = "<style>body { font-family: 'Portal Serif' } h2 { font-family: 'Portal Sans' }</style>"
    fields = [
        pdf.SignatureField(seal.PORTAL_FIELD, "Seal"),
        pdf.SignatureField("agency", WRITINGS[0], "sign"),
    ]
    data = pdf.render(html.replace("<body>", f"{style}<body>"), identifier=b"x", fields=fields)
    name = " ".join(WRITINGS[7:10])
    sealed = seal.seal(
        seal.certify(data).data, field="agency", name=name, organization=WRITINGS[24], stamp=stamp(name)
    )
    file = tmp_path / "names.pdf"
    file.write_bytes(sealed.data)
    report = verapdf.report([file])
    assert report.count("PASS") == 2, report[:3000]
    fonts = subprocess.run(["pdffonts", str(file)], capture_output=True, text=True, check=True).stdout
    names = [line.split()[0] for line in fonts.splitlines()[2:]]
    assert len(names) > 25
    assert all("+Portal-" in one for one in names)


def test_an_ordinary_document_carries_no_other_fonts(executed):
    page = render_to_string("pdf/agreement.html", vars(revisions.issued_page(executed)))
    assert {face.family for face in typefaces.needed(page)} == {"Portal Sans", "Portal Serif"}


def test_letters_without_a_typeface_park_the_file_with_a_sentence(issue, cast):
    cast.agency.legal_name = f"{NOT_SET} House"
    request = issue(commit=False)
    with pytest.raises(typefaces.CannotBeSetError):
        tasks.make_file(str(request.pk), Revision.CERTIFIED)
    job = SealJob.objects.get()
    assert job.parked_at
    assert job.error.startswith("The portal has no typeface for “ߏ” (U+07CF)")
    assert job.error.endswith("Write it in other letters, then try again.")
    assert not Revision.objects.exists()


def test_nobody_signs_in_letters_that_the_seal_cannot_show(issue, sign):
    request = issue()
    Party.objects.filter(request=request, role="agency").update(title=NOT_SET)
    with pytest.raises(GuardFailed, match="The portal has no typeface for"):
        sign(requests.party(request, "agency"))
    assert not SignatureAct.objects.exists()


def _agreement():
    clause = Row(anchor="a", number=1, title=LONG, html=f"<p>{LONG}</p><ol><li><p>{LONG}</p></li></ol>")
    return render_to_string("pdf/agreement.html", {
        "title": LONG, "reference": "MOU-2026-AAAA-BBBB", "number": 1, "sample": True, "draft": False, "text_sha256": "ab" * 32,
        "introduction": f"<p>{LONG}</p>", "clauses": [clause], "facts": ROWS, "parties": [Row(label=LONG, role="agency")],
    })  # fmt: skip


def _application():
    group = {"title": LONG, "rows": [{"question": LONG, "answer": answer} for _name, answer in ROWS]}
    return render_to_string("pdf/application.html", {
        "application": Row(reference="APP"), "revision": Row(number=1, submitted_at=AT), "by_name": LONG,
        "portal": Row(admin_name=LONG, hmis_long_name=LONG),
        "snapshot": {"agency": LONG, "sections": [{"letter": "A", "title": LONG, "groups": [group]}]},
    })  # fmt: skip


def _certificate():
    return render_to_string("pdf/certificate.html", {
        "title": LONG, "request": Row(reference="R", version=Row(number=1)), "document_title": LONG, "facts": ROWS,
        "acts": [{"name": LONG, "rows": ROWS}], "hashes": [("H1", LONG, "ab" * 32)], "made_at": "now",
        "files": [{"name": "As issued", "row": Row(level="B-LTA", certificate_serial="ab" * 20)}],
        "on_paper": False, "development": False, "verify_url": f"https://{LONG}/", "root_url": f"https://{LONG}/", "events": [{"sequence": 1, "words": LONG, "at": AT}],
    })  # fmt: skip


def _training(holder=LONG, title=LONG[:150]):
    row = Row(hmis=LONG, holder=holder, title=title, number="AAAAA", issuer=LONG, issued_on=AT)
    return render_to_string("pdf/training_certificate.html", {
        "certificate": row, "completion": Row(completed_on=AT, valid_through=AT, score=100), "address": f"https://{LONG}/",
        "tight": certificates._tight(row),
    })  # fmt: skip


@pytest.mark.parametrize(
    ("page", "margin"),
    [
        (_agreement, 71),
        (_application, 71),
        (_certificate, 71),
        (_training, 36),
        (lambda: _training("希" * 200, "望" * 150), 36),
    ],
)
def test_a_long_name_without_blanks_stays_on_the_paper(db, tmp_path, page, margin):
    file = tmp_path / "long.pdf"
    file.write_bytes(pdf.render(page(), identifier=b"x"))
    assert not _outside(file, margin)


def test_a_stamp_shows_all_of_the_longest_names_in_its_box(tmp_path):
    given = {"title": "T" * 150, "label": "L" * 200, "authority": "A" * 299 + "Z"}
    file = tmp_path / "stamp.pdf"
    file.write_bytes(stamp("W" * 150, **given))
    assert not _outside(file, 10)
    words = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert words.count("W") == 300  # as typed, and the legal name
    for letter, most in (("T", 150), ("L", 200), ("A", 299)):
        assert words.count(letter) >= most


def test_a_name_of_usual_length_is_written_large_in_its_stamp_also_in_development(tmp_path):
    file = tmp_path / "stamp.pdf"
    file.write_bytes(stamp("Sidney Signatory", title="Chair", label="Harbor House, Inc.", authority="Bylaws"))
    boxes = subprocess.run(
        ["pdftotext", "-bbox", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    top, bottom = map(
        float, re.search(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">Sidney<', boxes).groups()
    )
    assert bottom - top > 20
    assert ">DEVELOPMENT<" in boxes


def _outside(file, margin):
    """The words of a PDF that leave its paper, or its margins to the left and right."""
    boxes = subprocess.run(
        ["pdftotext", "-bbox", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    found = []
    for part in boxes.split("<page ")[1:]:
        width, height = map(float, re.match(r'width="([\d.]+)" height="([\d.]+)"', part).groups())
        for box in re.finditer(r'xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*)<', part):
            left, top, right, bottom = map(float, box.groups()[:4])
            if left < margin or right > width - margin or top < 0 or bottom > height:
                found.append(box[5])
    return found
