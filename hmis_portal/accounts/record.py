"""What the record says of accounts: the one place where a change of an account is written down."""

from collections.abc import Mapping

from allauth.core import context
from django.http import HttpRequest

from hmis_portal import audit
from hmis_portal.events import AccountEvent
from hmis_portal.models.users import User, is_user
from hmis_portal.web.visits import browser_of, client_ip


def record(event: AccountEvent, user: User, *, data: Mapping[str, object] | None = None) -> None:
    """Write down what happened to this account, in the caller's transaction: who did it, from where, in which browser.

    Who is signed in did it. Nobody is signed in at a link from a message: then it was who reads that mailbox, and
    the event names nobody. A worker has no request.
    """
    request: HttpRequest | None = context.request
    by = getattr(request, "user", None)
    person = by if is_user(by) else None
    browser = {"browser": browser_of(request)[:300]} if request else {}
    audit.record(
        by=person,
        verb=event,
        obj=user,
        ip=client_ip(request) if request else None,
        data={**browser, **(data or {})},
    )
