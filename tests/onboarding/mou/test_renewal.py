"""From 90 days before the end of its term an MOU is renewed: a successor follows without a gap."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from hmis_portal.models import AuditEvent
from hmis_portal.signing.agreeing.evidence import term
from onboarding import reminders
from onboarding.access import decision
from onboarding.journey import facts
from onboarding.models import Application, Mou
from onboarding.mou import agreement
from onboarding.services import perform
from tests.cast import remember_second_factor
from tests.mou import issue_mou, lead_consents, sign
from tests.onboarding.mou.helpers import confirm_again, counter_sign_form

SIGNER = {
    "who": "other", "first_name": "Sidney", "last_name": "Signatory", "email": "signatory@harbor.example",
    "title": "Chair of the board", "authority": "Bylaws",
}  # fmt: skip


@pytest.fixture(scope="session")
def key_of_that_day(tmp_path_factory):
    return tmp_path_factory.mktemp("renewal") / "seal"


@pytest.fixture
def executed_in_2026(cast, reference, commits, client_of, settings, key_of_that_day, once):
    """Executed on January 5, 2026 for three years: the last day is January 4, 2029."""

    def make():
        with (
            override_settings(SEAL_DIR=key_of_that_day),
            time_machine.travel("2026-01-05T15:00:00Z", tick=True),
        ):
            now = timezone.now()
            with commits():
                mou = issue_mou(cast)
            with commits():
                sign(mou, cast)
            Application.objects.create(
                agency=cast.agency, reference="APP-2026-TEST-0001", state="approved", started_by=cast.director,
                submitted_at=now, reviewer=cast.admin, decided_at=now, decided_by=cast.admin,
            )  # fmt: skip
            counter_sign(client_of, cast, mou)
        mou.refresh_from_db()
        return mou

    mou = once(make)
    settings.SEAL_DIR = key_of_that_day
    assert mou.term_ends_on == dt.date(2029, 1, 4)
    return mou


def counter_sign(client_of, cast, mou):

    client = client_of(cast.lead)
    remember_second_factor(client, cast.lead)
    confirm_again(client, cast.lead)
    lead_consents(mou, cast.lead)
    client.post(reverse("admin:onboarding_mou_counter_sign", args=[mou.pk]), counter_sign_form(mou))


def _url(cast):
    return reverse("onboarding:renew_mou", args=[cast.agency.pk])


def _page(client_of, cast, who="director"):
    return client_of(cast.person(who)).get(reverse("onboarding:mou", args=[cast.agency.pk])).text


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        ("2028-10-05", "can be renewed from October 6, 2028"),
        ("2028-10-06", ""),
        ("2029-02-01", "no executed MOU to renew"),
    ],
)
def test_not_before_the_last_90_days(cast, executed_in_2026, client_of, day, refusal):
    with time_machine.travel(f"{day}T15:00:00Z"):
        if day > "2029":
            reminders.send_all()  # the term is over: the MOU ended, a new one is issued instead
        page = client_of(cast.director).get(_url(cast))
        assert page.status_code == (303 if refusal else 200)
        if not refusal:
            assert "January 4, 2029" in page.text
            assert 'value="signatory@harbor.example"' in page.text
            assert _url(cast) in _page(client_of, cast)
            steps = client_of(cast.director).get(reverse("onboarding:journey", args=[cast.agency.pk])).text
            assert "Renew the MOU" in steps
            assert "Due January 4, 2029" in steps
        told = client_of(cast.director).get(_url(cast), follow=True).text
        assert refusal in told


def test_the_successor_follows_without_a_gap(cast, executed_in_2026, client_of, commits):
    with time_machine.travel("2028-11-01T15:00:00Z", tick=True):
        mail.outbox.clear()
        client_of(cast.director).post(_url(cast), SIGNER)
        successor = Mou.objects.get(successor_of=executed_in_2026)
        assert successor.state == Mou.State.ISSUED
        assert AuditEvent.objects.get(verb="renew").target_id == str(successor.pk)
        assert [
            "Renewal of",
            f"{executed_in_2026.reference}, in force through January 4, 2029",
        ] in successor.request.snapshot["facts"]
        assert mail.outbox[0].to == [cast.signatory.email]
        page = _page(client_of, cast)
        assert f"{executed_in_2026.reference} stays in force through January 4, 2029." in page
        assert facts.gather(cast.agency).executed  # nothing of the six steps falls back
        assert "under way already" in client_of(cast.director).post(_url(cast), SIGNER, follow=True).text
        with commits():
            sign(successor, cast)
        assert "Lead Agency now counter-signs" in _page(client_of, cast)
        assert any(cast.lead.email in message.to for message in mail.outbox)
        counter_sign(client_of, cast, successor)
        successor.refresh_from_db()
        assert (successor.state, successor.term_ends_on) == (Mou.State.EXECUTED, dt.date(2032, 1, 4))
        assert term.of(successor.request) == term.Term(dt.date(2029, 1, 5), dt.date(2032, 1, 4))
    with time_machine.travel("2029-01-05T15:00:00Z"):
        assert decision.mou_in_force([cast.agency.pk], timezone.localdate()) == {cast.agency.pk}
        mail.outbox.clear()
        reminders.send_all()
        reminders.send_all()
        executed_in_2026.refresh_from_db()
        assert (executed_in_2026.state, executed_in_2026.end_kind, executed_in_2026.ended_on) == (
            Mou.State.ENDED,
            "term",
            dt.date(2029, 1, 4),
        )
        assert not mail.outbox  # its successor is in force: nothing to tell
        assert "in force through January 4, 2032" in _page(client_of, cast)


def test_the_hmis_admin_and_the_lead_may_renew_too(cast, executed_in_2026, client_of):
    with time_machine.travel("2028-11-01T15:00:00Z", tick=True):
        for kind in ("admin", "lead"):
            client = client_of(cast.person(kind))
            remember_second_factor(client, cast.person(kind))
            page = client.get(_url(cast))
            assert page.status_code == 200, kind
            assert "I do (" not in page.text
        client.post(_url(cast), {name: value for name, value in SIGNER.items() if name != "who"})
        renewal = Mou.objects.get(successor_of=executed_in_2026)
        assert (renewal.issued_by, renewal.signatory) == (cast.lead, cast.signatory)
        for kind, status in (("coordinator", 403), ("auditor", 403), ("staff", 404), ("stranger", 404)):
            assert client_of(cast.person(kind)).get(_url(cast)).status_code == status, kind


def test_a_renewal_that_is_refused_leaves_the_mou_in_force_and_the_application_approved(
    cast, executed_in_2026, client_of, commits
):
    with time_machine.travel("2028-11-01T15:00:00Z", tick=True):
        client_of(cast.director).post(_url(cast), SIGNER)
        successor = Mou.objects.get(successor_of=executed_in_2026)
        with commits():
            sign(successor, cast)
        perform(successor, "refuse", by=cast.lead, reason="The wrong person signed.")
        assert Application.objects.get().state == Application.State.APPROVED
        assert agreement.latest(cast.agency) == executed_in_2026
        client_of(cast.director).post(_url(cast), SIGNER)  # and once more
        assert Mou.objects.filter(successor_of=executed_in_2026, state=Mou.State.ISSUED).count() == 1


def test_the_manager_is_reminded_until_a_successor_is_under_way(
    cast, executed_in_2026, client_of, files_wait
):
    def terms():
        return [one.subject for one in mail.outbox if "ends on" in one.subject]

    for day, count in (("2028-10-05", 0), ("2028-10-06", 1), ("2028-10-20", 1), ("2028-12-06", 2)):
        with time_machine.travel(f"{day}T15:00:00Z"):
            with_mail(reminders.terms_ending)
            assert len(terms()) == count, day
    with time_machine.travel("2028-12-10T15:00:00Z", tick=True):
        client_of(cast.director).post(_url(cast), SIGNER)
    with time_machine.travel("2028-12-29T15:00:00Z"):
        with_mail(reminders.terms_ending)
        assert len(terms()) == 2


def with_mail(function):
    """As a worker does it: what is put off until the commit happens."""
    from django.test import TestCase

    with TestCase.captureOnCommitCallbacks(execute=True):
        function()


def test_the_term_ends_by_itself_where_nobody_renewed(cast, executed_in_2026, client_of):
    with time_machine.travel("2029-01-04T15:00:00Z"):
        agreement.end_terms()
        executed_in_2026.refresh_from_db()
        assert executed_in_2026.state == Mou.State.EXECUTED  # the last day counts
    with time_machine.travel("2029-01-05T15:00:00Z"):
        with_mail(agreement.end_terms)
        executed_in_2026.refresh_from_db()
        assert executed_in_2026.state == Mou.State.ENDED
        assert any("has ended" in message.subject for message in mail.outbox)
        page = _page(client_of, cast)
        assert "The MOU ended on January 4, 2029" in page
        assert reverse("onboarding:name_signatory", args=[cast.agency.pk]) in page
        assert not facts.gather(cast.agency).executed


def test_the_hmis_admin_ends_it_with_date_kind_and_reason(cast, executed_in_2026, client_of):
    url = reverse("admin:onboarding_mou_verb", args=[executed_in_2026.pk, "end"])
    client = client_of(cast.admin)
    remember_second_factor(client, cast.admin)
    with time_machine.travel("2026-06-01T15:00:00Z"):
        day = {"on_month": "5", "on_day": "31", "on_year": "2026"}
        page = client.post(url, {**day, "reason": "Repeated breaches."})
        assert "Select why the MOU ends" in page.text
        client.post(url, {**day, "reason": "Repeated breaches.", "kind": "sanction"})
    executed_in_2026.refresh_from_db()
    assert (executed_in_2026.state, executed_in_2026.end_kind, executed_in_2026.ended_on) == (
        Mou.State.ENDED,
        "sanction",
        dt.date(2026, 5, 31),
    )
