"""Tags and filters that every template has without loading (settings: TEMPLATES builtins)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from typing import Any

import nh3
from django import forms, template
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import normalize_newlines
from django.utils.translation import get_language, gettext
from markdown_it import MarkdownIt

from hmis_portal.forms.bound import PortalField
from hmis_portal.forms.layout import TEMPLATE
from hmis_portal.forms.wording import default_required_message
from hmis_portal.text import words
from hmis_portal.web import links, visits

register = template.Library()


@register.simple_tag
def page_url(page: str, *args: object) -> str:
    """The address of a page that an app above has: one of `links.Page`, and the key of the agency where it is of one."""
    return reverse(links.to(links.Page(page)), args=args)


for in_words in (
    words.date_words,
    words.ein_words,
    words.time_words,
    words.datetime_words,
    words.file_size,
    words.full_stop,
    visits.browser_words,
):
    register.filter(in_words.__name__, in_words)

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_markdown_tags = {
    "p", "br", "hr", "strong", "em", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "code", "pre",
    "table", "thead", "tbody", "tr", "th", "td", "a",
}  # fmt: skip


@register.filter
def markdown(text: str | None) -> SafeString:
    """Markdown to HTML of few tags; raw HTML in the text is shown as text, links are web or mail addresses."""
    html = nh3.clean(
        _markdown.render(text or ""),
        tags=_markdown_tags,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(html)


def _target(field: forms.BoundField, part: int | None) -> str:
    widget = field.field.widget
    if field.is_hidden:
        return ""
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.MultiWidget)):
        return f"{field.auto_id}_{part or 0}"
    return field.id_for_label or field.auto_id


def error_links(form: forms.BaseForm) -> list[dict[str, str]]:
    """What the error summary lists: the field's words, the id of the input they are about, and the field's name."""
    if not form.is_bound or not form.errors:
        return []
    lines = [{"message": str(message), "target": "", "name": ""} for message in form.non_field_errors()]
    faults = form.errors.as_data()
    for name in form.fields:
        for error in faults.get(name, []):
            part, target = (getattr(error, "params", None) or {}).get("part"), form[name]
            lines += [
                {"message": str(words), "target": _target(target, part), "name": name}
                for words in error.messages
            ]
    return lines


def _forms_in(values: Iterable[object]) -> Iterable[forms.BaseForm]:
    for value in values:
        if isinstance(value, forms.BaseForm):
            yield value
            yield from getattr(value, "row_forms", ())
        elif isinstance(value, forms.BaseFormSet):
            yield from value.forms


@register.simple_tag(takes_context=True)
def form_problems(context: Context) -> list[dict[str, str]]:
    """The faults of every bound form the view passed, as `form`, `forms`, a formset or by another name; of its rows too."""
    values: list[object] = []
    for name, value in context.flatten().items():
        values += list(value) if name == "forms" else [value]  # type: ignore[arg-type]
    seen: set[int] = set()
    lines: list[dict[str, str]] = []
    formsets = [value for value in values if isinstance(value, forms.BaseFormSet) and value.is_bound]
    lines += [
        {"message": str(message), "target": ""}
        for formset in formsets
        for message in formset.non_form_errors()
    ]
    for form in _forms_in(values):
        if id(form) not in seen:
            seen.add(id(form))
            lines += [line for line in error_links(form) if line not in lines]
    return lines


@register.simple_tag
def admin_problems(adminform: Any, inlines: Iterable[Any]) -> list[dict[str, str]]:
    """The faults on one of Django's own change pages: its form, and the rows below it.

    It stands above the fields, so what it says of an empty one is what stands beside that field, too.
    """
    formsets = [inline.formset for inline in inlines]
    for form in (adminform.form, *_forms_in(formsets)):
        for name, errors in form.errors.as_data().items():
            for error in errors:
                if error.code == "required" and name in form.fields:
                    error.message = default_required_message(form.fields[name], form[name].label)
    lines = error_links(adminform.form)
    lines += [
        {"message": str(words), "target": ""} for formset in formsets for words in formset.non_form_errors()
    ]
    return lines + [line for form in _forms_in(formsets) for line in error_links(form)]


@register.simple_tag
def fields(bound: Iterable[PortalField]) -> SafeString:
    """A list of fields in the portal's shape, for a page that writes its own `<form>`."""
    return render_to_string(TEMPLATE, {"fields": [field.shown for field in bound]})


