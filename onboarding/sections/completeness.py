"""How the sections of an application stand, and what keeps it from being sent.

`refresh` looks at the answers themselves and records what it finds. What was recorded holds until somebody works on the
application, for which every change of an answer marks it (`drafts.touch`): `statuses` trusts that, and `complete_of` for
several; `current`, for the task list and check-your-answers, looks again after some minutes too, as HUD's lists and the
day may be others. The guard of submitting asks `incomplete`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.models.keys import among
from hmis_portal.models.written import Keys, WrittenQuery
from onboarding.models import Application, SectionKey, SectionWork
from onboarding.sections.answers import Answers
from onboarding.sections.catalogue import BY_KEY, SECTIONS, Section
from onboarding.sections.gaps import Gap
from onboarding.sections.short_pages import Page
from onboarding.sections.status import Status, StatusKey


def gaps_of(section: Section, answers: Answers) -> list[Gap]:
    """What is missing in a section, typing that was never saved as answers included."""
    gaps = list(section.gaps(answers))
    for page in section.asked(answers):
        work = answers.works.get(page.draft)
        if work and work.draft:
            words = _(
                "%(page)s: typed, but not saved as answers yet. Open the page and save it, or discard it"
            )
            gaps.append(Gap(words % {"page": page.title}, "", page.url(answers.agency.pk)))
    return gaps


def of_pages(section: Section, answers: Answers) -> list[tuple[Page, Status]]:
    """The pages of a section, each as it stands; one on which nothing is said yet is not started, even if it may be empty."""
    lacking = {gap.path for gap in section.gaps(answers)}
    answered = [row.field for group in section.summary(answers) for row in group.rows if row.answer]
    return [
        (
            page,
            _of_page(
                answers.works.get(page.draft),
                lacks=page.url(answers.agency.pk) in lacking,
                says=not lacking or any(map(page.shows, answered)),
            ),
        )
        for page in section.asked(answers)
    ]


def _of_page(work: SectionWork | None, *, lacks: bool, says: bool) -> Status:
    if work and (work.has_errors or work.draft):
        return _status(work)
    started = says or bool(work and work.saved_at)
    return Status(StatusKey.NEW if not started else StatusKey.STARTED if lacks else StatusKey.COMPLETE)


@dataclass(frozen=True)
class Missing:
    section: Section
    text: str
    url: str


@dataclass(frozen=True)
class MissingIn:
    """What one section lacks: the first lines, and the others put away."""

    FIRST = 5

    section: Section
    lines: list[Missing]

    @property
    def first(self) -> list[Missing]:
        return self.lines[: self.FIRST]

    @property
    def others(self) -> list[Missing]:
        return self.lines[self.FIRST :]


def by_section(lines: list[Missing]) -> list[MissingIn]:
    missing_in = [
        MissingIn(section, [line for line in lines if line.section is section]) for section in SECTIONS
    ]
    return [row for row in missing_in if row.lines]


def missing(answers: Answers, known: Mapping[str, Status] | None = None) -> list[Missing]:
    """Everything that keeps the application from being sent, in the order of the sections, each with where to mend it.

    `known`: the `current` statuses, where the page has them; what is complete is not looked at twice.
    """
    complete_keys = {key for key, status in (known or {}).items() if status.is_complete}
    lines = []
    for section in SECTIONS:
        if section.key in complete_keys:
            continue
        for gap in gaps_of(section, answers):
            url = (
                (gap.path or section.url(answers.agency.pk))
                + "?from=check"
                + (f"#{gap.anchor}" if gap.anchor else "")
            )
            lines.append(Missing(section, gap.text, url))
    return lines


def incomplete(answers: Answers) -> list[str]:
    """Sentences saying which sections are not complete; empty when the application may be sent."""
    return [
        _("Section %(letter)s, %(title)s, is not complete.")
        % {"letter": section.letter, "title": section.title}
        for section in SECTIONS
        if gaps_of(section, answers)
    ]


def statuses(answers: Answers) -> dict[str, Status]:
    """By section key; no query of its own, unless somebody worked on the application since its sections were looked at."""
    return refresh(answers) if _was_touched(answers.application) else _statuses(answers.works)


LOOK_AGAIN = timedelta(minutes=5)  # as long as a process goes without reading HUD's lists again


def current(answers: Answers) -> dict[str, Status]:
    """The same, looked at within the last minutes."""
    checked, now = answers.application.checked_at, timezone.now()
    old = answers.application.is_editable and not (checked and now - LOOK_AGAIN < checked <= now)
    return refresh(answers) if old else statuses(answers)


def complete_of(applications: Iterable[Application]) -> dict[UUID, int]:
    """How many sections of each are complete: one query, and those of each that was worked on since."""
    touched: list[UUID] = []
    known: list[UUID] = []
    for application in applications:
        (touched if _was_touched(application) else known).append(application.pk)
    # Read anew, because a list leaves out what its rows do not show.
    rows = Application.objects.filter(pk__in=touched).select_related("agency") if touched else ()
    computed = {row.pk: complete(refresh(Answers(row, row.agency))) for row in rows}
    return {**dict.fromkeys(known, 0), **dict(_counted(applications=known)), **computed}


@WrittenQuery
def _counted() -> QuerySet[SectionWork, tuple[UUID, int]]:
    """How many sections of applications are complete."""
    of_applications = among("application", Keys("applications"))
    works = SectionWork.objects.filter(COMPLETE, of_applications, section__in=BY_KEY).order_by()
    return works.values_list("application").annotate(Count("pk"))


def complete(statuses: Mapping[str, Status]) -> int:
    """How many sections are."""
    return sum(status.is_complete for status in statuses.values())


def _was_touched(application: Application) -> bool:
    checked = application.checked_at
    return application.is_editable and (checked is None or checked < application.touched_at)


def _statuses(works: Mapping[str, SectionWork]) -> dict[str, Status]:
    statuses: dict[str, Status] = {section.key: _status(works.get(section.key)) for section in SECTIONS}
    if statuses[SectionKey.PROJECTS].key == statuses[SectionKey.STAFF].key == StatusKey.NEW:
        statuses[SectionKey.STAFF] = Status(
            StatusKey.BLOCKED, _("Add a project first: each person works in one or more.")
        )
    return statuses


# What `_status` calls complete, as a question to the database.
COMPLETE = Q(has_errors=False, completed_at__isnull=False, draft={})


def _status(work: SectionWork | None) -> Status:
    if work is None:
        return Status(StatusKey.NEW)
    if work.has_errors:
        return Status(StatusKey.PROBLEM)
    if work.completed_at and not work.draft:
        return Status(StatusKey.COMPLETE)
    return Status(StatusKey.STARTED if work.saved_at else StatusKey.NEW)


def refresh(answers: Answers) -> dict[str, Status]:
    """Look at every section's answers, record how it stands, and return that; writes only what changed."""
    now, works = timezone.now(), answers.works
    changed, new_rows = [], []
    for section in SECTIONS:
        complete = not gaps_of(section, answers)
        pages = [works[page.draft] for page in section.asked(answers) if page.draft in works]
        started = complete or bool(pages) or section.started(answers)
        wrong = any(page.has_errors for page in pages)
        work = works.get(section.key)
        if work is None and started:
            work = SectionWork(
                application=answers.application,
                section=section.key,
                saved_at=now,
                completed_at=now if complete else None,
                has_errors=wrong,
            )
            new_rows.append(work)
            works[section.key] = work
        elif work and (
            bool(work.completed_at) != complete
            or (started and not work.saved_at)
            or (pages and work.has_errors != wrong)
        ):
            work.completed_at = now if complete else None
            work.saved_at = work.saved_at or now
            work.has_errors = wrong if pages else work.has_errors
            changed.append(work)
    # Not where somebody has worked on it since it was read: what was looked at may not be what stands.
    Application.objects.filter(pk=answers.application.pk, touched_at=answers.application.touched_at).update(
        checked_at=now
    )
    if new_rows:
        SectionWork.objects.bulk_create(new_rows, ignore_conflicts=True)
    if changed:
        SectionWork.objects.bulk_update(changed, ["completed_at", "saved_at", "has_errors"])
    return _statuses(works)
