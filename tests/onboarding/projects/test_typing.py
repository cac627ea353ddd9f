"""What is typed on a project's pages is kept, told from a colleague's, and checked while typing."""

from datetime import date

from django.urls import reverse

from agencies.models import ProjectCoC
from onboarding.demo.answers import day
from onboarding.models import Note, SectionWork
from tests.onboarding.as_sent import as_sent
from tests.onboarding.projects.helpers import answers, overview, page, save, save_all


def test_save_and_come_back_later_keeps_the_typing_unjudged(cast, application, client_of):
    typed = answers(later="1", **{"coc-0-zip": "nonsense"})
    assert save(cast, client_of, "where", typed).url == overview(cast)
    html = client_of(cast.coordinator).get(page(cast, "where")).text
    assert 'value="nonsense"' in html
    assert "There is a problem" not in html
    assert not ProjectCoC.objects.exists()
    client = client_of(cast.director)
    rows = client.get(reverse("onboarding:projects", args=[cast.agency.pk])).context["rows"]
    assert [row.status for row in rows] == ["started"]
    states = {one.page.key: one.status for one in client.get(overview(cast)).context["pages"]}
    assert states["where"] == "typed"


def test_what_was_typed_can_be_discarded(cast, saved, client_of):
    client, where = client_of(cast.director), page(cast, "about", "discard")
    typed = answers(project_name="Oops", version="1")
    assert client.post(page(cast, "about", "autosave"), typed).status_code == 200
    html = client.get(page(cast)).text
    assert "Discard it and show the saved answers" in html
    assert where in html
    assert client.post(where, {"version": "1"}, follow=True).context["draft"], (
        "an older version forgets nothing"
    )
    shown = client.post(where, {"version": "2"}, follow=True)
    assert "Oops" not in shown.text
    assert 'value="Harbor House Shelter"' in shown.text
    listed = client.get(reverse("onboarding:projects", args=[cast.agency.pk])).context["rows"]
    assert [row.status for row in listed] == ["complete"]


def test_what_two_colleagues_changed_on_one_page_is_merged_row_by_row(cast, application, client_of):
    save_all(cast, client_of, answers(), person=cast.coordinator)
    mine, theirs = client_of(cast.director), client_of(cast.coordinator)
    opened = as_sent(mine.get(page(cast, "where")))
    added = {"coc-rows": "2", **{name: "" for name in opened if name.startswith("coc-1-")}}
    changed = as_sent(theirs.get(page(cast, "where")), **{"coc-0-address1": "14 Main Street"})
    stamford = {
        "coc-1-coc_code": "CT-503", "coc-1-geocode": "091074", "coc-1-address1": "1 Main", "coc-1-city": "Stamford",
        "coc-1-zip": "06901", "coc-1-geography_type": "1",
    }  # fmt: skip
    assert theirs.post(page(cast, "where"), {**changed, **added, **stamford}).status_code == 302
    response = mine.post(page(cast, "where"), {**opened, "coc-0-zip": "06105"}, follow=True)
    assert "Chris Coordinator changed meanwhile" in response.text
    rows = ProjectCoC.objects.order_by("position").values_list("address1", "zip")
    assert list(rows) == [("14 Main Street", "06105"), ("1 Main", "06901")]


def test_what_both_answered_differently_is_asked_with_the_row_it_is_in(cast, application, client_of):
    save_all(cast, client_of, answers(), person=cast.coordinator)
    mine, theirs = client_of(cast.director), client_of(cast.coordinator)
    opened = as_sent(mine.get(page(cast, "where")))
    theirs.post(page(cast, "where"), {**opened, "coc-0-geography_type": "2", "coc-0-address2": "Rear"})
    response = mine.post(page(cast, "where"), {**opened, "coc-0-geography_type": "3"})
    assert response.status_code == 409
    (clash,) = response.context["conflict"].clashes
    assert (clash.label, clash.mine, clash.theirs, clash.who) == (
        "Where it works, row 1: Geography", "Rural", "Suburban", "Chris Coordinator",
    )  # fmt: skip
    chosen = {**as_sent(response), f"merge-take-{clash.field}": "mine", "merge-choose": "1"}
    assert mine.post(page(cast, "where"), chosen).status_code == 302
    assert mine.post(page(cast, "where"), as_sent(mine.get(page(cast, "where")))).status_code == 302
    coc = ProjectCoC.objects.get()
    assert (coc.geography_type, coc.address2) == (3, "Rear")


def test_a_row_that_a_colleague_took_out_does_not_come_back_while_typing(cast, application, client_of):
    more = {"funders-rows": "2", "funders-1-funder": "46", "funders-1-other_funder": "City"}
    save_all(cast, client_of, answers(**more, **day("funders-1-start_date", date(2021, 7, 4))))
    mine, theirs = client_of(cast.director), client_of(cast.coordinator)
    opened = as_sent(mine.get(page(cast, "funding")))
    assert theirs.post(page(cast, "funding"), {**opened, "funders-0-DELETE": "1"}).status_code == 302
    typed = {**opened, "funders-1-grant_id": "C-77"}
    found = mine.post(page(cast, "funding", "autosave"), typed).json()
    assert found["gone"] == ["funders-0"]
    now = {**typed, "version": found["version"], "merge-seen": found["seen"], "funders-0-DELETE": "1"}
    assert mine.post(page(cast, "funding"), now).status_code == 302
    assert list(cast.project.funders.values_list("other_funder", "grant_id")) == [("City", "C-77")]


def test_while_typing_the_same_rules_speak_and_the_typing_is_kept(cast, application, client_of):
    save(cast, client_of, "about", answers())
    where = page(cast, "beds", "autosave")
    data = answers(**{"inventory-0-household_type": "4"})
    found = client_of(cast.director).post(where, {**data, "version": "0"}).json()
    by_field = {one["field"]: one for one in found["findings"]}
    assert by_field["inventory-0-vet_bed_inventory"]["rule"] == 21
    assert not by_field["inventory-0-vet_bed_inventory"]["missing"]
    assert found["totals"] == {"inventory-0": 30}
    assert found["version"] == 1
    assert not cast.project.inventory.exists()
    draft = SectionWork.objects.get(section__endswith="beds").draft
    assert draft["inventory-0-other_bed_inventory"] == ["28"]
    assert "coc-0-city" not in draft, "another page asks for it"
    funding = client_of(cast.director).post(page(cast, "funding", "autosave"), answers()).json()
    assert funding["hidden"] == ["hopwa_med_assisted_living_fac"]


def test_a_question_for_a_colleague_stands_at_an_answer_of_a_row(cast, saved, client_of):
    director, url = client_of(cast.director), page(cast, "where")
    asking = director.get(f"{url}?ask=").context["form"]
    field = next(name for name in asking.questions if name.endswith("zip"))
    asked = {"field": field, "of": str(cast.coordinator.pk), "text": "Is this still the ZIP code?"}
    assert director.post(f"{url}?ask=", asked).status_code == 302
    beside = client_of(cast.coordinator).get(url).content.decode()
    assert "Dana Director asks Chris Coordinator about this." in beside
    assert Note.objects.get().label.endswith("ZIP code")
