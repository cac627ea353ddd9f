"""Section E of the application: uploads, each served only through a view that checks the right to see it."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency, User
from agencies.permissions import agency_to_edit, agency_to_view, is_editor, person
from hmis_portal import documents as store
from hmis_portal.web.removed import one_or_told
from onboarding.application.status_line import StatusLine, status_line
from onboarding.events import OnboardingEvent
from onboarding.forms.sections.documents import UploadForm
from onboarding.models import Application, Remark, SectionKey, Upload
from onboarding.record import changes, pages
from onboarding.record.places import IN_APPLICATION, RecordPlace
from onboarding.review.remarks_read import remarks_of
from onboarding.sections import drafts, uploads
from onboarding.sections.answers import Answers
from onboarding.sections.catalogue import BY_KEY
from onboarding.sections.gaps import document_gaps
from onboarding.selectors import editable_application, latest_application
from onboarding.views.sections.pages import back_url, locked_page


@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest, agency_id: UUID, place: RecordPlace = IN_APPLICATION) -> HttpResponse:
    if request.method == "POST":
        agency = agency_to_edit(request.user, agency_id)
        form = UploadForm(request.POST, request.FILES)
        if _upload(request, agency, form, place):
            return redirect(_list_url(agency, place))
        return _page(request, Answers(place.application(agency), agency), form, place)
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    answers = Answers(application, agency)
    if not (place.is_open(agency, application) and is_editor(request.user, agency)):
        return locked_page(request, BY_KEY[SectionKey.DOCUMENTS], answers)
    return _page(request, answers, UploadForm(), place)


def _list_url(agency: Agency, place: RecordPlace) -> str:
    if place.in_record:
        return place.url("documents", agency)
    return reverse("onboarding:section", args=[agency.pk, SectionKey.DOCUMENTS])


def _record(agency: Agency, kind: str, before: str, after: str, *, by: User) -> None:
    """In the record, for its history and the HMIS Admin."""
    row = {"question": str(Upload.Kind(kind).label), "before": before, "after": after}
    title = str(BY_KEY[SectionKey.DOCUMENTS].title)
    changes.record(agency=agency, title=title, changed=[row], effective_on=timezone.localdate(), by=by)


def _upload(request: HttpRequest, agency: Agency, form: UploadForm, place: RecordPlace) -> bool:
    application = place.application(agency)
    if not form.is_valid():
        return False
    kind, file, by = form.cleaned_data["kind"], form.cleaned_data["file"], person(request)
    with store.away_beside(form, "file"):
        document = store.keep(file)
    if form.errors:
        return False
    with drafts.writing(application, place.states):
        upload = uploads.record(agency=agency, kind=kind, file=file, document=document, by=by)
        drafts.overtake(
            application, [SectionKey.DOCUMENTS], by=by
        )  # somebody was there: section E may be complete
        drafts.record_edit(application, SectionKey.DOCUMENTS, by, {kind: [None, upload.filename]})
        if place.in_record:
            _record(agency, kind, "", upload.filename, by=by)
    messages.success(request, _("“%(name)s” is uploaded.") % {"name": upload.filename})
    return True


@dataclass(frozen=True)
class DocumentsPage:
    """What the page shows; its template reads the fields by their names."""

    agency: Agency
    application: Application
    status_line: StatusLine | None
    form: UploadForm
    kinds: list[tuple[str, list[tuple[Upload, str]]]]
    version: int
    back_url: str
    remarks: list[Remark]
    qsoa_needed: bool
    is_done: bool


def _page(request: HttpRequest, answers: Answers, form: UploadForm, place: RecordPlace) -> HttpResponse:
    agency, work = answers.agency, answers.works.get(SectionKey.DOCUMENTS)
    kinds = [
        (
            str(kind.label),
            [
                (upload, place.url("document_remove", agency, upload.pk))
                for upload in answers.uploads_of(kind)
            ],
        )
        for kind in Upload.Kind
        if kind != Upload.Kind.READINESS or answers.uploads_of(kind)
    ]
    shown = DocumentsPage(
        agency=agency,
        application=answers.application,
        status_line=None if place.in_record else status_line(answers.application),
        form=form,
        kinds=kinds,
        version=work.version if work else 0,
        back_url=pages.home(agency) if place.in_record else back_url(request, agency, SectionKey.DOCUMENTS),
        remarks=[] if place.in_record else remarks_of(answers.application, SectionKey.DOCUMENTS),
        qsoa_needed=_qsoa_needed(answers),
        is_done=not any(document_gaps(answers)),
    )
    return render(request, "onboarding/sections/documents.html", vars(shown))


def _qsoa_needed(answers: Answers) -> bool:
    """Whether the readiness answers call for a QSOA or BAA that is not there yet."""
    readiness = answers.readiness
    called = any(
        readiness[number].value.get("answer") in wanted
        for number, wanted in (("2", ("part", "whole")), ("3", ("yes",)))
        if number in readiness
    )
    return called and not answers.uploads_of(Upload.Kind.QSOA_BAA)


@require_POST
def documents_done(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The agency says that these are all its documents."""
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    work = drafts.work_of(application, SectionKey.DOCUMENTS)
    with suppress(drafts.Stale):  # a second click, or a colleague: the same was said a moment before
        drafts.discard(
            application=application, section=SectionKey.DOCUMENTS, version=work.version, by=person(request)
        )
    messages.success(request, _("“%(title)s” is saved.") % {"title": BY_KEY[SectionKey.DOCUMENTS].title})
    return redirect(back_url(request, agency, SectionKey.DOCUMENTS))


@require_safe
def download(request: HttpRequest, agency_id: UUID, upload_id: UUID) -> HttpResponse:
    """A file that stands, or that was sent; what was removed before it was sent is kept, and nobody opens it."""
    agency = agency_to_view(request.user, agency_id)
    upload = _one(request, agency, uploads.readable(agency), upload_id)
    return store.response(upload.document, filename=upload.filename)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(
    request: HttpRequest, agency_id: UUID, upload_id: UUID, place: RecordPlace = IN_APPLICATION
) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = place.application(agency)
    upload = _one(request, agency, agency.uploads.filter(removed_at__isnull=True), upload_id, place)
    if request.method == "POST":
        section, by = (
            (SectionKey.READINESS if upload.kind == Upload.Kind.READINESS else SectionKey.DOCUMENTS),
            person(request),
        )
        with drafts.writing(application, place.states):
            uploads.remove(upload=upload, by=by)
            drafts.record_edit(application, section, by, {upload.kind: [upload.filename, None]})
            if place.in_record:
                _record(agency, upload.kind, upload.filename, _("Removed"), by=by)
        messages.success(request, _("“%(name)s” is removed.") % {"name": upload.filename})
        return redirect(_list_url(agency, place))
    context = {
        "agency": agency,
        "application": application,
        "status_line": None if place.in_record else status_line(application),
        "list_url": _list_url(agency, place),
        "upload": upload,
    }
    return render(request, "onboarding/sections/document_remove.html", context)


def _one(
    request: HttpRequest,
    agency: Agency,
    rows: QuerySet[Upload],
    upload_id: UUID,
    place: RecordPlace = IN_APPLICATION,
) -> Upload:
    back = _list_url(agency, place)
    return one_or_told(
        request, rows, upload_id, agency_id=agency.pk, verb=OnboardingEvent.REMOVED_UPLOAD, back=back
    )
