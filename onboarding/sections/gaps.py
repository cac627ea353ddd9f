"""What is missing in each section, with where to mend it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.hud import pages, summary
from agencies.hud.drafts import ProjectFindings
from agencies.models import LegalForm
from hmis_portal.forms import field_anchor
from hmis_portal.templatetags.portal import error_links
from hmis_portal.web.addresses import address_of
from onboarding.application import declaration
from onboarding.forms.base import SectionForm, judged
from onboarding.models import SectionKey, Upload
from onboarding.projects.places import IN_APPLICATION
from onboarding.projects.progress import draft_key
from onboarding.readiness import topics
from onboarding.roster import staff_drafts
from onboarding.sections import site_drafts
from onboarding.sections.answers import Answers
from onboarding.sections.filled import readiness_form
from onboarding.sections.short_pages import Page, page_of


@dataclass(frozen=True)
class Gap:
    """Something still missing: what to do, and the id of the input where to do it."""

    text: str
    anchor: str = ""
    path: str = ""  # the page, where it is not the section's own


def form_gaps(make: Callable[..., SectionForm], pages: Sequence[Page] = ()) -> Callable[[Answers], list[Gap]]:
    """What the section's own form says about the stored answers: one set of rules for saving and for sending."""

    def gaps(answers: Answers) -> list[Gap]:
        lacking = []
        for line in error_links(judged(make(answers, None))):
            page = page_of(pages, line["name"])
            lacking.append(Gap(line["message"], line["target"], page.url(answers.agency.pk) if page else ""))
        return lacking

    return gaps


def project_gaps(answers: Answers) -> Iterable[Gap]:
    if not answers.projects:
        yield Gap(_("Add at least one project"))
    for row in answers.projects:
        yield from _gaps_of(row, answers)


def _gaps_of(row: ProjectFindings, answers: Answers) -> Iterable[Gap]:
    agency, project = answers.agency, row.project
    for error in row.errors:
        path = IN_APPLICATION.page_url(agency, project, pages.page_of(error.field))
        where = ", ".join(filter(None, (project.project_name, summary.place_of(error.field))))
        yield Gap(f"{where}: {error.message}", summary.anchor_of(error.field), path)
    if row.only_copied:
        sentence = _("%(name)s: copied, but not looked at yet. Open it, change what differs, and save it")
        path = IN_APPLICATION.url("project", agency, project)
        yield Gap(sentence % {"name": project.project_name}, "", path)
    for page in pages.PAGES:
        work = answers.works.get(draft_key(project, page))
        if work and work.draft:
            sentence = _("%(name)s, %(page)s: typed, but not saved as answers yet")
            path = IN_APPLICATION.page_url(agency, project, page)
            yield Gap(sentence % {"name": project.project_name, "page": page.title}, "", path)


def staff_gaps(answers: Answers) -> Iterable[Gap]:
    if not answers.staff:
        yield Gap(_("Add at least one person"))
    no_project, anchor = _("%(name)s: select at least one project"), field_anchor("projects")
    for person in answers.staff:
        path = address_of("onboarding:staff_change", answers.agency.pk, person.pk)
        if person.logs_in and not answers.projects_of_staff[person.pk]:
            yield Gap(no_project % {"name": person.name}, anchor, path)
        work = answers.works.get(staff_drafts.key_of(person))
        if work and work.draft:
            yield _typed(person.name, path)
    for staff_member in staff_drafts.begun(answers.works):
        path = reverse("onboarding:staff_add_page", args=[answers.agency.pk, staff_member.page])
        yield _begun(staff_member.name or _("A new person"), path)


def readiness_gaps(answers: Answers) -> Iterable[Gap]:
    if not answers.sites:
        yield Gap(_("Add at least one site"), "", reverse("onboarding:site_add", args=[answers.agency.pk]))
    for site in answers.sites:
        work = answers.works.get(site_drafts.key_of(site))
        if work and work.draft:
            path = reverse("onboarding:site_change", args=[answers.agency.pk, site.pk])
            yield _typed(site.address, path)
    for begun_site in site_drafts.begun(answers.works):
        path = reverse("onboarding:site_add_page", args=[answers.agency.pk, begun_site.page])
        yield _begun(begun_site.name or _("A new site"), path)
    yield from form_gaps(readiness_form, topics.pages(answers))(answers)


def document_gaps(answers: Answers) -> Iterable[Gap]:
    if answers.agency.legal_form == LegalForm.NONPROFIT and not answers.uploads_of(Upload.Kind.PROOF):
        yield Gap(_("Upload the proof of the agency's status"), field_anchor("kind"))
    if not was_at_documents(answers):
        yield Gap(_("Upload your documents, or say that these are all"), field_anchor("kind"))


def was_at_documents(answers: Answers) -> bool:
    """Whether somebody said something on the page of section E: a proof given in section A1, or a file of section D, is not that."""
    work = answers.works.get(SectionKey.DOCUMENTS)
    elsewhere = (Upload.Kind.PROOF, Upload.Kind.READINESS)  # and what was given to a question of section D
    return bool(work and work.version) or any(
        upload.kind not in elsewhere
        and not upload.question
        and upload.uploaded_at >= answers.application.started_at
        for upload in answers.uploads
    )


def declaration_gaps(answers: Answers) -> Iterable[Gap]:
    if answers.application.declared_at is None:
        yield Gap(_("Make the statement of accuracy"), field_anchor("accurate"))
    elif not declaration.stands(answers):
        words = _(
            "Answers were changed after the statement of accuracy: read them once more and make it again"
        )
        yield Gap(words, field_anchor("accurate"))


def _typed(name: str, path: str) -> Gap:
    return Gap(_("%(name)s: typed, but not saved as answers yet") % {"name": name}, "", path)


def _begun(name: str, path: str) -> Gap:
    return Gap(_("%(name)s: typed, but not on the list yet") % {"name": name}, "", path)
