"""The sections of the application as data: their forms, what is missing, how they read, and how they stand.

Two ways to ask how a section stands. `statuses` trusts what was recorded unless somebody worked on the application
since (one query, for pages that only count); `refresh` looks at the answers themselves and records what it finds. The
guard of submitting asks `incomplete`.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import LegalForm, User
from hmis_portal.templatetags.portal import error_links
from onboarding import site_drafts, staff_drafts, summaries
from onboarding.answers import Answers
from onboarding.forms.agency import AgencyForm
from onboarding.forms.base import SectionForm, as_data, stored_as_typed
from onboarding.forms.declaration import DeclarationForm
from onboarding.forms.people import PeopleForm
from onboarding.forms.readiness import ReadinessForm
from onboarding.models import Application, SectionWork, Upload
from onboarding.summaries import Group


@dataclass(frozen=True)
class Gap:
    """Something still missing: what to do, and the id of the input where to do it."""

    text: str
    anchor: str = ""
    path: str = ""  # the page, where it is not the section's own


@dataclass(frozen=True)
class Section:
    key: str
    letter: str
    title: str | Promise
    hint: str | Promise
    summary: Callable[[Answers], list[Group]]
    gaps: Callable[[Answers], Iterable[Gap]]
    make_form: Callable[..., SectionForm] | None = None
    started: Callable[[Answers], bool] = field(default=lambda answers: False)

    def url(self, agency_id: Any) -> str:
        return reverse("onboarding:section", args=[agency_id, self.key])

    def form(self, answers: Answers, user: User | None, **given: Any) -> SectionForm:
        """The section's form. Raises LookupError where the section is a list of pages instead."""
        if self.make_form is None:
            raise LookupError(f"Section {self.key} is not one form.")
        return self.make_form(answers, user, **given)


@dataclass(frozen=True)
class Status:
    """How a section stands, in the words and looks of the task list."""

    key: str
    why: str = ""

    LOOKS = {
        "new": (gettext_lazy("Not yet started"), "plain"),
        "started": (gettext_lazy("In progress"), "waiting"),
        "complete": (gettext_lazy("Completed"), "plain"),
        "blocked": (gettext_lazy("Cannot start yet"), "blocked"),
        "problem": (gettext_lazy("There is a problem"), "problem"),
    }

    @property
    def is_complete(self) -> bool:
        return self.key == "complete"

    @property
    def text(self) -> str:
        return str(self.LOOKS[self.key][0])

    @property
    def look(self) -> str:
        return self.LOOKS[self.key][1]


# --- the forms ----------------------------------------------------------------------------------------------------


def agency_form(answers: Answers, user: User | None, **given: Any) -> SectionForm:
    proofs = answers.uploads_of(Upload.Kind.PROOF)
    # A copy: what was typed must not show as the agency's name before it is saved.
    return AgencyForm(
        instance=copy(answers.agency),
        application=answers.application,
        proofs=proofs,
        links=answers.links,
        **given,
    )


def people_form(answers: Answers, user: User | None, **given: Any) -> SectionForm:
    return PeopleForm(application=answers.application, contacts=answers.contacts.values(), **given)


def readiness_form(answers: Answers, user: User | None, **given: Any) -> ReadinessForm:
    return ReadinessForm(
        application=answers.application,
        questions=answers.questions,
        answers=answers.readiness,
        known=answers.known,
        facts=answers.facts,
        uploads=answers.uploads,
        last_time=answers.last_time,
        **given,
    )


def declaration_form(answers: Answers, user: User | None, **given: Any) -> SectionForm:
    return DeclarationForm(application=answers.application, user=user, **given)


# --- what is missing ----------------------------------------------------------------------------------------------


def form_gaps(make: Callable[..., SectionForm]) -> Callable[[Answers], list[Gap]]:
    """What the section's own form says about the stored answers: one set of rules for saving and for sending."""

    def gaps(answers: Answers) -> list[Gap]:
        stored = make(answers, None)
        form = make(answers, None, data=as_data(stored_as_typed(stored)))
        return [Gap(line["message"], line["target"]) for line in error_links(form)]

    return gaps


