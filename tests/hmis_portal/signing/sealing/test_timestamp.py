"""A timestamp authority: set, its time is in every seal; away, files wait; not set, the level says so."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from django.urls import reverse
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from hmis_portal import documents
from hmis_portal.signing import tasks
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.models import Revision, SealJob
from hmis_portal.signing.sealing import certificates, holding, key_files
from tests.cast import remember_second_factor
from tests.hmis_portal.signing import verapdf
from tests.hmis_portal.signing.sealing.timestamping import Authority


@pytest.fixture
def authority(tmp_path, settings):
    authority = Authority(tmp_path)
    authority.start()
    settings.TIMESTAMP_URL = authority.url
    yield authority
    authority.stop()


def read(revision):
    return PdfFileReader(io.BytesIO(documents.read(revision.document)))


def trust(*pems, moment=None):
    roots = [asn1_x509.Certificate.load(asn1_pem.unarmor(text.encode())[2]) for text in pems]
    return ValidationContext(trust_roots=roots, allow_fetching=False, moment=moment)


def root_pem():
    return certificates.pem(key_files.authority().root)


def test_without_an_authority_the_level_says_so(executed):
    assert {one.level for one in executed.revisions.all()} == {"B-B"}


def test_each_seal_carries_the_authoritys_time(authority, executed):
    assert {one.level for one in executed.revisions.all()} == {"B-T"}
    assert authority.asked >= 4  # three seals and the certificate of completion
    context = trust(root_pem())
    stamps = trust(authority.root_file.read_text())
    for signature in read(requests.final_pdf(executed)).embedded_regular_signatures:
        status = validate_pdf_signature(signature, context, stamps)
        assert status.bottom_line
        assert status.timestamp_validity.trusted
        assert abs(status.timestamp_validity.timestamp - datetime.now(UTC)) < timedelta(minutes=5)


def test_while_the_authority_is_away_the_file_waits_and_the_desk_shows_it(
    authority, issue, sign, cast, client_of, commits
):
    request = issue()
    authority.stop()
    with pytest.raises(TimestampRequestError):
        sign(requests.party(request, "agency"))
    job = SealJob.objects.get(step="agency")
    assert job.done_at is None
    assert job.error
    for _attempt in range(SealJob.MOST_TRIES):  # once more than it is else tried
        SealJob.objects.update(next_try_at=None)  # the pause is over
        with pytest.raises(TimestampRequestError):
            tasks.make_file(str(request.pk), "agency")
    job.refresh_from_db()
    assert job.parked_at is None  # it is tried for as long as the authority is away
    assert not Revision.objects.filter(step="agency").exists()  # never sealed without
    SealJob.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=6))
    client = client_of(cast.admin)
    remember_second_factor(client, cast.admin)
    assert request.reference in client.get(reverse("admin:index")).text
    authority.start()
    with time_machine.travel(timezone.now() + timedelta(seconds=20)), commits():
        tasks.sweep()
    revision = Revision.objects.get(step="agency")
    assert revision.level == "B-T"
    assert request.reference not in client.get(reverse("admin:index")).text


def test_the_executed_file_validates_now_and_in_ten_years(authority, settings, issue, sign, tmp_path):
    settings.TIMESTAMP_ROOT_FILE = str(authority.root_file)
    request = issue()
    for role in ("agency", "lead"):
        sign(requests.party(request, role))
    levels = list(request.revisions.order_by("position").values_list("level", flat=True))
    assert levels == ["B-T", "B-T", "B-LTA"]
    final = requests.final_pdf(request)
    data = documents.read(final.document)
    assert holding.holds(data, final.position + 1)
    roots = [
        asn1_x509.Certificate.load(asn1_pem.unarmor(text.encode())[2])
        for text in (root_pem(), authority.root_file.read_text())
    ]
    reader = read(final)
    (archive,) = reader.embedded_timestamp_signatures
    last = reader.embedded_regular_signatures[-1]
    for years in (0, 10):
        # Then the archive's timestamp is what is still good; it proves that the rest existed while all was in force.
        moment = datetime.now(UTC) + timedelta(days=365 * years)
        stamp = validate_pdf_timestamp(archive, trust(authority.root_file.read_text(), moment=moment))
        assert (stamp.intact, stamp.valid, stamp.trusted) == (True, True, True), f"in {years} years"
        proven = {
            "trust_roots": roots,
            "allow_fetching": False,
            "moment": stamp.timestamp,
            "revocation_mode": "require",
        }
        kept = DocumentSecurityStore.read_dss(reader).as_validation_context(proven)
        times = trust(authority.root_file.read_text(), moment=stamp.timestamp)
        status = validate_pdf_signature(last, kept, times)
        assert status.bottom_line, f"in {years} years: {status.pretty_print_details()}"
    late = trust(root_pem(), moment=datetime.now(UTC) + timedelta(days=365 * 25))
    assert not validate_pdf_signature(
        last, late
    ).bottom_line  # without the archive's timestamp time would tell
    file = tmp_path / "executed.pdf"
    file.write_bytes(data)
    assert verapdf.report([file]).count("PASS") == 2
