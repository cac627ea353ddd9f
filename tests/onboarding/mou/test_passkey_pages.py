"""One way to sign with a passkey on all three pages: the agency's MOU, the counter-signature, the user agreement."""

import datetime as dt
import json
import subprocess

from django.urls import reverse
from fido2.utils import websafe_decode

from agencies.services import leavers
from hmis_portal import documents
from hmis_portal.signing.agreeing import consents, requests
from hmis_portal.signing.agreeing.evidence import passkeys
from hmis_portal.signing.models import SignatureAct
from onboarding.mou.party import LEAD
from tests.hmis_portal.signing.agreeing.authenticator import Passkey
from tests.onboarding.mou.helpers import (
    asked,
    consent_and_read,
    counter_sign_form,
    counter_sign_url,
    lead_client,
    mou_url,
    signature,
)
from training import services as training
from training.models import UserAgreement


def sign_with(client, url, form, key, **cheat):
    """Press “Sign”, then answer with the passkey; returns the page after."""
    question, again = asked(client.post(url, form))
    assert question["allowCredentials"][0]["id"]
    assert question["userVerification"] == "required"
    again["assertion"] = json.dumps(key.answer(question["challenge"], **cheat))
    return client.post(url, again), again


def test_the_signatory_signs_the_mou(cast, issued, client_of):
    client, key = client_of(cast.signatory), Passkey(cast.signatory)
    consent_and_read(client, cast, issued)
    assert "Next you sign with your passkey" in client.get(mou_url("sign", cast)).text
    form = signature(issued, title="Treasurer")
    answer, sent = sign_with(client, mou_url("sign", cast), form, key)
    assert answer.status_code == 302
    act = SignatureAct.objects.get()
    assert (act.method, act.title) == (SignatureAct.Method.PASSKEY, "Treasurer")
    assert passkeys.holds(act)
    client.post(mou_url("sign", cast), sent)  # the back button and the same answer again
    assert SignatureAct.objects.count() == 1


def test_an_answer_counts_once_and_a_wrong_one_signs_nothing(cast, issued, client_of):
    client, key = client_of(cast.signatory), Passkey(cast.signatory)
    consent_and_read(client, cast, issued)
    url = mou_url("sign", cast)
    page, sent = sign_with(client, url, signature(issued), key, origin="https://evil.example")
    assert "Your passkey did not confirm this document" in page.text
    assert 'value="sidney  SIGNATORY"' in page.text  # what was typed is still there
    asked(client.post(url, sent))  # the question is used up: a new one is asked
    question, again = asked(client.post(url, signature(issued)))
    again["assertion"] = json.dumps(key.answer(question["challenge"]))
    again["title"] = "Somebody with more power"  # changed between display and signature
    assert "changed since you opened it" in client.post(url, again, follow=True).text
    again["assertion"] = "not json"
    _question, again = asked(client.post(url, again))
    again["assertion"] = "[" * 100_000  # deeper than any parser goes
    assert "Your passkey did not confirm this document" in client.post(url, again).text
    assert not SignatureAct.objects.exists()


def test_the_password_stays_a_way(cast, issued, client_of):
    client, _key = client_of(cast.signatory), Passkey(cast.signatory)
    consent_and_read(client, cast, issued)
    _question, again = asked(client.post(mou_url("sign", cast), signature(issued)))
    answer = client.post(mou_url("sign", cast), {**again, "way": "password"})
    assert answer.url.startswith(reverse("account_reauthenticate"))


def test_the_lead_counter_signs_and_the_certificate_tells_it(cast, signed, approved, client_of, tmp_path):
    client, key = lead_client(client_of, cast), Passkey(cast.lead)
    answer, _sent = sign_with(client, counter_sign_url(signed), counter_sign_form(signed), key)
    assert answer.status_code == 302
    act = SignatureAct.objects.get(party=requests.party(signed.request, LEAD))
    assert act.method == SignatureAct.Method.PASSKEY
    assert passkeys.holds(act)
    file = tmp_path / "certificate.pdf"
    file.write_bytes(documents.read(signed.request.certificate.document))
    words = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert "passkey “Desk key”" in " ".join(words.split())
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(file)], check=True)
    (kept,) = (
        one for one in json.loads((tmp_path / "events.json").read_text())["statements"] if one["passkey"]
    )
    said = json.loads(websafe_decode(kept["passkey"]["client_data"]))
    assert websafe_decode(said["challenge"]).hex() == kept["sha256"]


def test_a_staff_member_signs_the_user_agreement(cast, catalogue, commits, client_of):
    leavers.report_leaver(staff=cast.coordinator_row, by=None, last_day=dt.date(2026, 1, 5))
    with commits():
        training.open_training(cast.agency, cast.lead)
    client, key = client_of(cast.staff), Passkey(cast.staff)
    url = reverse("training:agreement_sign", args=[cast.staff_row.pk])
    party = requests.party(UserAgreement.objects.get(staff=cast.staff_row).request, "person")
    consented = {"number": consents.test_number(party), "agree": "on"}
    client.post(reverse("training:agreement_consent", args=[cast.staff_row.pk]), consented)
    sha256 = client.get(url).context["form"]["read_sha256"].value()
    form = {"read": "on", "typed_name": "Sasha Staff", "read_sha256": sha256}
    answer, _sent = sign_with(client, url, form, key)
    assert answer.status_code == 302
    assert SignatureAct.objects.get().method == SignatureAct.Method.PASSKEY
