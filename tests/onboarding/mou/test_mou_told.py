"""Who is told when a signature no longer counts, when somebody else is to sign, or when the signatory is away."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from agencies.models import AgencyRole, Invitation
from agencies.services import account, invitations, people
from hmis_portal.management.commands.portal import load_reference
from hmis_portal.models import Message
from onboarding import reminders
from onboarding.models import Mou
from onboarding.mou import agreement
from onboarding.mou.party import LEAD
from onboarding.services import perform
from onboarding.workflow import ApplicationVerb, Approval
from tests.applications import application_in
from tests.cast import remember_second_factor
from tests.mou import issue_mou
from tests.onboarding.mou.states import SIGNER, approve, to
from tests.payloads import sample

OTHER = {
    "who": "other", "first_name": "Olive", "last_name": "Other", "email": "olive@harbor.example",
    "title": "Treasurer", "authority": "Bylaws",
}  # fmt: skip
VERBS = (("withdraw_signature", "signatory"), ("refuse", "lead"), ("void", "admin"))


def told(subject):
    return sorted(message.to[0] for message in mail.outbox if subject in message.subject)


def page(client_of, cast, who="director"):
    answer = client_of(cast.person(who)).get(reverse("onboarding:mou", args=[cast.agency.pk]))
    return " ".join(answer.text.split())


@pytest.mark.parametrize(("verb", "who"), VERBS)
def test_a_signature_that_no_longer_counts_is_told_to_both(cast, commits, verb, who):
    mou = to(issue_mou(cast), "signed")
    mail.outbox.clear()
    with commits():
        perform(
            mou, verb, by=cast.person(who), payload=sample(Mou, verb), reason="The wrong name stands there."
        )
    assert told("no longer counts") == [cast.director.email, cast.signatory.email]
    assert all("The wrong name stands there." in message.body for message in mail.outbox)


@pytest.mark.parametrize("state", ["draft", "changes_requested", "submitted"])
def test_whatever_the_application_s_state_each_hears_it_once(cast, commits, state):
    mou = to(issue_mou(cast), "signed")
    application_in(state, cast)
    mail.outbox.clear()
    with commits():
        perform(mou, "refuse", by=cast.lead, reason="The wrong name stands there.")
    sent_back = state == "submitted"  # then the application's own message says it to the manager
    assert told("must be signed again") == ([cast.director.email] if sent_back else [])
    assert told("no longer counts") == sorted(
        [cast.signatory.email] if sent_back else [cast.director.email, cast.signatory.email]
    )


def test_a_renewal_that_came_to_nothing_is_told_and_stands_on_the_page(cast, commits, client_of):
    approve(cast)
    before = to(issue_mou(cast), "executed")
    renewal = to(agreement.renew(before, by=cast.director, signer=SIGNER), "signed")
    mail.outbox.clear()
    with commits():
        perform(renewal, "refuse", by=cast.lead, reason="The wrong name stands there.")
    assert told("no longer counts") == [cast.director.email, cast.signatory.email]
    (message,) = [one for one in mail.outbox if one.to == [cast.director.email]]
    assert f"{before.reference} stays in force" in message.body
    text = page(client_of, cast)
    assert f"The renewal {renewal.reference} came to nothing" in text
    assert "The wrong name stands there." in text
    agreement.renew(before, by=cast.director, signer=SIGNER)
    assert "came to nothing" not in page(client_of, cast)


def test_who_no_longer_has_to_sign_is_told(cast, client_of):
    issue_mou(cast)
    mail.outbox.clear()
    client_of(cast.director).post(reverse("onboarding:name_signatory", args=[cast.agency.pk]), OTHER)
    (message,) = [one for one in mail.outbox if one.to == [cast.signatory.email]]
    assert "no longer asked to sign" in message.subject
    assert "Dana Director named somebody else" in message.body


def test_who_passes_it_on_knows_it_already(cast, client_of):
    issue_mou(cast)
    mail.outbox.clear()
    client_of(cast.signatory).post(reverse("onboarding:pass_on", args=[cast.agency.pk]), OTHER)
    assert not told("no longer asked to sign")


def closed(cast):
    account.close_account(user=cast.signatory, by=cast.admin)


def role_ended(cast):
    people.end_role(agency=cast.agency, person=cast.signatory, role=AgencyRole.SIGNATORY, by=cast.director)


@pytest.mark.parametrize("away", [closed, role_ended])
def test_a_signatory_who_cannot_get_in_is_not_waited_for(cast, commits, client_of, away):
    mou = issue_mou(cast)
    assert "was asked to read and sign" in page(client_of, cast)
    away(cast)
    text = page(client_of, cast)
    assert "It is your turn" in text
    assert "Sidney Signatory can no longer sign" in text
    assert "was asked to read and sign" not in text
    assert "It is the turn of the agency’s manager" in page(client_of, cast, "coordinator")
    mail.outbox.clear()
    Mou.objects.filter(pk=mou.pk).update(state_since=timezone.now() - dt.timedelta(days=1))
    for _ in range(2):
        with commits():
            reminders.unsigned_mous()
    assert told("name another signatory") == [cast.director.email]  # the next morning, once
    Mou.objects.filter(pk=mou.pk).update(state_since=timezone.now() - dt.timedelta(days=20))
    with commits():
        reminders.unsigned_mous()
    assert not Message.objects.filter(name="onboarding/signatory_reminder").exists()


def test_a_revoked_invitation_is_the_manager_s_turn(cast, client_of):
    load_reference()
    agreement.issue(
        agency=cast.agency, by=cast.director,
        signer=agreement.Signer("new@harbor.example", "Nora", "New", "Chair", "Bylaws"),
    )  # fmt: skip
    assert "Nora New was asked to read and sign" in page(client_of, cast)
    invitations.revoke_invitation(invitation=Invitation.objects.get(), by=cast.director)
    assert "Nora New can no longer sign" in page(client_of, cast)


def test_the_lead_is_asked_again_after_a_second_approval(cast, commits):
    to(issue_mou(cast), "signed")
    application = application_in("in_review", cast)
    mail.outbox.clear()
    with commits():
        perform(application, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    with commits():
        perform(application, "revoke_approval", by=cast.admin, reason="A paper is missing.")
    with commits():
        perform(application, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    assert told("counter-sign") == [cast.lead.email] * 2


@pytest.mark.parametrize("kind", ["error", "replaced"])
def test_the_hmis_admin_says_why_an_mou_is_voided(cast, client_of, kind):
    load_reference()
    mou = to(issue_mou(cast), "signed")
    url = reverse("admin:onboarding_mou_verb", args=[mou.pk, "void"])
    client = client_of(cast.admin)
    remember_second_factor(client, cast.admin)
    assert "Select why the MOU is voided" in client.post(url, {"reason": "X", "kind": ""}).text
    client.post(url, {"reason": "A new chair was elected.", "kind": kind})
    mou.refresh_from_db()
    assert (mou.state, mou.void_kind) == ("voided", kind)


def long(cast, name):
    first, last = name[:100], name[100:]
    return {**OTHER, "first_name": first, "last_name": last}


@pytest.mark.parametrize("view", ["name_signatory", "pass_on"])
def test_a_name_too_long_for_the_document_is_told(cast, client_of, view):
    issue_mou(cast)
    client = client_of(cast.director if view == "name_signatory" else cast.signatory)
    answer = client.post(reverse(f"onboarding:{view}", args=[cast.agency.pk]), long(cast, "N" * 160))
    assert answer.status_code == 200
    assert "at most 150 characters" in answer.text
    assert Mou.objects.get().signatory == cast.signatory


def test_a_manager_with_a_name_too_long_is_told(cast, client_of):
    issue_mou(cast)
    cast.director.first_name, cast.director.last_name = "N" * 90, "M" * 90
    cast.director.save()
    url = reverse("onboarding:name_signatory", args=[cast.agency.pk])
    assert "at most 150 characters" in client_of(cast.director).post(url, {**OTHER, "who": "me"}).text


def test_a_lead_with_a_name_too_long_is_told(cast, client_of):
    load_reference()
    approve(cast)
    mou = to(issue_mou(cast), "signed")
    cast.lead.first_name, cast.lead.last_name = "N" * 90, "M" * 90
    cast.lead.save()
    client = client_of(cast.lead)
    remember_second_factor(client, cast.lead)
    from hmis_portal.signing.agreeing import consents, requests

    number = consents.test_number(requests.party(mou.request, LEAD))
    answer = client.post(
        reverse("admin:onboarding_mou_consent", args=[mou.pk]), {"number": number, "agree": "on"}, follow=True
    )
    assert answer.status_code == 200
    assert "at most 150 characters" in answer.text
