"""Reference content of this app: the readiness questions, the texts of the requirements, the reasons to decline."""

from onboarding import rights
from onboarding.application import requirements
from onboarding.readiness import rules
from onboarding.review import blockers, decline_reasons


def load() -> None:
    """Write what is missing; what an administrator changed stays."""
    rules.load()
    requirements.load()
    decline_reasons.load()
    rights.load()
    for part in blockers.to_count(again=False):  # sent before the queue had the column
        blockers.count(part)
