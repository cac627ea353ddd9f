"""Every kind of PDF: PDF/A-3a and PDF/UA-1 by an independent validator, the same bytes anywhere, seals that hold."""

import hashlib
import json
import os
import subprocess
import sys

import pytest

from hmis_portal import documents
from hmis_portal.dev_services import BASE_DIR
from hmis_portal.signing.agreeing import requests, text, text_versions
from hmis_portal.signing.models import TextVersion
from hmis_portal.typesetting import pdf
from tests.hmis_portal.signing import verapdf

ELSEWHERE = """
import django
django.setup()
from tests.hmis_portal.signing.agreeing.test_pdf import digest
print(digest())
"""


def digest():
    """Of an MOU to sign between names in many scripts."""
    body = (BASE_DIR / "hmis_portal/signing/texts/mou-1.md").read_text()
    filled = text.fill(body, dict.fromkeys(text.variables(body), "Ștefan มูลนิธิ 希望 🌈"))
    context = {
        "title": "T", "reference": "R", "number": 1, "sample": True, "draft": False, "text_sha256": text.digest(filled),
        "introduction": text.introduction(filled), "clauses": text.clauses(filled), "facts": [["A", "B"]],
        "parties": [{"role": "agency", "label": "A"}],
    }  # fmt: skip
    made = pdf.render_template(
        "pdf/agreement.html", context, identifier=b"x",
        fields=[pdf.SignatureField("Portal", "Seal"), pdf.SignatureField("agency", "Signature", "sign-agency")],
        attachments=[pdf.AttachedFile("events.json", "Events", b"{}")],
    )  # fmt: skip
    return hashlib.sha256(made).hexdigest()


def test_every_kind_of_file_passes_pdfa_3a_and_pdfua_1(executed, texts, tmp_path):
    from tests.hmis_portal.signing.values import VALUES

    files = []
    for revision in executed.revisions.all():
        files.append(tmp_path / f"{revision.step}.pdf")
        files[-1].write_bytes(documents.read(revision.document))
    files.append(tmp_path / "certificate.pdf")
    files[-1].write_bytes(documents.read(executed.certificate.document))
    for kind in TextVersion.Kind.values:
        version = text_versions.current(kind)
        files.append(tmp_path / f"blank-{kind}.pdf")
        blank = text_versions.public_pdf(version, {**VALUES, "person": "Sasha Staff"})
        files[-1].write_bytes(documents.read(blank))
    files.append(tmp_path / "test-file.pdf")
    files[-1].write_bytes(pdf.render_template("pdf/test_file.html", {"number": "1234"}, identifier=b"t"))
    report = verapdf.report(files)
    assert "FAIL" not in report, report[:3000]
    assert report.count("PASS") == 2 * len(files)


def test_the_certificate_of_a_paper_signature_passes_too(issue, commits, cast, tmp_path):
    from hmis_portal.signing.agreeing import paper
    from tests.payloads import paper_signature

    request = issue()
    for role, name in (("agency", "Sidney Signatory"), ("lead", "Lee Lead")):
        scan = documents.store(f"%PDF-1.7 {role}".encode(), content_type="application/pdf")
        with commits():
            paper.record(
                requests.party(request, role),
                paper_signature(scan, name),
                by=cast.director,
            )
    file = tmp_path / "certificate.pdf"
    file.write_bytes(documents.read(request.certificate.document))
    report = verapdf.report([file])
    assert "FAIL" not in report, report[:3000]
    assert report.count("PASS") == 2


def test_the_user_agreement_passes_too(agreement, tmp_path):
    files = []
    for revision in agreement.revisions.order_by("position"):
        files.append(tmp_path / f"{revision.step}.pdf")
        files[-1].write_bytes(documents.read(revision.document))
    report = verapdf.report(files)
    assert "FAIL" not in report, report[:3000]
    assert report.count("PASS") == 4
    found = subprocess.run(["pdfsig", str(files[-1])], capture_output=True, text=True, check=False).stdout
    assert found.count("Signature is Valid.") == 2


def test_the_validator_tells_a_bad_file(tmp_path):
    bad = tmp_path / "bad.pdf"
    page, fonts = pdf._page("<p>plain</p>")
    page.write_pdf(bad, **fonts)
    assert verapdf.report([bad]).count("FAIL") == 2


