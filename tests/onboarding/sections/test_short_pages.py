"""The short pages of a section: where each leads, how each stands, and what was typed before there were any."""

import importlib

import pytest
from django.apps import apps

from agencies.models import Position
from onboarding.models import Note, SectionKey, SectionWork
from onboarding.sections import completeness, short_pages
from onboarding.sections.answers import Answers
from onboarding.sections.catalogue import BY_KEY, SECTIONS
from onboarding.sections.filled import agency_form, people_form
from tests.onboarding.helpers import agency_data, people_data, save_pages

pytestmark = pytest.mark.django_db


def stand(application, section):
    return [
        status.key
        for _page, status in completeness.of_pages(BY_KEY[section], Answers(application, application.agency))
    ]


@pytest.mark.parametrize(
    ("make", "pages"), [(agency_form, short_pages.AGENCY), (people_form, short_pages.PEOPLE)]
)
def test_every_field_stands_on_one_page(application, make, pages):
    for name in make(Answers(application, application.agency), None).fields:
        assert sum(page.shows(name) for page in pages) == 1, name


def test_no_two_pages_share_their_heading(application):
    answers = Answers(application, application.agency)
    titles = [str(page.title) for section in SECTIONS for page in section.pages(answers)]
    titles += [str(section.title) for section in SECTIONS if len(section.pages(answers)) > 1]
    assert len(set(titles)) == len(titles)


def test_each_page_leads_to_the_next_and_the_last_to_the_task_list(cast, application, base):
    client = cast.client("director")
    assert f'href="{base}people/director/"' in client.get(base).text, (
        "a section not started begins with its first page"
    )
    assert stand(application, "people") == ["new"] * 8
    said = []
    for page in short_pages.PEOPLE:
        said.append(
            client.post(f"{base}people/{page.key}/", people_data()).headers["Location"].removeprefix(base)
        )
    assert said == [*(f"people/{position}/" for position in list(Position)[1:]), ""]
    assert stand(application, "people") == ["complete"] * 8
    assert f'href="{base}people/"' in client.get(base).text
    changed = client.post(f"{base}people/director/?from=check", people_data(version="1"))
    assert changed.headers["Location"] == f"{base}check/?open=people#section-people"


def test_the_list_says_how_each_page_stands(cast, application, base):
    client = cast.client("director")
    client.post(f"{base}agency/about/", agency_data(cast, ein="12"))
    client.post(f"{base}agency/where/", agency_data(cast))
    client.post(f"{base}agency/services/keep/", {"version": "0", "towns": "Half a to"})
    assert stand(application, "agency") == ["problem", "complete", "started", "complete"]
    text = client.get(f"{base}agency/").text
    assert text.index("There is a problem") < text.index("Completed") < text.index("In progress")
    missing = [line.url for line in completeness.missing(Answers(application, cast.agency))]
    assert f"{base}agency/services/?from=check" in missing, "typing that is not saved as answers"
    assert client.get(f"{base}agency/nowhere/").status_code == 404
    assert client.post(f"{base}agency/", agency_data(cast)).status_code == 404, "nothing is asked there"


def test_a_page_writes_only_what_it_asks(cast, application, base):
    save_pages(cast.client("director"), base, "agency", agency_data(cast))
    client = cast.client("coordinator")
    data = agency_data(cast, towns="Windsor", city="Enfield", legal_name="Other", version="1")
    assert client.post(f"{base}agency/services/", data).status_code == 302
    cast.agency.refresh_from_db()
    assert (cast.agency.towns, cast.agency.city, cast.agency.legal_name) == (
        "Windsor",
        "Hartford",
        "Harbor House, Inc.",
    )


def test_who_holds_a_position_of_another_page_follows_a_change(cast, application, base):
    client = cast.client("director")
    save_pages(client, base, "people", people_data())
    data = people_data(coordinator_phone="860-555-0199", version="1")
    assert client.post(f"{base}people/coordinator/", data).status_code == 302
    held = {contact.position: contact.phone for contact in cast.agency.contacts.all()}
    assert held["coordinator"] == held["security"] == held["privacy"] != held["director"]


def test_drafts_of_the_one_page_are_carried_over(cast, application):
    module = importlib.import_module("onboarding.migrations.0015_move_drafts_to_short_pages")
    typed = {"towns": ["Half a to"], "legal_form": ["other"], "mission": [""]}
    old = SectionWork.objects.create(
        application=application,
        section=SectionKey.AGENCY,
        draft=typed,
        version=4,
        saved_by=cast.director,
        has_errors=True,
    )
    people = {"backup_name": ["Bo"], "it_is": ["none"]}
    SectionWork.objects.create(application=application, section=SectionKey.PEOPLE, draft=people, version=1)
    module.move(apps, None)
    drafts = dict(SectionWork.objects.exclude(draft={}).values_list("section", "draft"))
    assert drafts == {
        "agency.about": {"legal_form": ["other"]},
        "agency.services": {"towns": ["Half a to"], "mission": [""]},
        "people.backup": {"backup_name": ["Bo"]},
        "people.it": {"it_is": ["none"]},
    }
    assert SectionWork.objects.get(section="agency.about").version == 4
    assert not SectionWork.objects.get(pk=old.pk).has_errors
    module.move_back(apps, None)
    assert SectionWork.objects.get(pk=old.pk).draft == typed


def test_what_was_typed_and_asked_of_the_regions_is_carried_over(cast, application, base):
    module = importlib.import_module("onboarding.migrations.0036_ask_for_regions_on_a_page_of_their_own")
    typed = {"towns": ["Half a to"], "cocs": ["1"], "cans": ["2", "3"]}
    old = SectionWork.objects.create(
        application=application, section="agency.services", draft=typed, version=4, saved_by=cast.director
    )
    note = Note.objects.create(
        application=application, page="agency.services", url=f"{base}agency/services/", field="cans", label="CAN",
        asked_by=cast.director, asked_of=cast.coordinator,
    )  # fmt: skip
    module.move(apps, None)
    drafts = dict(SectionWork.objects.exclude(draft={}).values_list("section", "draft"))
    assert drafts == {
        "agency.services": {"towns": ["Half a to"]},
        "agency.regions": {"cocs": ["1"], "cans": ["2", "3"]},
    }
    note.refresh_from_db()
    assert (note.page, note.url) == ("agency.regions", f"{base}agency/regions/")
    module.move_back(apps, None)
    assert SectionWork.objects.get(pk=old.pk).draft == typed
    note.refresh_from_db()
    assert (note.page, note.url) == ("agency.services", f"{base}agency/services/")
