"""A signature on paper recorded by the HMIS side, a text put in force, a seal key revoked: each takes two people."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from agencies import permissions
from agencies.models import User
from hmis_portal import documents
from hmis_portal.models import AuditEvent, PowerRequest
from hmis_portal.powers import asking
from hmis_portal.signing.agreeing import text_versions
from hmis_portal.signing.models import SealKey, SignatureAct
from hmis_portal.signing.sealing import key_files, keys
from hmis_portal.web.errors import GuardFailed
from onboarding.models import Mou
from onboarding.services import against, perform
from onboarding.workflow import MouVerb
from tests.mou import AGENCY_SCAN, approve
from tests.onboarding.mou.helpers import mou_url, paper_form
from tests.payloads import paper_signature
from tests.what_if import sent_after_reading

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def test_a_signature_on_paper_is_not_recorded_by_one_of_the_hmis_side(cast, second, issued, admin, client_of):
    page = mou_url("mou_paper", cast)
    assert "This takes two people" in admin.get(page).text
    assert "Enter how the paper came to you" in admin.post(page, paper_form(AGENCY_SCAN)).text
    admin.post(page, paper_form(AGENCY_SCAN, reason="Came by mail on Monday"))
    issued.refresh_from_db()
    assert issued.state == Mou.State.ISSUED
    row = PowerRequest.objects.get()
    assert not SignatureAct.objects.exists()
    other = client_of(second)
    grant = other.get(reverse("admin:hmis_portal_power_grant", args=[row.pk])).text
    scan = reverse("admin:hmis_portal_power_document", args=[row.pk])
    assert scan in grant
    assert other.get(scan).content == documents.read(row.document)
    other.post(reverse("admin:hmis_portal_power_grant", args=[row.pk]), {})
    issued.refresh_from_db()
    assert issued.state == Mou.State.SIGNED
    assert SignatureAct.objects.get().user == cast.admin
    approve(cast)
    for person in (cast.admin, second):
        person.groups.add(Group.objects.get(name=permissions.LEAD_SIGNATORY))
        assert against(issued, MouVerb.COUNTER_SIGN_ON_PAPER, User.objects.get(pk=person.pk))
    assert against(issued, MouVerb.COUNTER_SIGN_ON_PAPER, cast.lead) == []


def test_the_move_itself_refuses_one_of_the_hmis_side(cast, issued):
    scan = documents.store(AGENCY_SCAN, content_type="application/pdf")
    with pytest.raises(GuardFailed, match="another grants it"):
        perform(issued, MouVerb.SIGN_ON_PAPER, by=cast.admin, payload=paper_signature(scan))


def test_a_blank_paper_is_refused_by_who_looks_at_it(cast, second, issued, admin, client_of):
    admin.post(mou_url("mou_paper", cast), paper_form(AGENCY_SCAN, reason="Trust me"))
    row = PowerRequest.objects.get()
    client_of(second).post(
        reverse("admin:hmis_portal_power_refuse", args=[row.pk]), {"reason": "Nobody signed on it"}
    )
    row.refresh_from_db()
    assert (row.outcome, Mou.objects.get().state) == ("refused", Mou.State.ISSUED)


def test_the_manager_and_the_signatory_record_it_alone(cast, issued, client_of):
    client_of(cast.director).post(mou_url("mou_paper", cast), paper_form(AGENCY_SCAN))
    issued.refresh_from_db()
    assert issued.state == Mou.State.SIGNED
    assert not PowerRequest.objects.exists()


def test_a_text_is_not_put_in_force_by_one(cast, second, admin, client_of):
    now = text_versions.current("mou")
    draft = text_versions.save_draft("mou", 2, now.body + "\n## 26. Fees {#fees}\n\nThere is a fee.\n")
    url = reverse("admin:signing_text_publish", args=[draft.pk])
    assert "This takes two people" in admin.get(url).text
    sent_after_reading(admin, url, {"read": "on", "reason": "Counsel agreed", "signers": "nobody"})
    assert text_versions.current("mou") == now
    row = PowerRequest.objects.get()
    assert reverse("admin:signing_text_compare", args=[draft.pk]) in client_of(second).get(
        reverse("admin:hmis_portal_power_grant", args=[row.pk])
    ).text  # fmt: skip
    asking.grant(row, by=second)
    assert text_versions.current("mou") == draft


def test_a_draft_changed_after_it_was_asked_is_not_published(cast, second, admin):
    now = text_versions.current("mou")
    draft = text_versions.save_draft("mou", 2, now.body + "\n## 26. Fees {#fees}\n\nThere is a fee.\n")
    url = reverse("admin:signing_text_publish", args=[draft.pk])
    sent_after_reading(admin, url, {"read": "on", "reason": "Counsel agreed", "signers": "nobody"})
    page = reverse("admin:signing_textversion_change", args=[draft.pk])
    body = "# T\n\n## 1. A {#a}\n\nThe agency pays everything.\n"
    answer = admin.post(page, {"body": body, "what_changed": "A fee.", "sample": ""})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    with pytest.raises(GuardFailed, match="changed since this was asked"):
        asking.grant(PowerRequest.objects.get(), by=second)
    assert text_versions.current("mou") == now


def test_a_seal_key_is_not_revoked_by_one(cast, second, admin):
    key = keys.seal_key(key_files.authority())
    url = reverse("admin:signing_sealkey_revoke", args=[key.pk])
    assert "This takes two people" in admin.get(url).text
    admin.post(url, {"reason": "A laptop was lost"})
    assert SealKey.objects.get(pk=key.pk).revoked_at is None
    asking.grant(PowerRequest.objects.get(), by=second)
    assert SealKey.objects.get(pk=key.pk).revoked_at is not None
    event = AuditEvent.objects.get(verb="revoked a seal key")
    assert (event.actor, event.data["granted_by"], event.reason) == (
        cast.admin,
        second.pk,
        "A laptop was lost",
    )
