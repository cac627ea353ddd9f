from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy


class HmisPortalConfig(AppConfig):
    name = "hmis_portal"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = gettext_lazy("Portal")

    def ready(self) -> None:
        from hmis_portal.accounts import adapter, receivers  # noqa: F401 - the makers of sign-in links, for workers too
        from hmis_portal.files import checks  # noqa: F401 - registers itself
        from hmis_portal.powers import binding  # noqa: F401 - adds the settings to the acts that take two people
        from hmis_portal.running import roles
        from hmis_portal.what_if import saving  # noqa: F401 - adds the rows of a form to what can be tried

        post_migrate.connect(roles.after_migrate, sender=self, dispatch_uid="grants")
