"""Reference content of this app: the readiness questions, the texts of the requirements."""

from onboarding import rights
from onboarding.application import requirements
from onboarding.readiness import rules


def load() -> None:
    """Write what is missing; what an administrator changed stays."""
    rules.load()
    requirements.load()
    rights.load()