def project_gaps(answers: Answers) -> Iterable[Gap]:
    if not answers.projects:
        yield Gap(_("Add at least one project"))
    for found in answers.projects:
        path = reverse("onboarding:project", args=[answers.agency.pk, found.project.pk])
        for error in found.errors:
            yield Gap(f"{found.project.project_name}: {error.message}", f"id_{error.field}", path)
    names = {f"project-{found.project.hud_id}": found.project for found in answers.projects}
    for key, project in names.items():
        work = answers.works.get(key)
        if work and work.draft:
            path = reverse("onboarding:project", args=[answers.agency.pk, project.pk])
            yield Gap(
                _("%(name)s: typed, but not saved as answers yet") % {"name": project.project_name}, "", path
            )


def staff_gaps(answers: Answers) -> Iterable[Gap]:
    if not answers.staff:
        yield Gap(_("Add at least one person"))
    for person in answers.staff:
        if person.logs_in and not person.projects.all():
            path = reverse("onboarding:staff_change", args=[answers.agency.pk, person.pk])
            yield Gap(
                _("%(name)s: select at least one project") % {"name": person.name}, "id_projects_0", path
            )
        work = answers.works.get(staff_drafts.key_of(person))
        if work and work.draft:
            path = reverse("onboarding:staff_change", args=[answers.agency.pk, person.pk])
            yield Gap(_("%(name)s: typed, but not saved as answers yet") % {"name": person.name}, "", path)
    for one in staff_drafts.begun(answers.works):
        path = reverse("onboarding:staff_add_page", args=[answers.agency.pk, one.page])
        yield Gap(
            _("%(name)s: typed, but not on the list yet") % {"name": one.name or _("A new person")}, "", path
        )


def readiness_gaps(answers: Answers) -> Iterable[Gap]:
    if not answers.sites:
        yield Gap(_("Add at least one site"), "", reverse("onboarding:site_add", args=[answers.agency.pk]))
    for site in answers.sites:
        work = answers.works.get(site_drafts.key_of(site))
        if work and work.draft:
            path = reverse("onboarding:site_change", args=[answers.agency.pk, site.pk])
            yield Gap(_("%(name)s: typed, but not saved as answers yet") % {"name": site.address}, "", path)
    for one in site_drafts.begun(answers.works):
        path = reverse("onboarding:site_add_page", args=[answers.agency.pk, one.page])
        yield Gap(
            _("%(name)s: typed, but not on the list yet") % {"name": one.name or _("A new site")}, "", path
        )
    yield from form_gaps(readiness_form)(answers)


def document_gaps(answers: Answers) -> Iterable[Gap]:
    if answers.agency.legal_form == LegalForm.NONPROFIT and not answers.uploads_of(Upload.Kind.PROOF):
        yield Gap(_("Upload the proof of the agency's status"), "id_kind_0")
    work = answers.works.get("documents")
    if not answers.uploads and not (work and work.version):
        yield Gap(_("Upload your documents, or say that these are all"))


def declaration_gaps(answers: Answers) -> Iterable[Gap]:
    if answers.application.declared_at is None:
        yield Gap(_("Make the statement of accuracy"), "id_accurate")


SECTIONS: tuple[Section, ...] = (
    Section(
        "agency", "A", gettext_lazy("Agency information"),
        gettext_lazy("Name, legal form, address, and where you serve people."),
        summaries.agency, form_gaps(agency_form), agency_form,
    ),
    Section(
        "people", "A", gettext_lazy("People in charge"),
        gettext_lazy("Director, signatory, coordinators, Security Officer."),
        summaries.people, form_gaps(people_form), people_form,
        started=lambda answers: bool(answers.contacts),
    ),
    Section(
        "projects", "B", gettext_lazy("Projects"),
        gettext_lazy("Each shelter, housing or service project, as HUD describes it."),
        summaries.projects, project_gaps,
        started=lambda answers: bool(answers.projects),
    ),
    Section(
        "staff", "C", gettext_lazy("Staff information"),
        gettext_lazy("Everyone who will work in the HMIS: role, projects, access."),
        summaries.staff, staff_gaps,
        started=lambda answers: bool(answers.staff),
    ),
    Section(
        "readiness", "D", gettext_lazy("Technical readiness"),
        gettext_lazy("Sites, devices, passwords, privacy. Your IT contact can help."),
        summaries.readiness, readiness_gaps, readiness_form,
        started=lambda answers: bool(answers.readiness or answers.sites),
    ),
    Section(
        "documents", "E", gettext_lazy("Documents"),
        gettext_lazy("Proof of status, privacy notice, policies."),
        summaries.documents, document_gaps,
        started=lambda answers: bool(answers.uploads),
    ),
    Section(
        "declaration", "F", gettext_lazy("Declaration"),
        gettext_lazy("Your statement that the answers are accurate."),
        summaries.declaration, declaration_gaps, declaration_form,
    ),
)  # fmt: skip
BY_KEY: Mapping[str, Section] = {section.key: section for section in SECTIONS}


