"""Only workers read the sealing key: a web process starts without it, and shows what is public of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from hmis_portal import documents
from hmis_portal.attesting import keys as evidence_keys
from hmis_portal.dev_services import BASE_DIR
from hmis_portal.signing import tasks
from hmis_portal.signing.agreeing import before_signing, requests
from hmis_portal.signing.models import RevocationList, RevokedCertificate, SealKey
from hmis_portal.signing.sealing import key_files, keys
from hmis_portal.signing.verifying import findings
from onboarding import rights
from tests.cast import remember_second_factor
from tests.hmis_portal.running.environment import WORKING


@pytest.fixture
def in_web(executed, settings):
    """Workers did their part; from now on this process is a web process."""
    tasks.publish_lists()
    settings.PROCESS = "web"
    return executed


def test_the_key_is_not_read(in_web) -> None:
    for read in (key_files.authority, key_files.authorities, key_files.root_key, key_files.newest_root_list):
        with pytest.raises(ImproperlyConfigured, match="Only workers read the sealing key"):
            read()


def test_certificates_and_lists_are_shown(in_web, client) -> None:
    root, authority = (
        x509.load_der_x509_certificate(client.get(f"/seal/{name}.crt").content)
        for name in ("root", "authority")
    )
    authority.verify_directly_issued_by(root)
    serial = f"{authority.serial_number:x}"
    for name, issuer in (("root", root), ("authority", authority), (serial, authority)):
        listed = x509.load_der_x509_crl(client.get(f"/seal/{name}.crl").content)
        assert listed.is_signature_valid(issuer.public_key())
    assert client.get("/seal/ffff.crl").status_code == 404


def test_a_file_is_verified_and_signed_after(in_web) -> None:
    lead = requests.party(in_web, "lead")
    assert all(check.good for check in before_signing.checks(lead, requests.to_read(lead)))
    data = documents.read(requests.final_pdf(in_web).document)
    assert findings.look_up(data).answer == findings.Answer.OURS
    assert findings.by_seals(data[:-1] + b" ").answer == findings.Answer.ALTERED


def test_the_desk_shows_the_keys(in_web, cast, client_of) -> None:
    rights.load()
    client = client_of(cast.admin)
    remember_second_factor(client, cast.admin)
    key = SealKey.objects.get()
    for name, args in (("changelist", []), ("change", [key.pk]), ("rotate", []), ("revoke", [key.pk])):
        assert client.get(reverse(f"admin:signing_sealkey_{name}", args=args)).status_code == 200, name
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_list_is_signed_anew_by_a_worker_only_when_it_has_to_be(executed, client) -> None:
    tasks.publish_lists()
    count = RevocationList.objects.count()
    assert count == 2
    client.get("/seal/authority.crl")
    tasks.publish_lists()
    assert RevocationList.objects.count() == count
    revision = requests.final_pdf(executed)
    RevokedCertificate.objects.create(
        seal_key=revision.seal_key, serial=revision.certificate_serial, reason="Made in error"
    )
    listed = x509.load_der_x509_crl(client.get("/seal/authority.crl").content)
    assert len(listed) == 1
    assert RevocationList.objects.count() == count + 1


def _start(tmp_path: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "evidence-key"
    path.touch(mode=0o600)
    path.write_text(evidence_keys.new_key(1))
    given = {"PATH": os.environ["PATH"], **WORKING, "PORTAL_EVIDENCE_KEYS_FILE": str(path), **changes}
    return subprocess.run(
        [sys.executable, "-c", "import hmis_portal.wsgi"],
        cwd=BASE_DIR, env={name: value for name, value in given.items() if value}, capture_output=True, text=True,
    )  # fmt: skip


def test_the_web_process_starts_without_it_and_not_with_it(tmp_path, db) -> None:
    done = _start(tmp_path, PORTAL_SEAL_CA_FILE="")
    assert done.returncode == 0, done.stderr
    root, seal = tmp_path / "root.pem", tmp_path / "seal.pem"
    root.write_text(keys.new_root_file())
    seal.write_text(keys.new_authority_file(root))
    done = _start(tmp_path, PORTAL_SEAL_CA_FILE=str(seal))
    assert done.returncode == 1
    assert f"The web process can read {seal}" in done.stderr.splitlines()[-1]
