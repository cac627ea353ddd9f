"""What a test of the review writes into the record and reads on a page of the agency."""

import html

from django.urls import reverse

from hmis_portal import audit
from onboarding.workflow import ApplicationVerb


def recorded(application, verb, at, by, after=""):
    event = audit.event(
        by=by, verb=ApplicationVerb(verb), obj=application, agency_id=application.agency_id, after=after
    )
    event.at = at
    event.save(force_insert=True)


def text_of(client, name, application):
    return html.unescape(client.get(reverse(f"onboarding:{name}", args=[application.agency_id])).text)
