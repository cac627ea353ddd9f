"""A form as a person meets it: rendered, and read back as HTML."""

from html.parser import HTMLParser

from crispy_forms.utils import render_crispy_form
from django import forms
from django.http import QueryDict

from hmis_portal.forms import DateField, EmailField, PortalFormMixin, YesNoField


class Elements(HTMLParser):
    """Start tags in order, with their attributes; texts by the id of the element that holds them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("input", "br", "img"):
            self._open.append(dict(attrs).get("id") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for name in self._open:
            if name:
                self.texts[name] = " ".join(f"{self.texts.get(name, '')} {data}".split())

    def by_id(self, name: str) -> dict[str, str | None]:
        return next(attrs for _, attrs in self.tags if attrs.get("id") == name)

    def position(self, name: str) -> int:
        return next(index for index, (_, attrs) in enumerate(self.tags) if attrs.get("id") == name)


class AgencyForm(PortalFormMixin, forms.Form):
    submit_label = "Save and continue"
    shown_when = {"officer": ("covered", "yes")}
    option_hints = {"services": {"es": "A bed for the night."}}

    legal_name = forms.CharField(label="Legal name", max_length=10, help_text="As in the agency's papers.")
    other_name = forms.CharField(label="Other name", required=False)
    kind = forms.ChoiceField(label="Kind of agency", choices=[("", "---------"), ("n", "Nonprofit")])
    covered = YesNoField(label="Is your agency covered by HIPAA?")
    officer = forms.CharField(label="Privacy officer's name")
    services = forms.MultipleChoiceField(
        label="Services", choices=[("es", "Shelter"), ("ph", "Housing")], widget=forms.CheckboxSelectMultiple
    )
    start = DateField(label="Start date")
    users = forms.IntegerField(label="Number of users", min_value=1)
    email = EmailField(label="E-mail address")
    agree = forms.BooleanField(label="I have read the policy")


def rendered(form: forms.BaseForm) -> tuple[str, Elements]:
    html = render_crispy_form(form, context={"csrf_token": "token"})
    return html, Elements(html)


def answered(**changes: object) -> AgencyForm:
    data = QueryDict(mutable=True)
    given: dict[str, object] = {
        "legal_name": "Harbor", "kind": "n", "covered": "no", "services": ["es"], "start_month": "11", "start_day": "22",
        "start_year": "2026", "users": "3", "email": "a@b.example", "agree": "on", **changes,
    }  # fmt: skip
    for name, value in given.items():
        data.setlist(name, value if isinstance(value, list) else [str(value)])
    return AgencyForm(data)
