"""The address a request came from, which goes into evidence: an address, or nothing."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from hmis_portal.models import AuditEvent
from hmis_portal.web.visits import client_ip


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("198.51.100.7:5678", "198.51.100.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", None),
        ("1.2.3.4.5", None),
        ("1.2.3.4:", None),
        ("_hidden", None),
        ("'; drop table", None),
        (",", None),
    ],
)
def test_what_a_proxy_says_is_an_address_or_nothing(settings, forwarded, address):
    settings.TRUST_PROXY = True
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR="10.0.0.1")
    assert client_ip(request) == address


def test_without_a_trusted_proxy_nobody_says_where_they_come_from(settings):
    settings.TRUST_PROXY = False
    request = RequestFactory().get("/", headers={"x-forwarded-for": "198.51.100.7"}, REMOTE_ADDR="10.0.0.1")
    assert client_ip(request) == "10.0.0.1"
    assert client_ip(RequestFactory().get("/", REMOTE_ADDR="")) is None  # a Unix socket


def test_an_act_behind_such_a_proxy_is_recorded(cast, client_of, settings):
    settings.TRUST_PROXY = True
    details = {"first_name": "Dana", "last_name": "Diaz", "title": "Director", "phone": ""}
    answer = client_of(cast.director).post(
        reverse("agencies:me"), details, headers={"x-forwarded-for": "unknown"}
    )
    assert answer.status_code == 302
    assert AuditEvent.objects.latest("pk").ip is None
