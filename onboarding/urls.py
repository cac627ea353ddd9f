from django.urls import URLPattern, URLResolver, path

from onboarding.views import projects, public, requirements, support

_AGENCY = "agencies/<uuid:agency_id>"
_APPLICATION = f"{_AGENCY}/application"

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
    path("eligibility/not-yet/", public.eligibility_not_yet, name="eligibility_not_yet"),
    path("eligibility/result/", public.eligibility_result, name="eligibility_result"),
    # support
    path("support/", support.support, name="support"),
    path("support/sent/", support.support_sent, name="support_sent"),
    path("support/questions/<int:thread_id>/", support.question, name="question"),
    # step 1
    path(f"{_AGENCY}/requirements/", requirements.confirm_requirements, name="confirm_requirements"),
    # section B of the application
    path(f"{_APPLICATION}/projects/", projects.project_list, name="projects"),
    path(f"{_APPLICATION}/projects/add/", projects.project_add, name="project_add"),
    path(f"{_APPLICATION}/projects/<uuid:project_id>/", projects.project, name="project"),
    path(f"{_APPLICATION}/projects/<uuid:project_id>/check/", projects.project_check, name="project_check"),
    path(f"{_APPLICATION}/projects/<uuid:project_id>/remove/", projects.project_remove, name="project_remove"),
]
