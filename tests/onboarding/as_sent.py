"""What a browser would send from a page as it stands."""

from html.parser import HTMLParser
from typing import Any


class _Form(HTMLParser):
    """The inputs of the form whose typing is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.inside, self.text, self.select = False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        name, value = at.get("name") or "", at.get("value") or ""
        if tag == "form":
            self.inside = "data-autosave" in at
        elif not self.inside or "disabled" in at:
            return
        elif tag == "input" and at.get("type") not in ("submit", "file"):
            box = at.get("type") in ("radio", "checkbox")
            if not box or "checked" in at:
                self.sent.setdefault(name, []).append("on" if box and "value" not in at else value)
        elif tag == "textarea":
            self.text = name
            self.sent[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in at or self.select not in self.sent):
            self.sent[self.select] = [value]

    def handle_data(self, data: str) -> None:
        if self.text:
            self.sent[self.text][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.text:
            self.sent[self.text][0] = self.sent[self.text][0].removeprefix("\n")
            self.text = ""
        elif tag == "select":
            self.select = ""
        elif tag == "form":
            self.inside = False


def as_sent(response: Any, **changes: Any) -> dict[str, Any]:
    """The inputs of the page, and what somebody changed in them; None for what they unchecked."""
    form = _Form()
    form.feed(response.content.decode())
    form.sent.pop("csrfmiddlewaretoken", None)
    return {name: value for name, value in {**form.sent, **changes}.items() if value is not None}
