"""The Lead signatory sees the agency's act verified, counter-signs, and both sides get the executed PDF."""

import re
import subprocess

import pgtrigger
import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from hmis_portal import documents
from hmis_portal.models import AuditEvent
from hmis_portal.signing.agreeing import consents, requests, text_versions
from hmis_portal.signing.models import Consent, Revision, SignatureAct
from onboarding.models import Application, Mou
from onboarding.mou import publishing
from onboarding.mou.party import LEAD
from tests.cast import remember_second_factor
from tests.onboarding.mou.helpers import confirm_again, counter_sign_form, counter_sign_url, lead_client


def test_the_lead_counter_signs_and_both_sides_get_the_file(cast, signed, approved, client_of, tmp_path):
    client = lead_client(client_of, cast)
    page = client.get(counter_sign_url(signed))
    assert page.status_code == 200
    assert "Sidney Signatory" in page.text
    assert page.text.count(">Valid<") == 4  # the stored bytes, two seals, the record of the act
    assert "Not checked</span> No register file is loaded" in page.text
    mail.outbox.clear()
    assert client.post(counter_sign_url(signed), counter_sign_form(signed)).status_code == 302
    signed.refresh_from_db()
    assert signed.state == Mou.State.EXECUTED
    assert signed.term_ends_on > timezone.localdate()
    revision = requests.final_pdf(signed.request)
    file = tmp_path / "executed.pdf"
    file.write_bytes(documents.read(revision.document))
    report = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
    assert report.count("Signature is Valid.") == 3  # the portal's certification and both sides
    assert "Total document signed" in report
    with_file = {message.to[0] for message in mail.outbox if message.attachments}
    assert with_file == {cast.signatory.email, cast.director.email, cast.lead.email}


def test_the_lead_opens_the_test_file_and_consents_before_the_file_is_shown(
    cast, signed, approved, client_of, files_wait
):
    client = lead_client(client_of, cast, agreed=False)
    url = reverse("admin:onboarding_mou_consent", args=[signed.pk])
    assert client.get(counter_sign_url(signed)).url == url
    assert "Open the test file" in client.get(url).text
    test_file = reverse("admin:onboarding_mou_test_file", args=[signed.pk])
    assert client.get(test_file).content.startswith(b"%PDF")
    assert "not the number" in client.post(url, {"number": "1", "agree": "on"}).text
    assert not Consent.objects.filter(user=cast.lead).exists()
    number = consents.test_number(requests.party(signed.request, LEAD))
    assert client.post(url, {"number": number, "agree": "on"}).url == counter_sign_url(signed)
    given = Consent.objects.get(user=cast.lead)
    assert given.test_file_opened
    assert client.get(counter_sign_url(signed)).status_code == 200
    client.post(counter_sign_url(signed), counter_sign_form(signed))
    assert SignatureAct.objects.get(user=cast.lead).consent == given
    for kind in ("admin", "auditor", "trainer"):
        other = client_of(cast.person(kind))
        remember_second_factor(other, cast.person(kind))
        assert other.get(url).status_code == other.get(test_file).status_code == 403, kind


def test_after_counter_signing_the_lead_sees_what_happened_and_what_comes_next(
    cast, signed, approved, client_of
):
    client = lead_client(client_of, cast)
    executed = reverse("admin:onboarding_mou_executed", args=[signed.pk])
    assert client.get(executed).status_code == 302  # not yet
    page = client.post(counter_sign_url(signed), counter_sign_form(signed), follow=True)
    assert page.redirect_chain[-1][0] == executed
    for words in (
        "The MOU is executed",
        signed.reference,
        "What happens next",
        "Executed MOU, signed by both sides",
    ):
        assert words in page.text
    assert client.get(executed).status_code == 200  # it can be opened again


def test_not_before_the_application_is_approved(cast, signed, client_of):
    answer = lead_client(client_of, cast).post(counter_sign_url(signed), counter_sign_form(signed))
    assert answer.status_code == 422
    assert "must be approved before" in answer.text
    assert Mou.objects.get().state == Mou.State.SIGNED


