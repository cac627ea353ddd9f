"""The rows of an admin list, as Django writes them: what is true of a whole column is found out once.

Each cell carries the name of its column besides: on a narrow screen a row is a card.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from operator import attrgetter
from typing import Any

from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import display_for_field, display_for_value, label_for_field, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import (
    CharField,
    DateField,
    EmailField,
    Field,
    ForeignKey,
    ManyToOneRel,
    Model,
    TextField,
    TimeField,
)
from django.urls import NoReverseMatch
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext

from hmis_portal.forms.renderer import escaped

BETWEEN = "</tr>\n\n\n<tr>"  # two rows, as in the template
TEXTS = (CharField, TextField, EmailField)


@dataclass(frozen=True)
class Column:
    """One column: `read` gives the value of a row, where it is a text field or a method of the admin, as most are."""

    cl: ChangeList
    name: Any
    css: str
    label: str  # as an attribute of the cell, or ""
    tag: str
    linked: bool
    empty: str
    read: Callable[[Any], Any] | None

    def writer(self) -> Callable[[Model], str]:
        """What writes the cell of a row. A page has a thousand, and most hold words."""
        read, linked, blank = self.read, self.linked, self._empty(self.read)
        begin, end = f'<{self.tag} class="{self.css}', f"</{self.tag}>"
        wraps, nowrap = f'{begin}"{self.label}>', f'{begin} nowrap"{self.label}>'

        def write(row: Model) -> str:
            start = wraps
            try:
                shown = read(row) if read else None
                if not isinstance(shown, str):
                    shown, keeps_together = self._any(shown, read) if read else self._looked_up(row)
                    start = nowrap if keeps_together else wraps
                elif not shown or shown.isspace():
                    shown = blank
            except ObjectDoesNotExist:
                shown = self.empty
            html = shown if isinstance(shown, SafeString) else escaped(shown)
            return f"{start}{self._link(row, html) if linked else html}{end}"

        return write

    def _looked_up(self, row: Model) -> tuple[Any, bool]:
        """What the cell shows as Django finds it, and whether it keeps to one line."""
        field, attribute, value = lookup_field(self.name, row, self.cl.model_admin)
        if isinstance(value, str) and not value.strip():
            value = ""
        if field is None or field.auto_created:
            return self._any(value, attribute)
        return self._of_field(row, field, value), isinstance(field, DateField | TimeField | ForeignKey)

    def _any(self, value: object, attribute: object) -> tuple[object, bool]:
        getter = attribute.fget if isinstance(attribute, property) else attribute
        boolean = getattr(getter, "boolean", False)
        words = display_for_value(value, self._empty(attribute), boolean)
        return words, isinstance(value, dt.date | dt.time)

    def _of_field(self, row: Model, field: Field[Any, Any], value: object) -> Any:
        if isinstance(field.remote_field, ManyToOneRel):
            related = getattr(row, field.name)
            return self.empty if related is None else related
        return display_for_field(value, field, self.empty, avoid_link=self.linked)

    def _empty(self, attribute: object) -> str:
        return str(getattr(attribute, "empty_value_display", self.empty))

    def _link(self, row: Model, html: str) -> str:
        try:
            url = self.cl.url_for_result(row)
        except NoReverseMatch:
            return html
        filters: dict[str, Any] = {"preserved_filters": self.cl.preserved_filters, "opts": self.cl.opts}
        return f'<a href="{escape(add_preserved_filters(filters, url))}">{html}</a>'


class NoRow:
    """Stands for every row where a cell is made once: marks in the place of its key and its name."""

    pk = "\x01"

    def __str__(self) -> str:
        return "\x02"


def checkbox(cl: ChangeList) -> Callable[[Any], Any]:
    """Django's box by which a row is chosen, made once for the list."""
    box = cl.model_admin.action_checkbox(NoRow()).replace("{", "{{").replace("}", "}}")
    box = box.replace(NoRow.pk, "{0}").replace(str(NoRow()), "{1}")
    return lambda row: SafeString(box.format(escape(str(row.pk)), escape(str(row))))


def columns(cl: ChangeList) -> Iterator[Column]:
    empty = cl.model_admin.get_empty_value_display()
    fields: dict[str, Any] = {field.name: field for field in cl.lookup_opts.get_fields()}
    links = cl.list_display_links
    tag = "th"
    for index, name in enumerate(cl.list_display):
        css = f"field-{getattr(name, '__name__', name)}"
        linked = links is not None and (name in links if links else index == 0)
        read: Callable[[Any], Any] | None = None
        if name in fields:
            if type(fields[name]) in TEXTS and not fields[name].choices:
                read = attrgetter(name)
        elif name == "action_checkbox":
            read = checkbox(cl)
        elif isinstance(name, str) and name != "__str__":
            method = getattr(cl.model_admin, name, None)
            read = None if getattr(method, "boolean", False) else method
        is_box = name == "action_checkbox"
        label = "" if is_box else capfirst(str(label_for_field(name, cl.model, cl.model_admin)))
        yield Column(
            cl, name, "action-checkbox" if is_box else css, f' data-label="{escape(label)}"' if label else "",
            tag if linked else "td", linked, empty, read,
        )  # fmt: skip
        if linked:
            tag = "td"


def head(cl: ChangeList) -> SafeString:
    """The headings, each with the links that sort by it."""
    headings = list(admin_list.result_headers(cl))
    several = sum(bool(heading["sortable"] and heading["sorted"]) for heading in headings) > 1
    return SafeString("".join([_heading(heading, several=several) for heading in headings]))


def _heading(heading: dict[str, Any], *, several: bool) -> str:
    text, order = escaped(heading["text"]), ""
    text = text[:1].upper() + text[1:]
    words = f"<span>{text}</span>"
    if heading["sortable"]:
        words = f'<a href="{escape(heading["url_primary"])}">{text}</a>'
        if heading["sort_priority"] > 0:
            order = _order(heading, several=several)
    return f'<th scope="col"{heading["class_attrib"]}>{order}<div class="text">{words}</div><div class="clear"></div></th>'


def _order(heading: dict[str, Any], *, several: bool) -> str:
    """Of a heading by which the list is sorted: no longer, as which, the other way round."""
    number, remove, toggle = (
        heading["sort_priority"],
        gettext("Remove from sorting"),
        gettext("Toggle sorting"),
    )
    title = gettext("Sorting priority: %(priority_number)s") % {"priority_number": number}
    priority = f'<span class="sortpriority" title="{escape(title)}">{number}</span>' if several else ""
    way = "ascending" if heading["ascending"] else "descending"
    return (
        f'<div class="sortoptions"><a class="sortremove" href="{escape(heading["url_remove"])}" title="{escape(remove)}">'
        f'</a>{priority}<a href="{escape(heading["url_toggle"])}" class="toggle {way}" title="{escape(toggle)}"></a></div>'
    )


def results(cl: ChangeList) -> list[admin_list.ResultList]:
    """For `admin/change_list_results.html`; lists that are edited in place and those in a pop-up are Django's own."""
    if cl.formset or cl.is_popup:
        return list(admin_list.results(cl))
    writers = [column.writer() for column in columns(cl)]
    rows = ["".join([write(row) for write in writers]) for row in cl.result_list]
    # As one result: the template asks its questions once, not for each row.
    return [admin_list.ResultList(None, [mark_safe(BETWEEN.join(rows))])] if rows else []
