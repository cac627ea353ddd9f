"""What binds changes when the HMIS Admin accepts it; a new legal name asks whether the MOU is amended."""

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from hmis_portal.models import AuditEvent, Message
from onboarding.admin.record import proposed_changes
from onboarding.models import Mou, OneParty, RecordProposal
from onboarding.mou import agreement
from tests.onboarding.helpers import on_the_desk
from tests.onboarding.record.helpers import executed, home, on


def propose(cast, what="legal_name", person="director", **data):
    where = reverse("onboarding:propose", args=[cast.agency.pk, what])
    given = {"why": "The charter was amended.", **on(timezone.localdate()), **data}
    return cast.client(person).post(where, given)


def decide(cast, act, **data):
    proposal = RecordProposal.objects.latest("pk")
    return cast.client("admin").post(reverse(f"admin:onboarding_proposal_{act}", args=[proposal.pk]), data)


def name(cast):
    return Agency.objects.get(pk=cast.agency.pk).legal_name


def test_an_ein_is_proposed_once_and_accepted(cast, live_application):
    before = cast.agency.ein
    assert propose(cast, "ein", ein="06-7654321").url == home(cast)
    assert Agency.objects.get(pk=cast.agency.pk).ein == before
    assert propose(cast, "ein", ein="06-1111111").status_code == 303, "one open proposal of each"
    assert [line.detail for line in on_the_desk(proposed_changes())] == [cast.agency.name]
    assert Message.objects.filter(name="onboarding/change_proposed", to=cast.admin.email).count() == 1
    assert "06-7654321" in cast.client("director").get(home(cast)).text
    for _time in range(2):
        assert decide(cast, "accept").status_code == 302
    assert Agency.objects.get(pk=cast.agency.pk).ein == "067654321"
    event = AuditEvent.objects.get(verb="accepted change")
    assert (event.actor, event.after) == (cast.admin, "06-7654321")
    assert Message.objects.filter(name="onboarding/change_decided", to=cast.director.email).count() == 1
    assert not on_the_desk(proposed_changes())
    open_one = {
        "agency": cast.agency,
        "what": "ein",
        "before": {},
        "after": {},
        "why": "?",
        "proposed_by": cast.director,
    }
    RecordProposal.objects.create(**open_one, effective_on=timezone.localdate())
    with pytest.raises(IntegrityError, match="record_proposal_one_open"):
        RecordProposal.objects.create(**open_one, effective_on=timezone.localdate())


def test_it_is_refused_with_a_reason_or_taken_back(cast, live_application):
    before = Agency.objects.get(pk=cast.agency.pk).legal_form
    propose(cast, "legal_form", legal_form="other", legal_form_other="Cooperative")
    assert decide(cast, "refuse").status_code == 422, "a reason is asked"
    assert decide(cast, "refuse", reason="Send the charter first.").status_code == 302
    assert "Send the charter first." in cast.client("director").get(home(cast)).text
    assert Agency.objects.get(pk=cast.agency.pk).legal_form == before
    propose(cast, "legal_form", legal_form="other", legal_form_other="Cooperative")
    proposal = RecordProposal.objects.get(state="open")
    back = reverse("onboarding:take_back_proposal", args=[cast.agency.pk, proposal.pk])
    assert cast.client("coordinator").post(back).status_code == 403
    assert cast.client("director").post(back).status_code == 302
    assert decide(cast, "accept").status_code == 302, "told that it was decided already"
    assert Agency.objects.get(pk=cast.agency.pk).legal_form == before
    assert propose(cast, "legal_form", "coordinator").status_code == 403


def test_a_new_legal_name_amends_the_mou_which_may_then_be_renewed(cast, live_application):
    mou, signed = executed(cast), name(cast)
    assert not agreement.may_be_renewed(mou)
    propose(cast, legal_name="Harbor Homes, Inc.")
    assert decide(cast, "accept").status_code == 422, "the MOU is asked about"
    assert name(cast) == signed
    assert decide(cast, "accept", mou="amended").status_code == 302
    assert name(cast) == "Harbor Homes, Inc."
    assert agreement.may_be_renewed(Mou.objects.get(pk=mou.pk))
    assert "signed again in the new name" in Message.objects.get(name="onboarding/change_decided").body_text
    assert (
        "Renew the MOU" in cast.client("director").get(reverse("onboarding:mou", args=[cast.agency.pk])).text
    )


def test_a_new_legal_name_may_leave_the_mou_as_it_is(cast, live_application):
    mou, signed = executed(cast), name(cast)
    propose(cast, legal_name="Harbor Homes, Inc.")
    assert "why both names are one party" in decide(cast, "accept", mou="stands").text
    assert decide(cast, "accept", mou="stands", reason="The charter names both.").status_code == 302
    row = OneParty.objects.get(mou=mou)
    assert (row.signed, row.now, row.reason) == (signed, "Harbor Homes, Inc.", "The charter names both.")
    assert not agreement.may_be_renewed(Mou.objects.get(pk=mou.pk))
