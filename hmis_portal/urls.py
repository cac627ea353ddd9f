"""Every address: the three apps, the seal’s certificates, accounts (allauth), the admin, and the health check."""

from django.contrib import admin
from django.urls import include, path

from hmis_portal.accounts import provider
from hmis_portal.running.health import healthz

urlpatterns = [
    path("", include("onboarding.urls")),
    path("", include("agencies.urls")),
    path("", include("training.urls")),
    path("seal/", include("hmis_portal.signing.urls")),
    path("accounts/oidc/<str:provider_id>/login/", provider.login, name="openid_connect_login"),
    path("powers/", include("hmis_portal.powers.urls")),
    path("accounts/", include("hmis_portal.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]

handler400 = "hmis_portal.web.error_pages.bad_request"
handler403 = "hmis_portal.web.error_pages.permission_denied"
handler404 = "hmis_portal.web.error_pages.page_not_found"
handler500 = "hmis_portal.web.error_pages.server_error"
handler429 = "hmis_portal.web.error_pages.too_many_requests"
