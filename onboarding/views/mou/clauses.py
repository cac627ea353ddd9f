"""The text of an MOU in small pages: its contents, one clause a page, and the whole of it.

Anyone reads the published text; an agency's own comes with its questions and, for the person who is to sign, with what
they have read.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies import permissions
from agencies.models import Agency
from hmis_portal.signing.agreeing import text
from hmis_portal.signing.agreeing.acts import consent_of
from hmis_portal.signing.agreeing.evidence import reading
from hmis_portal.signing.agreeing.text import Clause
from hmis_portal.signing.models import TextVersion
from hmis_portal.text.words import datetime_words
from onboarding import questions
from onboarding.forms.mou.acts import ClauseQuestionForm
from onboarding.models import Mou, Thread
from onboarding.mou import agreement, wording
from onboarding.views.mou.questions import may_ask

FILED = (*Mou.OPEN, Mou.State.EXECUTED)  # a file of its own is the one to read


@dataclass(frozen=True)
class ClauseRow:
    """A line of the contents."""

    number: int
    title: str
    anchor: str
    url: str
    read: bool
    asked: str


@dataclass(frozen=True)
class WholeClause:
    """A clause to read, with what was asked about it; `read` says when this person read it."""

    number: int
    title: str
    anchor: str
    html: str
    threads: list[Thread]
    read: str
    read_url: str
    ask_url: str
    asked: str


@dataclass(frozen=True)
class TextFrame:
    """What every page of the text says about it; a template reads the fields by their names."""

    agency: Agency | None
    mou: Mou | None
    title: str
    introduction: str
    text_sha256: str
    version: TextVersion
    total: int
    contents_url: str
    whole_url: str
    pdf_url: str
    progress: reading.ReadingProgress | None
    count_words: str


@dataclass(frozen=True)
class ContentsPage:
    themes: list[wording.ShownTheme]
    clauses: list[ClauseRow]
    next_url: str


@dataclass(frozen=True)
class ClausePage:
    clause: WholeClause
    before: ClauseRow | None
    following: ClauseRow | None
    form: ClauseQuestionForm | None


@dataclass(frozen=True)
class TextPages:
    """One text, the addresses of its pages, and what stands beside each clause."""

    filled: str
    version: TextVersion
    url_of: Callable[[str], str]  # the page of a clause, by its anchor
    contents_url: str
    whole_url: str
    pdf_url: str = ""  # where the text is to be read, not signed
    agency: Agency | None = None  # whose text it is
    mou: Mou | None = None
    threads: dict[str, list[Thread]] = field(default_factory=dict)
    progress: reading.ReadingProgress | None = (
        None  # of the person who is to sign, once they may read to sign
    )
    read_url: str = ""
    ask_url_of: Callable[[str], str] | None = None  # None: this reader asks nothing

    @property
    def clauses(self) -> tuple[Clause, ...]:
        return text.clauses(self.filled)

    def contents(self) -> dict[str, object]:
        """The contents: the themes at a glance, then every clause with what was asked about it and whether it is read."""
        rows = [self._row(clause) for clause in self.clauses]
        shown = ContentsPage(
            themes=wording.themes(self.clauses, {row.anchor: row.url for row in rows}),
            clauses=rows,
            next_url=self.url_of(self.progress.next_after(""))
            if self.progress and self.progress.left
            else "",
        )
        return {**vars(self._frame()), **vars(shown)}

    def page(self, anchor: str) -> dict[str, Any]:
        """One clause with the ways to those around it; 404 when the text has none of that name."""
        clause = text.clause(self.filled, anchor)
        if clause is None:
            raise Http404
        at, rows = self.clauses.index(clause), [None, *map(self._row, self.clauses), None]
        shown = ClausePage(
            clause=self._whole(clause),
            before=rows[at],
            following=rows[at + 2],
            form=self._question_form(clause.anchor),
        )
        return {**vars(self._frame()), **vars(shown)}

    def whole(self) -> dict[str, object]:
        """Every clause on one page, to be read in one go or printed."""
        return {**vars(self._frame()), "clauses": [self._whole(clause) for clause in self.clauses]}

    def asked(self) -> list[WholeClause]:
        """The clauses about which something was asked, with the questions and answers."""
        return [self._whole(clause) for clause in self.clauses if clause.anchor in self.threads]

    def _frame(self) -> TextFrame:
        return TextFrame(
            agency=self.agency,
            mou=self.mou,
            title=text.title(self.filled),
            introduction=text.introduction(self.filled),
            text_sha256=text.digest(self.filled),
            version=self.version,
            total=len(self.clauses),
            contents_url=self.contents_url,
            whole_url=self.whole_url,
            pdf_url=self.pdf_url,
            progress=self.progress,
            count_words=count_words(self.progress) if self.progress else "",
        )

    def _question_form(self, anchor: str) -> ClauseQuestionForm | None:
        if self.ask_url_of is None:
            return None
        form = ClauseQuestionForm()
        form.form_action = self.ask_url_of(anchor)
        return form

    def _row(self, clause: Clause) -> ClauseRow:
        return ClauseRow(
            number=clause.number,
            title=clause.title,
            anchor=clause.anchor,
            url=self.url_of(clause.anchor),
            read=self.progress is not None and clause.anchor in self.progress.read_at,
            asked=asked_words(self.threads.get(clause.anchor, [])),
        )

    def _whole(self, clause: Clause) -> WholeClause:
        read_at = self.progress.read_at.get(clause.anchor) if self.progress else None
        threads = self.threads.get(clause.anchor, [])
        return WholeClause(
            number=clause.number,
            title=clause.title,
            anchor=clause.anchor,
            html=clause.html,
            threads=threads,
            read=read_words(read_at) if read_at else "",
            read_url=self.read_url if self.progress else "",
            ask_url=f"{self.url_of(clause.anchor)}#ask" if self.ask_url_of else "",
            asked=asked_words(threads),
        )


def public() -> TextPages:
    """The published text, for anyone."""
    version, filled = wording.current_text()
    return TextPages(
        filled,
        version,
        url_of=lambda anchor: reverse("onboarding:mou_current_clause", args=[anchor]),
        contents_url=reverse("onboarding:mou_current"),
        whole_url=reverse("onboarding:mou_current_text"),
        pdf_url=reverse("onboarding:mou_current_pdf"),
    )


def own(request: HttpRequest, agency: Agency, mou: Mou | None) -> TextPages:
    """The text of the agency's MOU as this person reads it; before one is issued, the published text in its name."""
    version, filled = (mou.request.version, mou.request.text) if mou else wording.current_text(agency)

    def ask(anchor: str) -> str:
        return reverse("onboarding:mou_question", args=[agency.pk, anchor])

    return TextPages(
        filled,
        version,
        url_of=lambda anchor: reverse("onboarding:mou_clause", args=[agency.pk, anchor]),
        contents_url=reverse("onboarding:mou_clauses", args=[agency.pk]),
        whole_url=reverse("onboarding:mou_text", args=[agency.pk]),
        pdf_url="" if mou and mou.state in FILED else reverse("onboarding:mou_draft", args=[agency.pk]),
        agency=agency,
        mou=mou,
        threads=questions.by_clause(permissions.person(request), agency),
        progress=_progress(request, mou),
        read_url=reverse("onboarding:read_mou", args=[agency.pk]),
        ask_url_of=ask if may_ask(request, agency) else None,
    )


