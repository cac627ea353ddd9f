"""What has to be said for an act that is kept."""

from django.utils.translation import gettext as _

from hmis_portal.web.errors import GuardFailed
from training.models import Course


def needed(text: str, message: str) -> str:
    """The text without space around it, at most 500 characters; GuardFailed with the message when it is empty."""
    text = text.strip()
    if not text:
        raise GuardFailed(message)
    return text[:500]


def score_missing(course: Course, score: int | None) -> str:
    """What to say where a course is passed by a score and none was given; "" where nothing is missing."""
    if course.min_score is None or score is not None:
        return ""
    return _("Enter the score: this course needs at least %(least)d percent") % {"least": course.min_score}
