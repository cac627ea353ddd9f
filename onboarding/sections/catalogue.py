"""The sections of the application as data: their titles, forms, what is missing, and how they read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from agencies.models import User
from hmis_portal.web.addresses import address_of
from onboarding.application import declaration
from onboarding.forms.base import SectionForm
from onboarding.models import SectionKey
from onboarding.readiness import summary, topics
from onboarding.sections import short_pages, summaries
from onboarding.sections.answers import Answers
from onboarding.sections.filled import agency_form, declaration_form, people_form, readiness_form
from onboarding.sections.gaps import (
    Gap,
    declaration_gaps,
    document_gaps,
    form_gaps,
    project_gaps,
    readiness_gaps,
    staff_gaps,
    was_at_documents,
)
from onboarding.sections.short_pages import Page
from onboarding.sections.summaries import RowGroup


@dataclass(frozen=True)
class Section:
    key: str
    letter: str
    title: StrOrPromise
    hint: StrOrPromise
    summary: Callable[[Answers], list[RowGroup]]
    gaps: Callable[[Answers], Iterable[Gap]]
    make_form: Callable[..., SectionForm] | None = None
    started: Callable[[Answers], bool] = field(default=lambda answers: False)
    short_pages: Callable[[Answers], Sequence[Page]] = field(default=lambda answers: ())

    def pages(self, answers: Answers) -> Sequence[Page]:
        """The pages on which its form is asked, in order: short ones, or the whole form at the section's own address."""
        return self.short_pages(answers) or ((Page(self.key, "", self.title),) if self.make_form else ())

    def asked(self, answers: Answers) -> list[Page]:
        """Those on which there is something to ask now."""
        return [page for page in self.pages(answers) if page.asked]

    def url(self, agency_id: UUID) -> str:
        return address_of("onboarding:section", agency_id, rest=(self.key,))

    def form(self, answers: Answers, user: User | None, **kwargs: object) -> SectionForm:
        """The section's form. Raises LookupError where the section is a list of pages instead."""
        if self.make_form is None:
            raise LookupError(f"Section {self.key} is not one form.")
        return self.make_form(answers, user, **kwargs)

    def first_url(self, answers: Answers) -> str:
        """Where to begin it."""
        return next(
            (page.url(answers.agency.pk) for page in self.pages(answers)), self.url(answers.agency.pk)
        )


# The letters are those of the form on paper, on which A1 and A2 were one section; nobody shall look for B under C.
SECTIONS: tuple[Section, ...] = (
    Section(
        SectionKey.AGENCY, "A1", gettext_lazy("Agency information"),
        gettext_lazy("Name, legal form, address, and where you serve people."),
        summaries.agency, form_gaps(agency_form, short_pages.AGENCY), agency_form,
        short_pages=lambda answers: short_pages.AGENCY,
    ),
    Section(
        SectionKey.PEOPLE, "A2", gettext_lazy("People in charge"),
        gettext_lazy("Director, signatory, coordinators, Security Officer."),
        summaries.people, form_gaps(people_form, short_pages.PEOPLE), people_form,
        started=lambda answers: bool(answers.contacts),
        short_pages=lambda answers: short_pages.PEOPLE,
    ),
    Section(
        SectionKey.PROJECTS, "B", gettext_lazy("Projects"),
        gettext_lazy("Each shelter, housing or service project, as HUD describes it."),
        summaries.projects, project_gaps,
        started=lambda answers: bool(answers.projects),
    ),
    Section(
        SectionKey.STAFF, "C", gettext_lazy("Staff information"),
        gettext_lazy("Everyone who will work in the HMIS: role, projects, access."),
        summaries.staff, staff_gaps,
        started=lambda answers: bool(answers.staff),
    ),
    Section(
        SectionKey.READINESS, "D", gettext_lazy("Technical readiness"),
        gettext_lazy("Sites, devices, passwords, privacy. Your IT contact can help."),
        summary.readiness, readiness_gaps, readiness_form,
        started=lambda answers: bool(answers.readiness or answers.sites),
        short_pages=topics.pages,
    ),
    Section(
        SectionKey.DOCUMENTS, "E", gettext_lazy("Documents"),
        gettext_lazy("Proof of status, privacy notice, policies."),
        summaries.documents, document_gaps,
        started=was_at_documents,
    ),
    Section(
        SectionKey.DECLARATION, "F", gettext_lazy("Declaration"),
        gettext_lazy("Your statement that the answers are accurate."),
        declaration.summary, declaration_gaps, declaration_form,
    ),
)  # fmt: skip
BY_KEY: Mapping[str, Section] = {section.key: section for section in SECTIONS}