def _progress(request: HttpRequest, mou: Mou | None) -> reading.ReadingProgress | None:
    """How far the signatory has read; None for everybody else, and before they agreed to electronic records."""
    if mou is None or mou.state != Mou.State.ISSUED or mou.signatory_id != request.user.pk:
        return None
    party, me = agreement.agency_party(mou), permissions.person(request)
    return reading.progress(party, me) if consent_of(party, me) else None


def read_words(at: datetime) -> str:
    return _("You read this clause on %(when)s") % {"when": datetime_words(at)}


def count_words(progress: reading.ReadingProgress) -> str:
    return _("%(count)d of %(total)d clauses read") % {
        "count": progress.count,
        "total": len(progress.clauses),
    }


def asked_words(threads: list[Thread]) -> str:
    """What was asked about a clause, and whether the answer is there: "" when nothing was."""
    if not threads:
        return ""
    waiting = sum(thread.is_waiting for thread in threads)
    asked = ngettext("%(count)d question", "%(count)d questions", len(threads)) % {"count": len(threads)}
    if not waiting:
        return _("%(asked)s, answered") % {"asked": asked}
    if waiting == len(threads):
        return _("%(asked)s, not answered yet") % {"asked": asked}
    return _("%(asked)s, %(waiting)d not answered yet") % {"asked": asked, "waiting": waiting}
