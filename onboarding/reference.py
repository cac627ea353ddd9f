"""Reference content of this app: the technical readiness questions."""

from onboarding import readiness


def load() -> None:
    """Write what is missing; what an administrator changed stays."""
    readiness.load()
