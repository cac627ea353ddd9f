"""The authority's key in a PKCS#11 token: SoftHSM here, the same calls for a card or a module in a rack."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from hmis_portal import documents
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.sealing import certificates, holding, key_files, keys, token

PIN, TOKEN, LABEL = "874512", "portal", "seal-2026"
MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
MAKE_KEY = """
import sys, pkcs11
from pkcs11.util.ec import encode_named_curve_parameters
module, token, pin, label = sys.argv[1:]
with pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin, rw=True) as session:
    curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True).generate_keypair(store=True, label=label)
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory):
    """A token with one key, made as an operator makes it."""
    found = next((path for path in MODULES if Path(path).exists()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed (Debian: softhsm2) and apt is not to be had here.")
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        tool = [
            "softhsm2-util",
            "--init-token",
            "--free",
            "--label",
            TOKEN,
            "--pin",
            PIN,
            "--so-pin",
            "123456",
        ]
        subprocess.run(tool, check=True, capture_output=True)
        subprocess.run([sys.executable, "-c", MAKE_KEY, found, TOKEN, PIN, LABEL], check=True)
        yield found


@pytest.fixture
def in_token(module, settings, tmp_path):
    """The portal's settings for that key, and its certificate under a root kept elsewhere."""
    pin, root, seal = (tmp_path / name for name in ("pin", "root.pem", "seal.pem"))
    pin.write_text(f"{PIN}\n")
    settings.SEAL_PKCS11_MODULE, settings.SEAL_PKCS11_TOKEN = module, TOKEN
    settings.SEAL_PKCS11_KEY, settings.SEAL_PKCS11_PIN_FILE = LABEL, str(pin)
    call_command("portal", "seal_root", str(root))
    call_command("portal", "seal_key", str(root), str(seal), "--in-token")
    settings.SEAL_CA_FILES = [str(seal)]
    restart()
    yield settings
    restart()


def restart():
    """As after the portal was started again: nothing is remembered of file and token."""
    key_files._read.cache_clear()
    token.close(TOKEN)


def test_documents_are_sealed_under_a_key_that_stays_in_its_token(in_token, executed, client, tmp_path):
    assert "PRIVATE KEY" not in Path(in_token.SEAL_CA_FILES[0]).read_text()
    revision = requests.final_pdf(executed)
    data = documents.read(revision.document)
    assert holding.holds(data, revision.position + 1)
    assert not revision.seal_key.development
    assert b"DEVELOPMENT" not in data
    file = tmp_path / "executed.pdf"
    file.write_bytes(data)
    report = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
    assert report.count("Signature is Valid.") == 3
    crl = x509.load_der_x509_crl(client.get(f"/seal/{revision.seal_key.serial}.crl").content)
    assert crl.is_signature_valid(certificates.from_pem(revision.seal_key.certificate).public_key())
    with pytest.raises(token.TokenError, match="does not leave its token"):
        key_files.authority().key.private_numbers()


def test_a_worker_process_made_later_uses_the_token_too(in_token):
    held = key_files.authority()
    child = os.fork()
    if child == 0:  # as Celery's worker processes
        code = 1
        try:
            certificates.make_one_time(
                held.key, held.certificate, name="n", organization="o", list_address="http://x"
            )
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0


# python-pkcs11 cannot end its search in a session that is gone, and says so where nobody listens.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_session_that_went_away_is_opened_again(in_token):
    held = key_files.authority()
    token._sessions[TOKEN][1].close()
    assert certificates.make_one_time(
        held.key, held.certificate, name="n", organization="o", list_address="http://x"
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SEAL_PKCS11_KEY", "other", "there is no such key"),
        ("SEAL_PKCS11_TOKEN", "other", "there is no such token"),
        ("SEAL_PKCS11_PIN_FILE", "/nowhere/pin", "PIN_FILE cannot be read"),
    ],
)
def test_what_is_wrong_is_said_at_the_start(in_token, name, value, words):
    restart()
    setattr(in_token, name, value)
    with pytest.raises(ImproperlyConfigured, match=words):
        keys.check_configured()


def test_a_wrong_pin_is_said(in_token):
    restart()
    Path(in_token.SEAL_PKCS11_PIN_FILE).write_text("0000")
    with pytest.raises(ImproperlyConfigured, match="the PIN is wrong"):
        keys.check_configured()
