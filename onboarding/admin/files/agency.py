"""The file of one agency: whose turn it is, its contacts and people, and everything that belongs to it, with links."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies import permissions
from agencies.models import Agency, AgencyRole
from hmis_portal.desk.tools import status
from hmis_portal.models import AuditEvent, Message
from hmis_portal.text.words import date_words
from hmis_portal.web.addresses import address_of
from onboarding.admin.base import APPLICATION_KIND
from onboarding.admin.files import asked, parts
from onboarding.admin.files.asked import MOST_PEOPLE
from onboarding.admin.files.parts import SHOWN, FileLine, FileSection
from onboarding.journey import whose_turn
from onboarding.journey.facts import gather
from onboarding.models import Access, Application, Condition, Thread


def of_agency(request: HttpRequest, agency: Agency) -> dict[str, object]:
    """Its sections, for whoever reads every agency; in a number of queries that does not grow with what there is."""
    if not permissions.reads_every_agency(request.user):
        return {"turn": None, "contacts": [], "sections": []}
    applications = asked.applications(agency=agency.pk)
    return {
        "turn": whose_turn.of_agency(gather(agency, applications[0] if applications else None)),
        "contacts": asked.contacts(agency=agency.pk),
        "sections": parts.sections(
            _applications(applications),
            parts.mous(agency.mous.all()),
            _conditions(agency),
            _acting(agency),
            parts.invitations(agency.invitations.all(), request),
            _roster(agency),
            _projects(agency),
            parts.questions(Thread.objects.filter(agency=agency), parts.list_of("onboarding_thread", f"?agency__exact={agency.pk}")),
            _documents(agency, applications),
            parts.messages(Message.objects.filter(agency_id=agency.pk), "", request),
            parts.record(
                AuditEvent.objects.filter(agency_id=agency.pk),
                reverse("admin:agencies_agency_history", args=[agency.pk]), request,
            ),
        ),
    }  # fmt: skip


def _applications(rows: list[Application]) -> FileSection:
    lines = []
    for row in rows:
        sent = (
            _("sent on %(day)s") % {"day": date_words(row.submitted_at)}
            if row.submitted_at
            else _("not sent yet")
        )
        detail = ", ".join(str(part) for part in (sent, row.reviewer) if part)
        state = status(APPLICATION_KIND[Application.State(row.state)], row.get_state_display())
        lines.append(
            FileLine(
                row.reference, reverse("admin:onboarding_application_review", args=[row.pk]), detail, state
            )
        )
    return FileSection("applications", _("Applications"), lines, empty=_("There is no application yet."))


def _conditions(agency: Agency) -> FileSection:
    def line(row: Condition) -> FileLine:
        review = reverse("admin:onboarding_application_review", args=[row.application_id]) + "#conditions"
        detail = _("%(owner)s, due on %(day)s") % {"owner": row.owner, "day": date_words(row.due_on)}
        if row.met_at:
            return FileLine(row.text, review, detail, status("done", _("Met")))
        state = status("plain", row.get_ended_as_display()) if row.ended_at else status("turn", _("Open"))
        return FileLine(row.text, review, detail, state)

    conditions = asked.conditions(agency=agency.pk)
    lines = [line(row) for row in conditions[:SHOWN]]
    url = reverse("onboarding:conditions", args=[agency.pk])
    return FileSection(
        "conditions", _("Conditions of approval"), lines, url, len(conditions) > SHOWN, _("There are none.")
    )


def _acting(agency: Agency) -> FileSection:
    lines = [
        FileLine(
            str(user),
            parts.page_of(user),
            user.email,
            ", ".join(str(AgencyRole(role).label) for role in roles),
        )
        for user, roles in permissions.people_with_roles(agency)
    ]
    url = reverse("agencies:people", args=[agency.pk])
    return FileSection("acting", _("Who acts for it"), lines, url, empty=_("Nobody can act for this agency."))


def _roster(agency: Agency) -> FileSection:
    staff = asked.staff(agency=agency.pk)
    lines = []
    for row in staff[:MOST_PEOPLE]:
        access = getattr(row, "access", None)
        missing = access.reasons if access and access.state != Access.State.GRANTED else []
        detail = " ".join([f"{row.get_hmis_role_display()}.", *map(str, missing[:2])])
        if len(missing) > 2:
            detail += " " + ngettext("And %(count)d more.", "And %(count)d more.", len(missing) - 2) % {
                "count": len(missing) - 2
            }
        page = parts.page_of_person(row.person) if row.person else ""
        page = address_of("admin:agencies_user_change", row.user_id) if row.user_id else page
        lines.append(FileLine(row.name, page, detail, parts.access_words(access)))
    url = reverse("training:agency", args=[agency.pk])
    return FileSection(
        "roster",
        _("Roster, access and training"),
        lines,
        url,
        len(staff) > MOST_PEOPLE,
        _("Nobody is listed."),
    )


def _projects(agency: Agency) -> FileSection:
    projects = asked.projects(agency=agency.pk)
    lines = [
        FileLine(
            row.project_name,
            reverse("admin:agencies_project_change", args=[row.pk]),
            _("until %(day)s") % {"day": date_words(row.operating_end_date)}
            if row.operating_end_date
            else "",
            status("done", _("In the HMIS")) if row.accepted_at else "",
        )
        for row in projects[:SHOWN]
    ]
    url = reverse("onboarding:own_projects", args=[agency.pk])
    return FileSection(
        "projects", _("Projects"), lines, url, len(projects) > SHOWN, _("There is no project yet.")
    )


def _documents(agency: Agency, applications: list[Application]) -> FileSection:
    """What the agency uploaded; the signed papers stand with their MOU."""
    documents = asked.documents(agency=agency.pk)
    lines = [
        FileLine(
            row.filename,
            reverse("admin:onboarding_application_file", args=[applications[0].pk, row.pk])
            if applications
            else "",
            str(row.get_kind_display()),
            date_words(row.uploaded_at),
        )
        for row in documents[:SHOWN]
    ]
    return FileSection(
        "documents", _("Documents"), lines, "", len(documents) > SHOWN, _("Nothing was uploaded.")
    )
