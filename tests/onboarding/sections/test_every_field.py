"""Every field of every form of the application, one after the other, with what nobody should type into it.

The fields are asked of the pages themselves, so a new one is walked without being named here. Each answer is a page:
accepted, or refused with a sentence that says what to do; what is refused changes no row of the agency.
"""

import re
from dataclasses import dataclass

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import Model
from django.utils.html import escape

from agencies.models import Agency, Contact, Staff
from hmis_portal.forms.fields import NameField
from onboarding.application import opening
from onboarding.models import (
    Application,
    ReadinessAnswer,
    ReadinessOutcome,
    ReadinessQuestion,
    SectionWork,
    Site,
    Upload,
)
from onboarding.sections.answers import published_questions
from onboarding.sections.short_pages import AGENCY, PEOPLE
from tests.onboarding.helpers import agency_data, people_data, readiness_data
from tests.onboarding.roster.helpers import person_data
from tests.scans import PDF

pytestmark = pytest.mark.django_db
NASTY = {
    "empty": [""],
    "spaces": ["   "],
    "long": ["x" * 20_000],
    "script": ["<script>alert('x')</script>"],
    "sql": ["'; DROP TABLE agencies_agency; --"],
    "rtl": ["\u202eمرحبا 👩‍👩‍👧‍👦 שלום"],
    "nul": ["a\x00b"],
    "number": ["-99999999999999999999999"],
    "decimal": ["1e309"],
    "twice": ["yes", "no", "yes"],
    "formula": ["=HYPERLINK(1)"],
}
STOCK = (
    "This field is required",
    "Enter a valid",
    "Select a valid choice",
    "invalid",
    "Ensure this value",
    "please",
)
# A name may read like anything, a position that may be nobody's be left empty, and the last of several answers stand.
TAKEN = {
    "declaration": ("script", "sql", "rtl", "number", "decimal", "twice", "formula"),
    "agency/services": ("twice",),
    "readiness/sign-in": ("twice",),
    "people/privacy": ("empty",),
    "people/it": ("empty",),
    "people/billing": ("empty",),
}
WRITTEN: tuple[type[Model], ...] = (Agency, Contact, Staff, Site, ReadinessAnswer, Upload)


@dataclass
class Page:
    path: str
    good: dict
    versioned: bool = True


READINESS = ("readiness/sign-in", "readiness/devices", "readiness/clients", "readiness/agency-plan1")


def pages(cast) -> dict[str, Page]:
    site = Site.objects.create(
        agency=cast.agency, address="1 A Street", workstations=1, connection="broadband", intake_desks=1
    )
    site_data = {
        "address": "12 Main Street",
        "workstations": "5",
        "connection": "broadband",
        "intake_desks": "1",
    }
    agency = agency_data(
        cast, legal_form="other", legal_form_other="Trust", federal_money="yes", uei="J3RW5C2KABC1",
        common_name="HH", website="https://a.example", coc_member="yes", languages="English",
    )  # fmt: skip
    people = people_data(
        security_is="other", security_name="Chris Coordinator", security_title="Manager",
        security_email="coordinator@harbor.example", security_phone="860-555-0110",
    )  # fmt: skip
    return {
        **{
            f"{page.section}/{page.key}": Page(f"{page.section}/{page.key}/", data)
            for pages, data in ((AGENCY, agency), (PEOPLE, people))
            for page in pages
        },
        **{key: Page(f"{key}/", readiness_data()) for key in READINESS},
        "declaration": Page("declaration/", {"declared_name": "Dana", "declared_title": "Director", "accurate": "on"}),
        "person": Page(f"staff/{cast.staff_row.pk}/", person_data(cast, email=cast.staff_row.email)),
        "new person": Page("staff/add/0123456789ab/", person_data(cast)),
        "site": Page(f"sites/{site.pk}/", site_data),
        "new site": Page("sites/add/0123456789ab/", site_data),
        "documents": Page("documents/", {"kind": "policies"}, versioned=False),
        "withdraw": Page("withdraw/", {"reason": "We join later."}, versioned=False),
    }  # fmt: skip


