"""Sending asks for every section, freezes what is sent, and has its PDF made."""

from django.db import transaction

from hmis_portal import queue
from onboarding import emails
from onboarding.application import revisions
from onboarding.models import Application
from onboarding.sections import completeness
from onboarding.sections.answers import Answers
from onboarding.workflow import Act, Text, done, guard


@guard(Application, "submit", "resubmit")
def every_section_complete(application: Application, _act: Act) -> list[Text]:
    return list(completeness.incomplete(application))


@done(Application, "submit", "resubmit")
def freeze(application: Application, act: Act) -> None:
    completeness.refresh(Answers(application, application.agency))
    revision = revisions.freeze(application, by=act.by or application.started_by)
    emails.application_received(revision)
    transaction.on_commit(lambda: queue.publish("onboarding.tasks.make_revision_pdf", revision.pk))
