"""The panel of the MOU's page: whose turn it is, in words that are true for the person who reads them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from hmis_portal.signing.models import Revision, SealJob
from onboarding.models import Application
from tests.mou import issue_mou, sign, sign_on_paper


@pytest.fixture
def page(cast, client_of, reference):
    def read(kind):
        text = client_of(cast.person(kind)).get(reverse("onboarding:mou", args=[cast.agency.pk])).text
        return " ".join(text.split())

    return read


def _application(cast, state):
    sent = state != "draft"
    now = timezone.now()
    decided = {"decided_at": now, "decided_by": cast.admin} if state == "approved" else {}
    return Application.objects.create(
        agency=cast.agency, reference="APP-2026-TEST-0001", state=state, started_by=cast.director,
        submitted_at=now if sent else None, reviewer=cast.admin if state == "approved" else None, **decided,
    )  # fmt: skip


def test_only_a_manager_is_asked_to_name_the_signatory(cast, page):
    assert "It is your turn" in page("director")
    editor = page("coordinator")
    assert "It is your turn" not in editor
    assert "It is the turn of the agency’s manager" in editor
    assert "A manager of the agency names the person who may sign" in editor
    assert reverse("onboarding:name_signatory", args=[cast.agency.pk]) not in editor


@pytest.mark.parametrize(
    ("state", "who"),
    [
        (None, "It is your turn"),
        ("draft", "It is your turn"),
        ("submitted", "It is the turn of CT HMIS Admin"),
        ("approved", "It is the turn of CT HMIS Lead Agency"),
    ],
)
def test_after_the_signature_it_is_the_agency_s_turn_until_the_application_is_sent(cast, page, state, who):
    sign_on_paper(cast)
    if state:
        _application(cast, state)
    text = page("director")
    assert who in text
    assert ("Finish the application, then send both together" in text) == (who == "It is your turn")
    assert "It is your turn" not in page("auditor")


def test_while_the_certificate_is_made_the_executed_file_is_not_called_unfinished(cast, page, commits):
    with commits():
        mou = issue_mou(cast)
    with commits():
        sign(mou, cast)
    SealJob.objects.get_or_create(request=mou.request, step=Revision.CERTIFICATE)
    text = page("director")
    assert "A file is being made" not in text
    assert "The certificate of completion is being made. The other files below are final" in text


def test_the_page_offers_each_person_what_they_may_do(cast, page):
    issue_mou(cast)
    links = {
        name: reverse(f"onboarding:{name}", args=[cast.agency.pk])
        for name in ("pass_on", "decline_mou", "name_signatory", "mou_paper")
    }
    expected = {
        "signatory": {"pass_on", "decline_mou", "mou_paper"},
        "director": {"name_signatory", "mou_paper"},
        "admin": {"mou_paper"},
        "coordinator": set(),
        "auditor": set(),
    }
    for kind, names in expected.items():
        text = page(kind)
        assert {name for name, url in links.items() if f'href="{url}"' in text} == names, kind
