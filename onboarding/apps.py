from importlib import import_module

from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "onboarding"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for topic in ("application", "mou", "access", "review", "news", "revision"):
            import_module(f"onboarding.effects.{topic}")
        import_module("onboarding.application.opening")
        import_module("onboarding.receivers")
