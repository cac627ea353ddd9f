from django.apps import AppConfig


class SigningConfig(AppConfig):
    name = "hmis_portal.signing"
    label = "signing"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Signing"
