"""The MOU from naming the signatory to the agency's signature, as each person meets it."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from agencies import permissions
from agencies.models import AgencyRole
from hmis_portal.models import AuditEvent, Message
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.models import Consent, Revision, SealJob, SignatureAct
from hmis_portal.text.words import datetime_words
from onboarding.models import Mou
from onboarding.mou import agreement
from tests.onboarding.mou.helpers import (
    SIGNER,
    confirm_again,
    consent_and_read,
    consent_on_page,
    mou_url,
    read_on_page,
    signature,
)


def test_anyone_reads_the_current_text_and_its_pdf(client, texts):
    page = client.get(reverse("onboarding:mou_current"))
    assert page.status_code == 200
    assert "Data entry and quality" in page.text
    assert page.text.count("<li id=") == 32
    address = reverse("onboarding:mou_current_clause", args=["data-quality"])
    assert f'href="{address}"' in page.text
    clause = client.get(address).text
    assert "[your agency]" in client.get(reverse("onboarding:mou_current_clause", args=["parties"])).text
    assert "Clause 11 of 32" in clause
    assert "10. The Agency enters timely and accurate data" in clause  # before
    assert "12. People the Agency names" in clause  # after
    assert "data quality report at least once a month" in clause
    assert (
        client.get(reverse("onboarding:mou_current_clause", args=["clause-11"])).text.count("once a month")
        == 1
    )
    assert client.get(reverse("onboarding:mou_current_clause", args=["clause-33"])).status_code == 404
    assert client.get(reverse("onboarding:mou_current_text")).text.count('class="clause"') == 32
    pdf = client.get(reverse("onboarding:mou_current_pdf"))
    assert pdf.status_code == 200
    assert pdf.content.startswith(b"%PDF-1.7")


def test_a_manager_names_the_signatory_and_the_mou_is_issued(cast, issued):
    assert issued.state == Mou.State.ISSUED
    assert issued.signatory == cast.signatory
    assert Revision.objects.get(request=issued.request).step == "certified"
    assert AuditEvent.objects.get(verb="issue").target_id == str(issued.pk)
    assert [message.to for message in mail.outbox] == [["signatory@harbor.example"]]


def test_a_person_new_to_the_portal_is_invited_by_the_same_mail(cast, texts, client_of, files_wait):
    client_of(cast.director).post(mou_url("name_signatory", cast), {**SIGNER, "email": "new@harbor.example"})
    (message,) = mail.outbox
    assert message.to == ["new@harbor.example"]
    assert "/invitations/" in message.body


def test_a_manager_may_sign_as_well(cast, texts, client_of, files_wait):
    client_of(cast.director).post(mou_url("name_signatory", cast), {**SIGNER, "who": "me"})
    assert Mou.objects.get().signatory == cast.director
    assert permissions.is_signatory(cast.director, cast.agency)


def test_what_is_missing_is_asked_for_and_what_was_typed_stays(cast, texts, client_of):
    page = client_of(cast.director).post(
        mou_url("name_signatory", cast), {**SIGNER, "authority": "", "last_name": ""}
    )
    assert page.status_code == 200
    assert "Enter the signatory’s last name" in page.text
    assert 'value="signatory@harbor.example"' in page.text
    assert not Mou.objects.exists()


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("coordinator", 403),
        ("signatory", 403),
        ("stranger", 404),
        ("staff", 404),
        ("trainer", 404),
        ("admin", 403),
    ],
)
def test_only_a_manager_names_the_signatory(cast, texts, client_of, kind, status):
    assert client_of(cast.person(kind)).get(mou_url("name_signatory", cast)).status_code == status


def test_a_second_naming_while_it_waits_replaces_the_person(cast, issued, client_of):
    client_of(cast.director).post(mou_url("name_signatory", cast), {**SIGNER, "who": "me"})
    mou = Mou.objects.get()
    assert mou.signatory == cast.director
    assert client_of(cast.signatory).get(mou_url("mou", cast)).status_code == 404


def test_the_signatory_consents_reads_and_signs(cast, issued, client_of):
    client = client_of(cast.signatory)
    assert client.get(mou_url("sign", cast)).url == mou_url("consent", cast)
    assert client.get(mou_url("test_file", cast)).content.startswith(b"%PDF")
    assert consent_on_page(client, cast, issued).url == mou_url("sign", cast)
    assert client.get(mou_url("sign", cast)).url == mou_url("read_mou", cast)
    read_on_page(client, cast, issued)
    page = client.get(mou_url("sign", cast))
    assert requests.to_read(agreement.agency_party(issued)).sha256 in page.text
    confirm_again(client, cast.signatory)
    answer = client.post(
        mou_url("sign", cast), signature(issued), HTTP_USER_AGENT="Firefox", REMOTE_ADDR="192.0.2.9"
    )
    assert answer.url == mou_url("mou", cast)
    issued.refresh_from_db()
    act = SignatureAct.objects.get()
    assert issued.state == Mou.State.SIGNED
    assert (act.ip, act.browser, act.user) == ("192.0.2.9", "Firefox", cast.signatory)
    assert act.signed_at == issued.signed_at
    assert [row.step for row in issued.request.revisions.all()] == ["certified", "agency"]
    assert Consent.objects.get().test_file_opened
    receipt = Message.objects.get(name="onboarding/mou_receipt")
    assert (receipt.user, receipt.status) == (cast.signatory, Message.Status.SENT)
    assert receipt.documents.get() == issued.request.revisions.get(step="agency").document
    assert datetime_words(act.signed_at) in receipt.body_text
    assert "Harbor House, Inc." in receipt.body_text


def test_a_signature_asks_for_the_password_again(cast, issued, client_of, files_wait):
    client = client_of(cast.signatory)
    consent_and_read(client, cast, issued)
    answer = client.post(mou_url("sign", cast), signature(issued))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert not SignatureAct.objects.exists()
    cast.signatory.set_password("a-long-password-indeed")
    cast.signatory.save()
    client.force_login(cast.signatory, backend="allauth.account.auth_backends.AuthenticationBackend")
    consent_and_read(client, cast, issued)
    answer = client.post(mou_url("sign", cast), signature(issued))
    client.post(answer.url, {"password": "a-long-password-indeed"})
    assert SignatureAct.objects.get().authenticated_at is not None


def test_a_double_click_signs_once(cast, issued, client_of, files_wait):
    client = client_of(cast.signatory)
    consent_and_read(client, cast, issued)
    confirm_again(client, cast.signatory)
    form = signature(issued)
    client.post(mou_url("sign", cast), form)
    answer = client.post(mou_url("sign", cast), form)
    assert answer.status_code == 303
    assert SignatureAct.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"typed_name": "Other Person"},
        {"legal_name": ""},
        {"legal_name": "Sidney B. Signatory"},
        {"authorized": ""},
    ],
)
def test_a_signature_that_lacks_something_is_not_given(cast, issued, client_of, changes):
    client = client_of(cast.signatory)
    consent_and_read(client, cast, issued)
    confirm_again(client, cast.signatory)
    page = client.post(mou_url("sign", cast), signature(issued, **changes))
    assert page.status_code == 200
    assert "There is a problem" in page.text
    assert not SignatureAct.objects.exists()


def test_nobody_else_may_sign(cast, issued, client_of):
    for kind, status in (("director", 403), ("admin", 403), ("stranger", 404), ("visitor", 302)):
        client = client_of(cast.person(kind) if kind != "visitor" else None)
        assert client.get(mou_url("sign", cast)).status_code == status, kind


def test_the_wrong_number_of_the_test_file_is_told(cast, issued, client_of):
    page = client_of(cast.signatory).post(mou_url("consent", cast), {"number": "1", "agree": "on"})
    assert "That is not the number in the test file" in page.text
    assert not Consent.objects.exists()


def test_the_signatory_declines_with_a_reason(cast, issued, client_of):
    client = client_of(cast.signatory)
    assert "Enter the reason" in client.post(mou_url("decline_mou", cast), {"reason": ""}).text
    client.post(mou_url("decline_mou", cast), {"reason": "Clause 29 does not fit us."})
    issued.refresh_from_db()
    assert (issued.state, issued.reason) == (Mou.State.DECLINED, "Clause 29 does not fit us.")
    assert issued.request.events.last().kind == "declined"
    assert cast.director.email in {message.to[0] for message in mail.outbox}
    page = client_of(cast.director).get(mou_url("mou", cast)).text
    assert "did not sign" in page
    assert "not signed yet" not in page.lower()


def test_the_signatory_passes_it_on(cast, issued, client_of):
    other = {
        "first_name": "Chris",
        "last_name": "Coordinator",
        "email": cast.coordinator.email,
        "title": "Deputy",
        "authority": "Delegation",
    }
    client_of(cast.signatory).post(mou_url("pass_on", cast), other)
    issued.refresh_from_db()
    party = agreement.agency_party(issued)
    assert issued.signatory == cast.coordinator
    assert (party.legal_name, party.delegated_from) == ("Chris Coordinator", "Sidney Signatory")
    assert AgencyRole.SIGNATORY in permissions.roles(cast.coordinator, cast.agency)


def test_a_signature_can_be_withdrawn_until_execution(cast, issued, client_of, files_wait):
    client = client_of(cast.signatory)
    consent_and_read(client, cast, issued)
    confirm_again(client, cast.signatory)
    client.post(mou_url("sign", cast), signature(issued))
    client.post(mou_url("withdraw_signature", cast), {"reason": "Signed too early."})
    issued.refresh_from_db()
    assert (issued.state, issued.void_kind) == (Mou.State.VOIDED, Mou.VoidKind.WITHDRAWN)


def test_files_are_for_those_who_may_read_the_mou(cast, issued, client_of):
    url = reverse("onboarding:mou_file", args=[cast.agency.pk, issued.pk, "certified"])
    for kind in ("director", "coordinator", "signatory", "admin", "lead", "auditor"):
        answer = client_of(cast.person(kind)).get(url)
        assert answer.status_code == 200, kind
        assert answer["Content-Type"] == "application/pdf"
        newest = client_of(cast.person(kind)).get(mou_url("mou_pdf", cast))
        assert newest.status_code == (302 if kind == "signatory" else 200), kind  # who signs agrees first
    for kind in ("staff", "trainer", "stranger"):
        assert client_of(cast.person(kind)).get(url).status_code == 404, kind
    assert client_of(None).get(url).status_code == 302


def test_the_page_of_the_mou_asks_few_questions_of_the_database(
    cast, issued, client_of, django_assert_max_num_queries
):
    client = client_of(cast.director)
    client.get(mou_url("mou", cast))
    with django_assert_max_num_queries(17):
        assert client.get(mou_url("mou", cast)).status_code == 200


def test_a_file_that_was_given_up_is_told(cast, issued, client_of):
    page = client_of(cast.signatory).get(mou_url("mou", cast))
    assert "could not be made" not in page.text
    SealJob.objects.update(done_at=None, parked_at=timezone.now())
    page = client_of(cast.signatory).get(mou_url("mou", cast))
    assert "A file could not be made yet." in page.text


def test_a_question_on_a_clause_is_answered_there(cast, issued, client_of):
    from onboarding import questions
    from onboarding.models import Thread

    url = reverse("onboarding:mou_question", args=[cast.agency.pk, "fees"])
    client = client_of(cast.director)
    assert "Enter your question" in client.post(url, {"text": ""}).text
    client.post(url, {"text": "Will there be fees next year?"})
    thread = Thread.objects.get(kind=Thread.Kind.CLAUSE)
    assert (thread.clause, thread.agency) == ("fees", cast.agency)
    questions.answer(thread=thread, by=cast.admin, text="None are planned.")
    clause = reverse("onboarding:mou_clause", args=[cast.agency.pk, "fees"])
    for reader in (cast.coordinator, cast.signatory):
        page = client_of(reader).get(clause).text
        assert "Will there be fees next year?" in page
        assert "None are planned." in page
        assert "1 question, answered" in client_of(reader).get(mou_url("mou_clauses", cast)).text
    assert "fees next year" not in client_of(cast.auditor).get(clause).text
    assert client_of(cast.admin).get(url).status_code == 403
    assert client_of(cast.stranger).get(url).status_code == 404
    assert client.get(reverse("onboarding:mou_question", args=[cast.agency.pk, "nothing"])).status_code == 404