@register.simple_tag
def field(*bound: PortalField) -> SafeString:
    """The same of fields by name."""
    return fields(bound)


@register.simple_tag
def answer_rows(group: Any, change: bool, came: str = "check") -> SafeString:
    """Inside <dl class="summary">: the rows of a group of answers, with `change` each with a link to where it is typed.

    `came` tells that page where one came from, and so comes back to.
    One piece of HTML and no template for each row: a page of a large application has two thousand.
    """
    nothing, word, _name = _words_of_answers(get_language())
    title, rows = escape(group.title), []
    for row in group.rows:
        question, answer = escape(row.question), with_breaks(escape(row.answer)) or nothing
        link = ""
        if change:
            href = escape(f"{row.url or group.url}?from={came}#{row.anchor}")
            hidden = f'<span class="visually-hidden">: {question} – {title}</span>'
            link = f'<dd class="summary-act"><a href="{href}">{word}{hidden}</a></dd>'
        rows.append(f'<div class="summary-row"><dt>{question}</dt><dd>{answer}</dd>{link}</div>')
    return mark_safe("\n".join(rows))


@register.simple_tag
def answer_table(table: Any, change: bool, came: str = "check") -> SafeString:
    """A table of things alike, one row each; with `change` each with a link to where it is typed."""
    nothing, word, name = _words_of_answers(get_language())
    headings = [name] * table.named + [escape(words) for words in table.headings]
    rows = []
    for row in table.rows:
        group, title = row.group, escape(row.group.title)
        cells = ["<br>".join(_line(line, nothing) for line in cell) or nothing for cell in row.cells]
        first, *others = [title, *cells] if table.named else cells
        parts = [f'<th scope="row">{first}</th>']
        labels = headings[1:]
        parts += [
            f'<td data-label="{label}"><div>{cell}</div></td>'
            for label, cell in zip(labels, others, strict=True)
        ]
        if change:
            href = escape(f"{group.url}?from={came}#{group.anchor}")
            hidden = f'<span class="visually-hidden">: {title}</span>'
            parts.append(f'<td class="summary-act"><a href="{href}">{word}{hidden}</a></td>')
        rows.append(f"<tr>{''.join(parts)}</tr>")
    head = "".join(f'<th scope="col">{words}</th>' for words in headings)
    act = f'<td class="summary-act"><span class="visually-hidden">{word}</span></td>' if change else ""
    return mark_safe(f"<thead><tr>{head}{act}</tr></thead><tbody>{''.join(rows)}</tbody>")


@register.simple_tag
def linked_lines(lines: Iterable[Any]) -> SafeString:
    """Inside <ul>: each line's text as a link to its url. A large application lacks hundreds of answers."""
    return mark_safe(
        "".join(f'<li><a href="{escape(line.url)}">{escape(line.text)}</a></li>' for line in lines)
    )


@register.simple_tag
def stored_values(values: Iterable[Any], act: str) -> SafeString:
    """Inside <dl class="stored">: what would be stored of a row of a list; of a "change" what stands now and then."""
    now, then, nothing = escape(gettext("now")), escape(gettext("then")), escape(gettext("(empty)"))
    rows = []
    for value in values:
        before, after = escape(value.before), escape(value.after)
        if act == "change":
            after = (
                f'<span class="visually-hidden">{now}</span> <del>{before or nothing}</del> → '
                f'<span class="visually-hidden">{then}</span> {after or nothing}'
            )
        rows.append(f"<div><dt>{escape(value.label)}</dt> <dd>{after}</dd></div>")
    return mark_safe("".join(rows))


@cache
def _words_of_answers(_language: str | None) -> tuple[str, str, str]:
    """What stands where no answer does, and the words of a link and a heading: a page may have 200 tables."""
    nothing = f'<span class="muted">{escape(gettext("Not provided"))}</span>'
    return nothing, escape(gettext("Change")), escape(gettext("Name"))


def _line(line: Any, nothing: str) -> str:
    answer = with_breaks(escape(line.answer)) or nothing
    return f'<span class="muted">{escape(line.question)}:</span> {answer}' if line.question else answer


def with_breaks(html: str) -> str:
    return (normalize_newlines(html) if "\r" in html else html).replace("\n", "<br>")
