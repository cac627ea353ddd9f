"""Reference content of this app: the readiness questions, the texts of the requirements."""

from onboarding import readiness, requirements, rights


def load() -> None:
    """Write what is missing; what an administrator changed stays."""
    readiness.load()
    requirements.load()
    rights.load()
