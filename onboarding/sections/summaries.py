"""Each section's answers as a person reads them: for check-your-answers, the frozen revision, its PDF, the review."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.hud import summary
from agencies.hud.drafts import ProjectFindings
from agencies.models import REQUIRED_POSITIONS, Agency, Contact, Position, Staff
from hmis_portal.text.words import date_words, file_size
from onboarding.models import ReadinessAnswer, ReadinessOutcome, ReadinessQuestion, SectionKey, Upload
from onboarding.readiness import rules
from onboarding.sections.answers import Answers, phone_words, words


@dataclass(frozen=True)
class Row:
    """One question and its answer; `field` names it for remarks and comparisons.

    `anchor` is the id of its input, on the page `url` where that is not its group's.
    """

    field: str
    question: str
    answer: str
    anchor: str = ""
    files: tuple[Upload, ...] = ()  # that the answer names
    url: str = ""


@dataclass(frozen=True)
class Group:
    """Rows under one heading; `key` names the thing they are about, `url` the page where they are changed."""

    key: str
    title: str
    url: str
    rows: list[Row] = field(default_factory=list)
    level: int = 3  # of its heading
    empty: str = ""  # what to say when there are no rows


def yes_no(value: bool | None) -> str:
    return "" if value is None else _("Yes") if value else _("No")


def section_url(answers: Answers, key: str) -> str:
    return reverse("onboarding:section", args=[answers.agency.pk, key])


def agency(answers: Answers) -> list[Group]:
    agency, url = answers.agency, section_url(answers, SectionKey.AGENCY)
    proofs = tuple(answers.uploads_of(Upload.Kind.PROOF))
    legal_form = agency.legal_form_other if agency.legal_form == "other" else agency.get_legal_form_display()
    about = [
        Row("legal_name", _("Legal name"), agency.legal_name, "id_legal_name"),
        Row("common_name", _("Common name"), agency.common_name, "id_common_name"),
        Row("ein", _("Employer Identification Number (EIN)"), ein_words(agency.ein), "id_ein"),
        Row("legal_form", _("Legal form"), str(legal_form), "id_legal_form_0"),
        Row("proof", _("Proof of status"), _names(proofs), "id_proof", proofs),
        Row("federal_money", _("Receives federal money"), yes_no(agency.federal_money), "id_federal_money_0"),
    ]
    if agency.federal_money:
        about.append(Row("uei", _("Unique Entity ID (UEI)"), agency.uei, "id_uei"))
    where = [
        Row("street", _("Street"), agency.street, "id_street"),
        Row("city", _("City or town"), agency.city, "id_city"),
        Row("region", _("State"), agency.region, "id_region"),
        Row("zip_code", _("ZIP code"), agency.zip_code, "id_zip_code"),
        Row("phone", _("Phone"), agency.phone, "id_phone"),
        Row("website", _("Web site"), agency.website, "id_website"),
    ]
    what = [
        Row("mission", _("Mission and services"), agency.mission, "id_mission"),
        Row(
            "cocs",
            _("Continuums of Care (CoC)"),
            "\n".join(str(coc) for coc in answers.links["cocs"] if coc.mine),
            "id_cocs_0",
        ),
        Row(
            "cans",
            _("Coordinated Access Networks (CAN)"),
            "\n".join(str(can) for can in answers.links["cans"] if can.mine),
            "id_cans_0",
        ),
        Row("towns", _("Towns served"), agency.towns, "id_towns"),
        Row("coc_member", _("Member of a Continuum of Care"), yes_no(agency.coc_member), "id_coc_member_0"),
        Row("languages", _("Languages served"), agency.languages, "id_languages"),
    ]
    return [
        Group("agency", _("The agency"), url, about),
        Group("where", _("Where it is"), url, where),
        Group("what", _("What it does, and where"), url, what),
    ]


def _names(files: tuple[Upload, ...]) -> str:
    return "\n".join(upload.filename for upload in files)


def ein_words(ein: str) -> str:
    return f"{ein[:2]}-{ein[2:]}" if len(ein) == 9 else ein


def people(answers: Answers) -> list[Group]:
    url, rows = section_url(answers, SectionKey.PEOPLE), []
    for position in Position:
        contact = answers.contacts.get(position)
        if contact is None and position not in REQUIRED_POSITIONS:
            text = _("Nobody yet") if answers.contacts else ""
        else:
            text = contact_words(contact) if contact else ""
        rows.append(Row(position.value, str(position.label), text, _person_anchor(position)))
    return [Group("people", _("People in charge"), url, rows)]


def _person_anchor(position: str) -> str:
    """The director is typed; of the others it is asked first who they are."""
    return "id_director_name" if position == Position.DIRECTOR else f"id_{position}_is_0"


def contact_words(contact: Contact) -> str:
    return "\n".join(
        filter(None, [f"{contact.name}, {contact.title}".rstrip(", "), contact.email, phone_words(contact)])
    )


def project_groups(agency: Agency, findings: ProjectFindings, *, named: bool) -> list[Group]:
    """The answers about one project; `named` puts its name before each heading."""
    url = reverse("onboarding:project", args=[agency.pk, findings.project.pk])
    key = f"project-{findings.project.hud_id}"
    groups = []
    for group in summary.answers(findings.draft):
        title = f"{findings.project.project_name}: {group.title}" if named else group.title
        rows = [Row(row.field, row.question, row.answer, row.anchor) for row in group.answers]
        groups.append(Group(f"{key}-{group.anchor}", title, url, rows, empty=_("None listed")))
    return groups


def projects(answers: Answers) -> list[Group]:
    shown = [row for row in answers.projects if not row.only_copied]
    groups = [group for row in shown for group in project_groups(answers.agency, row, named=True)]
    url = section_url(answers, SectionKey.PROJECTS)
    return groups or [Group("projects", _("Projects"), url, empty=_("No project is listed yet."))]


def staff(answers: Answers) -> list[Group]:
    questions, labels = _staff_questions(), _labels_of(Staff, ("hmis_role", "access_level", "employment"))
    groups = []
    for staff_member in answers.staff:
        url = reverse("onboarding:staff_change", args=[answers.agency.pk, staff_member.pk])
        texts = _staff_answers(staff_member, labels)
        rows = [Row(name, question, texts[name], anchor) for name, question, anchor in questions]
        groups.append(Group(f"staff-{staff_member.pk}", staff_member.name, url, rows))
    return groups or [
        Group("staff", _("Staff"), section_url(answers, SectionKey.STAFF), empty=_("Nobody is listed yet."))
    ]


def _staff_questions() -> list[tuple[str, str, str]]:
    """Name, words and anchor of what is asked about each person, put into words once for all of them."""
    return [
        ("title", _("Title"), "id_title"),
        ("email", _("Work e-mail"), "id_email"),
        ("phone", _("Phone"), "id_phone"),
        ("hmis_role", _("HMIS role"), "id_hmis_role"),
        ("access_level", _("Required access level"), "id_access_level"),
        ("projects", _("Projects"), "id_projects_0"),
        ("had_account", _("Had an HMIS account before"), "id_had_account_0"),
        ("supervisor", _("Supervisor"), "id_supervisor_name"),
        ("start_date", _("Start date"), "id_start_date_0"),
        ("employment", _("Employment type"), "id_employment_0"),
        ("starts_later", _("Starts later"), "id_starts_later"),
    ]


def _labels_of(model: type[Model], names: Iterable[str]) -> dict[str, dict[str, str]]:
    """By field, the words of each value that can be chosen."""
    return {
        name: {value: str(label) for value, label in model._meta.get_field(name).flatchoices}  # type: ignore[union-attr]
        for name in names
    }


def _staff_answers(staff_member: Staff, labels: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    chosen = {name: words.get(value := getattr(staff_member, name), value) for name, words in labels.items()}
    return {
        "title": staff_member.title,
        "email": staff_member.email,
        "phone": staff_member.phone,
        "projects": "\n".join(str(project) for project in staff_member.projects.all()),
        "had_account": ": ".join(
            filter(None, [yes_no(staff_member.had_account), staff_member.earlier_account])
        ),
        "supervisor": ", ".join(filter(None, [staff_member.supervisor_name, staff_member.supervisor_email])),
        "start_date": date_words(staff_member.start_date),
        "starts_later": yes_no(staff_member.starts_later),
        **chosen,
    }


def readiness(answers: Answers) -> list[Group]:
    url, groups = section_url(answers, SectionKey.READINESS), [_sites(answers)]
    by_title: dict[str, list[Row]] = {}
    for question in answers.questions:
        if not rules.is_asked(question, answers.facts.answers):
            continue
        answer, name = answers.readiness.get(question.number), f"q{question.number}"
        value = answer.value if answer else {}
        answer_text = (
            answers.known[question.number][1] if question.number in answers.known else words(question, value)
        )
        files = tuple(answers.uploads_of(Upload.Kind.READINESS, question.number))
        text = "\n".join(
            filter(None, [answer_text, _names(files), _consequence(answers, question, value, answer)])
        )
        elsewhere, anchor = _typed_at(answers, question)
        by_title.setdefault(question.group, []).append(
            Row(name, f"{question.number}. {question.text}", text, anchor, files, elsewhere)
        )
    groups += [Group(title, title, url, rows) for title, rows in by_title.items()]
    return groups


def _typed_at(answers: Answers, question: ReadinessQuestion) -> tuple[str, str]:
    """The page, where it is not the section's own, and the id of the input that answers a readiness question."""
    name = f"id_q{question.number}"
    if question.number not in answers.known:
        return "", f"{name}_0" if question.choices else f"{name}_{next(iter(question.parts), 'plan')}_field"
    outcome = rules.outcome(question, answers.known[question.number][0], answers.facts)
    if outcome is not None and outcome.kind == ReadinessOutcome.Kind.PLAN:
        return "", f"{name}_plan_field"
    if question.shown_from in Position.values:
        return section_url(answers, SectionKey.PEOPLE), _person_anchor(question.shown_from)
    return "", f"{name}_field"  # said when the account was opened: there it reads what it was


