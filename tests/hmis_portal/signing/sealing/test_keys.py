"""The seal's keys: a new one each year, trust taken back, addresses that tell it, and files that stay what they are."""

import shutil
from datetime import timedelta

import pytest
import time_machine
from cryptography import x509
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from hmis_portal import documents
from hmis_portal.models import AuditEvent, PowerRequest
from hmis_portal.powers import asking
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.models import Revision, RevokedCertificate, SealJob, SealKey
from hmis_portal.signing.sealing import certificates, holding, keys, revocation
from hmis_portal.signing.verifying import findings
from hmis_portal.web.errors import WrongState
from onboarding.mou import verification
from tests.factories import UserFactory

LIST = "admin:signing_sealkey_changelist"


@pytest.fixture(autouse=True)
def same_keys_again(settings, tmp_path):
    """The test begins with the key that has sealed the memoranda of all tests; those that it adds end with it."""
    before = shutil.copytree(settings.SEAL_DIR, tmp_path / "seal")
    yield
    shutil.rmtree(settings.SEAL_DIR)
    shutil.copytree(before, settings.SEAL_DIR)


def crl_of(client, revision):
    certificate = x509.load_pem_x509_certificate(revision.certificate.encode())
    point = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value[0]
    address = point.full_name[0].value
    answer = client.get(address.removeprefix("http://localhost:8000"))
    assert answer.status_code == 200
    return x509.load_der_x509_crl(answer.content)


def test_a_new_key_is_added_and_earlier_files_and_their_list_stay(executed, issue, client):
    before = requests.final_pdf(executed)
    old = before.seal_key
    new = keys.rotate()
    old.refresh_from_db()
    assert old.retired_at is not None
    assert new.retired_at is None
    later = issue(reference="MOU-2026-TEST-0002").revisions.get()
    assert later.seal_key == new
    data = documents.read(before.document)
    assert holding.holds(data, before.position + 1)
    assert holding.holds(documents.read(later.document), later.position + 1)
    RevokedCertificate.objects.create(seal_key=old, serial=before.certificate_serial, reason="Made in error")
    for revision, listed in ((before, True), (later, False)):
        crl = crl_of(client, revision)
        issuer = x509.load_pem_x509_certificate(revision.seal_key.certificate.encode())
        assert crl.is_signature_valid(issuer.public_key())
        found = crl.get_revoked_certificate_by_serial_number(int(revision.certificate_serial, 16))
        assert bool(found) == listed


def test_a_signature_given_before_a_new_key_is_sealed_with_the_new_one(issue, sign):
    request = issue()
    first = request.revisions.get().seal_key
    keys.rotate()
    sign(requests.party(request, "agency"))
    revision = requests.latest_pdf(request)
    assert revision.step == "agency"
    assert revision.seal_key != first
    assert holding.holds(documents.read(revision.document), revision.position + 1)


def test_a_revoked_key_is_published_at_once_and_seals_nothing_more(executed, issue, client, commits):
    old = requests.final_pdf(executed).seal_key
    serial = int(old.serial, 16)
    root = x509.load_der_x509_certificate(client.get("/seal/root.crt").content)
    crl = x509.load_der_x509_crl(client.get("/seal/root.crl").content)
    assert crl.is_signature_valid(root.public_key())
    assert crl.get_revoked_certificate_by_serial_number(serial) is None
    revocation.revoke(old, reason="A laptop was lost")
    crl = x509.load_der_x509_crl(client.get("/seal/root.crl").content)
    assert crl.get_revoked_certificate_by_serial_number(serial) is not None
    with pytest.raises(keys.NoKeyError, match="revoked"):
        issue(reference="MOU-2026-TEST-0002")
    assert "revoked" in SealJob.objects.get(done_at=None).error
    assert Revision.objects.filter(request__reference="MOU-2026-TEST-0002").count() == 0
    keys.rotate()
    from hmis_portal.signing import tasks

    SealJob.objects.update(created_at=timezone.now() - timedelta(minutes=6), next_try_at=None)
    with commits():
        tasks.sweep()
    assert Revision.objects.get(request__reference="MOU-2026-TEST-0002").seal_key != old
    with pytest.raises(WrongState, match="revoked already"):
        revocation.revoke(old, reason="Again")


def test_a_file_sealed_before_its_key_was_revoked_is_still_the_one_recorded(executed, client):
    revision = requests.final_pdf(executed)
    revocation.revoke(revision.seal_key, reason="A laptop was lost")
    found = findings.look_up(documents.read(revision.document))
    verdict = verification.of_file(found)
    assert verdict.good
    (words,) = (value for label, value in verdict.facts if label == "Key of the seal")
    assert "revoked on" in words
    assert "sealed before" in words
    assert "laptop" not in words


def granted_by_another():
    asking.grant(PowerRequest.objects.get(), by=UserFactory(groups=("HMIS Admin",)))


def test_the_desk_page_makes_and_revokes_keys(executed, desk_of, cast):
    old = SealKey.objects.get()
    admin = desk_of("admin")
    page = admin.get(reverse(LIST))
    assert "Seals now" in page.text
    assert "Make a new key" in page.text
    assert "seals every file from now on" in admin.get(reverse("admin:signing_sealkey_rotate")).text
    admin.post(reverse("admin:signing_sealkey_rotate"))
    assert SealKey.objects.filter(retired_at=None).exclude(pk=old.pk).count() == 1
    assert AuditEvent.objects.filter(verb="made a new seal key", actor=cast.admin).exists()
    shown = admin.get(reverse("admin:signing_sealkey_change", args=[old.pk])).text
    assert "Revoke this key" in shown
    assert f"/seal/{old.serial}.crl" in shown
    revoke = reverse("admin:signing_sealkey_revoke", args=[old.pk])
    assert "Enter the reason" in admin.post(revoke, {"reason": ""}).text
    assert "Asked for" in admin.post(revoke, {"reason": "A laptop was lost"}, follow=True).text
    granted_by_another()
    assert "does not say so yet" not in admin.get(reverse("admin:index")).text  # the root's key is here
    old.refresh_from_db()
    assert old.revoked_because == "A laptop was lost"
    assert AuditEvent.objects.get(verb="revoked a seal key").reason == "A laptop was lost"
    assert "revoked already" in admin.post(revoke, {"reason": "Again"}, follow=True).text


