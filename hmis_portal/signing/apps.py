from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class SigningConfig(AppConfig):
    name = "hmis_portal.signing"
    label = "signing"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = gettext_lazy("Signing")
