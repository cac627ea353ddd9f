"""Crispy's layout objects for the portal's pages: a whole form is one list of pieces, written by one template.

What people typed is never a template, as it may be in crispy's own objects.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Any

from crispy_forms import layout as crispy
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

TEMPLATE = "bootstrap5/fields.html"
Piece = dict[str, Any]  # what `PortalField.shown` says of a field, or {"kind": "html", "html": …}


def _html(html: SafeString | str) -> Piece:
    return {"kind": "html", "html": conditional_escape(html)}


class Markup:
    """A piece of HTML made by format_html, shown as it is; a plain string is escaped."""

    def __init__(self, html: SafeString | str) -> None:
        self.html = html

    def pieces(self, form: object) -> Iterator[Piece]:
        yield _html(self.html)


class Box(crispy.LayoutObject):
    """Fields in an element of the page."""

    begin: SafeString | str
    end: SafeString | str

    def __init__(self, *fields: object) -> None:
        self.fields = list(fields)

    def pieces(self, form: object) -> Iterator[Piece]:
        yield _html(self.begin)
        yield from _pieces(self.fields, form)
        yield _html(self.end)


class Fieldset(Box):
    """Fields under a legend, which is text."""

    end = SafeString("</fieldset>")

    def __init__(self, legend: object, *fields: object) -> None:
        super().__init__(*fields)
        self.begin = format_html(
            '<fieldset class="fieldset"><legend class="fieldset-legend">{}</legend>', legend
        )


class Folded(Box):
    """Fields that are seldom wanted, put away under a summary, which is text; open where one has an error or a remark.

    `open_for`: also where something stands in one of these.
    """

    end = SafeString("</details>")

    def __init__(self, summary: object, *fields: str, open_for: Collection[str] = ()) -> None:
        super().__init__(*fields)
        self.summary, self.open_for = summary, open_for

    def pieces(self, form: Any) -> Iterator[Piece]:
        is_open = any(self._calls(form, form[name]) for name in self.fields)
        opening = SafeString(" open") if is_open else ""
        self.begin = format_html('<details class="more"{}><summary>{}</summary>', opening, self.summary)
        yield from super().pieces(form)

    def _calls(self, form: Any, field: Any) -> bool:
        answered = field.name in self.open_for and field.value() not in (None, "", False, [])
        return bool(answered or field.errors or form.remarks.get(field.html_name))


class Div(Box):
    end = SafeString("</div>")

    def __init__(self, *fields: object, css_class: str) -> None:
        super().__init__(*fields)
        self.begin = format_html('<div class="{}">', css_class)


class Layout(crispy.Layout):
    """The fields of a form as `get_layout` names them; hidden ones that it does not name stand at the end."""

    def render(self, form: Any, context: Context, **kwargs: object) -> SafeString:
        pieces = list(_pieces(self.fields, form))
        named = {pointer.name for pointer in self.get_field_names()}
        pieces += [field.shown for field in form.hidden_fields() if field.name not in named]
        return render_to_string(TEMPLATE, {"fields": list(_joined(pieces))})


def _pieces(fields: Iterable[Any], form: Any) -> Iterator[Piece]:
    for item in fields:
        if isinstance(item, str):
            yield form[item].shown
        else:
            yield from item.pieces(form)


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Pieces of HTML that follow one another as one."""
    for is_html, run in groupby(pieces, key=lambda piece: bool(piece["kind"] == "html")):
        if is_html:
            yield _html(SafeString("".join(piece["html"] for piece in run)))
        else:
            yield from run
