"""CoCs and CANs, edited here so that another community can run the same portal."""

from django.contrib import admin

from agencies.models import ContinuumOfCare, CoordinatedAccessNetwork
from hmis_portal.desk.tools import DeskAdmin


@admin.register(ContinuumOfCare)
class ContinuumOfCareAdmin(DeskAdmin):
    list_display = ("code", "name", "active")
    list_filter = ("active",)
    search_fields = ("code", "name")


@admin.register(CoordinatedAccessNetwork)
class CoordinatedAccessNetworkAdmin(DeskAdmin):
    list_display = ("name", "active")
    list_filter = ("active",)
    search_fields = ("name",)
