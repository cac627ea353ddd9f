"""Pages that lower apps link to without knowing who has them: the app that has a page gives its name at the start."""

from collections.abc import Mapping
from enum import StrEnum


class Page(StrEnum):
    """What is looked for; those of an agency take its key."""

    HOME = "home"
    STEPS = "steps"
    ELIGIBILITY = "eligibility"
    SUPPORT = "support"
    AGENCY_FILE = "agency file"
    AGENCY_MERGE = "agency merge"
    AGENCY_STEPS = "agency steps"
    AGENCY_MOU = "agency MOU"
    AGENCY_SET_UP = "agency set-up"
    AGENCY_TRAINING = "agency training"
    AGENCY_ROSTER_FILE = "agency roster file"
    AGENCY_ROSTER_UPLOAD = "agency roster upload"
    OWN_TASKS = "own tasks"
    OWN_TRAINING = "own training"
    OWN_ACCOUNT = "own account"
    OWN_CALENDAR = "own calendar"


_names: dict[Page, str] = {}


def give(names: Mapping[Page, str]) -> None:
    """Called by an app's `ready`: the names in its URL table."""
    _names.update(names)


def to(page: Page) -> str:
    """The name to reverse or redirect to."""
    return _names[page]
