"""How an MOU ends for cause: nothing of it is left to bring the agency back without a new review."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from hmis_portal.management.commands.portal import load_reference
from hmis_portal.signing.models import SignatureAct
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding import emails
from onboarding.access import decision
from onboarding.application import opening, requirements
from onboarding.models import Application, Mou, RequirementText
from onboarding.mou import agreement
from onboarding.services import perform
from onboarding.workflow import Ending, MouVerb, Voiding
from tests.cast import remember_second_factor
from tests.mou import issue_mou
from tests.onboarding.mou.states import SIGNER, approve, to
from tests.payloads import sample


@pytest.fixture
def in_force(cast, once):
    def make():
        approve(cast)
        return to(issue_mou(cast), "executed")

    return once(make)


@pytest.fixture
def renewal(cast, in_force):
    return agreement.renew(in_force, by=cast.director, signer=SIGNER)


def end(mou, cast, kind, on=None):
    ending = Ending(on or timezone.localdate(), Mou.EndKind(kind))
    return perform(mou, MouVerb.END, by=cast.admin, payload=ending, reason="Repeated breaches.")


def told(subject):
    return [message for message in mail.outbox if subject in message.subject]


@pytest.mark.parametrize("kind", ["sanction", "left"])
def test_an_end_for_cause_ends_the_executed_renewal_too(cast, in_force, renewal, commits, kind):
    to(renewal, "executed", ends_in=1000)
    with commits():
        end(in_force, cast, kind)
    renewal.refresh_from_db()
    assert (renewal.state, renewal.end_kind, renewal.reason) == ("ended", kind, "Repeated breaches.")
    assert decision.mou_in_force([cast.agency.pk], timezone.localdate()) == set()
    assert [message.to for message in told("has ended")] == [[cast.director.email]]  # once


def test_who_signs_a_renewal_is_reminded_of_the_term_and_of_no_application(cast, renewal, commits):
    with commits():
        emails.signatory_reminder(renewal, "3")
    words = " ".join(told("Reminder: the MOU")[0].body.split())
    assert "application" not in words
    assert f"The one in force ends on {date_words(renewal.successor_of.term_ends_on)}" in words


def test_mails_about_a_renewal_say_what_is_in_force(cast, in_force, commits, files_wait):
    with commits():
        renewal = agreement.renew(in_force, by=cast.director, signer=SIGNER)
    until = date_words(in_force.term_ends_on)
    named = " ".join(mail.outbox[-1].body.split())
    assert f"The one in force ends on {until}." in named
    assert "joins" not in named
    with commits():
        perform(renewal, MouVerb.DECLINE, by=renewal.signatory, reason="Clause 7.")
    words = " ".join(told("declined to sign")[0].body.split())
    assert f"stays in force through {until}" in words
    assert "application" not in words


def test_ending_the_renewal_for_cause_ends_what_it_renews(cast, in_force, renewal, commits):
    to(renewal, "executed", ends_in=1000)
    with commits():
        end(renewal, cast, "sanction")
    assert decision.mou_in_force([cast.agency.pk], timezone.localdate()) == set()


def test_the_end_of_the_term_leaves_the_renewal(cast, in_force, renewal, commits):
    to(renewal, "executed", ends_in=1000)
    with commits():
        end(in_force, cast, "term")
    renewal.refresh_from_db()
    assert renewal.state == "executed"
    assert not told("has ended")


@pytest.mark.parametrize("state", ["issued", "signed"])
def test_an_end_for_cause_voids_the_renewal_that_waits(cast, in_force, renewal, client_of, state):
    to(renewal, state)
    end(in_force, cast, "sanction")
    renewal.refresh_from_db()
    assert (renewal.state, renewal.void_kind) == ("voided", "ended")
    page = client_of(cast.director).get(reverse("onboarding:mou", args=[cast.agency.pk])).text
    assert "The MOU ended on" in page
    assert "Repeated breaches." in page


@pytest.mark.parametrize("verb", ["counter_sign", "counter_sign_on_paper"])
def test_a_renewal_of_what_ended_for_cause_is_not_counter_signed(cast, in_force, renewal, verb):
    to(renewal, "signed")
    to(in_force, "ended", ended_on=timezone.localdate(), end_kind="sanction")
    with pytest.raises(GuardFailed, match="ended before its term was over"):
        perform(renewal, verb, by=cast.lead, payload=sample(Mou, verb))


def test_when_the_agency_leaves_its_mous_say_so(cast, in_force, renewal, commits):
    with commits():
        perform(cast.agency, "leave", by=cast.admin, reason="The program closed.")
    in_force.refresh_from_db()
    renewal.refresh_from_db()
    assert (in_force.state, in_force.end_kind) == ("ended", "left")
    assert (renewal.state, renewal.get_void_kind_display()) == ("voided", "The agency left the HMIS")


def test_an_agency_that_leaves_with_an_executed_renewal_is_told_once(cast, in_force, renewal, commits):
    to(renewal, "executed", ends_in=1000)
    with commits():
        perform(cast.agency, "leave", by=cast.admin, reason="The program closed.")
    assert set(cast.agency.mous.values_list("state", "end_kind")) == {("ended", "left")}
    assert len(told("has ended")) == 1


def test_an_agency_that_left_is_not_bound_again(cast, in_force, renewal, client_of):
    perform(cast.agency, "leave", by=cast.admin, reason="The program closed.")
    with pytest.raises(GuardFailed, match="has left the HMIS"):
        agreement.issue(agency=cast.agency, by=cast.director, signer=SIGNER)
    for verb, by in (
        ("sign", cast.signatory),
        ("sign_on_paper", cast.director),
        ("replace", cast.director),
        ("pass_on", cast.signatory),
    ):
        to(renewal, "issued", void_kind="")
        with pytest.raises(GuardFailed, match="has left the HMIS"):
            perform(renewal, verb, by=by, payload=sample(Mou, verb))
    for verb in ("counter_sign", "counter_sign_on_paper"):
        to(renewal, "signed")
        with pytest.raises(GuardFailed, match="has left the HMIS"):
            perform(renewal, verb, by=cast.lead, payload=sample(Mou, verb))
    to(renewal, "voided", void_kind="left")
    page = client_of(cast.director).get(reverse("onboarding:mou", args=[cast.agency.pk])).text
    assert "It is your turn" not in page
    name = reverse("onboarding:name_signatory", args=[cast.agency.pk])
    assert name not in page
    answer = client_of(cast.director).get(name, follow=True)
    assert "has left the HMIS" in answer.text


def test_after_a_sanction_nothing_binds_without_a_new_review(cast, in_force, client_of, commits):
    requirements.load()
    requirements.confirm(agency=cast.agency, by=cast.director, texts=RequirementText.objects.all())
    end(in_force, cast, "sanction")
    with pytest.raises(GuardFailed, match="Start a new application"):
        agreement.issue(agency=cast.agency, by=cast.director, signer=SIGNER)
    client, (page, name, journey, start) = (
        client_of(cast.director),
        (
            reverse(f"onboarding:{one}", args=[cast.agency.pk])
            for one in ("mou", "name_signatory", "journey", "start_application")
        ),
    )
    assert name not in client.get(page).text
    assert "Start a new application" in client.get(page).text
    assert "Start a new application" in client.get(name, follow=True).text
    assert "Start a new application" in client.get(journey).text
    application = client.get(reverse("onboarding:application", args=[cast.agency.pk])).text
    assert start in application
    assert "Your agency&#x27;s turn" in application
    client.post(start)
    begun = Application.objects.get(state="draft")
    with commits():
        mou = to(agreement.issue(agency=cast.agency, by=cast.director, signer=SIGNER), "signed")
    with pytest.raises(GuardFailed, match="must be approved before"):  # the approval of before does not count
        perform(
            mou, MouVerb.COUNTER_SIGN_ON_PAPER, by=cast.lead, payload=sample(Mou, "counter_sign_on_paper")
        )
    now = timezone.now()
    Application.objects.filter(pk=begun.pk).update(
        state="approved", submitted_at=now, decided_at=now, decided_by=cast.admin, reviewer=cast.admin
    )
    with pytest.raises(GuardFailed, match="signed electronically"):  # every guard of the MOU is passed
        perform(
            mou, MouVerb.COUNTER_SIGN_ON_PAPER, by=cast.lead, payload=sample(Mou, "counter_sign_on_paper")
        )


def test_the_approval_of_before_stays_where_it_is_when_the_new_mou_is_voided(cast, in_force):
    end(in_force, cast, "sanction")
    opening.start(agency=cast.agency, by=cast.director)
    mou = to(agreement.issue(agency=cast.agency, by=cast.director, signer=SIGNER), "signed")
    perform(mou, MouVerb.VOID, by=cast.admin, payload=Voiding(Mou.VoidKind.ERROR), reason="An error.")
    assert set(cast.agency.applications.values_list("state", flat=True)) == {"approved", "draft"}


def test_an_approval_that_counts_needs_no_other_application(cast, in_force):
    with pytest.raises(WrongState, match="no other is needed"):
        opening.start(agency=cast.agency, by=cast.director)


def test_an_mou_is_renewed_again_after_its_renewal_ended(cast, in_force, renewal):
    to(renewal, "executed", ends_in=1000)
    end(renewal, cast, "term")
    again = agreement.renew(in_force, by=cast.director, signer=SIGNER)
    assert again.successor_of == in_force


@pytest.mark.parametrize(("on", "words"), [(-2, "not before"), (31, "ends by itself on"), (-1, ""), (0, "")])
def test_the_last_day_lies_within_the_term(cast, in_force, client_of, on, words):
    day = timezone.localdate() + dt.timedelta(days=on)
    if words:
        with pytest.raises(GuardFailed, match=words):
            end(in_force, cast, "sanction", on=day)
    else:
        assert end(in_force, cast, "sanction", on=day).ended_on == day


def test_the_last_day_is_asked_for_on_its_field(cast, in_force, client_of):
    load_reference()
    url = reverse("admin:onboarding_mou_verb", args=[in_force.pk, "end"])
    day = timezone.localdate() - dt.timedelta(days=40)
    typed = {"on_month": day.month, "on_day": day.day, "on_year": day.year, "reason": "X", "kind": "sanction"}
    client = client_of(cast.admin)
    remember_second_factor(client, cast.admin)
    page = client.post(url, typed)
    assert page.status_code == 422
    assert 'href="#id_on' in page.text
    assert "not before" in page.text


def test_one_person_is_not_both_parties(cast, in_force, renewal):
    from tests.mou import sign_on_paper

    signed = sign_on_paper(cast, renewal)
    given = replace(sample(Mou, "counter_sign_on_paper"), legal_name=" sidney  signatory")
    with pytest.raises(GuardFailed, match="Somebody else must sign for the Lead Agency"):
        perform(signed, MouVerb.COUNTER_SIGN_ON_PAPER, by=cast.lead, payload=given)


def test_whoever_signed_for_the_agency_does_not_counter_sign(cast, in_force, renewal, client_of):
    to(renewal, "signed")
    party = agreement.agency_party(renewal)
    SignatureAct.objects.create(
        party=party, user=cast.lead, legal_name="Lee Lead", typed_name="Lee Lead", statement="x",
        statement_sha256="0", text_sha256="0", file_sha256="0", signed_at=timezone.now(), browser="B",
    )  # fmt: skip
    with pytest.raises(GuardFailed, match="Somebody else must sign for the Lead Agency"):
        perform(renewal, MouVerb.COUNTER_SIGN, by=cast.lead, payload=sample(Mou, "counter_sign"))
