"""7. The agency goes live, the Admin confirms the accounts, the people are told; the history tells it all."""

from tests.browser.letters import newest, text
from tests.browser.story import CASE_WORKER, COLLEAGUE, DIRECTOR, Story


def second_manager(story: Story) -> None:
    """Who can act while the director is away: without one the agency does not go live."""
    story.portal.shell(
        "from agencies import permissions\nfrom agencies.models import Agency, AgencyRole\n"
        "from tests.factories import UserFactory\n"
        f"agency = Agency.objects.get(pk={story.agency_id!r})\n"
        "permissions.grant(UserFactory(email='second@harbor.example'), agency, AgencyRole.MANAGER)\nanswer = True"
    )


def agency_is_live(story: Story) -> None:
    newest(story.portal, DIRECTOR, "is live")
    director = story.person("director")
    director.open(story.at())
    director.see("Your six steps", "six-steps-live")


def accounts_are_confirmed(story: Story) -> None:
    admin = story.person("admin")
    admin.open("/admin/")
    admin.see("Desk", "desk-accounts")
    admin.follow("Accounts to create")
    admin.see("Accounts to create", "accounts-to-create")
    for box in admin.page.locator('#content [name^="made_"]').all():
        box.check()
    for number, name in enumerate(admin.page.locator('#content [name^="name_"]').all()):
        name.fill(f"harbor{number + 1}")
    admin.press("Confirm as created")
    admin.see("Accounts to create", "accounts-created")
    for person in (CASE_WORKER, COLLEAGUE):
        welcome = newest(story.portal, person, "Welcome")
        assert "sign in" in text(welcome).lower()


def all_six_steps_are_done(story: Story) -> None:
    director = story.person("director")
    director.open(story.at())
    director.see("Your six steps", "six-steps-done")
    assert director.page.locator(".step--done").count() == 6
    director.follow("The whole history")
    director.see("History", "history")
    director.reads("Maria Delgado", "Sidney Marsh", "Alex Rivera", "Lee Whitfield", "Chris Okafor")
    worker = story.person("case worker")
    worker.open("/training/")
    worker.see("Your training", "training-granted")
