"""What people read when something goes wrong, and where they land."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path, reverse

from hmis_portal import urls
from hmis_portal.web import error_pages, errors
from hmis_portal.web.errors import GuardFailed, WrongState


def _raising(fault: Callable[[HttpRequest], Exception]) -> Callable[[HttpRequest], HttpResponse]:
    from django.contrib.auth.decorators import login_not_required

    @login_not_required
    def view(request: HttpRequest) -> HttpResponse:
        raise fault(request)

    return view


urlpatterns = [
    path("try/state/", _raising(lambda request: WrongState("It was sent already."))),
    path(
        "try/guard/",
        _raising(
            lambda request: GuardFailed(["Sign the MOU first.", "Two sections are open."], back="/there/")
        ),
    ),
    path("try/403/", _raising(lambda request: PermissionDenied("Only a manager may send it."))),
    path("try/404/", _raising(lambda request: Http404())),
    path("try/500/", _raising(lambda request: ZeroDivisionError())),
    path("try/big/", _raising(lambda request: RequestDataTooBig())),
    path("try/database/", _raising(lambda request: OperationalError("gone"))),
    path("", include(urls)),
]
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _with_pages_that_fail() -> Iterator[None]:
    """For all tests here at once: each change of the addresses has all of them read anew."""
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def anybody() -> Client:
    return Client(raise_request_exception=False)


class TestFaultsOfTheDomain:
    def test_a_stale_act_returns_to_the_page_it_came_from(self, anybody: Client) -> None:
        response = anybody.post("/try/state/", headers={"referer": "http://testserver/the/page/?a=1"})
        assert (response.status_code, response["Location"]) == (303, "http://testserver/the/page/?a=1")
        assert [str(message) for message in get_messages(response.wsgi_request)] == ["It was sent already."]

    def test_what_is_missing_is_told_on_the_page_named(self, anybody: Client) -> None:
        response = anybody.post("/try/guard/")
        assert (response.status_code, response["Location"]) == (303, "/there/")
        messages = list(get_messages(response.wsgi_request))
        assert [(str(one), one.level_tag) for one in messages] == [
            ("Sign the MOU first.", "error"),
            ("Two sections are open.", "error"),
        ]

    @pytest.mark.parametrize("referer", ["https://evil.example/", "javascript:alert(1)", "//evil.example/x"])
    def test_it_never_leads_to_another_site(self, referer: str) -> None:
        request = RequestFactory().post("/x/", headers={"referer": referer})
        assert "evil" not in errors.back_address(request, WrongState("x"))

    def test_it_does_not_go_round_in_a_circle(self) -> None:
        request = RequestFactory().get("/x/", headers={"referer": "http://testserver/x/?again=1"})
        assert errors.back_address(request, WrongState("x")) == "/start/"


@pytest.mark.parametrize(
    ("address", "status", "heading", "kept"),
    [
        ("/try/403/", 403, "You may not do this", "Nothing was changed"),
        ("/try/404/", 404, "Page not found", "Saved answers are kept"),
        ("/try/500/", 500, "Something went wrong on our side", "What you saved before is kept"),
        ("/try/big/", 413, "What you sent is too large", "what you saved before is kept"),
        ("/try/database/", 503, "The portal is not available right now", "What you saved before is kept"),
    ],
)
def test_each_page_says_what_is_kept_and_whom_to_call(
    anybody: Client, address: str, status: int, heading: str, kept: str
) -> None:
    response = anybody.get(address)
    page = response.content.decode()
    assert response.status_code == status
    assert page.count("<h1>") == 1
    assert f"<h1>{heading}</h1>" in page
    assert kept in page
    assert "(860) 555-0142" in page
    assert "help@hmis.example" in page


def test_the_reason_of_a_refusal_is_shown(anybody: Client) -> None:
    assert "Only a manager may send it." in anybody.get("/try/403/").content.decode()


@pytest.mark.parametrize("address", ["/try/404/", "/no/such/address/"])
def test_the_demo_shows_the_same_page_for_an_address_that_leads_nowhere(
    anybody: Client, address: str
) -> None:
    with override_settings(DEBUG=True):
        response = anybody.get(address)
    assert response.status_code == 404
    assert "<h1>Page not found</h1>" in response.content.decode()


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_a_form_that_is_too_large_is_413_not_400(anybody: Client) -> None:
    response = anybody.post("/accounts/login/", {"login": "x" * 200})
    assert response.status_code == 413


def test_a_form_of_an_earlier_visit(client: Client) -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a"})
    assert response.status_code == 403
    assert "This page was open too long" in response.content.decode()


def test_too_many_tries() -> None:
    response = error_pages.too_many_requests(RequestFactory().get("/"), wait=300)
    assert response.status_code == 429
    assert response["Retry-After"] == "300"


def test_the_500_page_needs_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.cache import cache
    from django.db import connection

    cache.clear()

    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("away")

    request = RequestFactory().get("/")
    with connection.execute_wrapper(refuse):
        response = error_pages.server_error(request)
    assert response.status_code == 500
    assert "(860) 555-0142" in response.content.decode()


class TestWhatNoBrowserSends:
    """One middleware answers it with the portal's own page, whichever view was meant."""

    @pytest.mark.parametrize(
        "query",
        [
            "q=%00", "q=a%00b", "state__exact=a%00b", "a%00b=1", "p=" + "9" * 30, "agency__id__exact=-" + "9" * 19,
            "e=" + "1" * 5000, "at__year=99999", "state_since__year__gte=0",
        ],
    )  # fmt: skip
    def test_a_query_of_the_admin_that_means_nothing(self, cast: Any, query: str) -> None:
        client = cast.client("admin")
        for page in ("onboarding_access", "hmis_portal_auditevent", "agencies_agency"):
            answer = client.get(f"{reverse(f'admin:{page}_changelist')}?{query}")
            assert answer.status_code == 400, (page, query)
            assert "The portal did not understand this request" in answer.text

    def test_a_look_up_that_the_database_cannot_count_with(self, cast: Any, reference: None) -> None:
        client = cast.client("admin")
        chosen = {"action": "try_again", "_selected_action": "9" * 30}
        answer = client.post(reverse("admin:signing_sealjob_changelist"), chosen)
        assert answer.status_code == 302
        assert client.get(f"{reverse('admin:index')}%00/").status_code == 400

    @pytest.mark.parametrize(
        "query", ["q=" + "9" * 30, "q=06-1234567", "p=0", "since=2026-11-28", "q=%C3%A9"]
    )
    def test_what_a_person_may_search_for_is_searched_for(
        self, cast: Any, reference: None, query: str
    ) -> None:
        answer = cast.client("admin").get(f"{reverse('admin:hmis_portal_auditevent_changelist')}?{query}")
        assert answer.status_code == 200

    @pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1", "utf-7", "foo-8", "rot13", ""])
    def test_a_body_in_another_charset(self, anybody: Client, charset: str) -> None:
        kind = f"application/x-www-form-urlencoded; charset={charset}"
        for page in ("/support/", "/accounts/login/", reverse("admin:login")):
            answer = anybody.generic("POST", page, b"name=x", content_type=kind)
            assert answer.status_code == 400, page
            assert "The portal did not understand this request" in answer.text

    @pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
    def test_a_body_in_utf_8(self, anybody: Client, charset: str) -> None:
        kind = f"application/x-www-form-urlencoded; charset={charset}"
        assert anybody.generic("POST", "/support/", b"name=x", content_type=kind).status_code == 200
