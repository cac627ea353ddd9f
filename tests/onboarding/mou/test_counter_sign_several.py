"""The Lead signatory counter-signs several MOUs with one form and one check: each an act of its own."""

import json
import re

import pytest
from django.urls import reverse

from agencies import permissions
from agencies.models import Agency
from hmis_portal.models import AuditEvent
from hmis_portal.signing.agreeing import consents, requests
from hmis_portal.signing.agreeing.evidence import passkeys
from hmis_portal.signing.models import Consent, SignatureAct
from onboarding.models import Application, Mou
from onboarding.mou import agreement
from onboarding.mou.party import LEAD
from onboarding.services import perform
from onboarding.workflow import MouVerb
from tests.cast import confirm_again, remember_second_factor
from tests.factories import UserFactory
from tests.hmis_portal.signing.agreeing.authenticator import Passkey
from tests.mou import consent, lead_consents, read_all
from tests.onboarding.mou.helpers import asked
from tests.payloads import signature
from tests.racing import at_once

URL = "/admin/onboarding/mou/counter-sign/"


@pytest.fixture
def two_mous(cast, signed, approved, commits, once):
    """The MOUs of two agencies that are approved, the other agency's signed last."""

    def make():
        signer = agreement.Signer("river@river.example", "Robin", "Rivers", "Chair", "Bylaws")
        with commits():
            mou = agreement.issue(agency=cast.other_agency, by=cast.stranger, signer=signer)
        party = agreement.agency_party(mou)
        consent(party, mou.signatory)
        read_all(party, mou.signatory)
        given = signature(party)
        with commits():
            perform(mou, MouVerb.SIGN, by=mou.signatory, payload=given, ip=given.ip)
        Application.objects.create(
            agency=cast.other_agency, reference="APP-2026-TEST-0002", state="approved",
            started_by=cast.stranger, submitted_at=approved.submitted_at, reviewer=cast.admin,
            decided_at=approved.decided_at, decided_by=cast.admin,
        )  # fmt: skip
        return list(Mou.objects.order_by("signed_at"))

    return once(make)


@pytest.fixture
def lead(cast, client_of):
    client = client_of(cast.lead)
    remember_second_factor(client, cast.lead)
    return confirm_again(client, cast.lead)


def form(mous, **changes):
    shas = {
        f"read_sha256_{mou.pk}": requests.to_read(requests.party(mou.request, LEAD)).sha256 for mou in mous
    }
    return {
        "title": "Director", "authority": "Bylaws, article 4", "typed_name": "Lee Lead",
        "read": [str(mou.pk) for mou in mous], **shas, **changes,
    }  # fmt: skip


def states(mous):
    return [Mou.objects.get(pk=mou.pk).state for mou in mous]


def test_one_check_for_all_and_what_cannot_be_signed_holds_up_no_other(
    cast, two_mous, lead, settings, django_assert_max_num_queries, files_wait
):
    settings.SIGNING_SECOND_FACTOR = True
    for mou in two_mous:
        lead_consents(mou, cast.lead)
    with django_assert_max_num_queries(37):  # 14 of each document
        page = lead.get(URL)
    assert page.text.count(">Valid<") == 8  # of each the stored bytes, two seals, the record of the act
    assert lead.post(URL, form(two_mous, read=[])).status_code == 422
    sent = form(two_mous, **{f"read_sha256_{two_mous[0].pk}": "0" * 64})
    assert lead.post(URL, sent)["Location"].startswith(reverse("mfa_reauthenticate"))
    assert states(two_mous) == ["signed", "signed"]
    session = confirm_again(lead, cast.lead, "mfa").session
    session["account_authentication_methods"][-1]["type"] = "totp"
    session.save()
    page = lead.post(URL, sent, follow=True)
    assert states(two_mous) == ["signed", "executed"]
    assert f"1 MOU is counter-signed and executed: {two_mous[1].reference}." in page.text
    assert (
        f"{two_mous[0].reference}, {two_mous[0].agency.name}: The document changed since you opened it."
        in page.text
    )
    assert 'value="Bylaws, article 4"' in page.text  # what was given is remembered
    sent = form(two_mous)
    for _time in range(2):
        assert "2 MOUs are counter-signed and executed" in lead.post(URL, sent, follow=True).text
    assert states(two_mous) == ["executed", "executed"]
    acts = SignatureAct.objects.filter(user=cast.lead)
    assert {(act.factor, act.party.request_id) for act in acts} == {
        ("totp", mou.request_id) for mou in two_mous
    }
    assert AuditEvent.objects.filter(verb="counter_sign").count() == 2


