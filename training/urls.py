from django.urls import path

from training.views import agency, agreement, own, practice, public, sessions, xapi

app_name = "training"
urlpatterns = [
    path("training/guide/", public.guide, name="guide"),
    path("training/sessions/", sessions.listed, name="sessions"),
    path("training/sessions/<int:session_id>/", sessions.session, name="session"),
    path("training/sessions/<int:session_id>/sign-up/", sessions.sign_up, name="sign_up"),
    path("training/sessions/<int:session_id>/give-back/", sessions.give_back, name="give_back"),
    path("training/sessions/<int:session_id>/session.ics", sessions.calendar_file, name="session_calendar"),
    path("training/sessions/<int:session_id>/here/<str:code>/", sessions.here, name="here"),
    path("training/", own.mine, name="mine"),
    path("training/requirements/<int:requirement_id>/registered/", own.registered, name="registered"),
    path("training/courses/<slug:slug>/proof/", own.upload, name="upload"),
    path("training/courses/<slug:slug>/practice/", practice.hand_in, name="practice"),
    path("training/practice/<int:case_id>/", practice.file, name="practice_file"),
    path("training/proof/<int:evidence_id>/", own.evidence_file, name="evidence_file"),
    path("training/certificates/<int:certificate_id>.pdf", own.certificate_pdf, name="certificate_pdf"),
    path("training/agreement/<int:staff_id>/", agreement.read, name="agreement"),
    path("training/agreement/<int:staff_id>/prepare/", agreement.prepare, name="agreement_prepare"),
    path("training/agreement/<int:staff_id>/consent/", agreement.consent, name="agreement_consent"),
    path("training/agreement/<int:staff_id>/test.pdf", agreement.test_file, name="agreement_test_file"),
    path("training/agreement/<int:staff_id>/sign/", agreement.sign, name="agreement_sign"),
    path("training/agreement/<int:staff_id>/<slug:reference>.pdf", agreement.file, name="agreement_pdf"),
    path("training/team/", agency.team, name="team"),
    path("training/team/remind/", agency.remind_team, name="remind_team"),
    path("agencies/<uuid:agency_id>/training/", agency.overview, name="agency"),
    path("agencies/<uuid:agency_id>/training/training.csv", agency.as_csv, name="agency_csv"),
    path("agencies/<uuid:agency_id>/training/remind/", agency.remind, name="remind"),
    path("xapi/about", xapi.about, name="xapi_about"),
    path("xapi/statements", xapi.statements, name="xapi_statements"),
    path("xapi/<path:rest>", xapi.other, name="xapi_other"),
    path("certificates/", public.certificate_lookup, name="certificate_lookup"),
    path("certificates/<str:number>/", public.certificate_public, name="certificate_public"),
]
