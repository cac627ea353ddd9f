"""A memorandum of two parties, issued, and the people who may sign it."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from tests.hmis_portal.signing.values import VALUES


@pytest.fixture
def issue(texts: None, cast: Any, commits: Any, once: Any) -> Callable[..., Any]:
    """Issue a memorandum; with `commit=False` the worker never hears of it."""
    from hmis_portal.signing.agreeing import requests, text_versions
    from hmis_portal.signing.models import TextVersion

    def make(*, commit: bool = True, reference: str = "MOU-2026-TEST-0001") -> Any:
        def act() -> Any:
            return requests.issue(
                version=text_versions.current(TextVersion.Kind.MOU),
                reference=reference,
                values=VALUES,
                facts=[("Agency", cast.agency.legal_name), ("Lead Agency", "CT HMIS Lead Agency")],
                parties=[
                    requests.NewParty(
                        "agency",
                        cast.agency.legal_name,
                        cast.signatory,
                        str(cast.signatory),
                        "Chair of the board",
                        "Resolution of the board of October 3, 2026",
                    ),
                    requests.NewParty(
                        "lead",
                        "CT HMIS Lead Agency",
                        cast.lead,
                        str(cast.lead),
                        "Director",
                        "Bylaws, article 4",
                    ),
                ],
                agency_id=cast.agency.pk,
                by=cast.director,
            )

        def whole() -> Any:
            with commits() if commit else nullcontext():
                return act()

        # Some tests write other names into the cast.
        named = (cast.agency.legal_name, str(cast.signatory), str(cast.lead))
        return once(whole, reference, str(commit), *named)

    return make


@pytest.fixture
def sign(commits: Any) -> Callable[..., Any]:
    """Consent and sign for a side, as the page does."""
    from hmis_portal.signing.agreeing import acts
    from tests.payloads import signature

    def make(party: Any, *, by: Any = None, commit: bool = True, **changes: Any) -> Any:
        def act() -> Any:
            acts.consent(party, by=party.user, ip="192.0.2.7", browser="Test", test_file_opened=True)
            return acts.sign(party, signature(party, **changes), by=by or party.user)

        if not commit:
            return act()
        with commits():
            return act()

    return make


@pytest.fixture
def executed(issue: Any, sign: Any, once: Any) -> Any:
    from hmis_portal.signing.agreeing import requests

    def make() -> Any:
        request = issue()
        sign(requests.party(request, "agency"))
        sign(requests.party(request, "lead"))
        return request

    return once(make)


@pytest.fixture
def desk_of(cast: Any, client_of: Callable[[Any], Any]) -> Callable[[str], Any]:
    """`desk_of("admin")` is that person's browser, signed in with the second factor."""
    from onboarding import rights
    from tests.cast import remember_second_factor

    rights.load()

    def make(kind: str) -> Any:
        client = client_of(cast.person(kind))
        remember_second_factor(client, cast.person(kind))
        return client

    return make


@pytest.fixture
def agreement(cast: Any, reference: None, commits: Any, once: Any) -> Any:
    """The user agreement of the cast's staff member, signed."""
    from hmis_portal.signing.agreeing import acts, requests
    from tests.payloads import signature
    from training import services as training
    from training.papers import agreement

    def make() -> Any:
        with commits():
            training.open_training(cast.agency, cast.lead)
        waiting = agreement.open_agreement(cast.staff_row)
        assert waiting is not None
        party = requests.party(waiting.request, agreement.ROLE)
        with commits():
            acts.consent(party, by=cast.staff, ip=None, browser="", test_file_opened=True)
            acts.sign(party, signature(party), by=cast.staff)
        return waiting.request

    return once(make)
