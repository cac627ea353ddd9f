"""Every page of the admin desk, as every kind of person; what each may do stands in tests/desk.py.

A model or an own page that is not decided there fails. People of agencies never get in: they are led to the door.
"""

from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.cast import KINDS, Cast
from tests.desk import ELSEWHERE, LISTS, OWN
from tests.rights import HMIS, names

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

STOCK = (
    "_changelist", "_add", "_change", "_delete", "_history", ":None", ":index", ":login", ":logout", ":app_list",
    ":autocomplete", ":jsi18n", ":view_on_site", ":password_change_done",
)  # fmt: skip


def is_right(kind: str, allowed: tuple[str, ...], answer: Any) -> bool:
    """A page for those allowed, a refusal for other HMIS staff, the door for everybody else."""
    at_the_door = answer.status_code == 302 and "/login/" in answer["Location"]
    if kind in allowed:
        return answer.status_code in (200, 302) and not at_the_door
    return answer.status_code == 403 if kind in HMIS else at_the_door


def test_every_model_and_page_is_decided() -> None:
    models = {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}
    assert models == set(LISTS)
    own = {name for name in names() if name.startswith("admin:") and not name.endswith(STOCK)}
    assert own == {f"admin:{name}" for name in (*OWN, *ELSEWHERE)}


@pytest.mark.parametrize("kind", KINDS)
def test_lists_and_adding(cast: Cast, kind: str) -> None:
    client = cast.client(kind)
    wrong = []
    for model, (readers, writers) in LISTS.items():
        for page, allowed in (("changelist", readers), ("add", writers)):
            answer = client.get(reverse(f"admin:{model}_{page}"))
            if not is_right(kind, allowed, answer):
                wrong.append(f"{model}_{page}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("name", OWN)
def test_own_pages(cast: Cast, name: str) -> None:
    allowed, arguments = OWN[name]
    url = reverse(f"admin:{name}", args=arguments(cast))
    answers = {kind: cast.client(kind).get(url) for kind in KINDS}
    wrong = [
        f"{kind}: {answer.status_code}"
        for kind, answer in answers.items()
        if not is_right(kind, allowed, answer)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "object_id", ["abc", "3f0e9e2e-59f5-4a1c-8d0b-1c9d1c6b7a10", "999999999999999999999999"]
)
def test_a_mistyped_address_of_a_row_is_an_answer(cast: Cast, object_id: str) -> None:
    """Django leads from a row that is not there to the desk; the pages of our own say 404."""
    client, wrong = cast.client("admin"), []
    for model in LISTS:
        for page in ("change", "history", "delete"):
            answer = client.get(reverse(f"admin:{model}_{page}", args=[object_id]))
            if answer.status_code not in (302, 403, 404):
                wrong.append(f"{model}_{page}: {answer.status_code}")
    assert wrong == []
