"""Every address of the portal, as every kind of person: a new one that is not decided in tests/rights.py fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from itertools import product
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client
from django.urls import reverse

from onboarding.models import PrivateNote
from tests.cast import KINDS, Cast, have_second_factor, sign_in
from tests.rights import EVERYONE, HMIS, SIGNED_IN, TABLE, Row, confirmed, names

pytestmark = pytest.mark.usefixtures("as_in_production")
NOTE = "at-odds-with-its-board"
# allauth's own pages decide by themselves and are tested in tests/hmis_portal/accounts; the admin's pages are
# walked in tests/test_admin.py by model and kind of person.
ELSEWHERE_PREFIXES = ("account_", "mfa_", "usersessions_", "socialaccount_", "openid_connect_", "admin:")
ELSEWHERE = {"healthz"}


def test_every_address_is_decided() -> None:
    ours = {name for name in names() if not name.startswith(ELSEWHERE_PREFIXES)} - ELSEWHERE
    decided = {row.name for row in TABLE}
    assert ours - decided == set(), "addresses without a row in TABLE"
    assert decided - ours == set(), "rows of TABLE without an address"
    assert len(decided) == len(TABLE), "an address stands twice in TABLE"


def together(rows: list[Row]) -> pytest.MarkDecorator:
    """Rows filled alike are walked in one test, a dozen at most: what they need is made once, and all sign in once."""
    alike: dict[str, list[Row]] = {}
    for row in rows:
        alike.setdefault(row.args, []).append(row)
    dozens = [
        pytest.param(some[start : start + 12], id=f"{args or 'unfilled'}-{start}")
        for args, some in alike.items()
        for start in range(0, len(some), 12)
    ]
    return pytest.mark.parametrize("rows", dozens)


@contextmanager
def taken_back(client: Client, url: str) -> Iterator[None]:
    """What a request writes in the database and in the browser: the next one meets what this one met."""
    cookies = copy(client.cookies)
    with transaction.atomic():
        try:
            yield
        except Exception as error:
            error.add_note(f"Asked for {url}")
            raise
        transaction.set_rollback(True)
    client.cookies = cookies


@pytest.mark.django_db
@together(TABLE)
def test_each_kind_of_person_gets_what_is_written(rows: list[Row], cast: Cast, fill: Any) -> None:
    where = fill(rows[0].args)
    PrivateNote.objects.create(agency=cast.agency, text=NOTE, written_by=cast.admin)
    clients = {kind: confirmed(cast, kind) for kind in KINDS}
    wrong: list[str] = []
    for row in rows:
        url = reverse(row.name, kwargs=where)
        for kind, client in clients.items():
            wrong += [f"{row.name}, {kind} {what}" for what in amiss(row, kind, client, url)]
    assert not wrong, "\n".join(wrong)


def amiss(row: Row, kind: str, client: Client, url: str) -> Iterator[str]:
    """What is other than written, of a GET and of a POST by whoever may not."""
    with taken_back(client, url):
        answer = client.get(url)
        content = answer.getvalue()
    if NOTE.encode() in content:  # what the HMIS side notes for itself is on no page and in no export
        yield "reads a private note"
    expected = expected_statuses(row, kind)
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
    if answer.status_code not in expected or to_sign_in != (kind == "visitor" and kind not in row.allowed):
        yield f"gets {answer.status_code} instead of {expected}"
    if row in POSTED and kind not in row.allowed:
        # A POST meets the same walls as a GET, whatever its form says.
        with taken_back(client, url):
            answer = client.post(url, {})
        refusal = 302 if kind == "visitor" else 403 if kind in row.readers else row.others
        if answer.status_code not in (refusal, 405):  # a page to read refuses every POST
            yield f"POST gets {answer.status_code} instead of {refusal}"


def expected_statuses(row: Row, kind: str) -> tuple[int, ...]:
    if kind in row.allowed:
        return (405,) if row.post_only else row.status
    if kind == "visitor":
        return (302,)
    if row.post_only:
        return (405,)  # the method is refused before anything is looked up
    return (403,) if kind in row.readers else (row.others,)


POSTED = [row for row in TABLE if (row.post_only or row.readers) and row.allowed != EVERYONE]

# The first asks everybody again who it is, and HMIS staff by their second factor; the other leads them to the desk,
# which asks for it (tests/hmis_portal/desk/test_admin_site.py).
WALKED = [row for row in TABLE if row.name not in ("agencies:close_account", "powers:request")]


@pytest.mark.django_db
@together(WALKED)
def test_the_hmis_side_has_no_right_without_a_second_factor(rows: list[Row], cast: Cast, fill: Any) -> None:
    """Whoever has a group, in a session without a second factor: what everybody may open, else the way to the factor."""
    where, wrong = fill(rows[0].args), []
    clients = {kind: without_second_factor(cast, kind) for kind in HMIS}
    for page in ("mfa_index", "mfa_reauthenticate"):  # none is set up; one is, and was not used
        if page == "mfa_reauthenticate":
            for kind in HMIS:
                have_second_factor(cast.person(kind))
        for row, (kind, client), method in product(rows, clients.items(), ("get", "post")):
            url = reverse(row.name, kwargs=where)
            with taken_back(client, url):
                answer = getattr(client, method)(url)
            of_everybody = row.allowed in (EVERYONE, SIGNED_IN)
            to = answer.headers.get("Location", "").split("?")[0]
            to_desk = to.startswith(reverse("admin:index")) and not of_everybody  # its door asks too
            led = to_desk or to == reverse(page)
            if led == of_everybody and answer.status_code != 405:
                location = answer.headers.get("Location", "")
                wrong.append(f"{row.name}, {kind}, {method}: {answer.status_code} {location}")
    assert not wrong, "\n".join(wrong)


def without_second_factor(cast: Cast, kind: str) -> Client:
    """Signed in with the password alone, twice."""
    person = cast.person(kind)
    Authenticator.objects.filter(user=person).delete()
    return sign_in(Client(), person, second_factor=False, confirmed="password")
