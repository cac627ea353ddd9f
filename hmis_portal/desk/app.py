"""The app of Django's admin with the portal's own site; its own module, because it is read before any model."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default = False
    default_site = "hmis_portal.desk.site.PortalAdminSite"
