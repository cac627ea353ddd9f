"""What the file of an agency and that of a person are made of: sections of lines that lead to where each is dealt with."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.models import Invitation, Person, User
from hmis_portal.desk.tools import status
from hmis_portal.models import AuditEvent, Message
from hmis_portal.text.words import date_words, datetime_words
from hmis_portal.web.addresses import address_of
from onboarding.admin.base import ACCESS_KIND, MOU_KIND
from onboarding.journey import history
from onboarding.models import Access, Mou, Thread
from onboarding.mou import party

SHOWN = 10


@dataclass(frozen=True)
class FileLine:
    text: str
    url: str = ""
    detail: str = ""
    state: str = ""
    act: str = ""  # the address of an act by one click, and its words
    act_words: str = ""


@dataclass(frozen=True)
class FileSection:
    """`url` leads to all of it, with `more` where not all is shown here."""

    key: str
    title: str
    lines: list[FileLine] = field(default_factory=list)
    url: str = ""
    more: bool = False
    empty: str = ""


class WithFile(admin.ModelAdmin[Any]):
    """The page of a row of the admin is its file."""

    def file_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        raise NotImplementedError

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        file = self.file_of(request, row) if row and self.has_view_permission(request, row) else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **file})


def page_of(user: User) -> str:
    return reverse("admin:agencies_user_change", args=[user.pk])


def page_of_person(person: Person) -> str:
    if person.user_id:
        return address_of("admin:agencies_user_change", person.user_id)
    return address_of("admin:onboarding_person", person.pk)


def list_of(model: str, query: str = "") -> str:
    return reverse(f"admin:{model}_changelist") + query


def invitations(rows: QuerySet[Invitation], request: HttpRequest) -> FileSection:
    """Open ones, with the act that sends them again, for those who may."""
    may_send = permissions.is_hmis_admin(request.user)
    open_ones = rows.filter(accepted_at=None, revoked_at=None).select_related("agency", "user")

    def line(row: Invitation) -> FileLine:
        words = _("%(agency)s, sent %(day)s, valid until %(until)s") % {
            "agency": row.agency.name, "day": date_words(row.created_at), "until": datetime_words(row.expires_at),
        }  # fmt: skip
        return FileLine(
            str(row),
            reverse("admin:agencies_invitation_change", args=[row.pk]),
            words,
            status("problem", _("Lapsed")) if row.has_lapsed else status("waiting", _("Not accepted yet")),
            reverse("admin:onboarding_invitation_resend", args=[row.pk]) if may_send else "",
            _("Send again"),
        )

    return FileSection(
        "invitations",
        _("Open invitations"),
        [line(row) for row in open_ones],
        empty=_("No invitation is open."),
    )


def mous(rows: QuerySet[Mou]) -> FileSection:
    def line(row: Mou) -> FileLine:
        """Under the name that it binds, whatever the agency is called today."""
        until = _("until %(day)s") % {"day": date_words(row.term_ends_on)} if row.term_ends_on else ""
        detail = ", ".join(part for part in (party.name_of(row), row.signatory_name, until) if part)
        kind = MOU_KIND[Mou.State(row.state)]
        url = reverse("admin:onboarding_mou_change", args=[row.pk])
        return FileLine(row.reference, url, detail, status(kind, row.get_state_display()))

    shown = list(party.with_names(rows).select_related("agency").order_by("-issued_at")[:SHOWN])
    return FileSection("mous", _("MOUs"), [line(row) for row in shown], empty=_("There is no MOU yet."))


def access_words(access: Access | None) -> SafeString | str:
    if access is None:
        return ""
    return status(ACCESS_KIND[Access.State(access.state)], access.get_state_display())


def questions(rows: QuerySet[Thread], url: str) -> FileSection:
    def line(row: Thread) -> FileLine:
        who = ", ".join(str(part) for part in (row.opened_by or row.name or row.email, row.agency) if part)
        state = status("turn", _("Waiting")) if row.is_waiting else status("plain", date_words(row.opened_at))
        return FileLine(row.subject, reverse("admin:onboarding_thread_answer", args=[row.pk]), who, state)

    threads = list(rows.select_related("agency", "opened_by").order_by("-opened_at")[: SHOWN + 1])
    return FileSection(
        "questions", _("Questions"), [line(row) for row in threads[:SHOWN]], url, len(threads) > SHOWN,
        _("Nothing was asked."),
    )  # fmt: skip


def messages(rows: QuerySet[Message], url: str, request: HttpRequest) -> list[FileSection]:
    """Letters that people got: for whoever reads the message log."""
    if not request.user.has_perm("hmis_portal.view_message"):
        return []

    def line(row: Message) -> FileLine:
        failed = row.status == Message.Status.FAILED
        state = status("problem" if failed else "plain", row.get_status_display())
        detail = f"{row.to}, {datetime_words(row.created_at)}"
        return FileLine(
            row.subject, reverse("admin:hmis_portal_message_change", args=[row.pk]), detail, state
        )

    newest = list(rows.order_by("-created_at").defer("body_text", "body_html")[: SHOWN + 1])
    return [
        FileSection(
            "messages", _("Messages"), [line(row) for row in newest[:SHOWN]], url, len(newest) > SHOWN,
            _("No message was sent."),
        )
    ]  # fmt: skip


def record(rows: QuerySet[AuditEvent], url: str, request: HttpRequest) -> list[FileSection]:
    """The newest lines of the record, in words: for whoever reads it."""
    if not request.user.has_perm("hmis_portal.view_auditevent"):
        return []
    newest = list(rows.order_by("-at", "-pk")[: SHOWN + 1])
    lines = [
        FileLine(" ".join(part for part in (row.who, row.text) if part), "", datetime_words(row.at))
        for row in history.in_words(newest[:SHOWN], for_hmis=True)
    ]
    return [FileSection("record", _("Record"), lines, url, len(newest) > SHOWN, _("Nothing was recorded."))]


def sections(*parts: FileSection | Iterable[FileSection]) -> list[FileSection]:
    return [section for part in parts for section in ([part] if isinstance(part, FileSection) else part)]
