from django.urls import URLPattern, URLResolver, path

from onboarding.views import projects

_APPLICATION = "agencies/<uuid:agency_id>/application"

app_name = "onboarding"
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_APPLICATION}/projects/", projects.project_list, name="projects"),
    path(f"{_APPLICATION}/projects/add/", projects.project_add, name="project_add"),
    path(f"{_APPLICATION}/projects/<uuid:project_id>/", projects.project, name="project"),
    path(f"{_APPLICATION}/projects/<uuid:project_id>/check/", projects.project_check, name="project_check"),
    path(f"{_APPLICATION}/projects/<uuid:project_id>/remove/", projects.project_remove, name="project_remove"),
]
