"""What was typed on the one page that a project had is carried to the pages that ask for it now."""

from importlib import import_module

from django.apps import apps
from django.utils import timezone

from onboarding.models import SectionWork
from tests.onboarding.projects.helpers import answers, overview, page


def test_the_typing_on_one_page_goes_to_the_pages(cast, application, client_of):
    project, now = cast.project, timezone.now()
    typed = {name: [value] for name, value in answers(project_common_name="Pier").items()}
    SectionWork.objects.create(
        application=application, section=f"project-{project.hud_id}", draft=typed, version=7,
        saved_by=cast.coordinator, saved_at=now, has_errors=True,
    )  # fmt: skip
    import_module("onboarding.migrations.0021_keep_each_page_of_a_project").split(apps, None)
    client = client_of(cast.director)
    for asked, name, value in (
        ("about", "project_common_name", "Pier"),
        ("where", "coc-0-city", "Hartford"),
        ("funding", "funders-0-grant_id", "ESG-2026-1"),
        ("beds", "inventory-0-other_bed_inventory", "28"),
        ("participation", "ce-0-receives_referrals", "1"),
    ):
        shown = client.get(page(cast, asked))
        assert shown.context["version"] == 7
        assert shown.context["draft"].saved_by == cast.coordinator
        form = shown.context["form"]
        at = {one.add_prefix(field): one[field].value() for one in form.all_forms for field in one.fields}
        assert at[name] == value
    assert {one.status for one in client.get(overview(cast)).context["pages"]} == {"problem"}
    assert not SectionWork.objects.filter(section=f"project-{project.hud_id}").exists()
