"""The addresses of the acts on an application, and what a page said."""

from django.urls import reverse

from onboarding.models import Remark
from tests.factories import UserFactory

VERBS = (
    "take",
    "hand_over",
    "hand_back",
    "hold",
    "release",
    "request_changes",
    "give_time",
    "refuse_time",
    "recommend",
    "approve",
    "decline",
    "revoke_approval",
    "reopen",
    "uphold",
    "overturn",
)


def url(application, verb):
    return reverse("admin:onboarding_application_verb", args=[application.pk, verb])


def page(application):
    return reverse("admin:onboarding_application_review", args=[application.pk])


def said(response):
    return " ".join(str(message) for message in response.wsgi_request._messages)


def second_admin():
    return UserFactory(first_name="Bo", last_name="Backup", groups=("HMIS Admin",))


def remark(application, by, **fields):
    given = {"section": "agency", "field": "towns", "place": "Towns served", "text": "Add Bloomfield."}
    return Remark.objects.create(application=application, written_by=by, **(given | fields))
