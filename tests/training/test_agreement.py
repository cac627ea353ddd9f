"""The user agreement: put before each person in each agency, signed by nobody else, its completion the signature."""

import datetime as dt
import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.urls import reverse

from hmis_portal.models import AuditEvent, Message
from hmis_portal.signing.agreeing import consents, requests
from hmis_portal.signing.models import Consent, ConsentWithdrawal, Revision, SignatureAct
from hmis_portal.web.errors import WrongState
from tests.cast import KINDS
from tests.factories import PASSWORD
from tests.payloads import signature
from training import selectors, services
from training.models import Completion, UserAgreement
from training.papers import agreement

pytestmark = pytest.mark.django_db


def confirmed(client):
    """As after typing the password again a moment ago."""
    session = client.session
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session.save()
    return client


def url(cast, page="agreement"):
    return reverse(f"training:{page}", args=[cast.staff_row.pk])


def agree(client, cast):
    """Open the test file and type back its number, as the page asks before the file is shown."""
    party = requests.party(UserAgreement.objects.latest("pk").request, agreement.ROLE)
    number = consents.test_number(party)
    return client.post(url(cast, "agreement_consent"), {"number": number, "agree": "on"})


def answers(client, cast, **kwargs):
    agree(client, cast)
    sha256 = client.get(url(cast, "agreement_sign")).context["form"]["read_sha256"].value()
    return {"read": "on", "typed_name": "sasha  staff", "read_sha256": sha256, **kwargs}


def test_reading_signing_and_what_follows(to_sign, client_of):
    client = client_of(to_sign.staff)
    page = client.get(url(to_sign)).content.decode()
    assert "This agreement is between <strong>Sasha Staff</strong>" in page
    assert "I have read it" in page
    assert '<div class="agreement">' in page  # its points are lettered as in the file
    confirmed(client)
    assert client.post(
        url(to_sign, "agreement_sign"), answers(client, to_sign), REMOTE_ADDR="203.0.113.9"
    ).url == url(to_sign)
    act = SignatureAct.objects.get()
    assert (act.user, act.typed_name, act.ip) == (to_sign.staff, "sasha  staff", "203.0.113.9")
    done = Completion.objects.get()
    assert (done.source, done.staff, done.completed_at) == ("signature", to_sign.staff_row, act.signed_at)
    assert not hasattr(done, "certificate")
    event = AuditEvent.objects.get(verb="user agreement signed")
    assert (event.actor, event.ip, event.agency_id) == (to_sign.staff, "203.0.113.9", to_sign.agency.pk)
    item = selectors.agreement_item(to_sign.staff_row)
    assert item.status.in_force
    page = client.get(url(to_sign)).content.decode()
    assert "You signed this agreement" in page
    assert "Sealed" in page
    signed = Revision.objects.get(step="person")
    paper = client.get(
        reverse("training:agreement_pdf", args=[to_sign.staff_row.pk, signed.request.reference])
    )
    assert paper.content[: Revision.objects.get(step="certified").size].startswith(b"%PDF")
    assert len(paper.content) == signed.size
    assert "Signed agreement" in client.get("/training/").content.decode()
    receipt = Message.objects.get(name="training/agreement_signed")
    assert (receipt.user, receipt.status) == (to_sign.staff, Message.Status.SENT)
    assert receipt.documents.get() == signed.document
    assert signed.request.reference in receipt.body_text


def test_the_file_is_shown_once_the_test_file_was_really_opened(to_sign, client_of):
    client = client_of(to_sign.staff)
    assert client.get(url(to_sign, "agreement_sign")).url == url(to_sign, "agreement_consent")
    assert client.get(url(to_sign, "agreement_test_file")).content.startswith(b"%PDF")
    page = client.post(url(to_sign, "agreement_consent"), {"number": "1", "agree": "on"})
    assert "That is not the number in the test file" in page.text
    assert not Consent.objects.exists()
    assert agree(client, to_sign).url == url(to_sign, "agreement_sign")
    assert Consent.objects.get().test_file_opened
    assert client.get(url(to_sign, "agreement_sign")).status_code == 200


def test_consent_is_withdrawn_before_signing_and_what_is_signed_stays(to_sign, client_of):
    """As the disclosure says: nobody signs after the person, so the agreement is in force at once."""
    client = confirmed(client_of(to_sign.staff))
    agree(client, to_sign)
    consent = url(to_sign, "agreement_consent")
    assert f'href="{consent}">Withdraw my consent' in client.get(url(to_sign, "agreement_sign")).text
    assert "You withdrew your consent" in client.post(consent, {"withdraw": "yes"}, follow=True).text
    assert client.get(url(to_sign, "agreement_sign")).url == consent
    client.post(url(to_sign, "agreement_sign"), answers(client, to_sign))
    assert SignatureAct.objects.count() == 1
    client.post(consent, {"withdraw": "yes"})
    assert not ConsentWithdrawal.objects.filter(consent__acts__isnull=False).exists()
    assert selectors.agreement_item(to_sign.staff_row).status.in_force


