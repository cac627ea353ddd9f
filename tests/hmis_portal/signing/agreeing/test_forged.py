"""Who can write to the database, but does not hold the key, has nothing sealed."""

import pgtrigger
import pytest
from django.db import connection

from hmis_portal.signing.agreeing import requests, revisions
from hmis_portal.signing.agreeing.evidence.attested import NotAttestedError
from hmis_portal.signing.models import SealJob, SignatureAct
from hmis_portal.signing.verifying import integrity
from tests.hmis_portal.signing.agreeing.forging import forge


@pytest.fixture
def signed_by_agency(issue, sign):
    request = issue()
    sign(requests.party(request, "agency"))
    return request


@pytest.mark.parametrize("event", [True, False])
@pytest.mark.parametrize("mark", ["", "of another", "1:00:00"])
def test_a_forged_counter_signature_is_never_sealed(signed_by_agency, commits, mark, event) -> None:
    if mark == "of another":
        mark = SignatureAct.objects.get().mark
    number = forge(signed_by_agency, mark=mark, event=event)
    with pytest.raises(NotAttestedError), commits():
        revisions.want_file(signed_by_agency, "lead")
    job = SealJob.objects.get(step="lead")
    assert (job.done_at, job.parked_at is None) == (None, False)
    assert "The portal did not record this signature" in job.error
    assert requests.final_pdf(signed_by_agency) is None
    assert number in [act.pk for act in integrity.check_acts()]


def test_nobody_signs_after_a_forged_signature(issue, sign, commits) -> None:
    from hmis_portal.web.errors import GuardFailed

    request = issue()
    sign(requests.party(request, "agency"))
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("UPDATE signing_signatureact SET ip = '203.0.113.9'")
    with pytest.raises(GuardFailed, match="The portal did not record this signature of Sidney Signatory"):
        sign(requests.party(request, "lead"))


def test_a_consent_that_somebody_wrote_is_none(signed_by_agency) -> None:
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("UPDATE signing_consent SET test_file_opened = false")
    assert "consent of Sidney Signatory" in integrity.attested.wrong_with_act(SignatureAct.objects.get())


def test_a_signature_from_before_there_were_marks_is_sealed_as_such(issue, sign, commits) -> None:
    """An upgrade between the signature and its seal: taken in once, then sealed; what comes later is not."""
    from hmis_portal.attesting import chain

    request = issue()
    sign(requests.party(request, "agency"), commit=False)
    with pgtrigger.ignore(), connection.cursor() as cursor:
        for table in ("signatureact", "consent", "signingevent"):
            cursor.execute(f"UPDATE signing_{table} SET mark = ''")
    with pytest.raises(NotAttestedError), commits():
        revisions.want_file(request, "agency")
    assert "The portal did not record this" in SealJob.objects.get(step="agency").error
    assert chain.begin() > 3
    with commits():
        revisions.try_again(SealJob.objects.get(step="agency"))
    assert SealJob.objects.get(step="agency").done_at is not None
    assert list(integrity.check_chains()) == []
    assert list(integrity.check_acts()) == []
