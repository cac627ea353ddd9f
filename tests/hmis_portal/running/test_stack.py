"""Requests, tasks and commands have room for their frames: no loop asks the kernel for memory at each turn."""

import resource
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from hmis_portal.running.stack import FRAME, in_one_piece
from hmis_portal.tasks import pulse

TURNS = 200


def leaf(a=0, b=0, c=0, d=0, e=0, f=0, g=0, h=0, i=0, j=0, k=0, m=0, n=0, o=0, p=0, q=0) -> None:
    """Its frame is larger than `asked_at`'s: at some depth it is the one that does not fit."""


def asked_at(depth: int) -> int:
    """How often a loop of calls at this depth asked for memory."""
    if depth:
        return asked_at(depth - 1)
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(TURNS):
        leaf()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def most_asked() -> int:
    return max(asked_at(depth) for depth in range(300))


def rooms() -> int:
    """How many of the callers made room."""
    frame, count = sys._getframe(), 0
    while frame.f_back:
        frame = frame.f_back
        count += frame.f_code.co_stacksize == FRAME
    return count


def counted(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(rooms()))


counted.login_required = False  # type: ignore[attr-defined]
urlpatterns = [path("rooms/", counted), path("", include("hmis_portal.urls"))]


def test_no_loop_at_any_depth_asks_for_memory_at_each_turn():
    with ThreadPoolExecutor() as thread:  # which begins with no room
        assert thread.submit(in_one_piece(most_asked)).result() < TURNS / 10


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_request_has_room(client: Client):
    assert int(client.get("/rooms/").content) == rooms() + 1


@pytest.mark.django_db
def test_a_task_has_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pulse, "run", rooms)
    assert pulse() == rooms() + 1


def test_a_command_has_room(monkeypatch: pytest.MonkeyPatch):
    import manage

    found: list[int] = []
    monkeypatch.setattr(
        "django.core.management.execute_from_command_line", lambda _argv: found.append(rooms())
    )
    manage.main()
    assert found == [rooms() + 1]


def test_what_it_is_given_and_gives_is_the_function_s():
    @in_one_piece
    def add(one: int, *more: int, **named: int) -> Any:
        return one, more, named

    assert (add(1, 2, three=3), add.__name__) == ((1, (2,), {"three": 3}), "add")
