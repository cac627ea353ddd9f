"""A page whose typing is kept, and which two colleagues may have open at once: what `saving` asks of each.

Sections, one person, one site and the yearly readiness questions differ in their form and in what saving writes;
everything else about them is here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from django.http import HttpRequest

from agencies.models import Agency, User
from agencies.permissions import person
from onboarding.forms.base import DraftForm, Typed, as_data
from onboarding.models import Application, Remark, SectionWork
from onboarding.sections import drafts
from onboarding.views.sections.drafts import posted_version


class DraftPage:
    """One page in one request; made by a view that has checked who may do what."""

    template: str
    section: str  # the name of its draft
    states: Sequence[str] = Application.EDITABLE  # of the application, in which it may be written
    blamed: str | None = None  # the field that is marked when writing is refused
    again = ""  # where one is after what was typed is kept, when the sending asked for a change of the page itself

    def __init__(self, request: HttpRequest, agency: Agency, application: Application) -> None:
        self.request, self.agency, self.application = request, agency, application

    def form(self, **kwargs: object) -> DraftForm:
        raise NotImplementedError

    def check(self, form: Any) -> bool:
        return bool(form.is_valid())

    def write(self, form: Any, *, version: int) -> str:
        """Write what was typed, and say so. Raises Stale, WrongState, GuardFailed."""
        raise NotImplementedError

    def url(self, act: str = "") -> str:
        """The address of the page itself, or of "autosave" or "discard"."""
        raise NotImplementedError

    @property
    def back(self) -> str:
        raise NotImplementedError

    def context(self) -> Mapping[str, object]:
        """What its template shows besides."""
        return {}

    def remarks(self) -> list[Remark]:
        """What the reviewer asks to change here."""
        return []

    def fresh(self) -> Self:
        """The same page, everything it shows read anew: a colleague saved since."""
        raise NotImplementedError

    def over(self, work: SectionWork) -> str:
        """Why there is nothing to merge although somebody saved in between; "" when there is."""
        return ""

    def after_saving(self) -> str:
        return self.back

    def after_discarding(self) -> str:
        return self.url()

    @property
    def work(self) -> SectionWork:
        return drafts.work_of(self.application, self.section)

    @property
    def by(self) -> User:
        return person(self.request)

    @property
    def version(self) -> int:
        return posted_version(self.request)

    @property
    def name(self) -> str:
        """Of this page among all pages."""
        return f"{self.application.pk}:{self.section}"

    def as_it_stands(self, work: SectionWork) -> DraftForm:
        """The form with what was typed last, or else with the saved answers."""
        return self.form(data=as_data(work.draft)) if work.draft else self.form()

    def save_draft(self, typed: Typed, *, version: int, has_errors: bool = False) -> int:
        return drafts.save(
            application=self.application,
            section=self.section,
            typed=typed,
            version=version,
            by=self.by,
            has_errors=has_errors,
            states=self.states,
        )
