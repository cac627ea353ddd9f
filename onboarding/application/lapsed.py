"""Why the statement of accuracy no longer stands: who changed what since it was made, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from agencies.events import AgenciesEvent
from agencies.models import Project
from hmis_portal.models import AuditEvent
from hmis_portal.text.words import date_words, datetime_words
from onboarding.application import declaration
from onboarding.events import OnboardingEvent
from onboarding.models import Application, SectionKey
from onboarding.sections import catalogue
from onboarding.sections.answers import Answers

OF_PROJECTS = (
    AgenciesEvent.PROJECT_ADDED,
    AgenciesEvent.PROJECT_CHANGED,
    AgenciesEvent.PROJECT_ENDED,
    AgenciesEvent.PROJECT_REMOVED,
)
NAMED = 3  # of the answers of one change; the others are counted by nobody
SHOWN = 10


@dataclass(frozen=True)
class Change:
    """A change of answers after the statement."""

    who: str
    what: str
    at: datetime

    def __str__(self) -> str:
        words = _("%(who)s changed %(what)s on %(when)s.")
        return words % {"who": self.who, "what": self.what, "when": datetime_words(self.at)}


@dataclass(frozen=True)
class Lapsed:
    """A statement that no longer stands: whose it was, and the latest change of each thing, newest first."""

    application: Application
    changes: list[Change]

    def __str__(self) -> str:
        words = _("The statement of accuracy that %(name)s made on %(day)s no longer stands.")
        application = self.application
        return words % {"name": application.declared_name, "day": date_words(application.declared_at)}


def lapsed(answers: Answers) -> Lapsed | None:
    """None while the statement stands, or was never made."""
    application = answers.application
    if application.declared_at is None or declaration.stands(answers):
        return None
    rows = AuditEvent.objects.filter(
        agency_id=application.agency_id,
        at__gt=application.declared_at,
        verb__in=[OnboardingEvent.SAVE, *OF_PROJECTS],
        target_type__in=[Application._meta.label_lower, Project._meta.label_lower],
    ).order_by("-pk")
    return Lapsed(application, _changes(rows[:100], _names(answers))[:SHOWN])


def _changes(events: Iterable[AuditEvent], names: Mapping[tuple[str, str], str]) -> list[Change]:
    """The latest by each person of each thing."""
    changes: dict[tuple[str, str], Change] = {}
    for event in events:
        if changed := _what(event, names):
            who = event.actor_name or _("The portal")
            changes.setdefault((who, changed), Change(who, changed, event.at))
    return list(changes.values())


def _what(event: AuditEvent, names: Mapping[tuple[str, str], str]) -> str:
    if event.verb in OF_PROJECTS:
        return _("the project “%(name)s”") % {"name": event.target_name}
    section = catalogue.BY_KEY.get(event.data.get("section", ""))
    if section is None or section.key == SectionKey.DECLARATION:
        return ""
    known = [names[section.key, key] for key in event.data["changed"] if (section.key, key) in names]
    about = f" ({'; '.join(known[:NAMED])})" if known else ""
    return _("“%(title)s”") % {"title": section.title} + about


def _names(answers: Answers) -> dict[tuple[str, str], Any]:
    """What is written of a change by its key in the record: the question, or whom or what it is about."""
    return {
        **{("staff", f"staff-{person.pk}"): person.name for person in answers.staff},
        **{("readiness", f"site-{site.pk}"): site.address for site in answers.sites},
        **{
            (key, row.field): row.question
            for key in (SectionKey.AGENCY, SectionKey.PEOPLE)
            for group in catalogue.BY_KEY[key].summary(answers)
            for row in group.rows
        },
    }
