"""Where notices go, on the paper itself: as the records of both parties were when the MOU was issued."""

import subprocess

from agencies.models import Agency, Position
from hmis_portal import documents
from hmis_portal.models import AuditEvent, PortalSettings
from hmis_portal.signing.agreeing import requests, revisions
from onboarding.models import Mou
from onboarding.mou import wording
from tests.mou import issue_mou
from tests.onboarding.helpers import settings_are
from tests.onboarding.mou.helpers import SIGNER, mou_url
from tests.people import enter


def test_the_addresses_for_notices_are_frozen_with_the_mou(cast, commits, tmp_path):
    settings_are(
        notices_address="410 Capitol Avenue, Hartford, CT 06106", notices_email="notices@lead.example"
    )
    director = enter(cast.agency, "Dana Director", "dd@harbor.example")
    cast.agency.contacts.create(position=Position.DIRECTOR, person=director)
    with commits():
        mou = issue_mou(cast)
    made = requests.latest_pdf(mou.request)
    file = tmp_path / "mou.pdf"
    file.write_bytes(documents.read(made.document))
    words = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    )
    page = " ".join(words.stdout.split())
    agency = cast.agency
    place = f"{agency.street}, {agency.city}, {agency.region} {agency.zip_code}"
    assert f"Notices to the Agency {place}; dd@harbor.example" in page
    assert "Notices to the Lead Agency 410 Capitol Avenue, Hartford, CT 06106; notices@lead.example" in page
    before = revisions.issued_pdf(mou.request)
    agency.street, director.email = "1 New Street", "new@harbor.example"
    agency.save(update_fields=["street"])
    director.save(update_fields=["email"])
    settings_are(notices_address="Elsewhere")
    assert revisions.issued_pdf(mou.request) == before


def test_what_is_not_known_is_not_made_up(cast, texts):
    cast.agency.street = ""
    cast.agency.save(update_fields=["street"])
    stated = dict(wording.facts(cast.agency, cast.signatory.email, None))
    assert stated["Notices to the Agency"] == cast.signatory.email
    assert stated["Notices to the Lead Agency"] == PortalSettings.load().support_email


def test_an_address_that_is_not_known_is_asked_with_the_signatory_and_never_again(
    cast, texts, client_of, files_wait
):
    client, url = client_of(cast.director), mou_url("name_signatory", cast)
    assert 'name="street"' not in client.get(url).text
    Agency.objects.filter(pk=cast.agency.pk).update(street="", zip_code="")
    assert 'value="Hartford"' in client.get(url).text
    assert "Enter the street address" in client.post(url, SIGNER).text
    place = {"street": "7 Elm Street", "city": "Hartford", "region": "CT", "zip_code": "06103"}
    client.post(url, {**SIGNER, **place})
    stated = dict(Mou.objects.get().request.snapshot["facts"])
    assert stated["Notices to the Agency"] == "7 Elm Street, Hartford, CT 06103; signatory@harbor.example"
    assert Agency.objects.get(pk=cast.agency.pk).street == "7 Elm Street"
    assert AuditEvent.objects.get(verb="save").data["changed"]["street"] == ["", "7 Elm Street"]
    assert 'name="street"' not in client.get(url).text
