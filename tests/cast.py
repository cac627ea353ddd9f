"""The fixed cast: the nine kinds of person, a stranger, one agency of theirs and one of the stranger's."""

import time
from dataclasses import dataclass
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client
from django.utils.crypto import get_random_string

from agencies import permissions
from agencies.models import AccessLevel, Agency, AgencyRole, HmisRole, Project, Staff, User
from hmis_portal.models import PortalSettings
from tests.factories import AgencyFactory, CANFactory, CoCFactory, ProjectFactory, StaffFactory, UserFactory

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
METHODS_USER = "account_authentication_methods_user"
# In the order of PRODUCT.md's table, the stranger last.
KINDS = (
    "visitor",
    "director",
    "coordinator",
    "signatory",
    "staff",
    "admin",
    "lead",
    "trainer",
    "auditor",
    "stranger",
)


@dataclass
class Cast:
    agency: Agency
    project: Project
    director: User  # manages the agency
    coordinator: User  # edits its application, and is on the roster as HMIS Data Coordinator
    signatory: User  # may read and sign its MOU
    staff: User  # on the roster as case manager
    coordinator_row: Staff
    staff_row: Staff
    admin: User
    lead: User
    trainer: User
    auditor: User
    other_agency: Agency
    other_project: Project
    other_staff_row: Staff
    stranger: User  # manages the other agency

    def person(self, kind: str) -> User | AnonymousUser:
        return AnonymousUser() if kind == "visitor" else getattr(self, kind)

    def client(self, kind: str, *, confirmed: str = "") -> Client:
        """A browser in which this kind of person is signed in; "visitor" is not."""
        return sign_in(Client(), None if kind == "visitor" else getattr(self, kind), confirmed=confirmed)


def sign_in(client: Client, user: User | None, *, second_factor: bool = True, confirmed: str = "") -> Client:
    """Sign in as after a password and, for HMIS staff, a second factor; `confirmed` is how it was shown once more.

    What `force_login` does in a browser without a session, with one row written where that takes fifteen queries: the
    tests sign in some ten thousand times.
    """
    if user is None:
        return client
    records = [_record("password", email=user.email)]
    second_factor = second_factor and user.is_staff
    if second_factor:
        have_second_factor(user)
        records.append(_record("mfa", type="totp"))
    if confirmed:
        records.append(_record(confirmed, reauthenticated=True))
    user.backend = BACKEND  # type: ignore[attr-defined]
    request = HttpRequest()
    request.session = SessionStore(get_random_string(32))
    request.session._session_cache = {  # type: ignore[attr-defined]
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: BACKEND,
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    if second_factor or confirmed:
        request.session[METHODS_USER] = str(user.pk)
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    user_logged_in.send(sender=type(user), request=request, user=user)
    request.session.create_model_instance(dict(request.session.items())).save(force_insert=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
    return client


def remember_second_factor(client: Client, user: User) -> None:
    """Give a person an authenticator app and mark it as used in this session, as allauth does."""
    have_second_factor(user)
    session = client.session
    session[METHODS_USER] = str(user.pk)
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        _record("password", email=user.email),
        _record("mfa", type="totp"),
    ]
    session.save()


def confirm_again(client: Client, user: User, method: str = "password") -> Client:
    """As after the page that asks once more who it is, before a change of the account."""
    session = client.session
    session[METHODS_USER] = str(user.pk)
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        *session.get(AUTHENTICATION_METHODS_SESSION_KEY, []),
        _record(method, reauthenticated=True),
    ]
    session.save()
    return client


def _record(method: str, **more: Any) -> dict[str, Any]:
    return {"method": method, "at": time.time(), **more}


def have_second_factor(user: User) -> None:
    """An authenticator app. One query, where `get_or_create` takes four; who has one keeps it."""
    app = Authenticator(user=user, type=Authenticator.Type.TOTP, data={"secret": "test"})
    Authenticator.objects.bulk_create([app], ignore_conflicts=True)


def make_cast() -> Cast:
    PortalSettings.objects.update_or_create(pk=1, defaults={"managers_at_go_live": 1})  # the director alone
    permissions.make_groups()
    agency = AgencyFactory(legal_name="Harbor House, Inc.", common_name="Harbor House", ein="061234567")
    other = AgencyFactory(legal_name="River Street Shelter", common_name="", ein="067654321")
    for one in (agency, other):
        one.cocs.add(CoCFactory())
        one.cans.add(CANFactory())
    project = ProjectFactory(agency=agency, project_name="Harbor House Shelter")
    other_project = ProjectFactory(agency=other, project_name="River Street Shelter")

    def person(
        name: str,
        first: str,
        last: str,
        title: str,
        domain: str = "harbor.example",
        groups: tuple[str, ...] = (),
    ) -> User:
        return UserFactory(
            email=f"{name}@{domain}", first_name=first, last_name=last, title=title, groups=groups
        )

    director = person("director", "Dana", "Director", "Executive director")
    coordinator = person("coordinator", "Chris", "Coordinator", "HMIS Data Coordinator")
    signatory = person("signatory", "Sidney", "Signatory", "Chair of the board")
    staff = person("staff", "Sasha", "Staff", "Case manager")
    stranger = person("director", "Robin", "Stranger", "Executive director", domain="river.example")
    permissions.grant(director, agency, AgencyRole.MANAGER)
    permissions.grant(coordinator, agency, AgencyRole.EDITOR)
    permissions.grant(signatory, agency, AgencyRole.SIGNATORY)
    permissions.grant(stranger, other, AgencyRole.MANAGER)
    coordinator_row = StaffFactory(
        agency=agency, user=coordinator, first_name="Chris", last_name="Coordinator",
        hmis_role=HmisRole.HDC, access_level=AccessLevel.AGENCY,
    )  # fmt: skip
    staff_row = StaffFactory(agency=agency, user=staff, first_name="Sasha", last_name="Staff")
    staff_row.projects.add(project)
    other_staff_row = StaffFactory(agency=other, first_name="Otto", last_name="Other")
    other_staff_row.projects.add(other_project)
    return Cast(
        agency=agency,
        project=project,
        director=director,
        coordinator=coordinator,
        signatory=signatory,
        staff=staff,
        coordinator_row=coordinator_row,
        staff_row=staff_row,
        admin=person("admin", "Alex", "Admin", "HMIS Admin", "hmis.example", (permissions.HMIS_ADMIN,)),
        lead=person(
            "lead",
            "Lee",
            "Lead",
            "Director of the Lead Agency",
            "hmis.example",
            (permissions.LEAD_SIGNATORY,),
        ),
        trainer=person("trainer", "Terry", "Trainer", "Trainer", "hmis.example", (permissions.TRAINER,)),
        auditor=person("auditor", "Audrey", "Auditor", "Auditor", "hmis.example", (permissions.AUDITOR,)),
        other_agency=other,
        other_project=other_project,
        other_staff_row=other_staff_row,
        stranger=stranger,
    )
