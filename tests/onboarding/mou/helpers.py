"""What people do on the pages of the MOU: the addresses, and what their forms send."""

import json
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hmis_portal.signing.agreeing import requests, text
from onboarding.models import Mou
from onboarding.mou import agreement
from onboarding.mou.party import LEAD
from tests.cast import confirm_again as confirm_again
from tests.cast import remember_second_factor
from tests.mou import lead_consents, read_all
from tests.scans import scan

SIGNER = {
    "who": "other",
    "first_name": "Sidney",
    "last_name": "Signatory",
    "email": "signatory@harbor.example",
    "title": "Chair of the board",
    "authority": "Resolution of the board of October 3, 2026",
}


AGENCY_SCAN = scan("scanned: signed by the agency")


def mou_url(name, cast):
    return reverse(f"onboarding:{name}", args=[cast.agency.pk])


def consent_on_page(client, cast, mou):
    from hmis_portal.signing.agreeing.consents import test_number

    number = test_number(agreement.agency_party(mou))
    return client.post(mou_url("consent", cast), {"number": number, "agree": "on"})


def read_on_page(client, cast, mou):
    """A click for each clause: for tests of the reading; others take the confirmed clauses from `consent_and_read`."""
    for clause in text.clauses(mou.request.text):
        client.post(mou_url("read_mou", cast), {"clause": clause.anchor})


def consent_and_read(client, cast, mou):
    answer = consent_on_page(client, cast, mou)
    read_all(agreement.agency_party(mou), cast.signatory)
    return answer


def signature(mou, **changes):
    revision = requests.to_read(agreement.agency_party(mou))
    return {
        "legal_name": "Sidney Signatory",
        "title": "Chair of the board",
        "authority": "Resolution of the board of October 3, 2026",
        "authorized": "on",
        "typed_name": "sidney  SIGNATORY",
        "read_sha256": revision.sha256,
        **changes,
    }


def counter_sign_url(mou):
    return reverse("admin:onboarding_mou_counter_sign", args=[mou.pk])


def counter_sign_form(mou, **changes):
    sha256 = requests.to_read(requests.party(mou.request, LEAD)).sha256
    return {
        "title": "Director", "authority": "Bylaws, article 4", "read": "on", "typed_name": "Lee Lead",
        "read_sha256": sha256, **changes,
    }  # fmt: skip


def lead_client(client_of, cast, agreed=True):
    client = client_of(cast.lead)
    remember_second_factor(client, cast.lead)
    confirm_again(client, cast.lead)
    if agreed:
        lead_consents(Mou.objects.get(), cast.lead)
    return client


def paper_form(data=AGENCY_SCAN, *, name="scan.pdf", day=None, **changes):
    day = day or timezone.localdate()
    return {
        "legal_name": "Sidney Signatory", "title": "Chair of the board", "authority": "Bylaws",
        "signed_on_month": day.month, "signed_on_day": day.day, "signed_on_year": day.year,
        "file": SimpleUploadedFile(name, data, "application/pdf"), **changes,
    }  # fmt: skip


def asked(page):
    """The challenge of the page that asks for a passkey, and the form it sends again."""
    assert "Sign with your passkey" in page.text
    options = json.loads(re.search(r'<script id="js_data"[^>]*>(.*?)</script>', page.text).group(1))
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
    return options["request_options"]["publicKey"], {
        name: value for name, value in fields if name not in ("csrfmiddlewaretoken", "assertion")
    }
