"""2. A director makes an account, opens the agency, confirms the requirements, invites, names the signatory."""

from tests.browser.letters import link
from tests.browser.story import AGENCY, COLLEAGUE, DIRECTOR, PASSWORD, SIGNATORY, Story


def signs_up(story: Story) -> None:
    """In the browser that ran the eligibility check: its answers come along."""
    story.people["director"] = director = story.people.pop("visitor")
    director.click(director.page.get_by_role("main").get_by_role("link", name="account"))
    director.see("Create an account", "sign-up")
    director.fill({"first_name": "Maria", "last_name": "Delgado", "email": DIRECTOR, "password1": PASSWORD})
    director.press("Create account")
    director.see("Confirm your e-mail address", "verification-sent")
    director.open(link(story.portal, DIRECTOR, "confirm"))
    director.see("Confirm your e-mail address", "confirm-email")
    director.press("Confirm this address")


def opens_the_agency(story: Story) -> None:
    director = story.person("director")
    if "login" in director.page.url:
        director.see("Sign in", "sign-in")
        director.fill({"login": DIRECTOR, "password": PASSWORD})
        director.press("Sign in", exact=True)
    director.see("Open your agency's account", "open-agency")
    director.fill(
        {
            "legal_name": AGENCY,
            "common_name": "Harbor Light",
            "ein": "06-1234567",
            "city": "Hartford",
            "phone": "(860) 555-0142",
            "title": "Executive director",
        }
    )
    director.press("Open the agency")
    director.see("Your six steps", "six-steps-new")
    director.reads("It is your turn", "Step 1 of 6")
    story.agency_id = director.page.url.rstrip("/").rpartition("/")[2]


def confirms_the_requirements(story: Story) -> None:
    director = story.person("director")
    director.click(director.page.locator(".turn-act a"))
    director.see("Confirm the requirements", "confirm-requirements")
    director.click(director.page.get_by_role("button", name="Confirm"))
    director.see("Confirm the requirements", "confirm-requirements-errors")
    director.reads("There is a problem")
    for box in director.page.locator("main input[type=checkbox]").all():
        box.check()
    director.click(director.page.get_by_role("button", name="Confirm"))
    director.see("Your six steps", "six-steps-confirmed")
    director.reads("Step 2 of 6")


def invites_a_colleague(story: Story) -> None:
    director = story.person("director")
    director.follow("People with access to this account")
    director.see("People who act for your agency", "people")
    director.follow("Invite a colleague")
    director.see("Invite a colleague", "invite")
    director.fill({"first_name": "Chris", "last_name": "Okafor", "email": COLLEAGUE, "role": "editor"})
    director.press("Send invitation")
    director.see("People who act for your agency", "people-invited")
    director.reads(COLLEAGUE)
    colleague = story.person("colleague")
    colleague.open(link(story.portal, COLLEAGUE, "invites you"))
    colleague.see("Accept your invitation", "invitation")
    colleague.fill({"password": PASSWORD})
    colleague.press("Create account and accept")
    colleague.see("Your six steps", "six-steps-colleague")


def names_the_signatory(story: Story) -> None:
    director = story.person("director")
    director.open(story.at("mou/"))
    director.see("Your agency’s MOU", "mou-not-issued")
    director.follow("Name the signatory")
    director.see("Name the signatory", "name-signatory")
    director.fill(
        {
            "who": "other",
            "first_name": "Sidney",
            "last_name": "Marsh",
            "email": SIGNATORY,
            "title": "Chair of the board",
            "authority": "Resolution of the board of October 3, 2026",
            "street": "12 Main Street",
            "city": "Hartford",
            "region": "CT",
            "zip_code": "06103",
        }
    )
    director.press("Send the MOU for signature")
    director.see("Your agency’s MOU", "mou-issued")
    director.reads("Sidney Marsh")
