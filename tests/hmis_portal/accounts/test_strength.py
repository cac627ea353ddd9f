"""The rights of the HMIS's own people ask for a second factor in the session; tests/test_urls.py walks every address."""

from typing import Any

import pytest
from allauth.core import context
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from agencies import permissions
from agencies.models import User
from hmis_portal.accounts.factors import strength
from tests.cast import Cast, remember_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_in_production")]


def request_of(client: Client, user: Any) -> Any:
    request = RequestFactory().get("/")
    request.user, request.session = user, client.session
    return request


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_without_a_factor_in_the_session_nothing_of_the_group_is_left(cast: Cast) -> None:
    client = signed_in(cast.admin)
    with context.request_context(request_of(client, User.objects.get(pk=cast.admin.pk))):
        for person in (context.request.user, User.objects.get(pk=cast.admin.pk)):  # loaded again by a service
            assert not permissions.is_hmis_admin(person)
            assert not permissions.kinds(person, cast.agency)
            assert not permissions.can_view_agency(person, cast.agency)
            assert not person.has_perm("agencies.view_agency")
            assert not person.has_module_perms("agencies")


def test_with_it_everything_is(cast: Cast) -> None:
    client = signed_in(cast.admin)
    remember_second_factor(client, cast.admin)
    with context.request_context(request_of(client, User.objects.get(pk=cast.admin.pk))):
        assert permissions.kinds(context.request.user, cast.agency) == {"hmis_admin"}


def test_a_superuser_is_asked_too(cast: Cast) -> None:
    User.objects.filter(pk=cast.admin.pk).update(is_superuser=True)
    boss = User.objects.get(pk=cast.admin.pk)
    with context.request_context(request_of(signed_in(boss), boss)):
        assert not boss.has_perm("agencies.view_agency")


def test_in_the_request_of_somebody_else_and_in_none_the_group_counts(cast: Cast) -> None:
    assert permissions.is_hmis_admin(cast.admin)
    with context.request_context(request_of(Client(), AnonymousUser())):
        assert permissions.is_hmis_admin(cast.admin)


def test_what_is_missing_leads_to_the_factor_and_back(cast: Cast, client_of: Any) -> None:
    page = f"/agencies/{cast.agency.pk}/people/"
    answer = signed_in(cast.auditor).get(page, follow=True)
    assert "Set up an authenticator app or a passkey first" in answer.content.decode()
    client = signed_in(cast.auditor)
    client_of(cast.auditor)  # has an app now, used in another session
    assert client.get(page)["Location"] == f"/accounts/2fa/reauthenticate/?next={page.replace('/', '%2F')}"


def test_asking_costs_one_query(cast: Cast, django_assert_num_queries: Any) -> None:
    client = signed_in(cast.admin)
    remember_second_factor(client, cast.admin)
    request = request_of(client, User.objects.get(pk=cast.admin.pk))
    assert request.session["_auth_user_id"]
    with context.request_context(request), django_assert_num_queries(1):
        assert not strength.lacks_second_factor(request.user)
        assert not strength.lacks_second_factor(request.user)
