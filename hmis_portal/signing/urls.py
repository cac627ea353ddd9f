"""The addresses that certificates and seals name: they are in documents out there, so they never change."""

from django.urls import path

from hmis_portal.signing import views

app_name = "signing"

urlpatterns = [
    path("root.crt", views.root_certificate, name="root_certificate"),
    path("authority.crt", views.authority_certificate, name="authority_certificate"),
    path("authority.crl", views.revocation_list, name="revocation_list"),
    path("root.crl", views.root_list, name="root_list"),
    path("<slug:serial>.crl", views.revocation_list, name="revocation_list_of"),
]
