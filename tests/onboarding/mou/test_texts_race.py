"""A text is published while somebody issues the one before, or publishes another: on two connections."""

import threading

import pytest
from django.db import transaction

from hmis_portal import documents
from hmis_portal.management.commands.portal import load_reference
from hmis_portal.signing.agreeing import revisions, text_versions
from hmis_portal.signing.models import TextVersion
from hmis_portal.web.errors import WrongState
from onboarding.models import Mou
from onboarding.mou import agreement, publishing
from onboarding.services import perform
from onboarding.workflow import MouVerb
from tests.payloads import paper_signature
from tests.racing import PATIENCE, at_once, until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drafts(cast):
    load_reference()
    body = text_versions.current(TextVersion.Kind.MOU).body
    return [
        text_versions.save_draft(TextVersion.Kind.MOU, number, f"{body}\n{number}\n") for number in (2, 3)
    ]


def late(act, *, done):
    """The act, and its commit when the other waits for its locks."""
    with transaction.atomic():
        result = act()
        done.set()
        until_somebody_waits()
    return result


def signer(cast):
    return agreement.Signer(cast.signatory.email, "Sidney", "Signatory", "Chair", "Bylaws")


def test_nobody_is_asked_to_sign_a_text_that_is_being_replaced(cast, drafts):
    published = threading.Event()

    def issue():
        published.wait(PATIENCE)
        return agreement.issue(agency=cast.agency, by=cast.director, signer=signer(cast))

    found = at_once(lambda: late(lambda: publishing.publish(drafts[0], by=cast.admin), done=published), issue)
    assert found[0] == 0
    assert isinstance(found[1], WrongState), found
    assert not Mou.objects.exists()


def test_an_mou_that_is_being_issued_is_superseded_by_the_text_published_meanwhile(cast, drafts):
    issued = threading.Event()

    def publish():
        issued.wait(PATIENCE)
        return publishing.publish(drafts[0], by=cast.admin)

    def issue():
        return agreement.issue(agency=cast.agency, by=cast.director, signer=signer(cast))

    found = at_once(lambda: late(issue, done=issued), publish)
    assert found[1] == 1, found
    assert Mou.objects.get().state == Mou.State.SUPERSEDED


def test_one_who_signs_meanwhile_does_not_hold_up_the_others(cast, drafts):
    signed, listed = (
        agreement.issue(agency=cast.agency, by=cast.director, signer=signer(cast)),
        threading.Event(),
    )
    other = agreement.issue(
        agency=cast.other_agency,
        by=cast.stranger,
        signer=agreement.Signer(cast.stranger.email, "Robin", "Stranger", "Executive director", "Bylaws"),
    )
    scan = documents.store(b"%PDF-1.7 scan", content_type="application/pdf")
    revisions.make(str(signed.request_id), "certified")

    def sign():
        """As on paper: the manager uploads the scan."""
        return perform(signed, MouVerb.SIGN_ON_PAPER, by=cast.director, payload=paper_signature(scan))

    def publish():
        listed.wait(PATIENCE)
        return publishing.publish(drafts[0], by=cast.admin)

    found = at_once(lambda: late(sign, done=listed), publish)
    assert found[1] == 1, found
    signed.refresh_from_db()
    other.refresh_from_db()
    assert (signed.state, other.state) == (Mou.State.SIGNED, Mou.State.SUPERSEDED)
    assert text_versions.current(TextVersion.Kind.MOU).number == 2


def test_two_texts_published_at_once_leave_one_in_force(cast, drafts):
    found = at_once(*(lambda one=one: publishing.publish(one, by=cast.admin) for one in drafts))
    assert found == [0, 0]
    states = TextVersion.objects.filter(kind="mou").values_list("state", flat=True)
    assert sorted(states) == ["published", "retired", "retired"]
