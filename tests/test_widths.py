"""Names of 200 letters, addresses of 150 and towns without a blank: no page scrolls sideways, on a desk or on a phone."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.db import models, transaction
from django.urls import reverse

from hmis_portal.models import forget_settings
from tests import chromium
from tests.addresses import ARGUMENTS
from tests.as_typed import OURS, free_text
from tests.cast import Cast
from tests.desk import LISTS
from tests.rights import TABLE

pytestmark = pytest.mark.usefixtures("as_in_production")
WORD = "Wohnungslosenhilfeeinrichtungsträgerverein" * 10
ADDRESS = f"{'w' * 60}%s@{'mail' * 15}.{'long' * 5}.example"
# Each of these puts other things on its pages; together they open nearly every page of the portal.
PLACES = [
    "",
    "agency",
    "staff",
    "project",
    "draft",
    "section",
    "section_page",
    "mou",
    "sent",
    "approved",
    "agreement",
    "thread",
]


def write_long_names() -> None:
    with pgtrigger.ignore():
        for model, names in free_text():
            values = {name: WORD[: model._meta.get_field(name).max_length or 400] for name in names}
            model._default_manager.update(**values)
        for model in (one for one in admin.site._registry if one._meta.app_label in OURS):
            emails = [
                field.name for field in model._meta.concrete_fields if isinstance(field, models.EmailField)
            ]
            for row in model._default_manager.all() if emails else ():
                model._default_manager.filter(pk=row.pk).update(**dict.fromkeys(emails, ADDRESS % row.pk))
    forget_settings()


class Undo(Exception):
    """Leaves the block and takes back what was written in it."""


class Pages:
    """Answers kept in a folder, and opened by a browser from there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages: dict[str, str] = {}
        self.static: dict[str, str] = {}

    def keep(self, name: str, answer: Any) -> None:
        if answer.status_code != 200 or not answer.headers.get("Content-Type", "").startswith("text/html"):
            return
        text = answer.content.decode()
        self.pages[name] = str(self.folder / f"{len(self.pages)}.html")
        Path(self.pages[name]).write_text(text)
        for address in re.findall(r'"(/static/[^"]+)"', text):
            self.static[address] = finders.find(address.removeprefix("/static/")) or ""

    def that_scroll_sideways(self) -> list[str]:
        manifest = self.folder / "manifest.json"
        manifest.write_text(json.dumps({"pages": self.pages, "static": self.static}))
        done = subprocess.run(
            [sys.executable, "-m", "tests.browser.widths", str(manifest), chromium.executable() or "chromium", *chromium.ARGS],
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        assert done.stderr == ""
        return done.stdout.splitlines()


@pytest.fixture
def kept_pages(tmp_path: Path) -> Iterator[Pages]:
    yield Pages(tmp_path)
    forget_settings()


@pytest.mark.django_db
def test_no_page_scrolls_sideways(cast: Cast, kept_pages: Pages) -> None:
    for place in PLACES:
        try:
            with transaction.atomic():
                kwargs = ARGUMENTS[place](cast)
                write_long_names()
                for row in TABLE:
                    if row.args == place and not row.post_only:
                        answer = cast.client(row.allowed[0]).get(reverse(row.name, kwargs=kwargs))
                        kept_pages.keep(f"{place or 'portal'}/{row.name}", answer)
                raise Undo
        except Undo:
            pass
    assert len(kept_pages.pages) > 45
    assert kept_pages.that_scroll_sideways() == []


@pytest.mark.django_db
def test_no_page_of_the_desk_scrolls_sideways(cast: Cast, full_desk: None, kept_pages: Pages) -> None:
    write_long_names()
    client = cast.client("admin")
    kept_pages.keep("desk", client.get(reverse("admin:index")))
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        if "admin" in LISTS[name][0]:
            kept_pages.keep(f"desk/{name}", client.get(reverse(f"admin:{name}_changelist")))
            if first := model._default_manager.first():
                kept_pages.keep(
                    f"desk/{name}/row", client.get(reverse(f"admin:{name}_change", args=[first.pk]))
                )
    assert len(kept_pages.pages) > 45
    assert kept_pages.that_scroll_sideways() == []
