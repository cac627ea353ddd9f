"""Each section's answers as a person reads them: for check-your-answers, the frozen revision, its PDF, the review."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.hud import summary
from agencies.hud.drafts import ProjectFindings
from agencies.hud.pages import PAGES, page_of
from agencies.models import REQUIRED_POSITIONS, Agency, Contact, LegalForm, Position, Staff
from hmis_portal.forms import field_anchor
from hmis_portal.text.words import date_words, ein_words, file_size
from hmis_portal.web.addresses import address_of
from onboarding.models import ReadinessQuestion, SectionKey, Upload
from onboarding.projects.places import IN_APPLICATION, Place
from onboarding.sections import short_pages
from onboarding.sections.answers import Answers


class Row(NamedTuple):
    """One question and its answer; `field` names it for remarks and comparisons.

    It is typed in the field `typed_as`, where that has another name, on the page `url` where that is not its group's.
    """

    field: str
    question: str
    answer: str
    files: tuple[Upload, ...] = ()  # that the answer names
    typed_as: str = ""
    url: str = ""

    @property
    def anchor(self) -> str:
        return field_anchor(self.typed_as or self.field)


@dataclass(frozen=True)
class RowGroup:
    """Rows under one heading; `key` names the thing they are about, `url` the page where they are changed.

    Groups of one `kind` ask the same questions of several things alike; `item` is the project that they are part of.
    """

    key: str
    title: str
    url: str
    rows: list[Row] = field(default_factory=list)
    level: int = 3  # of its heading
    empty: str = ""  # what to say when there are no rows
    anchor: str = ""  # where on the page they stand together
    kind: str = ""
    item: str = ""

    @property
    def heading(self) -> str:
        return self.title.removeprefix(f"{self.item}: ")


def yes_no(value: bool | None) -> str:
    return "" if value is None else _("Yes") if value else _("No")


def section_url(answers: Answers, key: str) -> str:
    return address_of("onboarding:section", answers.agency.pk, rest=(key,))


def agency(answers: Answers) -> list[RowGroup]:
    about_page, where_page, services_page, _regions_page = short_pages.AGENCY
    pk = answers.agency.pk
    return [
        RowGroup("agency", str(about_page.title), about_page.url(pk), _about(answers)),
        RowGroup("where", str(where_page.title), where_page.url(pk), _where(answers.agency)),
        RowGroup("what", str(services_page.title), services_page.url(pk), _services(answers)),
    ]


def _about(answers: Answers) -> list[Row]:
    agency, proofs = answers.agency, tuple(answers.uploads_of(Upload.Kind.PROOF))
    legal_form = agency.legal_form_other if agency.legal_form == "other" else agency.get_legal_form_display()
    proof_field = "proof" if agency.legal_form == LegalForm.NONPROFIT else "legal_form"
    return [
        Row("legal_name", _("Legal name"), agency.legal_name),
        Row("common_name", _("Common name"), agency.common_name),
        Row("ein", _("Employer Identification Number (EIN)"), ein_words(agency.ein)),
        Row("legal_form", _("Legal form"), str(legal_form)),
        Row("proof", _("Proof of status"), file_names(proofs), proofs, proof_field),
        Row("federal_money", _("Receives federal money"), yes_no(agency.federal_money)),
        *([Row("uei", _("Unique Entity ID (UEI)"), agency.uei)] if agency.federal_money else []),
    ]


def _where(agency: Agency) -> list[Row]:
    return [
        Row("street", _("Street"), agency.street),
        Row("city", _("City or town"), agency.city),
        Row("region", _("State"), agency.region),
        Row("zip_code", _("ZIP code"), agency.zip_code),
        Row("phone", _("Phone"), agency.phone),
        Row("website", _("Web site"), agency.website),
    ]


def _services(answers: Answers) -> list[Row]:
    agency, regions = answers.agency, short_pages.AGENCY[-1].url(answers.agency.pk)
    cocs = "\n".join(str(coc) for coc in answers.links["cocs"] if coc.mine)
    cans = "\n".join(str(can) for can in answers.links["cans"] if can.mine)
    return [
        Row("mission", _("Mission and services"), agency.mission),
        Row("cocs", _("Continuums of Care (CoC)"), cocs, url=regions),
        Row("cans", _("Coordinated Access Networks (CAN)"), cans, url=regions),
        Row("towns", _("Towns served"), agency.towns),
        Row("coc_member", _("Member of a Continuum of Care"), yes_no(agency.coc_member)),
        Row("languages", _("Languages served"), agency.languages),
    ]


def file_names(files: tuple[Upload, ...]) -> str:
    return "\n".join(upload.filename for upload in files)


def people(answers: Answers) -> list[RowGroup]:
    rows = []
    for position in Position:
        contact = answers.contacts.get(position)
        if contact is None and position not in REQUIRED_POSITIONS:
            text = _("Nobody yet") if answers.contacts else ""
        else:
            text = contact_words(contact) if contact else ""
        url = person_url(answers, position)
        rows.append(
            Row(position.value, str(position.label), text, typed_as=person_typed_as(position), url=url)
        )
    return [RowGroup("people", _("People in charge"), section_url(answers, SectionKey.PEOPLE), rows)]


def person_url(answers: Answers, position: str) -> str:
    """The page on which the holder of a position is named."""
    page = short_pages.page_of(short_pages.PEOPLE, position)
    return page.url(answers.agency.pk) if page else ""


def person_typed_as(position: str) -> str:
    """It is asked first who holds it."""
    return f"{position}_is"


def known_at(answers: Answers, question: ReadinessQuestion) -> str:
    """Where a readiness question that is not asked in its section was answered, or whom to tell."""
    if question.shown_from in Position.values:
        anchor = field_anchor(person_typed_as(question.shown_from))
        return f"{person_url(answers, question.shown_from)}#{anchor}"
    return reverse("onboarding:support")


def contact_words(contact: Contact) -> str:
    return "\n".join(
        filter(None, [f"{contact.name}, {contact.title}".rstrip(", "), contact.email, contact.full_phone])
    )


def project_groups(
    agency: Agency, findings: ProjectFindings, *, named: bool, place: Place = IN_APPLICATION
) -> list[RowGroup]:
    """The answers about one project; `named` puts its name before each heading."""
    urls = {page.key: place.page_url(agency, findings.project, page) for page in PAGES}
    key, item = f"project-{findings.project.hud_id}", findings.project.project_name if named else ""
    groups, empty = [], _("None listed")
    for group in summary.answers(findings.draft):
        title = f"{item}: {group.title}" if named else group.title
        rows = [
            Row(
                row.field,
                row.question,
                row.answer,
                typed_as=summary.typed_as(row.field),
                url=urls[page_of(row.field).key],
            )
            for row in group.answers
        ]
        groups.append(
            RowGroup(
                f"{key}-{group.anchor}",
                title,
                urls[page_of(group.anchor).key],
                rows,
                empty=empty,
                anchor=group.anchor,
                kind=group.kind,
                item=item,
            )
        )
    return groups


def projects(answers: Answers) -> list[RowGroup]:
    shown = [row for row in answers.projects if not row.only_copied]
    groups = [group for row in shown for group in project_groups(answers.agency, row, named=True)]
    url = section_url(answers, SectionKey.PROJECTS)
    return groups or [RowGroup("projects", _("Projects"), url, empty=_("No project is listed yet."))]


def staff(answers: Answers) -> list[RowGroup]:
    questions, labels = _staff_questions(), _labels_of(Staff, ("hmis_role", "access_level", "employment"))
    groups = []
    for staff_member in answers.staff:
        url = address_of("onboarding:staff_change", answers.agency.pk, staff_member.pk)
        texts = _staff_answers(staff_member, answers.projects_of_staff[staff_member.pk], labels)
        typed_as = _staff_typed_as(answers, staff_member)
        rows = [
            Row(name, question, texts[name], typed_as=typed_as.get(name, "")) for name, question in questions
        ]
        anchor = field_anchor("first_name")
        groups.append(
            RowGroup(f"staff-{staff_member.pk}", staff_member.name, url, rows, anchor=anchor, kind="staff")
        )
    return groups or [
        RowGroup(
            "staff", _("Staff"), section_url(answers, SectionKey.STAFF), empty=_("Nobody is listed yet.")
        )
    ]


def _staff_typed_as(answers: Answers, staff_member: Staff) -> dict[str, str]:
    """Projects are asked of whoever has access, and once the agency has some."""
    asked = staff_member.logs_in and any(not row.only_copied for row in answers.projects)
    return {} if asked else {"projects": "access_level"}


def _staff_questions() -> list[tuple[str, str]]:
    """Name and words of what is asked about each person, put into words once for all of them."""
    return [
        ("title", _("Title")),
        ("email", _("Work e-mail")),
        ("phone", _("Phone")),
        ("hmis_role", _("HMIS role")),
        ("access_level", _("Required access level")),
        ("projects", _("Projects")),
        ("had_account", _("Had an HMIS account before")),
        ("supervisor", _("Supervisor")),
        ("start_date", _("Start date")),
        ("employment", _("Employment type")),
        ("starts_later", _("Starts later")),
    ]


def _labels_of(model: type[Model], names: Iterable[str]) -> dict[str, dict[str, str]]:
    """By field, the words of each value that can be chosen."""
    return {
        name: {value: str(label) for value, label in model._meta.get_field(name).flatchoices}  # type: ignore[union-attr]
        for name in names
    }


def _staff_answers(
    staff_member: Staff, projects: Iterable[str], labels: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    chosen = {name: words.get(value := getattr(staff_member, name), value) for name, words in labels.items()}
    return {
        "title": staff_member.title,
        "email": staff_member.email,
        "phone": staff_member.phone,
        "projects": "\n".join(projects),
        "had_account": ": ".join(
            filter(None, [yes_no(staff_member.had_account), staff_member.earlier_account])
        ),
        "supervisor": ", ".join(filter(None, [staff_member.supervisor_name, staff_member.supervisor_email])),
        "start_date": date_words(staff_member.start_date),
        "starts_later": yes_no(staff_member.starts_later),
        **chosen,
    }


def documents(answers: Answers) -> list[RowGroup]:
    url, rows = section_url(answers, SectionKey.DOCUMENTS), []
    for kind in Upload.Kind:
        if kind == Upload.Kind.READINESS:
            continue
        files = tuple(answers.uploads_of(kind))
        text = "\n".join(f"{upload.filename} ({file_size(upload.document.size)})" for upload in files)
        rows.append(Row(kind.value, str(kind.label), text, files, "file"))
    return [RowGroup("documents", _("Documents"), url, rows)]
