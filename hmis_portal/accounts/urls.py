"""Addresses of accounts that are the portal's own; the others are allauth's."""

from django.urls import path

from hmis_portal.accounts import views

urlpatterns = [
    path("email/", views.OwnEmailView.as_view(), name="account_email"),
    path("email/stop/<str:token>/", views.stop_email_change, name="account_stop_email_change"),
    path("2fa/", views.FactorsView.as_view(), name="mfa_index"),
    path("2fa/recovery-codes/", views.make_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/totp/activate/", views.SetUpAppView.as_view(), name="mfa_activate_totp"),
    path("2fa/webauthn/add/", views.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
]