def rows() -> tuple:
    """Each as its text, in one question to the database: it is asked for each of some 500 answers."""
    of = [(model, "t") for model in WRITTEN]
    of.append((Application, "(state, declared_name, declared_title, declared_at, reason)"))
    each = (f"ARRAY(SELECT {what}::text FROM {model._meta.db_table} AS t ORDER BY id)" for model, what in of)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(each)}")
        return cursor.fetchone()


def inputs(answer) -> set[str]:
    """The names of the inputs of the page's own form."""
    form = answer.context["form"]
    names: set[str] = set()
    for name, field in form.fields.items():
        parts = getattr(field.widget, "widgets_names", None)
        names |= {f"{form.add_prefix(name)}{part}" for part in parts} if parts else {form.add_prefix(name)}
    return names


FORMS = (
    *(f"{page.section}/{page.key}" for page in (*AGENCY, *PEOPLE)),
    *READINESS,
    "declaration",
    "person",
    "new person",
    "site",
    "new site",
    "documents",
)


@pytest.mark.parametrize("key", [*FORMS, "withdraw"])
def test_each_field_alone(cast, application, key):
    """Each with one of the kinds, by turns, so that every kind meets fields of every sort."""
    page = pages(cast)[key]
    client, url = cast.client("director"), f"/agencies/{cast.agency.pk}/application/{page.path}"
    found = sorted(inputs(client.get(url)))
    assert len(found) >= (1 if key == "withdraw" else 2)
    kinds = list(NASTY)
    # All the questions of readiness are read again each time, and its fields are of few sorts: every third.
    for index, name in enumerate(found[:: 3 if key in READINESS else 1]):
        kind = kinds[index % len(kinds)]
        walk(client, url, page, {**page.good, name: NASTY[kind]}, name, kind)


@pytest.mark.parametrize("key", FORMS)
def test_all_fields_at_once(cast, application, key):
    page = pages(cast)[key]
    client, url = cast.client("director"), f"/agencies/{cast.agency.pk}/application/{page.path}"
    names = inputs(client.get(url))
    for kind, values in NASTY.items():
        answer = walk(client, url, page, dict.fromkeys(names, values), "all", kind)
        assert answer.status_code == (302 if kind in TAKEN.get(key, ()) else 200), kind


def walk(client, url, page, data, name, kind):
    if "documents" in url and name != "file":
        data = {**data, "file": SimpleUploadedFile("a.pdf", PDF) if name != "all" else ""}
    beginning, before = transaction.savepoint(), rows()
    answer = client.post(url, {**data, "version": "0"})
    where = f"{name} as {kind}"
    assert answer.status_code in (200, 302), where
    if answer.status_code == 200:
        text = answer.content.decode()
        assert "There is a problem" in text, where
        assert "<script>alert('x')" not in text, where
        summary = text.split("data-error-summary", 1)[1].split("</ul>", 1)[0]
        assert not any(word in summary for word in STOCK), (where, summary)
        assert rows() == before, where
    transaction.savepoint_rollback(beginning)  # the next field meets the same beginning
    return answer


@pytest.mark.parametrize(
    "key",
    [
        "agency/services",
        "people/director",
        "readiness/sign-in",
        "declaration",
        "person",
        "new person",
        "site",
        "withdraw",
    ],
)
def test_ten_megabytes_of_text(cast, application, key):
    page = pages(cast)[key]
    client, url = cast.client("director"), f"/agencies/{cast.agency.pk}/application/{page.path}"
    fields = client.get(url).context["form"].fields
    plain = [
        name for name, field in fields.items() if type(field).__name__ == "CharField" and name in page.good
    ]
    name = plain[0]
    before = rows()
    answer = client.post(url, {**page.good, name: "x" * (10 * 1024 * 1024), "version": "0"})
    assert answer.status_code == 200
    assert "characters or fewer" in answer.content.decode()
    assert rows() == before
    if page.versioned:
        kept = client.post(f"{url}keep/", {"version": "0", name: "x" * (10 * 1024 * 1024)})
        assert kept.status_code == 413
    assert client.post(url, {**page.good, name: "x" * (13 * 1024 * 1024)}).status_code == 413
    assert rows() == before


