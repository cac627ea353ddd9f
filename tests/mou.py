"""An MOU issued to the cast's signatory, by the acts that people's clicks call."""

import time
from typing import Any

from django.utils import timezone

from hmis_portal import documents
from hmis_portal.signing import reference
from hmis_portal.signing.agreeing import acts, revisions, text
from hmis_portal.signing.agreeing.evidence import reading
from onboarding.models import Application, Mou
from onboarding.mou import agreement
from onboarding.services import perform
from onboarding.workflow import MouVerb
from tests.cast import Cast
from tests.payloads import paper_signature, signature
from tests.racing import PATIENCE
from tests.scans import scan as make_scan

AGENCY_SCAN = make_scan("signed by the agency")


def issue_mou(cast: Cast) -> Mou:
    reference.load()
    signer = agreement.Signer(
        email=cast.signatory.email,
        first_name="Sidney",
        last_name="Signatory",
        title="Chair of the board",
        authority="Resolution of the board of October 3, 2026",
    )
    return agreement.issue(agency=cast.agency, by=cast.director, signer=signer)


def until_certified(mou: Mou) -> None:
    """The file to sign is there: made here, or by a worker of the live portal that was told to make it."""
    deadline = time.monotonic() + PATIENCE
    while revisions.make(str(mou.request_id), "certified") is None:
        assert time.monotonic() < deadline, "Nobody has made the file to sign."
        time.sleep(0.2)


def read_all(party: Any, user: Any) -> None:
    """Confirm every clause, as the buttons of the page do."""
    for clause in text.clauses(party.request.text):
        reading.confirm(party, by=user, anchor=clause.anchor)


def consent(party: Any, user: Any) -> None:
    acts.consent(party, by=user, ip="192.0.2.1", browser="B", test_file_opened=True)


def lead_consents(mou: Mou, lead: Any) -> None:
    consent(agreement.lead_party(mou, lead), lead)


def sign_on_paper(cast: Cast, mou: Mou | None = None, data: bytes = AGENCY_SCAN) -> Mou:
    """The director uploads the scan of what the signatory signed by hand."""
    mou = mou or issue_mou(cast)
    revisions.make(str(mou.request_id), "certified")
    scan = documents.store(data, content_type="application/pdf")
    return perform(mou, MouVerb.SIGN_ON_PAPER, by=cast.director, payload=paper_signature(scan))


def sign(mou: Mou, cast: Cast) -> Mou:
    """The signatory consents, reads every clause and signs in the browser; commit outside to have the file made."""
    party = agreement.agency_party(mou)
    consent(party, cast.signatory)
    read_all(party, cast.signatory)
    given = signature(party, legal_name="Sidney Signatory", authority="Bylaws")
    return perform(mou, MouVerb.SIGN, by=cast.signatory, payload=given, ip=given.ip)


def approve(cast: Cast) -> Application:
    """An application of the cast's agency that the HMIS Admin approved just now; nothing of it was typed."""
    now = timezone.now()
    return Application.objects.create(
        agency=cast.agency, reference="APP-2026-TEST-0001", state="approved", started_by=cast.director,
        submitted_at=now, reviewer=cast.admin, decided_at=now, decided_by=cast.admin,
    )  # fmt: skip
