"""Two revisions of an application side by side."""

from dataclasses import dataclass

from agencies.models import Agency
from onboarding.application.revisions import AnswerDifference, compare, sent
from onboarding.models import Application, Revision


@dataclass(frozen=True)
class ComparePage:
    """Two revisions side by side; a template reads the fields by their names."""

    application: Application
    agency: Agency
    revisions: list[Revision]
    before: Revision | None
    after: Revision | None
    differences: list[AnswerDifference]


def compare_page(application: Application, first: str, second: str) -> ComparePage:
    """Two revisions side by side; the last two when none are named."""
    revisions = list(application.revisions.select_related("submitted_by").order_by("number"))
    numbers = {str(revision.number): revision for revision in revisions}
    before = numbers.get(first, revisions[-2] if len(revisions) > 1 else None)
    after = numbers.get(second, revisions[-1] if revisions else None)
    return ComparePage(
        application=application,
        agency=application.agency,
        revisions=revisions,
        before=before,
        after=after,
        differences=compare(sent(before), sent(after)) if before and after else [],
    )