def test_a_passkey_signs_each_document_by_itself(cast, two_mous, lead, files_wait):
    for mou in two_mous:
        lead_consents(mou, cast.lead)
    key, page = Passkey(cast.lead), lead.post(URL, form(two_mous))
    for expected in (["signed", "signed"], ["executed", "signed"]):
        assert states(two_mous) == expected
        question, _again = asked(page)
        again = {**form(two_mous), "assertion": json.dumps(key.answer(question["challenge"]))}
        page = lead.post(URL, again)
    assert page.status_code == 302
    assert states(two_mous) == ["executed", "executed"]
    acts = SignatureAct.objects.filter(user=cast.lead)
    assert len({act.statement for act in acts}) == 2
    assert all(passkeys.holds(act) for act in acts)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["two Leads", "one Lead in two tabs"])
def test_two_at_once_execute_each_once_and_the_second_is_told_which(
    cast, two_mous, client_of, who, files_wait
):
    other = UserFactory(groups=(permissions.LEAD_SIGNATORY,)) if who == "two Leads" else cast.lead
    people, clients = (cast.lead, other), []
    for person in people:
        client = client_of(person)
        remember_second_factor(client, person)
        clients.append(confirm_again(client, person))
        for mou in two_mous:
            lead_consents(mou, person)
    sent = [form(two_mous, typed_name=str(person)) for person in people]

    def sign(client, data):
        return lambda: client.post(URL, data, follow=True).text

    pages = at_once(*map(sign, clients, sent))
    assert states(two_mous) == ["executed", "executed"], pages
    acts = SignatureAct.objects.filter(party__role=LEAD)
    assert {act.party.request_id for act in acts} == {mou.request_id for mou in two_mous}
    assert len(acts) == AuditEvent.objects.filter(verb="counter_sign").count() == 2
    for mou in two_mous:
        act = acts.get(party__request=mou.request_id)
        executed = [page for page in pages if re.search(f"executed: [^<]*{mou.reference}", page)]
        told = [
            page for page in pages if f"{mou.reference}, {mou.agency.name}: This was already done" in page
        ]
        if other == cast.lead:  # whose second tab may come after the first, and is told the same again
            assert len(executed) + len(told) == 2
            assert executed
        else:
            assert (executed, told) == ([pages[people.index(act.user)]], [pages[1 - people.index(act.user)]])


def test_the_lead_alone_agrees_once_for_all_of_them(cast, two_mous, lead, client_of):
    agree = reverse("admin:onboarding_mou_consent_several")
    assert lead.get(URL).url == agree
    assert all(mou.reference in lead.get(agree).text for mou in two_mous)
    assert lead.post(agree, {"number": "1", "agree": "on"}).status_code == 422
    number = consents.test_number(requests.party(two_mous[0].request, LEAD))
    assert lead.post(agree, {"number": number, "agree": "on"}).url == URL
    assert Consent.objects.filter(user=cast.lead, test_file_opened=True).count() == 2
    assert lead.get(URL).status_code == 200
    assert URL in lead.get(reverse("admin:onboarding_mou_changelist")).text
    admin = client_of(cast.admin)
    remember_second_factor(admin, cast.admin)
    assert admin.get(URL).status_code == admin.post(URL, form(two_mous)).status_code == 403
    assert URL not in admin.get(reverse("admin:onboarding_mou_changelist")).text
    Agency.objects.filter(pk=two_mous[0].agency_id).update(legal_name="Another name than it signed in")
    page = lead.get(URL).text
    assert (two_mous[0].reference in page, two_mous[1].reference in page) == (False, True)
