from django.urls import path

from hmis_portal.powers import views

app_name = "powers"
urlpatterns = [path("<int:pk>/", views.request_page, name="request")]
