from importlib import import_module

from django.apps import AppConfig

from hmis_portal.web import links
from hmis_portal.web.links import Page


class OnboardingConfig(AppConfig):
    name = "onboarding"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        links.give(
            {
                Page.HOME: "onboarding:home",
                Page.STEPS: "onboarding:steps",
                Page.ELIGIBILITY: "onboarding:eligibility",
                Page.SUPPORT: "onboarding:support",
                Page.AGENCY_MERGE: "admin:onboarding_agency_merge",
                Page.AGENCY_STEPS: "onboarding:journey",
                Page.AGENCY_MOU: "onboarding:mou",
                Page.AGENCY_SET_UP: "onboarding:setup_sheet",
                Page.AGENCY_ROSTER_FILE: "onboarding:staff_export",
                Page.AGENCY_ROSTER_UPLOAD: "onboarding:staff_upload",
                Page.OWN_TASKS: "onboarding:my_tasks",
                Page.OWN_CALENDAR: "onboarding:my_calendar",
            }
        )
        for topic in ("application", "more_time", "mou", "signers", "access", "review", "news", "revision"):
            import_module(f"onboarding.effects.{topic}")
        import_module("onboarding.access.person")
        import_module("onboarding.application.opening")
        import_module("onboarding.mou.paper_power")
        import_module("onboarding.receivers")
        import_module("onboarding.roster.uploaded")
        import_module("onboarding.sections.recorded")
        import_module("onboarding.what_if")