AS_TEMPLATE = '{{ 7|add:"7" }}{% x %}<b id=x>'  # a variable and a tag of a template, and an element
# The pages that say back what was typed: (the form, a page that shows it outside an input).
SAYS_BACK = {
    "agency/about": "check/", "agency/services": "check/", "people/director": "people/director/",
    "people/security": "readiness/agency/", "readiness/sign-in": "check/", "readiness/agency-plan1": "check/", "declaration": "check/", "person": "staff/",
    "new person": "staff/", "site": "sites/", "new site": "sites/", "withdraw": "",
}  # fmt: skip


@pytest.mark.parametrize("key", SAYS_BACK)
def test_what_reads_like_a_template_is_shown_as_typed(cast, application, key):
    page = pages(cast)[key]
    client, base = cast.client("director"), f"/agencies/{cast.agency.pk}/application/"
    url = f"{base}{page.path}"
    fields = client.get(url).context["form"].fields
    typed = {
        name: AS_TEMPLATE for name, field in fields.items() if type(field) in (forms.CharField, NameField)
    }
    answer = client.post(url, {**page.good, **typed, "version": "0"})
    if answer.status_code == 200:
        # Shown again as typed; then what has a form of its own (a UEI, a ZIP code) is typed as it should be.
        shown_as_typed(answer, f"{key} with its errors")
        form = answer.context["form"]
        typed = {name: text for name, text in typed.items() if name not in form.errors}
        newest = SectionWork.objects.order_by("-version").first()
        answer = client.post(
            url, {**page.good, **typed, "version": str(newest.version if newest and page.versioned else 0)}
        )
    assert answer.status_code == 302, answer.context["form"].errors
    assert typed
    said = client.get(f"{base}{SAYS_BACK[key]}")
    shown_as_typed(said, SAYS_BACK[key])
    for path in ("", "agency/", "people/", "readiness/", "staff/", "sites/", "documents/", "check/"):
        page_of = client.get(f"{base}{path}", follow=True)
        assert page_of.status_code == 200, path
        assert "<b id=x>" not in page_of.text, path


def shown_as_typed(answer, where):
    assert answer.status_code == 200, where
    assert "<b id=x>" not in answer.text, where
    assert escape(AS_TEMPLATE) in answer.text, where


def test_questions_that_read_like_a_template_are_asked_as_written(cast, application):
    """The words of the questions are typed too, by the HMIS Admin; here they are written into the draft version."""
    import pgtrigger

    with pgtrigger.ignore():
        ReadinessQuestion.objects.update(text=AS_TEMPLATE, hint=AS_TEMPLATE, group=AS_TEMPLATE)
        ReadinessOutcome.objects.update(text=AS_TEMPLATE)
    published_questions.cache_clear()  # it never changes, so the portal may know it from before
    client, url = cast.client("director"), f"/agencies/{cast.agency.pk}/application/readiness/"
    listed = client.get(url)
    shown_as_typed(listed, "listed")
    url = re.findall(rf'href="({url}[^"]+)"', listed.text)[0]  # the one topic, of the group that all are in
    shown_as_typed(client.get(url), "asked")
    shown_as_typed(
        client.post(url, {"version": "0", "q8": "no such answer", "q12_text": "x" * 2000}), "refused"
    )


def test_file_names_and_last_years_answers_are_shown_as_typed(cast, application):
    client, base = cast.client("director"), f"/agencies/{cast.agency.pk}/application/"
    file = SimpleUploadedFile("<b id=x>.pdf", PDF)
    data = readiness_data(q12_text=AS_TEMPLATE)
    assert client.post(f"{base}readiness/sign-in/", data).status_code == 302
    assert client.post(f"{base}readiness/papers/", data | {"q29_file": file}).status_code == 302
    proof = SimpleUploadedFile("<b id=x>.pdf", PDF)
    agency = {**pages(cast)["agency/about"].good, "legal_form": "501c3", "proof": proof}
    assert client.post(f"{base}agency/about/", agency).status_code == 302
    for path in ("readiness/papers/", "agency/about/", "check/", "documents/"):
        said = client.get(f"{base}{path}").text
        assert "<b id=x>" not in said, path
        assert "&lt;b id=x&gt;.pdf" in said, path
    Application.objects.filter(pk=application.pk).update(state="withdrawn")
    opening.start(agency=cast.agency, by=cast.director)
    shown_as_typed(client.get(f"{base}readiness/sign-in/"), "last time")
