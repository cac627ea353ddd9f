"""What the head of every page knows of who is signed in: how many conversations are unread, and where they are."""

from dataclasses import dataclass
from functools import partial

from django.http import HttpRequest
from django.urls import reverse

from agencies import permissions
from onboarding import questions


@dataclass(frozen=True)
class Messages:
    """`unread` of an HMIS Admin are those that wait for an answer."""

    url: str
    unread: int


def head(request: HttpRequest) -> dict[str, object]:
    """Called where the head is drawn: one query a page, none for a visitor or a form that leads on.

    Nor while the portal is viewed as an agency: there the head leads to nothing of the Admin's own.
    """
    return {"conversations": partial(_messages, request)}


def _messages(request: HttpRequest) -> Messages:
    user = permissions.person(request)
    on_desk = permissions.is_hmis_admin(user)
    url = (
        reverse("admin:onboarding_thread_changelist") + "?waits=yes"
        if on_desk
        else reverse("onboarding:conversations")
    )
    return Messages(url, questions.unread(user))