def test_signing_asks_to_confirm_who_one_is_and_then_signs(to_sign, client_of):
    client = client_of(to_sign.staff)
    asked = client.post(url(to_sign, "agreement_sign"), answers(client, to_sign))
    assert asked.url.startswith("/accounts/reauthenticate/")
    assert not SignatureAct.objects.exists()
    assert client.post(asked.url, {"password": PASSWORD}).url == url(to_sign)
    assert SignatureAct.objects.count() == Completion.objects.count() == 1


def test_what_is_missing_is_said_and_nothing_is_signed(to_sign, client_of):
    client = confirmed(client_of(to_sign.staff))
    for change, words in (
        ({"typed_name": ""}, "Type your full name"),
        ({"typed_name": "x" * 151}, "Your full name must be 150 characters or fewer"),
        ({"typed_name": "Somebody Else"}, "exactly as it stands"),
        ({"read": ""}, "Check the box once you have read the whole agreement"),
    ):
        answer = client.post(url(to_sign, "agreement_sign"), answers(client, to_sign, **change))
        assert answer.status_code == 200
        assert words in answer.content.decode()
    assert not SignatureAct.objects.exists()
    assert not Completion.objects.exists()


def test_a_double_click_signs_once(to_sign, client_of):
    client = confirmed(client_of(to_sign.staff))
    data = answers(client, to_sign)
    for _ in range(2):
        answer = client.post(url(to_sign, "agreement_sign"), data, follow=True)
        assert answer.status_code == 200
    assert SignatureAct.objects.count() == Completion.objects.count() == 1


def test_a_file_that_changed_is_not_signed(to_sign, client_of):
    client = confirmed(client_of(to_sign.staff))
    answer = client.post(
        url(to_sign, "agreement_sign"), answers(client, to_sign, read_sha256="0" * 64), follow=True
    )
    assert b"changed since you opened it" in answer.content
    assert not SignatureAct.objects.exists()


def test_nobody_reads_or_signs_it_for_somebody_else(to_sign, client_of):
    for kind in ("director", "coordinator", "signatory", "admin", "trainer", "auditor", "stranger"):
        client = confirmed(client_of(to_sign.person(kind)))
        assert client.get(url(to_sign)).status_code == 404
        assert client.get(url(to_sign, "agreement_sign")).status_code == 404
        assert client.post(url(to_sign, "agreement_prepare")).status_code == 404


def test_who_may_open_the_file(to_sign, client_of):
    reference = UserAgreement.objects.get(staff=to_sign.staff_row).request.reference
    address = reverse("training:agreement_pdf", args=[to_sign.staff_row.pk, reference])
    for kind in KINDS[1:]:
        status = client_of(to_sign.person(kind)).get(address).status_code
        assert status == (404 if kind in {"signatory", "stranger"} else 200), kind


def test_a_newer_text_replaces_what_is_not_signed(to_sign, client_of):
    from hmis_portal.signing.agreeing import text_versions

    waiting = agreement.open_agreement(to_sign.staff_row)
    text = text_versions.current("user_agreement").body + "\n## 12. More {#more}\n\nOne more rule.\n"
    text_versions.publish(text_versions.save_draft("user_agreement", 2, text), by=None)
    assert agreement.open_agreement(to_sign.staff_row) is None
    assert b"Prepare the agreement" in client_of(to_sign.staff).get(url(to_sign)).content
    newer = services.prepare_agreement(to_sign.staff_row, by=to_sign.staff)
    assert newer != waiting
    assert newer.request.version.number == 2
    assert services.prepare_agreement(to_sign.staff_row, by=to_sign.staff) == newer
    given = signature(requests.party(waiting.request, agreement.ROLE))
    with pytest.raises(WrongState, match="newer text"):
        services.sign_agreement(waiting, by=to_sign.staff, signature=given)


def test_renewing_puts_the_text_before_the_person_again(to_sign, client_of, time_machine):
    client = confirmed(client_of(to_sign.staff))
    client.post(url(to_sign, "agreement_sign"), answers(client, to_sign))
    time_machine.move_to(dt.datetime.now(dt.UTC) + dt.timedelta(days=320))
    client = confirmed(client_of(to_sign.staff))
    assert b"Prepare the agreement" in client.get(url(to_sign)).content
    client.post(url(to_sign, "agreement_prepare"))
    client.post(url(to_sign, "agreement_sign"), answers(client, to_sign))
    assert Completion.objects.count() == 2
    assert selectors.agreement_item(to_sign.staff_row).status.state == "valid"


def test_without_a_requirement_there_is_nothing_to_prepare(cast, catalogue, client_of):
    answer = client_of(cast.staff).post(url(cast, "agreement_prepare"), follow=True)
    assert b"No user agreement is asked of you" in answer.content
    assert b"Nothing to sign yet" in client_of(cast.staff).get(url(cast)).content
