"""1. A visitor reads, asks, and checks whether the agency can join."""

from tests.browser.letters import newest
from tests.browser.story import Story


def reads_what_joining_means(story: Story) -> None:
    visitor = story.person("visitor")
    visitor.open("/")
    visitor.see("Join CT HMIS, step by step", "home")
    visitor.follow("What to have at hand")
    visitor.see("Before you begin", "guide")
    visitor.open("/")
    visitor.follow("Read what happens in each step")
    visitor.see("The six steps to using the HMIS", "steps")
    visitor.open("/")
    visitor.follow("What joining asks of your agency")
    visitor.see("What joining asks of your agency", "requirements")
    visitor.reads("HIPAA", "security")
    visitor.follow("The agreement (MOU)")
    visitor.see("The Memorandum of Understanding (MOU)", "mou")
    status, kind, data = visitor.fetch("/mou.pdf")
    assert (status, kind, data[:5]) == (200, "application/pdf", b"%PDF-")
    visitor.follow("Training", exact=True)
    visitor.see("Training: what you need and how to register", "training-guide")


def asks_a_question(story: Story) -> None:
    visitor = story.person("visitor")
    visitor.follow("Support", exact=True)
    visitor.see("Support", "support")
    visitor.press("Send question")
    visitor.see("Support", "support-errors")
    visitor.reads("There is a problem", "Enter your question")
    visitor.fill(
        {
            "name": "Maria Delgado",
            "email": "maria@harbor.example",
            "subject": "How many people must be trained?",
            "text": "We have six case workers. Must all of them attend before we may start?",
        }
    )
    visitor.press("Send question")
    visitor.see("Your question was sent", "support-sent")
    newest(story.portal, "maria@harbor.example", "question")


def is_sent_to_a_comparable_database(story: Story) -> None:
    """A victim service provider is told at once what it uses instead, and whom to call."""
    survivor = story.person("victim service provider")
    survivor.open("/eligibility/")
    survivor.fill({"victim_service_provider": "yes"})
    survivor.press("Continue")
    survivor.see("Your agency uses a comparable database instead", "comparable-database")
    survivor.reads("Whom to call", "(860) 555-0142")


def checks_eligibility(story: Story) -> None:
    visitor = story.person("visitor")
    visitor.open("/")
    visitor.follow("Check if your agency can join")
    visitor.see("Can your agency join?", "eligibility")
    visitor.fill({"victim_service_provider": "no"})
    visitor.press("Continue")
    visitor.see("What your agency does", "eligibility-services")
    visitor.fill(
        {
            "services": ["emergency_shelter"],
            "commits": "yes",
            "joining_reason": "required",
            "required_by": "HUD",
            "in_other_hmis": "no",
        }
    )
    visitor.press("Check", exact=True)
    visitor.see("Your agency can join", "eligibility-result")
