"""The pieces of a page as tags that every template has without loading: what may be left out has its default here.

A tag sees only what it is given, nothing of the page around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from hmis_portal.forms.renderer import escaped
from hmis_portal.web.task_row import TaskRow

register = template.Library()


@register.inclusion_tag("components/account_form.html", takes_context=True)
def account_form(context: Context, form: object, action_url: str = "", id: str = "") -> dict[str, object]:
    """One form of allauth; it carries the address to go on to."""
    return {
        "form": form,
        "action_url": action_url,
        "id": id,
        "redirect_field": context.get("redirect_field"),
    }


@register.simple_tag
def once(part: str, **values: str) -> SafeString:
    """A part of every page that depends on the language and these values alone: each process writes it once."""
    write = _once.__wrapped__ if settings.DEBUG else _once  # in development its file changes
    return write(part, get_language(), get_script_prefix(), tuple(values.items()))


@lru_cache(maxsize=32)
def _once(part: str, language: str, prefix: str, values: tuple[tuple[str, str], ...]) -> SafeString:
    return render_to_string(part, dict(values))


@register.inclusion_tag("components/back_link.html")
def back_link(href: str, text: str = "") -> dict[str, object]:
    """Where the page before this one was; its words are "Back" when no others are given."""
    return locals()


@register.inclusion_tag("components/confirmation.html")
def confirmation(heading: str, reference: str = "", text: str = "") -> dict[str, object]:
    """Stands in block page_head of a page that follows an act."""
    return locals()


@register.inclusion_tag("components/document_row.html")
def document_row(
    name: str,
    url: str,
    kind: str,
    size: int | None = None,
    sealed: bool = False,
    verify_url: str = "",
    detail: str = "",
) -> dict[str, object]:
    """Inside <ul class="documents">. kind: as "PDF"; size: bytes."""
    return locals()


@register.inclusion_tag("components/empty_state.html")
def empty_state(title: str, text: str, link_url: str = "", link_text: str = "") -> dict[str, object]:
    """title: what will be here; text: how to begin."""
    return locals()


@register.inclusion_tag("components/notice.html")
def notice(
    kind: str, text: str, title: str = "", link_url: str = "", link_text: str = ""
) -> dict[str, object]:
    """A lasting remark in the page, not a message. kind: info, success, warning, error."""
    return locals()


@register.inclusion_tag("components/pager.html")
def pager(page: Page[Any], query: str = "") -> dict[str, object]:
    """query: the rest of the query string, as "q=shelter&"."""
    return locals()


@register.inclusion_tag("components/person_row.html")
def person_row(
    name: str,
    url: str = "",
    detail: str = "",
    status_kind: str = "plain",
    status_text: str = "",
    act_url: str = "",
    act_text: str = "",
) -> dict[str, object]:
    """Inside <ul class="people">."""
    return locals()


@register.inclusion_tag("components/progress.html")
def progress(done: int, total: int, label: str) -> dict[str, Any]:
    """label: "3 of 5 sections completed"; the words say what the bar shows."""
    return locals()


@register.simple_tag
def status(kind: str, text: object) -> SafeString:
    """kind: done, turn, waiting, problem, plain, blocked; text: one to three words. A page may have a thousand."""
    return mark_safe(f'<span class="status status--{escaped(kind)}">{escaped(text)}</span>')


@register.simple_tag
def steps(steps: Sequence[Any], current: int) -> SafeString:
    """Where one is, and no navigation. steps: each with number, title, state (done, current, upcoming)."""
    write = _steps.__wrapped__ if settings.DEBUG else _steps
    return write(get_language(), tuple((step.number, step.title, step.state) for step in steps), current)


@lru_cache(maxsize=64)
def _steps(_language: str, steps: tuple[tuple[int, str, str], ...], current: int) -> SafeString:
    """Many agencies are at the same step, and see the same picture."""
    return render_to_string("components/steps.html", {"steps": steps, "current": current})


@register.inclusion_tag("components/summary_row.html")
def summary_row(question: str, answer: str, change_url: str = "") -> dict[str, object]:
    """Inside <dl class="summary">. An answer "" shows "Not provided"; one with line breaks keeps them."""
    return locals()


@register.inclusion_tag("components/task_list.html")
def task_list(tasks: Sequence[TaskRow]) -> dict[str, object]:
    return locals()


@register.inclusion_tag("components/timeline.html")
def timeline(events: Sequence[object]) -> dict[str, object]:
    """events: each with at, who, text and reason; newest first as given."""
    return locals()


@register.inclusion_tag("components/upload.html")
def upload_progress() -> dict[str, object]:
    """Inside a form with a file: how far it has got. Hidden until something is sent."""
    return {}


@register.inclusion_tag("components/whose_turn.html")
def whose_turn(
    text: str,
    who: str = "",
    heading: str = "",
    done: bool = False,
    yours: bool = False,
    since: date | datetime | None = None,
    link_url: str = "",
    link_text: str = "",
) -> dict[str, object]:
    """Whose turn it is, what to do next, since when.

    heading stands instead of whose turn it is; done: the heading is good news.
    """
    return locals()
