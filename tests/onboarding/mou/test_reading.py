"""The signatory reads section by section: what is read and what is left is shown, kept, and proof afterwards."""

import json
import subprocess

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from hmis_portal import documents
from hmis_portal.signing.agreeing import text
from hmis_portal.signing.models import ClauseRead
from onboarding import questions
from onboarding.models import Thread
from onboarding.mou import agreement
from tests.mou import consent, issue_mou
from tests.onboarding.mou.helpers import counter_sign_form, counter_sign_url, lead_client


@pytest.fixture
def consented(cast):
    mou = issue_mou(cast)
    consent(agreement.agency_party(mou), cast.signatory)
    return mou


def _read_url(cast):
    return reverse("onboarding:read_mou", args=[cast.agency.pk])


def _clause_url(cast, anchor):
    return reverse("onboarding:mou_clause", args=[cast.agency.pk, anchor])


def test_without_scripts_a_button_at_each_clause_leads_to_the_next(cast, consented, client_of):
    client = client_of(cast.signatory)
    page = client.get(_read_url(cast))
    assert "0 of 32 clauses read" in page.text
    first, second = (_clause_url(cast, clause.anchor) for clause in text.clauses(consented.request.text)[:2])
    assert f'href="{first}">Begin with clause 1' in page.text
    page = client.get(first)
    assert page.text.count("I have read clause 1<") == 1
    assert not ClauseRead.objects.exists()  # opening it says nothing
    assert client.post(_read_url(cast), {"clause": "parties"}).url == second
    assert "You read this clause on" in client.get(first).text
    page = client.get(_read_url(cast))
    assert "1 of 32 clauses read" in page.text
    assert page.text.count('class="clause-read"') == 1  # in the contents too
    assert f'href="{second}">Go on reading' in page.text
    assert "Go on to sign" not in page.text


def test_the_whole_text_is_read_on_one_page_as_well(cast, consented, client_of):
    client = client_of(cast.signatory)
    answer = client.post(_read_url(cast), {"clause": "parties", "whole": "on"})
    whole = reverse("onboarding:mou_text", args=[cast.agency.pk])
    assert answer.url == f"{whole}#definitions"
    page = client.get(whole).text
    assert page.count("I have read clause") == 31
    assert page.count("You read this clause on") == 1
    assert 'id="done" hidden' in page
    assert "I have read clause" not in client_of(cast.director).get(whole).text
    last = client.post(
        _read_url(cast), {"clause": "signatures"}
    )  # the first that is left comes after the last
    assert last.url == _clause_url(cast, "definitions")


def test_with_scripts_the_answer_says_what_is_left(cast, consented, client_of):
    client = client_of(cast.signatory)
    clauses = text.clauses(consented.request.text)
    for number, clause in enumerate(clauses, 1):
        answer = client.post(_read_url(cast), {"clause": clause.anchor}, HTTP_X_REQUESTED_WITH="fetch").json()
        assert answer["words"] == f"{number} of 32 clauses read"
    assert answer["next"] == ""
    page = client.get(_read_url(cast)).text
    assert "Go on to sign" in page
    asked = questions.ask(
        kind=Thread.Kind.CLAUSE, subject="Fees", text="Any next year?", by=cast.director, agency=cast.agency, clause="fees",
    )  # fmt: skip
    page = client.get(reverse("onboarding:sign", args=[cast.agency.pk])).text
    assert "26. Fees: 1 question, not answered yet" in page
    questions.answer(thread=asked, by=cast.admin, text="None are planned.")
    page = client.get(reverse("onboarding:sign", args=[cast.agency.pk])).text
    assert "26. Fees: 1 question, answered" in page
    assert "None are planned." in page


def test_a_second_click_keeps_the_first_time_and_a_strange_clause_is_refused(cast, consented, client_of):
    client = client_of(cast.signatory)
    for _twice in range(2):
        client.post(_read_url(cast), {"clause": "fees"})
    row = ClauseRead.objects.get()
    assert (row.user, row.anchor) == (cast.signatory, "fees")
    assert client.post(_read_url(cast), {"clause": "nothing"}).status_code == 404
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        ClauseRead.objects.update(anchor="x")


def test_the_next_signatory_reads_for_themselves(cast, consented, client_of):
    client_of(cast.signatory).post(_read_url(cast), {"clause": "fees"})
    other = {
        "first_name": "Chris", "last_name": "Coordinator", "email": cast.coordinator.email, "title": "Deputy",
        "authority": "Delegation",
    }  # fmt: skip
    client_of(cast.signatory).post(reverse("onboarding:pass_on", args=[cast.agency.pk]), other)
    consent(agreement.agency_party(consented), cast.coordinator)
    assert "0 of 32 clauses read" in client_of(cast.coordinator).get(_read_url(cast)).text


def test_the_number_of_queries_does_not_grow_with_what_is_read(
    cast, consented, client_of, django_assert_max_num_queries
):
    client = client_of(cast.signatory)
    client.get(_read_url(cast))
    for clause in text.clauses(consented.request.text):
        client.post(_read_url(cast), {"clause": clause.anchor})
    with django_assert_max_num_queries(12):
        client.get(_read_url(cast))


def test_the_certificate_proves_that_all_was_read(cast, signed, approved, client_of, tmp_path):
    lead_client(client_of, cast).post(counter_sign_url(signed), counter_sign_form(signed))
    file = tmp_path / "certificate.pdf"
    file.write_bytes(documents.read(signed.request.certificate.document))
    words = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "32 of 32 clauses confirmed as read one by one" in " ".join(words.split())
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(file)], check=True)
    rows = json.loads((tmp_path / "events.json").read_text())["clauses_read"]
    assert [row["clause"] for row in rows] == [one.anchor for one in text.clauses(signed.request.text)]
    assert all(row["at"] for row in rows)
