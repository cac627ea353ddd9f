from django.urls import URLPattern, URLResolver, path

from onboarding.projects.places import AFTER_APPROVAL
from onboarding.record.places import IN_RECORD
from onboarding.views import access, feedback, journey, public, review, together
from onboarding.views import questions as support
from onboarding.views.application import acts, pages, requirements, revisions, sending
from onboarding.views.mou import files, paper, questions, read, sign, signatory, verification
from onboarding.views.owed import calendar, lines, mine
from onboarding.views.projects import changes, export, listing, overview, page
from onboarding.views.readiness import each_year, helpers
from onboarding.views.record import page as record
from onboarding.views.record import proposals
from onboarding.views.roster import listing as staff
from onboarding.views.roster import person, upload
from onboarding.views.sections import documents, drafts, sites
from onboarding.views.sections import pages as sections

_AGENCY = "agencies/<uuid:agency_id>"
_APPLICATION = f"{_AGENCY}/application"
_MOU = f"{_AGENCY}/mou"
_RECORD = f"{_AGENCY}/record"
_PROJECTS = f"{_AGENCY}/projects"
_PROJECT = f"{_PROJECTS}/<uuid:project_id>"  # after approval
_B = f"{_APPLICATION}/projects/<uuid:project_id>"  # in section B
_OWN = {"place": AFTER_APPROVAL}
_RECORDED = {"place": IN_RECORD}

