"""Drafts are written and compared, published once, and then never change; unsigned MOUs are superseded and told."""

import subprocess

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from hmis_portal import documents
from hmis_portal.management.commands.portal import load_reference
from hmis_portal.models import Message, PortalSettings, PowerRequest, WhatIf, forget_settings
from hmis_portal.powers import asking
from hmis_portal.signing.admin.texts import faults
from hmis_portal.signing.agreeing import requests, text, text_versions
from hmis_portal.signing.models import TextVersion
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import WrongState
from onboarding.models import Mou
from onboarding.mou import agreement, wording
from onboarding.services import perform
from tests.cast import remember_second_factor
from tests.factories import UserFactory
from tests.what_if import sent_after_reading

CHANGED = "## 26. Fees {#fees}\n\nThere is a yearly fee of $100.\n"


@pytest.fixture
def draft(cast, reference):
    now = text_versions.current(TextVersion.Kind.MOU)
    old = next(clause for clause in text.clauses(now.body) if clause.anchor == "fees")
    version = text_versions.save_draft(
        "mou", 2, now.body.replace(old.markdown, "There is a yearly fee of $100.")
    )
    version.what_changed = "There is now a fee."
    version.save()
    return version


def issue(cast, commits):
    with commits():
        signer = agreement.Signer(cast.signatory.email, "Sidney", "Signatory", "Chair", "Bylaws")
        return agreement.issue(agency=cast.agency, by=cast.director, signer=signer)


def test_two_versions_are_compared_clause_by_clause(cast, draft, admin):
    page = admin.get(reverse("admin:signing_text_compare", args=[draft.pk]))
    assert page.status_code == 200
    assert "26. Fees" in page.text
    assert "<ins>" in page.text
    assert "<del>" in page.text
    rows = text.compare(text_versions.current("mou").body, draft.body)
    assert [row.title for row in rows if row.kind != "same"] == ["Fees"]


ASKED = {"read": "on", "reason": "Counsel agreed", "signers": "nobody"}


def publish(admin, draft):
    """Asked on the page, granted by another HMIS Admin."""
    sent_after_reading(admin, reverse("admin:signing_text_publish", args=[draft.pk]), ASKED)
    asking.grant(PowerRequest.objects.get(), by=UserFactory(groups=("HMIS Admin",)))


def test_publishing_supersedes_what_is_unsigned_and_tells_what_changed(
    cast, draft, admin, commits, files_wait
):
    mou = issue(cast, commits)
    mail.outbox.clear()
    url = reverse("admin:signing_text_publish", args=[draft.pk])
    assert "1 MOU that waits" in admin.get(url).text
    assert admin.post(url, {}).status_code == 422
    with commits():
        publish(admin, draft)
    mou.refresh_from_db()
    draft.refresh_from_db()
    assert (mou.state, draft.state) == (Mou.State.SUPERSEDED, TextVersion.State.PUBLISHED)
    told = Message.objects.filter(name="onboarding/mou_superseded").count()
    assert WhatIf.objects.get().result["at_once"] == told > 0
    assert TextVersion.objects.get(kind="mou", number=1).state == TextVersion.State.RETIRED
    (message,) = [one for one in mail.outbox if one.to == [cast.director.email]]
    assert "There is now a fee." in message.body
    assert issue(cast, commits).request.version == draft


def test_a_superseded_mou_says_when_in_words_where_nobody_said_what_changed(cast, draft, admin, commits):
    mou = issue(cast, commits)
    perform(mou, "supersede", by=cast.admin, as_system=True)
    mou.refresh_from_db()
    assert mou.reason == f"A newer version of the MOU was published on {date_words(timezone.localdate())}."


def test_publishing_twice_is_told(cast, draft, admin):
    url = reverse("admin:signing_text_publish", args=[draft.pk])
    publish(admin, draft)
    assert "is published already" in admin.post(url, ASKED, follow=True).text


def test_nothing_is_issued_from_a_text_that_was_replaced_meanwhile(cast, draft):
    before = text_versions.current("mou")
    text_versions.publish(draft, by=cast.admin)
    with pytest.raises(WrongState, match="A newer version was published"):
        requests.issue(version=before, reference="MOU-1", values=wording.values(cast.agency), parties=[])


@pytest.mark.parametrize("change", [{"body": "x"}, {"state": "draft"}, {"title": "x"}, {"number": 9}])
def test_a_published_text_never_changes(cast, draft, change):
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        TextVersion.objects.filter(state="published").update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        TextVersion.objects.filter(state="published")._raw_delete("default")


def test_only_the_hmis_admin_publishes(cast, draft, client_of):
    url = reverse("admin:signing_text_publish", args=[draft.pk])
    for kind in ("lead", "auditor", "trainer"):
        client = client_of(cast.person(kind))
        remember_second_factor(client, cast.person(kind))
        assert client.post(url, {"read": "on"}).status_code == 403, kind
    assert TextVersion.objects.get(pk=draft.pk).state == "draft"