@pytest.mark.parametrize("kind", ["auditor", "lead"])
def test_others_read_the_keys_and_change_none(executed, desk_of, kind):
    key = SealKey.objects.get()
    client = desk_of(kind)
    assert client.get(reverse(LIST)).status_code == 200
    assert client.post(reverse("admin:signing_sealkey_rotate")).status_code == 403
    assert (
        client.post(reverse("admin:signing_sealkey_revoke", args=[key.pk]), {"reason": "x"}).status_code
        == 403
    )
    assert SealKey.objects.get().revoked_at is None


def test_the_desk_warns_in_the_last_sixty_days(executed, desk_of):
    admin = desk_of("admin")
    assert "to be replaced by" not in admin.get(reverse("admin:index")).text
    key = SealKey.objects.get()
    SealKey.objects.update(active_from=timezone.now() - timedelta(days=310))
    assert "The seal key is to be replaced by" in admin.get(reverse("admin:index")).text
    assert "to be replaced" not in desk_of("auditor").get(reverse("admin:index")).text
    SealKey.objects.update(active_from=timezone.now() - timedelta(days=400))
    assert "The seal key was to be replaced by" in admin.get(reverse("admin:index")).text
    revocation.revoke(key, reason="Lost")
    assert "files wait to be sealed" in admin.get(reverse("admin:index")).text


def test_keys_from_files_the_first_seals_and_the_earlier_ones_sign_their_lists(
    settings, tmp_path, issue, client, desk_of
):
    root, first, second = (tmp_path / name for name in ("root.pem", "first.pem", "second.pem"))
    call_command("portal", "seal_root", str(root))
    call_command("portal", "seal_key", str(root), str(first))
    call_command("portal", "seal_key", str(root), str(second))
    assert root.stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("portal", "seal_key", str(root), str(first))
    settings.SEAL_CA_FILES = [str(first)]
    before = issue().revisions.get()
    assert not before.seal_key.development
    settings.SEAL_CA_FILES = [str(second), str(first)]
    after = issue(reference="MOU-2026-TEST-0002").revisions.get()
    assert after.seal_key != before.seal_key
    assert holding.holds(documents.read(before.document), before.position + 1)
    for revision in (before, after):
        issuer = certificates.from_pem(revision.seal_key.certificate)
        assert crl_of(client, revision).is_signature_valid(issuer.public_key())
    # The root's key is elsewhere: its list came with the newest key, and answers from the first day.
    own = x509.load_pem_x509_certificate(root.read_bytes())
    listed = x509.load_der_x509_crl(client.get("/seal/root.crl").content)
    assert listed.is_signature_valid(own.public_key())
    assert len(listed) == 0
    assert listed.next_update_utc > timezone.now() + timedelta(days=365)
    page = desk_of("admin").get(reverse("admin:signing_sealkey_rotate"))
    assert "manage.py portal seal_key" in page.text
    admin, not_yet = desk_of("admin"), "the published list does not say so yet"
    assert not_yet not in admin.get(reverse("admin:index")).text
    revoke = reverse("admin:signing_sealkey_revoke", args=[before.seal_key.pk])
    admin.post(revoke, {"reason": "Lost"})
    granted_by_another()
    assert not_yet in admin.get(reverse("admin:index")).text
    assert "portal seal_revocations ROOT.pem" in admin.get(reverse("admin:index")).text
    assert not_yet not in desk_of("auditor").get(reverse("admin:index")).text
    call_command("portal", "seal_revocations", str(root))
    assert not_yet not in admin.get(reverse("admin:index")).text
    crl = x509.load_der_x509_crl(client.get("/seal/root.crl").content)
    assert crl.get_revoked_certificate_by_serial_number(int(before.seal_key.serial, 16)) is not None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read: No such file"),
        ("nonsense", "holds no sealing key that can be read"),
        ("key alone", "holds no certificate for its own key"),
    ],
)
def test_a_key_that_cannot_be_used_stops_the_start_with_a_sentence(settings, tmp_path, content, words):
    path = tmp_path / "seal.pem"
    if content == "key alone":
        content = keys.new_root_file().partition("-----BEGIN CERTIFICATE")[0]
    if content is not None:
        path.write_text(content)
    settings.SEAL_CA_FILES = [str(path)]
    with pytest.raises(ImproperlyConfigured, match=words):
        keys.check_configured()


def test_no_key_outside_development(settings):
    settings.TESTING = settings.DEBUG = False
    with pytest.raises(ImproperlyConfigured, match="PORTAL_SEAL_CA_FILE is not set: set it to the PEM file"):
        keys.check_configured()


def test_a_key_is_used_for_a_year_and_no_longer_than_its_certificate(executed):
    key = SealKey.objects.get()
    assert key.use_until == key.active_from + timedelta(days=365)
    with time_machine.travel(key.use_until - timedelta(days=59)):
        assert key.ends_soon
    with time_machine.travel(key.use_until - timedelta(days=61)):
        assert not key.ends_soon
