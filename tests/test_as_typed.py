"""Text of people and of the HMIS is shown as typed, on every page: never compiled as a template, never HTML.

Each address of tests/rights.py and each page of the admin desk is opened after every free-text column of the
database was made to read like a template and like HTML.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils.html import escape

from hmis_portal.models import forget_settings
from tests.addresses import ARGUMENTS
from tests.as_typed import ELEMENT, TYPED, write_everywhere
from tests.cast import Cast
from tests.desk import LISTS, OWN
from tests.rights import TABLE, Row, confirmed

# As the walk of tests/test_urls.py, so that both fill the addresses with copies of the same.
pytestmark = pytest.mark.usefixtures("as_in_production")
TEMPLATES = Path(__file__).parent.parent / "templates"


@pytest.fixture(autouse=True)
def settings_of_others() -> Iterator[None]:
    """The settings written here are cached in the process; the next test reads its own."""
    yield
    forget_settings()


def is_shown_as_typed(answer: Any) -> bool:
    """Every page names the HMIS, so every page has the text at least once."""
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return True
    text = answer.content.decode()
    return ELEMENT not in text and escape(TYPED) in text


@pytest.mark.django_db
@pytest.mark.parametrize("args", ARGUMENTS)
def test_every_page(args: str, cast: Cast, fill: Any) -> None:
    rows: list[Row] = [row for row in TABLE if row.args == args and not row.post_only]
    kwargs = fill(args)
    write_everywhere()
    wrong = []
    for row in rows:
        for kind in {row.allowed[0], *({"director", "admin"} & set(row.allowed))}:
            answer = confirmed(cast, kind).get(reverse(row.name, kwargs=kwargs))
            if answer.status_code not in row.status:
                wrong.append(f"{row.name} as {kind}: {answer.status_code}")
            elif answer.status_code == 200 and not is_shown_as_typed(answer):
                wrong.append(f"{row.name} as {kind}: not as typed")
    assert wrong == []


@pytest.mark.django_db
def test_every_list_and_row_of_the_desk(cast: Cast, full_desk: None) -> None:
    from django.contrib import admin

    client, wrong, shown = cast.client("admin"), [], 0
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        readers, writers = LISTS[name]
        pages = [reverse(f"admin:{name}_changelist")] if "admin" in readers else []
        pages += [reverse(f"admin:{name}_add")] if "admin" in writers else []
        if "admin" in readers and (row := model._default_manager.first()):
            pages += [reverse(f"admin:{name}_{page}", args=[row.pk]) for page in ("change", "history")]
        for page in pages:
            answer = client.get(page, follow=True)
            if answer.status_code not in (200, 403) or ELEMENT in answer.text:
                wrong.append(f"{page}: {answer.status_code}")
            shown += escape(TYPED) in answer.text
    assert wrong == []
    assert shown > 60


@pytest.mark.django_db
@pytest.mark.parametrize("name", OWN)
def test_every_own_page_of_the_desk(name: str, cast: Cast, reference: None) -> None:
    allowed, arguments = OWN[name]
    url = reverse(f"admin:{name}", args=arguments(cast))
    write_everywhere()
    answer = cast.client(allowed[0]).get(url)
    assert answer.status_code in (200, 302)
    # A message as it was sent was made before.
    assert answer.status_code == 302 or name == "hmis_portal_message_html" or is_shown_as_typed(answer)


def test_templates_leave_escaping_to_django() -> None:
    """`safe` stands for what code made of layout and of agreements alone; escaping is off in plain text alone."""
    marked, off = set(), set()
    for path in TEMPLATES.rglob("*.*"):
        text, name = path.read_text(), str(path.relative_to(TEMPLATES))
        marked |= {f"{name}: {one}" for one in re.findall(r"\{\{[^}]*\|\s*safe\b[^}]*\}\}|\bsafeseq\b", text)}
        if "autoescape" in text:
            off.add(path.suffix)
    assert marked == {
        "onboarding/mou/clause.html: {{ introduction|safe }}",
        "onboarding/mou/clause.html: {{ clause.html|safe }}",
        "onboarding/mou/question.html: {{ clause.html|safe }}",
        "pdf/agreement.html: {{ introduction|safe }}",
        "pdf/agreement.html: {{ clause.html|safe }}",
        "signing/text.html: {{ introduction|safe }}",
        "signing/text.html: {{ clause.html|safe }}",
    }
    assert off == {".txt"}
