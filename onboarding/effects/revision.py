"""Sending asks for every section, freezes what is sent, and has its PDF made."""

from django.db import transaction

from hmis_portal import queue
from onboarding import emails
from onboarding.application import revisions
from onboarding.models import Application
from onboarding.sections import completeness
from onboarding.sections.answers import Answers
from onboarding.workflow import Act, ApplicationVerb, Text, done, guard


@guard(Application, ApplicationVerb.SUBMIT, ApplicationVerb.RESUBMIT)
def every_section_complete(application: Application, act: Act) -> list[Text]:
    return list(completeness.incomplete(_answers(application, act)))


@done(Application, ApplicationVerb.SUBMIT, ApplicationVerb.RESUBMIT)
def freeze(application: Application, act: Act) -> None:
    answers = _answers(application, act)
    completeness.refresh(answers)
    revision = revisions.freeze(answers, by=act.by or application.started_by)
    emails.application_received(revision)
    transaction.on_commit(lambda: queue.publish("onboarding.tasks.make_revision_pdf", revision.pk))


def _answers(application: Application, act: Act) -> Answers:
    """Read once for the guard, the sections' status and the frozen copy: nothing can change them within the lock."""
    return act.read(Answers, lambda: Answers(application, application.agency))
