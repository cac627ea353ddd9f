from django.apps import AppConfig

from hmis_portal.web import links
from hmis_portal.web.links import Page


class TrainingConfig(AppConfig):
    name = "training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from training import receivers, what_if  # noqa: F401 - register themselves

        links.give({Page.AGENCY_TRAINING: "training:agency", Page.OWN_TRAINING: "training:mine"})