def _sites(answers: Answers) -> Group:
    rows = [
        Row(
            f"site-{site.pk}",
            site.address,
            _("%(workstations)s workstations, %(connection)s, %(desks)s intake desks")
            % {
                "workstations": site.workstations,
                "connection": site.get_connection_display(),
                "desks": site.intake_desks,
            },
            "id_address",
            url=reverse("onboarding:site_change", args=[answers.agency.pk, site.pk]),
        )
        for site in answers.sites
    ]
    url = reverse("onboarding:sites", args=[answers.agency.pk])
    return Group("sites", _("Sites"), url, rows, empty=_("No site is listed yet."))


def _consequence(
    answers: Answers, question: ReadinessQuestion, value: rules.Value, answer: ReadinessAnswer | None
) -> str:
    """What an unmet question means, with the plan where there is one."""
    known = answers.known.get(question.number)
    outcome = rules.outcome(question, known[0] if known else value, answers.facts)
    if outcome is None or not (value or known):
        return ""
    if outcome.kind == ReadinessOutcome.Kind.PLAN and answer and answer.plan:
        return _("Plan: %(plan)s. Seen to by %(owner)s, by %(due)s.") % {
            "plan": answer.plan.rstrip("."), "owner": answer.plan_owner, "due": date_words(answer.plan_due)
        }  # fmt: skip
    return f"{outcome.get_kind_display()}: {outcome.text}"


def documents(answers: Answers) -> list[Group]:
    url, rows = section_url(answers, SectionKey.DOCUMENTS), []
    for kind in Upload.Kind:
        if kind == Upload.Kind.READINESS:
            continue
        files = tuple(answers.uploads_of(kind))
        text = "\n".join(f"{upload.filename} ({file_size(upload.document.size)})" for upload in files)
        rows.append(Row(kind.value, str(kind.label), text, "id_file", files))
    return [Group("documents", _("Documents"), url, rows)]