def test_twice_is_told_and_done_once(cast, signed, approved, client_of):
    client = lead_client(client_of, cast)
    form = counter_sign_form(signed)
    client.post(counter_sign_url(signed), form)
    assert client.post(counter_sign_url(signed), form).status_code == 302
    assert signed.request.revisions.count() == 3


@pytest.mark.parametrize("kind", ["admin", "auditor", "trainer", "director"])
def test_only_the_lead_signatory(cast, signed, approved, client_of, kind):
    """Each has confirmed that it is them a moment ago, so that it is the right to sign that is missing."""

    person = cast.person(kind)
    client = client_of(person)
    if person.is_staff:
        remember_second_factor(client, person)
    confirm_again(client, person)
    answer = client.post(counter_sign_url(signed), counter_sign_form(signed))
    if person.is_staff:
        assert answer.status_code == 403
    else:  # the admin site shows others its own sign-in
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("admin:login"))
    assert Mou.objects.get().state == Mou.State.SIGNED
    assert not SignatureAct.objects.filter(user=person).exists()


@pytest.mark.parametrize("kind", ["admin", "lead", "auditor"])
def test_what_the_desk_offers_with_an_mou_opens_for_whoever_sees_it(cast, signed, approved, client_of, kind):
    client = client_of(cast.person(kind))
    page = client.get(reverse("admin:onboarding_mou_change", args=[signed.pk])).text
    offered = re.findall(r'href="(/admin/onboarding/mou/[^"]+/(?:counter-sign|[a-z_]+/act)/)"', page)
    assert [one for one in offered if client.get(one).status_code not in (200, 302)] == []
    assert any("counter-sign" in one for one in offered)
    assert any("refuse" in one for one in offered) == (kind == "lead")
    assert any("void" in one for one in offered) == (kind == "admin")


def test_the_lead_refuses_with_a_reason(cast, signed, approved, client_of):
    url = reverse("admin:onboarding_mou_verb", args=[signed.pk, "refuse"])
    client = lead_client(client_of, cast)
    assert client.post(url, {"reason": ""}).status_code == 422
    client.post(url, {"reason": "The wrong person signed."})
    signed.refresh_from_db()
    assert (signed.state, signed.void_kind) == (Mou.State.VOIDED, Mou.VoidKind.REFUSED)
    approved.refresh_from_db()
    assert approved.state == Application.State.CHANGES


def test_the_bundle_proves_the_mou_without_the_portal(cast, signed, approved, client_of, tmp_path):
    import io
    import zipfile

    from django.core.management import call_command

    url = reverse("onboarding:mou_bundle", args=[cast.agency.pk, signed.pk])
    assert client_of(cast.director).get(url).status_code == 303  # not executed yet
    client = lead_client(client_of, cast)
    client.post(counter_sign_url(signed), counter_sign_form(signed))
    answer = client_of(cast.director).get(url)
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    archive.extractall(tmp_path)
    done = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS.txt"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert requests.final_pdf(signed.request).sha256 in (tmp_path / "HOW TO CHECK.txt").read_text()
    call_command("export_mou", signed.reference, output=tmp_path / "x.zip")
    assert (tmp_path / "x.zip").read_bytes() == answer.content
    assert client_of(cast.stranger).get(url).status_code == 404
    page = client_of(cast.director).get(reverse("onboarding:mou", args=[cast.agency.pk])).text
    assert "Certificate of completion" in page
    for address in re.findall(
        r'href="(/agencies/[^"]+/mou/[^"]+\.(?:pdf|zip))"', page
    ):  # each file that is offered
        assert client_of(cast.director).get(address).status_code == 200, address


def test_a_newer_text_leaves_a_signed_mou_good_to_counter_sign_and_an_executed_one_in_force(
    cast, signed, approved, client_of, files_wait
):
    body = text_versions.current("mou").body.replace("There is no fee", "There is still no fee")
    publishing.publish(text_versions.save_draft("mou", 2, body), by=cast.admin)
    signed.refresh_from_db()
    assert signed.state == Mou.State.SIGNED
    lead_client(client_of, cast).post(counter_sign_url(signed), counter_sign_form(signed))
    signed.refresh_from_db()
    assert (signed.state, signed.request.version.number, signed.is_in_force) == (Mou.State.EXECUTED, 1, True)
    publishing.publish(
        text_versions.save_draft("mou", 3, body.replace("still no fee", "no fee")), by=cast.admin
    )
    signed.refresh_from_db()
    assert signed.is_in_force


