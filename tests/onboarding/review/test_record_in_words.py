"""The record on the desk: in words, narrowed by person, kind, agency and day, as CSV; what the desk itself changes
stands there from what to what, and “History” leads there."""

import csv
import io

import pytest
from django.contrib import admin
from django.urls import reverse

from agencies.models import ContinuumOfCare, HudCode
from hmis_portal import audit
from hmis_portal.desk import pages
from hmis_portal.events import PortalEvent
from hmis_portal.models import AuditEvent, Message
from onboarding.workflow import ApplicationVerb
from tests.applications import make_application
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/hmis_portal/auditevent/"


@pytest.fixture
def client(cast, reference, client_of):
    return client_of(cast.admin)


def rows(answer):
    return list(answer.context["cl"].result_list)


def test_what_the_desk_changes_is_told_from_what_to_what(cast, client, client_of):
    coc = ContinuumOfCare.objects.first()
    page = reverse("admin:agencies_continuumofcare_change", args=[coc.pk])
    assert client.post(page, {"code": coc.code, "name": "Renamed CoC"}).status_code == 302
    event = AuditEvent.objects.get(verb=PortalEvent.CHANGED)
    assert (event.actor, event.ip) == (cast.admin, "127.0.0.1")
    history = client.get(reverse("admin:agencies_continuumofcare_history", args=[coc.pk]), follow=True)
    assert rows(history) == [event]
    for words in (
        f"Changed: {ContinuumOfCare._meta.verbose_name} “{coc.code} Renamed CoC”",
        f"Name: {coc.name} → Renamed CoC",
        "Active: Yes → No",
        "Eastern Time",
    ):
        assert words in history.text, words
    assert "EST" not in history.text
    assert "Only the lines of one thing are shown." in history.text
    client.post(page, {"code": coc.code, "name": "Renamed CoC"})  # the same once more changes nothing
    assert AuditEvent.objects.filter(verb=PortalEvent.CHANGED).count() == 1
    assert (
        client_of(cast.lead).get(reverse("admin:agencies_continuumofcare_history", args=[coc.pk])).status_code
        == 302
    )
    assert "historylink" not in client_of(cast.lead).get(page).text
    assert "historylink" in client.get(page).text


def test_what_is_added_and_deleted_keeps_its_values(client, client_of):
    add = reverse("admin:agencies_coordinatedaccessnetwork_add")
    client.post(add, {"name": "Shoreline", "active": "on"})
    added = AuditEvent.objects.get(verb=PortalEvent.ADDED)
    assert added.data["changed"] == {"name": ["", "Shoreline"]}  # active is as every new one
    root = client_of(UserFactory(is_staff=True, is_superuser=True))
    delete = reverse("admin:agencies_coordinatedaccessnetwork_delete", args=[added.target_id])
    assert root.post(delete, {"post": "yes"}).status_code == 302
    event = AuditEvent.objects.get(verb=PortalEvent.DELETED)
    assert event.data["changed"] == {"name": ["Shoreline", ""], "active": ["True", ""]}


def test_a_code_of_hud_that_is_switched_off(client):
    code = HudCode.objects.select_related("list").first()
    client.post(reverse("admin:agencies_hudcode_change", args=[code.pk]), {})
    assert AuditEvent.objects.get(target_type="agencies.hudcode").data["changed"] == {
        "active": ["True", "False"]
    }


def test_a_long_record_is_counted_up_to_a_bound(cast, client, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(pages, "COUNTED", 100)
    AuditEvent.objects.bulk_create(
        audit.event(by=cast.admin, verb=PortalEvent.CHANGED, obj=cast.director) for _number in range(600)
    )
    with django_assert_max_num_queries(8) as captured:
        first = client.get(LIST)
    (counting,) = [query["sql"] for query in captured if "COUNT(*)" in query["sql"]]
    assert "LIMIT 551" in counting  # ten pages are led to from the first
    assert "550+ audit events" in " ".join(first.text.split())
    last = client.get(LIST, {"p": "12"})
    assert len(rows(last)) == 50
    assert f"{AuditEvent.objects.count()} audit events" in " ".join(last.text.split())
    assert client.get(LIST, {"p": "9" * 9}).status_code == 302  # no such page
    found = client.get(LIST, {"q": cast.director.get_full_name()})
    assert "550+ results" in found.text


def test_all_of_a_long_list_are_chosen_in_the_words_of_its_foot(client, monkeypatch):
    monkeypatch.setattr(pages, "COUNTED", 100)
    Message.objects.bulk_create(
        Message(key=f"k{number}", name="n", to="a@example.org", subject="s", body_text="", body_html="")
        for number in range(600)
    )
    text = " ".join(client.get(reverse("admin:hmis_portal_message_changelist")).text.split())
    assert "All 550+ selected" in text
    assert "Select all 550+ message" in text
    assert "> 550+ message" in text  # the foot


def test_no_secret_is_typed_on_the_desk(cast, rf):
    """A field that holds one would go into the record as it is."""
    request = rf.get("/")
    request.user = UserFactory(is_staff=True, is_superuser=True)
    names = {
        (model._meta.label, name)
        for model, page in admin.site._registry.items()
        if page.has_change_permission(request)
        for name in page.get_form(request).base_fields
    }
    assert len(names) > 50
    assert not [
        one for one in names if {"password", "secret", "token", "private", "hash"} & {*one[1].split("_")}
    ]


def test_the_record_is_narrowed_by_person_kind_agency_and_day(cast, client, django_assert_max_num_queries):
    application = make_application(cast.agency, by=cast.director, state="submitted")
    audit.record(
        by=cast.director,
        verb=ApplicationVerb.SUBMIT,
        obj=application,
        agency_id=cast.agency.pk,
        before="draft",
        after="submitted",
    )
    for _time in range(30):
        audit.record(
            by=cast.stranger, verb=ApplicationVerb.WITHDRAW, obj=application, agency_id=cast.other_agency.pk
        )
    name, other = cast.agency.legal_name, cast.other_agency.legal_name
    with django_assert_max_num_queries(10):
        page = client.get(LIST)
    assert f"Sent the application {application.reference} with the signed MOU" in page.text
    assert "Only the lines of one thing" not in page.text
    assert name in page.text
    assert other in page.text
    narrow = {"who": "Stranger", "kind": "onboarding.application", "agency": other[:6]}
    assert {event.actor for event in rows(client.get(LIST, narrow))} == {cast.stranger}
    assert len(rows(client.get(LIST, {**narrow, "agency": name[:6]}))) == 0
    assert len(rows(client.get(LIST, {"who": cast.director.email, "kind": "onboarding.application"}))) == 1
    assert len(rows(client.get(LIST, {"kind": "onboarding.application", "since": "2100-01-01"}))) == 0
    wrong = client.get(LIST, {"since": "soon"})
    assert "Enter a date such as 2026-11-29" in wrong.text
    answer = client.get(
        reverse("admin:onboarding_record_csv"), {"who": "Dana", "kind": "onboarding.application"}
    )
    assert answer.streaming
    table = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[1:6] for row in table[1:]] == [
        [
            "Dana Director",
            f"Sent the application {application.reference} with the signed MOU",
            "Draft → Submitted",
            "",
            name,
        ]
    ]