def test_a_draft_is_written_in_the_admin_and_its_faults_are_named(cast, draft, admin):
    url = reverse("admin:signing_textversion_add")
    assert admin.get(url).status_code == 200
    page = admin.post(
        url,
        {"kind": "mou", "body": "# T\n\n## 1. A {#a}\n\n{{ nobody }}\n\n## 3. B {#a}\n", "what_changed": ""},
    )
    assert page.status_code == 200
    for words in ("cannot fill these variables: nobody", "Number the clauses", "anchor of its own"):
        assert words in page.text
    admin.post(url, {"kind": "mou", "body": "# T\n\n## 1. A {#a}\n\n{{ agency }}\n", "what_changed": ""})
    assert TextVersion.objects.get(kind="mou", number=3).title == "T"
    assert admin.get(reverse("admin:signing_text_preview", args=[draft.pk])).content.startswith(b"%PDF")
    assert admin.get(reverse("admin:signing_textversion_changelist")).status_code == 200
    assert admin.get(reverse("admin:signing_textversion_change", args=[draft.pk])).status_code == 200


GOOD = "# T\n\n## 1. A {#a}\n\n{{ agency }}\n"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("# T\n\nOnly an introduction.\n", "Number the clauses"),
        ("# T\n\n## Parties\n\nx\n\n## 1. A {#a}\n\nx\n", "Number the clauses"),
        (GOOD.replace("# T\n", f"# {'T' * 201}\n"), "Shorten the title to 200 characters or fewer"),
        (GOOD.replace("{#a}", "{#" + "a" * 81 + "}"), "Shorten each anchor to 80 characters or fewer"),
        (GOOD.replace("{#a}", "{#Of the parties}"), "Write anchors in small letters"),
        (GOOD.replace("{{ agency }}", "{{  agency }}"), "Write each variable in small letters"),
        (GOOD.replace("{{ agency }}", "{{Agency}}"), "Write each variable in small letters"),
        (GOOD.replace("{{ agency }}", "{{ agency }"), "Write each variable in small letters"),
        (GOOD.replace("# T\n", "T\n"), "Begin the text with its title"),
    ],
)
def test_a_text_that_would_break_signing_is_refused_with_what_to_do(cast, admin, body, words):
    load_reference()
    url = reverse("admin:signing_textversion_add")
    page = admin.post(url, {"kind": "mou", "body": body, "what_changed": ""})
    assert page.status_code == 200
    assert words in page.text
    assert body.split("\n")[0] in page.text  # what was typed is kept
    assert not TextVersion.objects.filter(kind="mou", number=2).exists()
    assert admin.post(url, {"kind": "mou", "body": GOOD, "what_changed": ""}).status_code == 302
    assert TextVersion.objects.get(kind="mou", number=2).title == "T"


def test_a_draft_keeps_its_kind(cast, draft, admin):
    """Number 2 of another kind may be taken."""
    text_versions.save_draft("user_agreement", 2, GOOD)
    url = reverse("admin:signing_textversion_change", args=[draft.pk])
    assert 'name="kind"' not in admin.get(url).text
    answer = admin.post(url, {"kind": "user_agreement", "body": GOOD, "what_changed": ""})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.kind, draft.number, draft.title) == ("mou", 2, "T")


def test_the_texts_that_the_portal_brings_pass(cast):
    load_reference()
    versions = TextVersion.objects.all()
    assert {version.kind for version in versions} == set(TextVersion.Kind)
    for version in versions:
        assert list(faults(version.body, version.kind)) == []


def test_names_with_punctuation_stand_in_titles_and_headings_as_they_are(cast, commits, client_of, tmp_path):
    load_reference()
    PortalSettings.objects.update_or_create(pk=1, defaults={"hmis_name": "Maine HMIS (ME-HMIS)"})
    forget_settings()
    cast.agency.legal_name = "Harbor_House *Inc.* #1"
    cast.agency.save()
    body = text_versions.current("mou").body.replace(
        "## 1. Parties and purpose", "## 1. What {{ agency }} signs"
    )
    text_versions.publish(text_versions.save_draft("mou", 2, body), by=cast.admin)
    mou = issue(cast, commits)
    title = "Memorandum of Understanding for participation in Maine HMIS (ME-HMIS)"
    heading = "What Harbor_House *Inc.* #1 signs"
    assert mou.request.snapshot["title"] == title
    page = client_of(cast.director).get(reverse("onboarding:mou", args=[cast.agency.pk])).text
    assert heading in page
    assert "\\" not in page.split("<main")[1]
    file = tmp_path / "mou.pdf"
    file.write_bytes(documents.read(requests.latest_pdf(mou.request).document))
    said = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    )
    assert title in " ".join(said.stdout.split())
    assert heading in " ".join(said.stdout.split())
    assert "\\" not in said.stdout