def _damaged_file(mou):
    with open(default_storage.path(requests.latest_pdf(mou.request).document.path), "ab") as file:
        file.write(b"x")


def _missing_file(mou):
    default_storage.delete(requests.latest_pdf(mou.request).document.path)


def _rewritten_statement(mou):
    with pgtrigger.ignore("signing.SignatureAct:append_only"):
        SignatureAct.objects.update(statement='{"statement":"I do not sign"}')


def _broken_seal(mou):
    """A file whose seal does not hold, kept as if it were the one that was made: no hash tells, the seal does."""
    revision = requests.latest_pdf(mou.request)
    data = documents.read(revision.document)
    at = data.rindex(b"/ByteRange")
    broken = documents.store(
        data[:at].replace(b"/Producer", b"/producer") + data[at:], content_type="application/pdf"
    )
    assert broken.sha256 != revision.sha256
    with pgtrigger.ignore("signing.Revision:append_only"):
        Revision.objects.filter(pk=revision.pk).update(document=broken, sha256=broken.sha256)


@pytest.mark.parametrize(
    ("harm", "words", "advice"),
    [
        (_damaged_file, "The stored file is no longer the one that was sealed.", "from the backup."),
        (_missing_file, "The stored file is gone.", "from the backup."),
        (_rewritten_statement, "The record of the signature of Sidney Signatory was changed.", "the backup."),
        (_broken_seal, "does not hold.", "void it, so that it is issued anew"),
    ],
)
def test_nobody_counter_signs_what_no_longer_holds(cast, signed, approved, client_of, harm, words, advice):
    client = lead_client(client_of, cast)
    harm(signed)
    page = client.get(counter_sign_url(signed))
    assert page.status_code == 200
    assert words in page.text
    assert advice in page.text
    assert "You cannot counter-sign this" in page.text
    assert 'name="typed_name"' not in page.text
    assert reverse("admin:onboarding_mou_verb", args=[signed.pk, "refuse"]) in page.text
    answer = client.post(counter_sign_url(signed), counter_sign_form(signed))
    assert answer.status_code == 422
    assert f"{words} It cannot be signed." in answer.text
    assert ("backup." in answer.text) == ("backup" in advice)
    assert Mou.objects.get().state == Mou.State.SIGNED
    assert SignatureAct.objects.count() == 1


def test_a_storage_that_is_away_is_not_called_damage_and_nobody_signs_blindly(
    cast, signed, approved, client_of, storage_away
):
    client = lead_client(client_of, cast)
    with storage_away():
        page = client.get(counter_sign_url(signed))
        assert "The stored file cannot be read right now." in page.text
        assert "You cannot counter-sign right now" in page.text
        assert "backup" not in page.text
        answer = client.post(counter_sign_url(signed), counter_sign_form(signed))
        assert "Try again in a few minutes." in answer.text
        assert "backup" not in answer.text
        file = reverse("onboarding:mou_file", args=[cast.agency.pk, signed.pk, "agency"])
        answer = client_of(cast.director).get(file)
        assert answer.status_code == 503
        assert "Documents cannot be opened or saved right now" in answer.text
        assert "The documents in it are as they were" in answer.text
    assert not AuditEvent.objects.filter(verb__startswith="document_").exists()
    assert "You cannot counter-sign" not in client.get(counter_sign_url(signed)).text


def test_a_damaged_file_is_a_clear_page_and_stands_on_the_desk(cast, signed, client_of):
    _damaged_file(signed)
    file = reverse("onboarding:mou_file", args=[cast.agency.pk, signed.pk, "agency"])
    for _time in range(2):
        answer = client_of(cast.director).get(file)
        assert answer.status_code == 503
        assert "This document cannot be opened" in answer.text
    admin = client_of(cast.admin)
    remember_second_factor(admin, cast.admin)
    assert "found 1 record that is no longer as it was kept" in admin.get(reverse("admin:index")).text
    assert AuditEvent.objects.filter(verb="document_damaged").count() == 1
