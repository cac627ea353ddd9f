"""How the person who presses “Sign” shows that it is them: by the passkey they have, else by signing in again."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.accounts import email_change
from hmis_portal.accounts.factors.strength import APP, PASSKEY, factors
from hmis_portal.files import foreign
from hmis_portal.signing.agreeing import acts, email_code, text_versions
from hmis_portal.signing.agreeing.evidence import passkeys, statements
from hmis_portal.signing.agreeing.signature import Assertion, Factor, Identity, Signature, Site
from hmis_portal.signing.models import Party, TextVersion
from hmis_portal.web.errors import AnswerInstead
from hmis_portal.web.visits import browser_of, client_ip, signed_in

ASKED = "passkey_statements"


def confirm(request: HttpRequest, party: Party, signature: Signature) -> Signature:
    """For a POST whose form is valid: the signature with who gave it, and from where.

    Raises AnswerInstead with the page that asks for the passkey, ReauthenticationRequired where the password is
    to be typed again; both send the same form once more.
    """
    identity = _identity(request, party, signature)
    return replace(signature, identity=identity, ip=client_ip(request), browser=browser_of(request))


def _identity(request: HttpRequest, party: Party, signature: Signature) -> Identity:
    if passkeys.registered(signed_in(request)) and not (
        _may_use_password(request, party) and request.POST.get("way") == "password"
    ):
        disclosure = text_versions.current(TextVersion.Kind.DISCLOSURE)
        facts = statements.facts(
            party, legal_name=signature.legal_name, title=signature.title, authority=signature.authority,
            typed_name=signature.typed_name, file_sha256=signature.read_sha256,
            disclosure_sha256=disclosure.sha256 if disclosure else "",
        )  # fmt: skip
        return Identity(passkey=_answered(request, party) or _ask(request, party, facts))
    factor = _app_code(request) if acts.asks_for_factor(party) and APP in factors(request.user) else None
    at = signed_in_again_at(request)
    if at is None or timezone.now() - at > acts.REAUTHENTICATION:
        raise ReauthenticationRequired  # allauth asks, then sends this form again
    if acts.asks_for_factor(party) and factor is None:
        factor = email_code.confirmed(request, party)
    return Identity(authenticated_at=at, factor=factor)


def _may_use_password(request: HttpRequest, party: Party) -> bool:
    """Instead of the passkey that a person has: not where a second factor is asked for and they have no other."""
    return not acts.asks_for_factor(party) or APP in factors(request.user)


def _app_code(request: HttpRequest) -> Factor:
    """The code of the app by which this session was confirmed a moment ago; else allauth asks for one."""
    since = (timezone.now() - acts.REAUTHENTICATION).timestamp()
    for row in reversed(get_authentication_records(request, request.user)):
        if (
            row["method"] == "mfa"
            and row.get("reauthenticated")
            and row["at"] > since
            and row["type"] != PASSKEY
        ):
            return Factor(row["type"], datetime.fromtimestamp(row["at"], UTC))
    raise AnswerInstead(suspend_request(request, reverse("mfa_reauthenticate")))


def held_back(request: HttpRequest) -> str:
    """Why this account signs nothing now, and until when; "" when it may."""
    return " ".join(email_change.against_signing(signed_in(request)))


def hint(request: HttpRequest, party: Party) -> str:
    """What follows the press on “Sign”."""
    user = signed_in(request)
    if passkeys.registered(user):
        return _("Next you sign with your passkey. Nothing is signed before.")
    if acts.asks_for_factor(party) and APP in factors(user):
        return _("You may be asked for a code of your authenticator app before the signature is given.")
    if acts.asks_for_factor(party):
        words = _("Next you enter a code that we send to %(email)s. Nothing is signed before.")
        return words % {"email": user.email}
    return _("You may be asked for your password once more before the signature is given.")


def signed_in_again_at(request: HttpRequest) -> datetime | None:
    """When this person last confirmed in this session that it is them; signing in at the start does not count."""
    moments = [
        row["at"] for row in get_authentication_records(request, request.user) if row.get("reauthenticated")
    ]
    return datetime.fromtimestamp(max(moments), UTC) if moments else None


def _answered(request: HttpRequest, party: Party) -> Assertion | None:
    """The answer to the statement that this session was asked to sign; each statement is used up by one answer."""
    asked = request.session.get(ASKED, {})
    if not request.POST.get("assertion") or str(party.pk) not in asked:
        return None
    statement = asked.pop(str(party.pk))
    request.session[ASKED] = asked
    try:
        with foreign.reading("assertion", ""):
            response = json.loads(request.POST["assertion"])
    except foreign.Unreadable:
        response = None
    return Assertion(statement, response if isinstance(response, dict) else {}, _site(request))


@dataclass(frozen=True)
class PasskeyPage:
    """What the page shows; its template reads the fields by their names."""

    facts: dict[str, str]
    party: Party
    title: str
    statement_sha256: str
    again: list[tuple[str, str]]
    action: str
    may_use_password: bool
    js_data: dict[str, object]


def _ask(request: HttpRequest, party: Party, facts: dict[str, str]) -> Any:
    statement = statements.declare(facts, timezone.now())
    request.session[ASKED] = {**request.session.get(ASKED, {}), str(party.pk): statement}
    shown = PasskeyPage(
        facts=facts,
        party=party,
        title=party.request.snapshot["title"],
        statement_sha256=statements.digest(statement).hex(),
        again=email_code.sent(request),
        action=request.get_full_path(),
        may_use_password=_may_use_password(request, party),
        js_data={"request_options": passkeys.options(statement, signed_in(request), _site(request))},
    )
    raise AnswerInstead(render(request, "signing/passkey.html", vars(shown)))


def _site(request: HttpRequest) -> Site:
    origin = f"{request.scheme}://{request.get_host()}"
    return Site(host=request.get_host().partition(":")[0], origin=origin)
