"""Who signs an MOU shows more than a password: a code of the app, a passkey, or a code sent to the account's address."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail as outbox
from django.core.cache import cache
from django.urls import reverse

from hmis_portal.mail import CODE_PLACEHOLDER
from hmis_portal.models import Message
from hmis_portal.signing.agreeing import completion_certificate
from hmis_portal.signing.models import SignatureAct, SigningEvent
from hmis_portal.web.errors import GuardFailed
from onboarding.mou import agreement
from onboarding.services import perform
from onboarding.workflow import MouVerb
from tests import payloads
from tests.cast import confirm_again
from tests.hmis_portal.signing.agreeing.authenticator import Passkey
from tests.onboarding.mou.helpers import consent_and_read, mou_url, signature

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _whoever_signs_is_asked(settings):
    settings.SIGNING_SECOND_FACTOR = True
    cache.clear()


@pytest.fixture
def signer(cast, issued, client_of):
    """The signatory's browser, everything read and the password just typed again."""
    client = client_of(cast.signatory)
    consent_and_read(client, cast, issued)
    return confirm_again(client, cast.signatory)


def code_in(letter):
    found = re.search(r"\b\d{6}\b", str(letter.body))
    assert found
    return found[0]


def test_a_code_by_email_where_there_is_neither_app_nor_passkey(signer, cast, issued):
    form = signature(issued)
    assert (
        f"a code that we send to {cast.signatory.email}" in signer.get(mou_url("sign", cast)).content.decode()
    )
    asked = signer.post(mou_url("sign", cast), form)
    assert "Nothing is signed yet." in asked.content.decode()
    assert not SignatureAct.objects.exists()
    letter = outbox.outbox[-1]
    assert (letter.to, letter.subject) == ([cast.signatory.email], "Your code to sign")
    again = dict(asked.context["again"])
    done = signer.post(mou_url("sign", cast), {**again, "email_code": code_in(letter)})
    assert done["Location"] == mou_url("mou", cast)
    act = SignatureAct.objects.get()
    assert (act.factor, act.method, act.factor_at >= act.authenticated_at) == ("email", "typed", True)
    assert "; code sent by e-mail to the address of the account, on " in completion_certificate.identified_by(
        act
    )
    event = SigningEvent.objects.get(kind="signed:agency")
    assert (event.data["factor"], event.data["account"]) == ("email", cast.signatory.email)


def test_the_log_has_no_working_code(signer, cast, issued):
    signer.post(mou_url("sign", cast), signature(issued))
    logged = Message.objects.get(name="account/signing_code")
    assert CODE_PLACEHOLDER in logged.body_text
    assert code_in(outbox.outbox[-1]) not in logged.body_text + logged.body_html + str(dict(signer.session))


def test_a_wrong_code_signs_nothing_and_a_new_one_takes_the_place_of_the_first(signer, cast, issued):
    form = signature(issued)
    signer.post(mou_url("sign", cast), form)
    first = code_in(outbox.outbox[-1])
    wrong = signer.post(mou_url("sign", cast), {**form, "email_code": f"{(int(first) + 1) % 10**6:06}"})
    assert wrong.status_code == 422
    assert "The code is not right." in wrong.content.decode()
    signer.post(mou_url("sign", cast), {**form, "way": "new_code"})
    second = code_in(outbox.outbox[-1])
    signer.post(mou_url("sign", cast), {**form, "email_code": first})
    assert first == second or not SignatureAct.objects.exists()
    signer.post(mou_url("sign", cast), {**form, "email_code": f" {second[:3]} {second[3:]} "})
    assert SignatureAct.objects.exists()


def test_guessing_is_held_back(signer, cast, issued):
    form = signature(issued)
    signer.post(mou_url("sign", cast), form)
    right = code_in(outbox.outbox[-1])
    for guess in range(11):
        answer = signer.post(
            mou_url("sign", cast), {**form, "email_code": f"{(int(right) + 1 + guess) % 10**6:06}"}
        )
    assert answer.status_code == 429
    assert signer.post(mou_url("sign", cast), {**form, "email_code": right}).status_code == 429
    assert not SignatureAct.objects.exists()


def test_codes_are_not_sent_without_end(signer, cast, issued):
    form = signature(issued)
    for _time in range(6):
        answer = signer.post(mou_url("sign", cast), {**form, "way": "new_code"})
    assert answer.status_code == 429
    assert len([one for one in outbox.outbox if one.subject == "Your code to sign"]) == 5


def test_who_has_an_app_enters_its_code(signer, cast, issued):
    Authenticator.objects.create(user=cast.signatory, type="totp", data={"secret": "x"})
    form = signature(issued)
    assert "a code of your authenticator app" in signer.get(mou_url("sign", cast)).content.decode()
    answer = signer.post(mou_url("sign", cast), form)
    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    session = confirm_again(signer, cast.signatory, "mfa").session
    session["account_authentication_methods"][-1]["type"] = "totp"
    session.save()
    signer.post(mou_url("sign", cast), form)
    act = SignatureAct.objects.get()
    assert act.factor == "totp"
    assert "; code of the authenticator app, on " in completion_certificate.identified_by(act)


def test_who_has_a_passkey_alone_signs_with_it(signer, cast, issued):
    Passkey(cast.signatory)
    answer = signer.post(mou_url("sign", cast), {**signature(issued), "way": "password"})
    assert "Sign with your passkey" in answer.content.decode()
    assert "Use your password instead" not in answer.content.decode()
    assert not SignatureAct.objects.exists()


def test_the_act_itself_asks_for_it(signer, cast, issued):
    party = agreement.agency_party(issued)
    with pytest.raises(GuardFailed, match="with a second factor"):
        perform(issued, MouVerb.SIGN, by=cast.signatory, payload=payloads.signature(party))


def test_without_the_setting_nothing_more_is_asked(signer, cast, issued, settings):
    settings.SIGNING_SECOND_FACTOR = False
    signer.post(mou_url("sign", cast), signature(issued))
    act = SignatureAct.objects.get()
    assert (act.factor, act.factor_at) == ("", None)
