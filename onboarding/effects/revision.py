"""Sending asks for every section, freezes what is sent, and has its PDF made."""

from collections import Counter

from django.db import transaction

from hmis_portal import queue
from onboarding import emails
from onboarding.application import revisions
from onboarding.models import Application, Revision
from onboarding.review import replies
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
    replies.send_with(revision)
    emails.application_received(revision, news=_news(revision) if revision.number > 1 else None)
    transaction.on_commit(lambda: queue.publish("onboarding.tasks.make_revision_pdf", revision.pk))


def _news(revision: Revision) -> emails.News:
    """What a revision has that the one before had not."""
    application = revision.application
    before = application.revisions.get(number=revision.number - 1)
    changed = revisions.compare(revisions.sent(before), revisions.sent(revision))
    sections = Counter(difference.section_title for difference in changed)
    answers = [(str(reply.remark), str(reply)) for reply in replies.sent_with(revision)]
    left = [str(remark) for remark in replies.without_reply(application, revision)]
    return emails.News(list(sections.items()), answers, left)


def _answers(application: Application, act: Act) -> Answers:
    """Read once for the guard, the sections' status and the frozen copy: nothing can change them within the lock."""
    return act.read(Answers, lambda: Answers(application, application.agency))
