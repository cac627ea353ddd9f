"""What is typed in a project's page is kept, told from a colleague's, and checked while typing."""

import json
from datetime import date

from django.urls import reverse

from agencies.models import Project, ProjectCoC
from onboarding.demo.answers import day
from onboarding.models import SectionWork
from tests.onboarding.projects.helpers import answers, now, page, save


def test_save_and_come_back_later_keeps_the_typing_unjudged(cast, application, client_of):
    response = save(cast, client_of, answers(action="later", project_name="", **{"coc-0-zip": "nonsense"}))
    assert response.status_code == 302
    html = client_of(cast.coordinator).get(page(cast)).content.decode()
    assert 'value="nonsense"' in html
    assert "There is a problem" not in html
    assert Project.objects.get(pk=cast.project.pk).project_name == "Harbor House Shelter"
    rows = client_of(cast.director).get(reverse("onboarding:projects", args=[cast.agency.pk])).context["rows"]
    assert [row.status for row in rows] == ["started"]


def test_what_was_typed_can_be_discarded(cast, application, client_of):
    assert save(cast, client_of, answers()).status_code == 302
    client, where = client_of(cast.director), page(cast, "project_discard")
    assert client.post(page(cast, "project_check"), now(project_name="Oops")).status_code == 200
    html = client.get(page(cast)).content.decode()
    assert "Discard it and show the saved answers" in html
    assert where in html
    assert client.post(where, {"version": "1"}, follow=True).context["draft"], (
        "an older version forgets nothing"
    )
    shown = client.post(where, {"version": "2"}, follow=True)
    assert "Oops" not in shown.content.decode()
    assert 'value="Harbor House Shelter"' in shown.content.decode()
    listed = client.get(reverse("onboarding:projects", args=[cast.agency.pk])).context["rows"]
    assert [row.status for row in listed] == ["complete"]


def test_the_second_of_two_colleagues_sees_who_saved_and_chooses(cast, application, client_of):
    save(cast, client_of, answers(), person=cast.coordinator)
    mine = answers(version="0", project_common_name="Mine", **{"coc-0-zip": "06103"})
    response = save(cast, client_of, mine)
    assert response.status_code == 409
    html = response.content.decode()
    assert "Chris Coordinator saved this project" in html
    assert 'value="Mine"' in html
    rows = [(row.label, row.mine, row.theirs) for row in response.context["conflict"]["rows"]]
    assert rows == [("Name that staff and clients use", "Mine", "The Harbor")]
    assert Project.objects.get(pk=cast.project.pk).project_common_name == "The Harbor"
    assert save(cast, client_of, {**mine, "version": str(response.context["version"])}).status_code == 302
    assert Project.objects.get(pk=cast.project.pk).project_common_name == "Mine"


def test_rows_and_codes_that_differ_are_shown_in_words(cast, application, client_of):
    save(cast, client_of, answers(), person=cast.coordinator)
    coc = ProjectCoC.objects.get()
    theirs = now(
        **{
            "coc-rows": "2",
            "coc-0-id": str(coc.pk),
            "coc-0-geography_type": "2",
            "coc-1-coc_code": "CT-503",
            "coc-1-city": "Stamford",
            **day("funders-0-start_date", date(2021, 7, 4)),
        }
    )
    save(cast, client_of, {**theirs, "action": "later"}, person=cast.coordinator)
    response = save(
        cast, client_of, answers(version="1", **{"coc-0-id": str(coc.pk), "coc-0-zip": "nonsense"})
    )
    assert response.status_code == 409
    assert [(row.label, row.mine, row.theirs) for row in response.context["conflict"]["rows"]] == [
        ("Where it works (1): ZIP code", "nonsense", "06103-1234"),
        ("Where it works (1): Geography", "Urban", "Suburban"),
        ("Where it works (2): Continuum of Care (CoC)", "", "CT-503 Fairfield County"),
        ("Where it works (2): City or town", "", "Stamford"),
        ("Who pays for it (1): Grant starts", "1/1/2020", "7/4/2021"),
    ]


def test_while_typing_the_same_rules_speak_and_the_typing_is_kept(cast, application, client_of):
    data = answers(**{"inventory-0-household_type": "4", "project_name": ""})
    response = client_of(cast.director).post(page(cast, "project_check"), data)
    found = json.loads(response.content)
    by_field = {one["field"]: one for one in found["findings"]}
    assert by_field["inventory-0-vet_bed_inventory"]["rule"] == 21
    assert not by_field["inventory-0-vet_bed_inventory"]["missing"]
    assert found["totals"] == {"inventory-0": 30}
    assert "residential_affiliation" in found["hidden"]
    assert found["version"] == 1
    assert not ProjectCoC.objects.exists()
    assert SectionWork.objects.get().draft["coc-0-city"] == ["Hartford"]
    save(cast, client_of, answers(version="1"), person=cast.coordinator)
    late = client_of(cast.director).post(page(cast, "project_check"), {**data, "version": "1"})
    assert late.status_code == 409
    assert json.loads(late.content)["who"] == "Chris Coordinator"