# --- how they stand -----------------------------------------------------------------------------------------------


def gaps_of(section: Section, answers: Answers) -> list[Gap]:
    """What is missing in a section, typing that was never saved as answers included."""
    found = list(section.gaps(answers))
    work = answers.works.get(section.key)
    if work and work.draft:
        found.append(
            Gap(
                _(
                    "There is typing that is not saved as answers yet: open the page and save it, or discard it"
                )
            )
        )
    return found


@dataclass(frozen=True)
class Missing:
    section: Section
    text: str
    url: str


@dataclass(frozen=True)
class MissingIn:
    """What one section lacks: the first lines, and the others put away."""

    FIRST = 5

    section: Section
    lines: list[Missing]

    @property
    def first(self) -> list[Missing]:
        return self.lines[: self.FIRST]

    @property
    def others(self) -> list[Missing]:
        return self.lines[self.FIRST :]


def by_section(lines: list[Missing]) -> list[MissingIn]:
    found = [MissingIn(section, [line for line in lines if line.section is section]) for section in SECTIONS]
    return [one for one in found if one.lines]


def missing(answers: Answers) -> list[Missing]:
    """Everything that keeps the application from being sent, in the order of the sections, each with where to mend it."""
    found = []
    for section in SECTIONS:
        for gap in gaps_of(section, answers):
            url = (
                (gap.path or section.url(answers.agency.pk))
                + "?from=check"
                + (f"#{gap.anchor}" if gap.anchor else "")
            )
            found.append(Missing(section, gap.text, url))
    return found


def incomplete(application: Application) -> list[str]:
    """Sentences saying which sections are not complete; empty when the application may be sent."""
    answers = Answers(application, application.agency)
    return [
        _("Section %(letter)s, %(title)s, is not complete.")
        % {"letter": section.letter, "title": section.title}
        for section in SECTIONS
        if gaps_of(section, answers)
    ]


def statuses(application: Application) -> dict[str, Status]:
    """By section key; one query, unless somebody worked on the application since its sections were looked at."""
    checked = application.checked_at
    if application.is_editable and (checked is None or checked < application.touched_at):
        return refresh(Answers(application, application.agency))
    works = {row.section: row for row in SectionWork.objects.filter(application=application)}
    return _statuses(works)


def _statuses(works: Mapping[str, SectionWork]) -> dict[str, Status]:
    found = {section.key: _status(works.get(section.key)) for section in SECTIONS}
    if found["projects"].key == "new" and found["staff"].key == "new":
        found["staff"] = Status("blocked", _("Add a project first: each person works in one or more."))
    return found


def _status(work: SectionWork | None) -> Status:
    if work is None:
        return Status("new")
    if work.has_errors:
        return Status("problem")
    if work.completed_at and not work.draft:
        return Status("complete")
    return Status("started" if work.saved_at else "new")


def refresh(answers: Answers) -> dict[str, Status]:
    """Look at every section's answers, record how it stands, and return that; writes only what changed."""
    now, works = timezone.now(), answers.works
    changed, made = [], []
    for section in SECTIONS:
        complete = not gaps_of(section, answers)
        started = complete or section.started(answers)
        work = works.get(section.key)
        if work is None and started:
            work = SectionWork(
                application=answers.application,
                section=section.key,
                saved_at=now,
                completed_at=now if complete else None,
            )
            made.append(work)
            works[section.key] = work
        elif work and (bool(work.completed_at) != complete or (started and not work.saved_at)):
            work.completed_at = now if complete else None
            work.saved_at = work.saved_at or now
            changed.append(work)
    Application.objects.filter(pk=answers.application.pk).update(checked_at=now)
    if made:
        SectionWork.objects.bulk_create(made, ignore_conflicts=True)
    if changed:
        SectionWork.objects.bulk_update(changed, ["completed_at", "saved_at"])
    return _statuses(works)
