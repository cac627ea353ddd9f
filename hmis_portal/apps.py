from django.apps import AppConfig


class HmisPortalConfig(AppConfig):
    name = "hmis_portal"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Portal"

    def ready(self) -> None:
        from hmis_portal.accounts import adapter  # noqa: F401 - registers the makers of sign-in links, for workers too
