"""The record tells what was saved of an application as its pages ask it: the question, and the answers in words."""

import datetime as dt

import pytest

from agencies.models import ContinuumOfCare, Position
from hmis_portal import audit
from hmis_portal.auditing import words
from hmis_portal.models import AuditEvent
from onboarding.events import OnboardingEvent
from onboarding.forms.roster.person import PersonForm
from onboarding.forms.sections.agency import AgencyForm
from onboarding.forms.sections.sites import SiteForm
from onboarding.models import ReadinessQuestion, Site, Upload
from tests.onboarding.as_sent import as_sent
from tests.onboarding.helpers import agency_data, people_data
from tests.onboarding.roster.helpers import person_data

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
OPEN = "/agencies/{}/application/"


def told(application, section, changed, **more):
    event = audit.event(
        by=None,
        verb=OnboardingEvent.SAVE,
        obj=application,
        data={"section": section, "changed": changed, **more},
    )
    event.at = dt.datetime.now(dt.UTC)
    return words.changes(event)


def saved(client, application, path, data):
    page = client.get(OPEN.format(application.agency_id) + path, follow=True)
    answer = client.post(page.wsgi_request.path, as_sent(page) | data)
    assert answer.status_code == 302, getattr(answer, "context", None) and answer.context["form"].errors
    return [str(change) for change in words.changes(AuditEvent.objects.filter(verb="save").latest("pk"))]


def test_every_key_that_a_section_saves_is_told_in_words(application):
    """Whatever a form asks: a field that is added needs a label, and its choices words."""
    questions = ReadinessQuestion.objects.filter(version=application.readiness_version)
    assert questions.count() > 30
    fields = {name: str(field.label) for name, field in AgencyForm.base_fields.items() if name != "proof"}
    sections = {
        "agency": fields,
        "people": dict(Position.choices),
        "documents": dict(Upload.Kind.choices),
        "declaration": {"declared": "Statement of accuracy"},
        "staff": {"upload": "Uploaded list"},
    }
    for section, labels in sections.items():
        changes = told(application, section, {key: ["", "x"] for key in labels})
        assert [(change.label, change.after) for change in changes] == [
            (label, "x") for label in labels.values()
        ]
        assert not [change.label for change in changes if "_" in change.label]
    for key, form in (("staff", PersonForm), ("site", SiteForm)):
        row = {"name": "Ann Lee", "changed": {name: ["", "x"] for name in form.base_fields}}
        labels = [
            change.label for change in told(application, key.replace("site", "readiness"), {f"{key}-1": row})
        ]
        assert labels == [f"Ann Lee: {field.label}" for field in form.base_fields.values()]
    for question in questions:
        value = {"answer": [code for code, _label in question.choices]}
        value |= {part: "2026-01-02" for part in question.parts if part != "file"}
        (change,) = told(
            application, "readiness", {f"q{question.number}": [None, value]}, version=question.version_id
        )
        assert (change.label, change.before) == (question.text, "")
        assert all(label in change.after for _code, label in question.choices)
        assert all(
            str(part["label"]).rstrip("?:") in change.after
            for name, part in question.parts.items()
            if name != "file"
        )


def test_rows_of_earlier_releases_and_fields_that_are_gone_can_be_read(application):
    def read(*args, **more):
        return [str(change) for change in told(application, *args, **more)]

    coc = ContinuumOfCare.objects.first()
    assert read("agency", {"serves_families": [None, True], "legal_form": ["", "501c3"]})[0] == (
        "Serves families: nothing → Yes"
    )
    assert read("agency", {"federal_money": [False, True]}) == [
        "Does the agency receive federal money?: No → Yes"
    ]
    assert read("agency", {"cocs": [[], [str(coc.pk)]]}) == [f"Continuums of Care (CoC): nothing → {coc}"]
    assert read("agency", {"cocs": [["0"], []]})[0].endswith("that is gone → nothing")
    assert read("staff", {"staff-7": ["first_name", "projects"]}) == [
        "Staff member: nothing → First name, Projects"
    ]
    assert read("staff", {"staff-7": ["Ann Lee", None]}) == ["Staff member: Ann Lee → nothing"]
    assert read("readiness", {"site-7": ["address", "connection"]}) == [
        "Site: nothing → Address, Connection to the internet"
    ]
    question = ReadinessQuestion.objects.filter(answer_type="YN").first()
    assert read(
        "readiness", {f"q{question.number}": [{"answer": "yes"}, {"answer": "no", "old_part": "2026-01-02"}]}
    ) == [f"{question.text}: Yes → No; Old part: January 2, 2026"]
    assert read("readiness", {"q999": [None, {"answer": "yes"}]}) == ["Question 999: nothing → Answer: yes"]
    assert read("gone", ["some_field"]) == ["Some field: nothing → nothing"]


def test_what_pages_save_is_told_on_the_desk(cast, application, client_of, django_assert_max_num_queries):
    client = cast.client("director")
    about = saved(
        client, application, "agency/about/", agency_data(cast, legal_form="other", legal_form_other="Trust")
    )
    assert "Legal form: 501(c)(3) non-profit → Other" in about
    assert "Which legal form?: nothing → Trust" in about
    was = cast.agency.cocs.get()
    now = ContinuumOfCare.objects.filter(active=True).exclude(pk=was.pk).first()
    regions = saved(client, application, "agency/regions/", agency_data(cast, cocs=[str(now.pk)]))
    assert regions == [f"Continuums of Care (CoC): {was} → {now}"]
    director = saved(client, application, "people/director/", people_data())
    assert director[0].startswith("Executive director: ")
    assert "@" in director[0]
    site = {"address": "12 Main Street", "workstations": "5", "connection": "mobile", "intake_desks": "1"}
    assert "12 Main Street: Connection to the internet: nothing → Mobile data" in saved(
        client, application, "sites/add/", site
    )
    moved = saved(client, application, f"sites/{Site.objects.get().pk}/", {**site, "connection": "broadband"})
    assert moved == ["12 Main Street: Connection to the internet: Mobile data → Broadband"]
    person = saved(client, application, "staff/add/", person_data(cast))
    assert any(": HMIS role: nothing → " in line for line in person)
    desk = client_of(cast.admin)
    with django_assert_max_num_queries(12):
        page = desk.get("/admin/hmis_portal/auditevent/", {"verb__exact": "save"})
    for line in (*regions, *moved):
        assert line in page.text
    told_all = " ".join(
        str(change) for event in page.context["cl"].result_list for change in words.changes(event)
    )
    for raw in ("legal_form", "501c3", "hmis_role", "q1", "site-", "staff-"):
        assert raw not in told_all