app_name = "onboarding"
urlpatterns: list[URLPattern | URLResolver] = [
    # for everybody
    path("", public.home, name="home"),
    path("guide/", public.guide, name="guide"),
    path("steps/", public.steps, name="steps"),
    path("requirements/", public.requirements, name="requirements"),
    path("eligibility/", public.eligibility, name="eligibility"),
    path("eligibility/services/", public.eligibility_services, name="eligibility_services"),
    path("eligibility/comparable-database/", public.eligibility_comparable, name="eligibility_comparable"),
    path("eligibility/other-ways/", public.eligibility_other_ways, name="eligibility_other_ways"),
    path("eligibility/not-yet/", public.eligibility_not_yet, name="eligibility_not_yet"),
    path("eligibility/result/", public.eligibility_result, name="eligibility_result"),
    # support
    path("support/", support.support, name="support"),
    path("support/sent/", support.support_sent, name="support_sent"),
    path("support/questions/", support.conversations, name="conversations"),
    path("support/questions/<int:thread_id>/", support.question, name="question"),
    path("support/questions/<int:thread_id>/close/", support.close_question, name="close_question"),
    path(
        "support/questions/<int:thread_id>/files/<int:message_id>/",
        support.question_file,
        name="question_file",
    ),
    # the six steps
    path(f"{_AGENCY}/", journey.journey, name="journey"),
    path(f"{_AGENCY}/history/", journey.agency_history, name="history"),
    path(f"{_AGENCY}/how-it-was/<slug:moment>/", feedback.how_it_was, name="feedback"),
    # step 1
    path(f"{_AGENCY}/requirements/", requirements.confirm_requirements, name="confirm_requirements"),
    # what the agency owes
    path(f"{_AGENCY}/owed/", lines.owed, name="owed"),
    path(f"{_AGENCY}/owed/<slug:key>/colleague/", lines.assign, name="assign_owed"),
    path(f"{_AGENCY}/owed/<slug:key>/remind/", lines.remind, name="remind_owed"),
    # a home of one's own
    path("me/tasks/", mine.my_tasks, name="my_tasks"),
    path("me/calendar/", calendar.my_calendar, name="my_calendar"),
    path("calendar/<slug:token>.ics", calendar.calendar_file, name="calendar"),
    # the conditions of the approval
    path(f"{_AGENCY}/conditions/", review.conditions, name="conditions"),
    path(f"{_AGENCY}/conditions/<int:condition_id>/done/", review.report_condition, name="report_condition"),
    path(f"{_AGENCY}/conditions/<int:condition_id>/more-time/", review.more_time, name="condition_more_time"),
    path(f"{_AGENCY}/conditions/proof/<int:report_id>/", review.condition_proof, name="condition_proof"),
    # colleagues work together
    path(f"{_AGENCY}/open/", drafts.page_open, name="page_open"),
    path(f"{_APPLICATION}/share/", together.share, name="share"),
    path(f"{_AGENCY}/notes/<int:note_id>/", together.note, name="note"),
    # the agency's record, after the application was sent
    path(f"{_RECORD}/", record.record, name="record"),
    path(f"{_RECORD}/propose/<slug:what>/", proposals.propose, name="propose"),
    path(f"{_RECORD}/proposals/<int:proposal_id>/take-back/", proposals.take_back, name="take_back_proposal"),
    path(f"{_RECORD}/sites/", sites.sites, _RECORDED, name="record_sites"),
    path(f"{_RECORD}/sites/add/", sites.site_add, _RECORDED, name="record_site_add"),
    path(f"{_RECORD}/sites/add/<slug:page>/", sites.site_add, _RECORDED, name="record_site_add_page"),
    path(
        f"{_RECORD}/sites/add/<slug:page>/keep/",
        sites.site_autosave,
        _RECORDED,
        name="record_site_add_autosave",
    ),
    path(
        f"{_RECORD}/sites/add/<slug:page>/discard/",
        sites.site_discard,
        _RECORDED,
        name="record_site_add_discard",
    ),
    path(f"{_RECORD}/sites/<int:site_id>/", sites.site_change, _RECORDED, name="record_site_change"),
    path(f"{_RECORD}/sites/<int:site_id>/keep/", sites.site_autosave, _RECORDED, name="record_site_autosave"),
    path(
        f"{_RECORD}/sites/<int:site_id>/discard/", sites.site_discard, _RECORDED, name="record_site_discard"
    ),
    path(f"{_RECORD}/sites/<int:site_id>/remove/", sites.site_remove, _RECORDED, name="record_site_remove"),
    path(f"{_RECORD}/documents/", documents.documents, _RECORDED, name="record_documents"),
    path(
        f"{_RECORD}/documents/<uuid:upload_id>/remove/",
        documents.remove,
        _RECORDED,
        name="record_document_remove",
    ),
    # Last, because it takes any words.
    path(f"{_RECORD}/<slug:section>/<slug:page>/", record.page, name="record_page"),
    path(f"{_RECORD}/<slug:section>/<slug:page>/keep/", record.autosave, name="record_autosave"),
    path(f"{_RECORD}/<slug:section>/<slug:page>/discard/", record.discard, name="record_discard"),
    # technical readiness, asked again each year
    path(f"{_AGENCY}/readiness/", each_year.year, name="readiness_year"),
    path(f"{_AGENCY}/readiness/<slug:page>/", each_year.page, name="readiness_year_page"),
    path(f"{_AGENCY}/readiness/<slug:page>/keep/", each_year.autosave, name="readiness_year_autosave"),
    path(f"{_AGENCY}/readiness/<slug:page>/discard/", each_year.discard, name="readiness_year_discard"),
    # its questions, sent to somebody outside
    path("readiness-help/<slug:token>/", helpers.answers, name="readiness_help"),
    path(f"{_APPLICATION}/readiness/send/", helpers.ask, name="ask_helper"),
    path(
        f"{_APPLICATION}/readiness/send/<int:request_id>/again/", helpers.send_again, name="ask_helper_again"
    ),
    path(f"{_APPLICATION}/readiness/send/<int:request_id>/revoke/", helpers.revoke, name="revoke_helper"),
    path(f"{_APPLICATION}/readiness/proposals/<int:answer_id>/take/", helpers.take, name="proposal_take"),
    path(f"{_APPLICATION}/readiness/proposals/<int:answer_id>/leave/", helpers.leave, name="proposal_leave"),
    # section B of the application
    path(f"{_APPLICATION}/projects/", listing.in_application, name="projects"),
    path(f"{_APPLICATION}/projects/add/", listing.add, name="project_add"),
    path(f"{_B}/", overview.project, name="project"),
    path(f"{_B}/confirm/", overview.confirm, name="project_confirm"),
    path(f"{_B}/remove/", listing.remove, name="project_remove"),
    path(f"{_B}/<slug:page>/", page.page, name="project_page"),
    path(f"{_B}/<slug:page>/autosave/", page.autosave, name="project_autosave"),
    path(f"{_B}/<slug:page>/discard/", page.discard, name="project_discard"),
    # projects after approval
    path(f"{_PROJECTS}/", listing.after_approval, name="own_projects"),
    path(f"{_PROJECTS}/add/", listing.add, _OWN, name="own_project_add"),
    path(f"{_PROJECTS}/confirm/", changes.confirm, name="confirm_projects"),
    path(f"{_PROJECT}/", overview.project, _OWN, name="own_project"),
    path(f"{_PROJECT}/confirm/", overview.confirm, _OWN, name="own_project_confirm"),
    path(f"{_PROJECT}/remove/", listing.remove, _OWN, name="own_project_remove"),
    path(f"{_PROJECT}/end/", changes.end, name="end_project"),
    path(f"{_PROJECT}/replace/", changes.replace, name="replace_project"),
    path(f"{_PROJECT}/begins/", changes.begins, name="project_begins"),
    path(f"{_PROJECT}/<slug:page>/", page.page, _OWN, name="own_project_page"),
    path(f"{_PROJECT}/<slug:page>/autosave/", page.autosave, _OWN, name="own_project_autosave"),
    path(f"{_PROJECT}/<slug:page>/discard/", page.discard, _OWN, name="own_project_discard"),
    # the application
    path(f"{_APPLICATION}/", pages.application, name="application"),
    path(f"{_APPLICATION}/start/", pages.start, name="start_application"),
    path(f"{_APPLICATION}/check/", pages.check_answers, name="check_answers"),
    path(f"{_APPLICATION}/changes/", revisions.changes, name="changes"),
    path(f"{_APPLICATION}/changes/<int:remark_id>/", review.answer_remark, name="answer_remark"),
    path(f"{_APPLICATION}/more-time/", acts.ask_for_time, name="ask_for_time"),
    path(f"{_APPLICATION}/send/", sending.submit, name="submit"),
    path(f"{_APPLICATION}/sent/", sending.submitted, name="submitted"),
    path(f"{_APPLICATION}/sent/<int:number>/", revisions.revision, name="revision"),
    path(f"{_APPLICATION}/sent/<int:number>/pdf/", revisions.revision_pdf, name="revision_pdf"),
    path(f"{_APPLICATION}/withdraw/", acts.withdraw, name="withdraw"),
    path(f"{_APPLICATION}/reopen/", acts.reopen, name="reopen"),
    path(f"{_APPLICATION}/second-look/", acts.appeal, name="appeal"),
    path(f"{_APPLICATION}/delete/", acts.delete, name="delete_draft"),
    path(f"{_APPLICATION}/staff/", staff.staff_list, name="staff_section"),
    path(f"{_APPLICATION}/staff/add/", person.staff_add, name="staff_add"),
    path(f"{_APPLICATION}/staff/add-known/", person.staff_add_known, name="staff_add_known"),
    path(f"{_APPLICATION}/staff/add/<slug:page>/", person.staff_add, name="staff_add_page"),
    path(f"{_APPLICATION}/staff/add/<slug:page>/keep/", person.staff_autosave, name="staff_add_autosave"),
    path(f"{_APPLICATION}/staff/add/<slug:page>/discard/", person.staff_discard, name="staff_add_discard"),
    path(f"{_APPLICATION}/staff/<int:staff_id>/", person.staff_change, name="staff_change"),
    path(f"{_APPLICATION}/staff/<int:staff_id>/keep/", person.staff_autosave, name="staff_autosave"),
    path(f"{_APPLICATION}/staff/<int:staff_id>/discard/", person.staff_discard, name="staff_discard"),
    path(f"{_APPLICATION}/staff/<int:staff_id>/remove/", staff.staff_remove, name="staff_remove"),
    path(f"{_APPLICATION}/staff/upload/", upload.upload, name="staff_upload"),
    path(f"{_APPLICATION}/staff/upload/preview/", upload.preview, name="staff_preview"),
    path(f"{_APPLICATION}/staff/upload/errors/", upload.errors, name="staff_errors"),
    path(f"{_APPLICATION}/staff/template.<slug:kind>", upload.template, name="staff_template"),
    path(f"{_APPLICATION}/staff/list.<slug:kind>", upload.export, name="staff_export"),
    path(f"{_APPLICATION}/sites/", sites.sites, name="sites"),
    path(f"{_APPLICATION}/sites/add/", sites.site_add, name="site_add"),
    path(f"{_APPLICATION}/sites/add/<slug:page>/", sites.site_add, name="site_add_page"),
    path(f"{_APPLICATION}/sites/add/<slug:page>/keep/", sites.site_autosave, name="site_add_autosave"),
    path(f"{_APPLICATION}/sites/add/<slug:page>/discard/", sites.site_discard, name="site_add_discard"),
    path(f"{_APPLICATION}/sites/<int:site_id>/", sites.site_change, name="site_change"),
    path(f"{_APPLICATION}/sites/<int:site_id>/keep/", sites.site_autosave, name="site_autosave"),
    path(f"{_APPLICATION}/sites/<int:site_id>/discard/", sites.site_discard, name="site_discard"),
    path(f"{_APPLICATION}/sites/<int:site_id>/remove/", sites.site_remove, name="site_remove"),
    path(f"{_APPLICATION}/documents/", documents.documents, name="documents_section"),
    path(f"{_APPLICATION}/documents/done/", documents.documents_done, name="documents_done"),
    path(f"{_APPLICATION}/documents/<uuid:upload_id>/", documents.download, name="document"),
    path(f"{_APPLICATION}/documents/<uuid:upload_id>/remove/", documents.remove, name="document_remove"),
    # Last, because it takes any word: the sections that are one form.
    path(f"{_APPLICATION}/<slug:section>/", sections.section, name="section"),
    path(f"{_APPLICATION}/<slug:section>/keep/", sections.autosave, name="autosave"),
    path(f"{_APPLICATION}/<slug:section>/discard/", sections.discard, name="discard"),
    path(f"{_APPLICATION}/<slug:section>/<slug:page>/", sections.section, name="section_page"),
    path(f"{_APPLICATION}/<slug:section>/<slug:page>/keep/", sections.autosave, name="autosave_page"),
    path(f"{_APPLICATION}/<slug:section>/<slug:page>/discard/", sections.discard, name="discard_page"),
    # anyone verifies a document
    path("verify/", verification.verify, name="verify"),
    path("verify/<slug:token>/", verification.verify_answer, name="verify_answer"),
    # the MOU
    path("mou/", read.mou_current, name="mou_current"),
    path("mou/text/", read.mou_current_text, name="mou_current_text"),
    path("mou/clauses/<slug:clause>/", read.mou_current_clause, name="mou_current_clause"),
    path("mou.pdf", read.mou_current_pdf, name="mou_current_pdf"),
    path(f"{_MOU}/", read.mou, name="mou"),
    path(f"{_MOU}/clauses/", read.mou_clauses, name="mou_clauses"),
    path(f"{_MOU}/clauses/<slug:clause>/", read.mou_clause, name="mou_clause"),
    path(f"{_MOU}/text/", read.mou_text, name="mou_text"),
    path(f"{_MOU}.pdf", files.mou_pdf, name="mou_pdf"),
    path(f"{_MOU}/signatory/", signatory.name_signatory, name="name_signatory"),
    path(f"{_MOU}/signatory/remind/", signatory.remind_signatory, name="remind_signatory"),
    path(f"{_MOU}/draft.pdf", files.mou_draft, name="mou_draft"),
    path(f"{_MOU}/renew/", signatory.renew_mou, name="renew_mou"),
    path(f"{_MOU}/questions/<slug:clause>/", questions.mou_question, name="mou_question"),
    path(f"{_MOU}/consent/", sign.consent, name="consent"),
    path(f"{_MOU}/test.pdf", sign.test_file, name="test_file"),
    path(f"{_MOU}/read/", sign.read_mou, name="read_mou"),
    path(f"{_MOU}/paper/", paper.mou_paper, name="mou_paper"),
    path(f"{_MOU}/<uuid:mou_id>/paper/<slug:role>.pdf", paper.mou_scan, name="mou_scan"),
    path(f"{_MOU}/sign/", sign.sign, name="sign"),
    path(f"{_MOU}/decline/", sign.decline_mou, name="decline_mou"),
    path(f"{_MOU}/pass-on/", signatory.pass_on, name="pass_on"),
    path(f"{_MOU}/withdraw-signature/", sign.withdraw_signature, name="withdraw_signature"),
    path(f"{_MOU}/<uuid:mou_id>/bundle.zip", files.mou_bundle, name="mou_bundle"),
    path(f"{_MOU}/<uuid:mou_id>/<slug:step>.pdf", files.mou_file, name="mou_file"),
    # who has access
    path(f"{_AGENCY}/access/", access.confirm_access, name="confirm_access"),
    # for setting projects up in the HMIS
    path(f"{_AGENCY}/projects/sheet/", export.setup_sheet, name="setup_sheet"),
    path(f"{_AGENCY}/projects/hud.zip", export.hud_csv, name="hud_csv"),
]
