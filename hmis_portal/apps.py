from django.apps import AppConfig


class HmisPortalConfig(AppConfig):
    name = "hmis_portal"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Portal"
