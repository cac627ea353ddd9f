"""Nobody of the desk reads a column that no page shows by narrowing or ordering a list: every list × every secret."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from agencies import reference
from agencies.models import User
from hmis_portal.desk.tools import DeskAdmin
from tests.cast import Cast, sign_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

SECRET = re.compile(
    r"password|secret|token|session|key$|^key|code_hash|data$|link_object|body_html|sha256|digest|hash"
)
LISTS = [pytest.param(model, desk, id=model._meta.label) for model, desk in admin.site._registry.items()]
# The record has a form; of the others there is no row here.
WITHOUT_LINKS = {"AuditEvent", "Session", "Statement"}
ENDS = ("", "__exact", "__startswith", "__regex", "__gte", "__lt", "__contains", "__in", "__isnull")


@pytest.fixture(autouse=True)
def _permissions(cast: Cast, once: Any) -> None:
    once(reference.give_permissions)


def paths_to_secrets(model: type[Model], steps: int = 2) -> Iterator[str]:
    """`password`, `user__password`, `user__authenticator__data` …: from one model along each relation, both ways."""
    for field in model._meta.get_fields():
        related: Any = field.related_model
        if field.is_relation:
            if steps and related:
                yield from (f"{field.name}__{rest}" for rest in paths_to_secrets(related, steps - 1))
        elif SECRET.search(field.name):
            yield field.name


def test_there_are_secrets_to_look_for() -> None:
    found = set(paths_to_secrets(User))
    assert {"password", "authenticator__data"} <= found
    assert apps.get_model("mfa.Authenticator") is Authenticator


@pytest.mark.parametrize(("model", "desk"), LISTS)
def test_no_list_is_narrowed_by_a_secret(model: type[Model], desk: Any, cast: Cast) -> None:
    assert isinstance(desk, DeskAdmin)
    request = RequestFactory().get("/")
    request.user = cast.admin
    lookups = [path + end for path in paths_to_secrets(model) for end in ENDS]
    assert not [lookup for lookup in lookups if desk.lookup_allowed(lookup, "x", request)]
    assert not [name for name in desk.get_search_fields(request) if SECRET.search(str(name))]
    columns = [getattr(desk, str(name), name) for name in desk.get_list_display(request)]
    orders = [str(getattr(column, "admin_order_field", column)) for column in columns]
    assert not [name for name in orders if SECRET.search(name)]


KINDS = ["admin", "lead", "trainer", "auditor"]


@pytest.mark.parametrize("kind", KINDS)
def test_people_are_listed(cast: Cast, kind: str) -> None:
    assert cast.client(kind).get(reverse("admin:agencies_user_changelist")).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "query",
    [
        "password__startswith=pbkdf2", "password=x", "email__startswith=a", "last_login__gte=2020-01-01", "phone__contains=8",
        "authenticator__data__contains=secret", "emailaddress__email__startswith=a", "groups__user__password__startswith=p",
        "is_superuser__exact=1", "password__regex=^p",
    ],
)  # fmt: skip
def test_people_are_not_searched_by_a_column(cast: Cast, kind: str, query: str) -> None:
    page = reverse("admin:agencies_user_changelist")
    assert cast.client(kind).get(f"{page}?{query}").status_code == 400


@pytest.mark.parametrize("extra", ["_to_field=password", "_to_field=email"])
def test_a_person_is_not_found_by_a_column(cast: Cast, extra: str) -> None:
    page = reverse("admin:agencies_user_change", args=[cast.admin.pk])
    assert cast.client("auditor").get(f"{page}?{extra}").status_code == 400


def test_ordering_and_searching_tell_nothing_of_a_password(cast: Cast) -> None:
    """`?o=` counts shown columns, also beyond them, and `?q=` looks at names and addresses."""
    client, page = cast.client("auditor"), reverse("admin:agencies_user_changelist")
    assert not _emails(client, page, "", q=cast.admin.password[:20])
    orders = {_emails(client, page, str(number)) for number in (7, 8, 99, -99)}
    assert orders == {_emails(client, page, "")}


def _emails(client: Client, page: str, order: str, **more: str) -> tuple[str, ...]:
    return tuple(
        client.get(page, {"o": order, **more}).context["cl"].queryset.values_list("email", flat=True)
    )


@pytest.mark.parametrize("name", ["auth_group", "mfa_authenticator", "account_emailaddress"])
def test_libraries_bring_no_pages_of_their_own(name: str) -> None:
    assert name not in {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}


@pytest.mark.parametrize(("model", "desk"), LISTS)
def test_every_filter_still_narrows(model: type[Model], desk: Any, client: Client) -> None:
    """The links of a list's own filters open it."""
    sign_in(client, UserFactory(is_staff=True, is_superuser=True))
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    answer = client.get(page, follow=True)
    links = set(re.findall(r'<a href="(\?[^"]+)"', answer.text))
    assert links or not desk.list_filter or model.__name__ in WITHOUT_LINKS
    for link in links:
        narrowed = client.get(page + link.replace("&amp;", "&"))
        assert narrowed.status_code == 200, link
