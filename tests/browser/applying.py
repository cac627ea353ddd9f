"""3. The application, section by section, as colleagues would share it."""

import re
from datetime import timedelta

from django.utils import timezone

from agencies.hud.pages import PAGES, Page, page_of
from onboarding.demo import answers
from onboarding.sections.short_pages import PEOPLE
from tests.browser.story import CASE_WORKER, COLLEAGUE, DIRECTOR, LATE_STARTER, SIGNATORY, Person, Story
from tests.scans import PDF

PAPER = PDF  # for the documents


def begins(story: Story) -> None:
    director = story.person("director")
    director.open(story.at("application/"))
    director.see("Participation application", "application-start")
    director.press("Start the application")
    director.see("Participation application", "application")
    director.reads("Not yet started")


def fills_in_the_agency(story: Story) -> None:
    director = story.person("director")
    director.follow("A1. Agency information")
    director.see("Name and legal form", "section-agency")
    director.fill({"legal_form": "government", "federal_money": "no"})
    director.press("Save and continue")
    director.see("Address and phone", "section-agency-where")
    director.fill({"street": ""})  # it came with the name of the signatory
    director.press("Save and continue")
    director.see("Address and phone", "section-agency-errors")
    director.reads("There is a problem", "Enter the street address")
    director.fill({"street": "12 Main Street", "city": "Hartford", "region": "CT", "zip_code": "06103"})
    director.press("Save and continue")
    director.see("Services and area", "section-agency-services")
    director.fill(
        {
            "mission": "Shelter, housing and help on the way to a home of one's own.",
            "towns": "Hartford and the towns around it",
            "coc_member": "yes",
            "languages": "English, Spanish",
        }
    )
    director.press("Save and continue")
    director.see("Regions", "section-agency-regions")
    for group in ("cocs", "cans"):
        director.page.locator(f'[name="{group}"]').first.check()
    director.press("Save and continue")
    director.see("Participation application")
    director.follow("A2. People in charge")
    people = answers.people(
        ("Maria Delgado", DIRECTOR), ("Sidney Marsh", SIGNATORY), ("Chris Okafor", COLLEAGUE)
    )
    for page in PEOPLE:
        director.see(str(page.title), f"section-people-{page.key}")
        director.fill({name: value for name, value in people.items() if value and page.shows(name)})
        director.press("Save and continue")
    director.see("Participation application")


def of_page(typed: answers.Typed, page: Page) -> answers.Typed:
    """What one page of a project asks for, of what is typed on all of them."""
    return {
        name: value for name, value in typed.items() if page_of(name) is page and not name.endswith("-rows")
    }


def adds_a_project(story: Story) -> None:
    director = story.person("director")
    director.open(story.at("application/projects/"))
    director.see("Projects", "projects-empty")
    director.follow("Add a project")
    director.see("Add a project", "project-add")
    director.fill({"project_name": "Harbor Light Shelter"})
    director.click(director.page.locator("main form .btn-primary"))
    typed = answers.shelter("Harbor Light Shelter", town="Hartford")
    for page in PAGES:
        director.see(str(page.title), f"project-{page.key}")
        director.fill(of_page(typed, page))
        director.see(str(page.title), f"project-{page.key}-filled")
        director.press("Save and continue")
    director.see("Harbor Light Shelter", "project-check")
    director.follow("Back to the projects")
    director.see("Projects", "projects")
    director.reads("Harbor Light Shelter", "Completed")


def lists_staff(story: Story) -> None:
    colleague = story.person("colleague")
    colleague.open(story.at("application/staff/"))
    colleague.see("Staff information", "staff-empty")
    lists(colleague, "Chris", "Okafor", COLLEAGUE, "hdc", "agency", picture="staff-add")
    colleague.reads("Chris Okafor")
    lists(colleague, "Sasha", "Lindqvist", CASE_WORKER, "case_manager", "case")
    lists(colleague, "Nora", "Vance", LATE_STARTER, "data_entry", "entry", starts_later=True)
    colleague.see("Staff information", "staff")


def lists(
    editor: Person,
    first: str,
    last: str,
    email: str,
    role: str,
    access: str,
    picture: str = "",
    *,
    starts_later: bool = False,
) -> None:
    editor.follow("Add a person")
    editor.see("Add a person", picture)
    start = timezone.localdate() - timedelta(days=60)
    typed = answers.person(first, last, email, role=role, access=access, projects=[], start=start)
    del typed["projects"]
    editor.fill({name: value for name, value in typed.items() if value})
    for box in editor.page.locator('[name="projects"]').all():
        box.check()
    if starts_later:
        editor.fill({"starts_later": "on"})
    editor.press("Save person")
    editor.see("Staff information")


def answers_readiness(story: Story) -> None:
    colleague = story.person("colleague")
    colleague.open(story.at("application/sites/"))
    colleague.see("Sites", "sites-empty")
    colleague.follow("Add a site")
    colleague.see("Add a site", "site-add")
    colleague.fill(answers.site("Hartford"))
    colleague.click(colleague.page.locator("main form .btn-primary"))
    colleague.see("Sites", "sites")
    colleague.open(story.at("application/readiness/"))
    colleague.see("Technical readiness", "readiness-topics")
    colleague.follow("The agency and its officers")
    typed = readiness(story)
    while "/readiness/" in colleague.page.url:
        picture = colleague.page.url.rstrip("/").rpartition("/")[2]
        colleague.see(re.compile(r"\S"), f"readiness-{picture}")
        shown = set(
            colleague.page.locator("main [name]").evaluate_all("fields => fields.map(field => field.name)")
        )
        for name, value in typed.items():
            if name in shown and colleague.page.locator(f'[name="{name}"]').first.is_visible():
                colleague.fill({name: value})
        colleague.press("Save and continue")


def readiness(story: Story) -> dict[str, str]:
    """What the demo answers, made in the live portal because it reads the published questions."""
    return story.portal.shell(
        "from django.utils import timezone\nfrom onboarding.demo import answers\n"
        "answer = answers.readiness(timezone.localdate())"
    )


def adds_documents_and_declares(story: Story) -> None:
    director = story.person("director")
    director.open(story.at("application/documents/"))
    director.see("Documents", "documents")
    director.page.locator('[name="kind"][value="privacy_notice"]').check()
    director.page.locator('[name="file"]').set_input_files(
        {"name": "privacy notice.pdf", "mimeType": "application/pdf", "buffer": PAPER}
    )
    director.upload("Upload document")
    director.see("Documents", "documents-uploaded")
    director.reads("privacy notice.pdf")
    director.press("These are all our documents")
    director.open(story.at("application/declaration/"))
    director.see("Declaration", "declaration")
    director.fill(
        {"declared_name": "Maria Delgado", "declared_title": "Executive director", "accurate": "on"}
    )
    director.click(director.page.locator("main form .btn-primary"))
    director.open(story.at("application/check/"))
    director.see("Check your answers", "check-answers")
    director.reads("Nothing is sent yet", "Harbor Light Shelter", "Sasha Lindqvist")
