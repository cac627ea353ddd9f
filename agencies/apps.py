from django.apps import AppConfig

from hmis_portal.web import links
from hmis_portal.web.links import Page


class AgenciesConfig(AppConfig):
    name = "agencies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from agencies import emails, receivers  # noqa: F401 - registers the maker of invitation links, for workers too
        from agencies.services import powers  # noqa: F401 - adds the kinds of acts that take two people

        links.give({Page.OWN_ACCOUNT: "agencies:me", Page.AGENCY_FILE: "admin:agencies_agency_change"})
