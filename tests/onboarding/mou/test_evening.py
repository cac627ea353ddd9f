"""Signed in the evening, when the day is another one in UTC: each instant is the same on every paper and page."""

import datetime as dt
import re
import subprocess

from django.core import mail
from django.urls import reverse

from hmis_portal import documents
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.agreeing.signature import Identity
from hmis_portal.signing.models import SignatureAct
from onboarding.models import Application
from onboarding.mou.party import LEAD
from onboarding.services import perform
from onboarding.workflow import MouVerb
from tests.mou import issue_mou, lead_consents, sign
from tests.payloads import signature

EVENING = dt.datetime(2026, 12, 5, 4, 30, 7, tzinfo=dt.UTC)  # December 4, 23:30:07 in Connecticut
BOTH = "December 4, 2026, 23:30:07 EST {}2026-12-05 04:30:07 UTC{}"


def test_a_signature_in_the_evening_bears_the_same_instant_on_every_paper(
    cast, commits, time_machine, tmp_path, client
):
    time_machine.move_to(EVENING, tick=False)
    with commits():
        mou = issue_mou(cast)
    with commits():
        sign(mou, cast)
    Application.objects.create(
        agency=cast.agency, reference="APP-2026-TEST-0001", state="approved", started_by=cast.director,
        submitted_at=EVENING, reviewer=cast.admin, decided_at=EVENING, decided_by=cast.admin,
    )  # fmt: skip
    lead_consents(mou, cast.lead)
    party = requests.party(mou.request, LEAD)
    with commits():
        mou = perform(
            mou, MouVerb.COUNTER_SIGN, by=cast.lead,
            payload=signature(party, title="Director", authority="Bylaws", identity=Identity(EVENING)),
        )  # fmt: skip
    stamps = _text(tmp_path, requests.final_pdf(mou.request))
    assert stamps.count(BOTH.format("", "")) == 2
    certificate = _text(tmp_path, mou.request.certificate)
    assert certificate.count(BOTH.format("(", ")")) > 8
    days = "December 4, 2026 through December 3, 2029, both days included"  # 36 months
    assert f"Term: {days}" in stamps
    assert f"First and last day {days}" in certificate
    assert mou.term_ends_on == dt.date(2029, 12, 3)
    told = " ".join(f"{message.subject} {message.body}" for message in mail.outbox)
    page = client.get(reverse("onboarding:verify"), {"reference": mou.request.reference}).text
    act = str(SignatureAct.objects.first())
    for words in (stamps, certificate, told, page, act):
        assert "December 4, 2026" in words
        assert "December 5" not in words
        assert set(re.findall(r"[\d-]+ [\d:]+ UTC", words)) <= {"2026-12-05 04:30:07 UTC"}


def _text(folder, kept):
    """The words of a stored PDF, in one line."""
    file = folder / f"{kept.pk}.pdf"
    file.write_bytes(documents.read(kept.document))
    words = subprocess.run(
        ["pdftotext", "-raw", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    return " ".join(words.split())