def test_the_same_input_gives_the_same_bytes_in_other_processes_zones_and_fonts_of_the_machine(set_anew):
    elsewhere = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "2", "FONTCONFIG_FILE": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ELSEWHERE],
        env={**os.environ, "PORTAL_DEBUG": "1", **elsewhere},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip().splitlines()[-1] == digest()


def test_the_identifier_stands_in_the_trailer_alone(set_anew):
    """Else tests/typeset.py would hand out files that nobody made."""
    html = '<html lang="en"><head><title>Page</title></head><body><p>Words</p></body></html>'
    first, second = (pdf.render(html, identifier=letter * 32) for letter in (b"a", b"b"))
    assert first != second
    assert first.replace(b"/ID [(" + b"a" * 32, b"/ID [(" + b"b" * 32) == second


def test_a_request_renders_to_the_same_bytes_again(issue, set_anew):
    from hmis_portal.signing.agreeing import revisions

    request = issue()
    first, second = revisions.issued_pdf(request), revisions.issued_pdf(request)
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()
    certified = documents.read(request.revisions.get(step="certified").document)
    assert certified.startswith(first)


def test_pdfsig_finds_each_seal_valid(executed, tmp_path):
    revisions = executed.revisions.all()
    assert len(revisions) == 3
    for revision in revisions:
        file = tmp_path / f"{revision.step}.pdf"
        file.write_bytes(documents.read(revision.document))
        report = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
        assert report.count("Signature is Valid.") == revision.position + 1
        assert "Total document signed" in report


def test_every_page_carries_reference_version_hash_and_number(executed, tmp_path):
    file = tmp_path / "executed.pdf"
    file.write_bytes(documents.read(requests.final_pdf(executed).document))
    text = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = text.split("\f")[:-1]
    for number, page in enumerate(pages, 1):
        assert executed.reference in page
        assert executed.text_sha256 in page
        assert f"Page {number} of {len(pages)}" in page
    assert "Sidney Signatory" in pages[-1]
    assert "Lee Lead" in pages[-1]


def test_nothing_is_fetched_for_a_document(tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    html = f'<html lang="en"><title>T</title><body><img alt="x" src="{secret.as_uri()}"><img alt="y" src="https://example.org/x.png"></body></html>'
    assert b"secret" not in pdf.render(html, identifier=b"x")


def test_a_field_without_its_place_is_an_error():
    with pytest.raises(KeyError, match="sign-nobody"):
        pdf.render(
            '<html lang="en"><title>T</title></html>',
            identifier=b"x",
            fields=[pdf.SignatureField("n", "l", "sign-nobody")],
        )


def test_the_certificate_names_everything_and_carries_the_events(executed, tmp_path):
    file = tmp_path / "certificate.pdf"
    file.write_bytes(documents.read(executed.certificate.document))
    words = subprocess.run(
        ["pdftotext", "-raw", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    words = " ".join(words.split())
    for revision in executed.revisions.all():
        assert revision.certificate_serial in words
    for wanted in (
        "Sidney Signatory",
        "Lee Lead",
        "192.0.2.7",
        "Resolution of the board",
        "UTC",
        "EST",
        "disclosure version 1",
    ):
        assert wanted in words
    packed = "".join(words.split())
    for sha256 in (
        executed.text_sha256,
        *executed.revisions.values_list("sha256", flat=True),
        executed.certificate.events_head,
    ):
        assert sha256 in packed
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(file)], check=True)
    events = json.loads((tmp_path / "events.json").read_text())
    assert events["events"][-1]["hash"] == executed.certificate.events_head
    report = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
    assert report.count("Signature is Valid.") == 1


def test_the_word_e_mail_stays_in_one_line_and_is_read_as_it_is_written(tmp_path):
    text = " ".join("x" * length + " Work e-mail of the e-mails." for length in range(1, 80))
    page = f'<html lang="en"><head><title>An e-mail</title></head><body><h1>Words</h1><p>{text}</p></body></html>'
    file = tmp_path / "words.pdf"
    file.write_bytes(pdf.render(page, identifier=b"words"))
    read = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert read.count("e-mail") == 2 * 79
    assert not [line for line in read.splitlines() if line.endswith("e-")]
