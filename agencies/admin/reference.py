"""CoCs and CANs, edited here so that another community can run the same portal."""

from django.contrib import admin

from agencies.models import ContinuumOfCare, CoordinatedAccessNetwork


@admin.register(ContinuumOfCare)
class ContinuumOfCareAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "active")
    list_filter = ("active",)
    search_fields = ("code", "name")


@admin.register(CoordinatedAccessNetwork)
class CoordinatedAccessNetworkAdmin(admin.ModelAdmin):
    list_display = ("name", "active")
    list_filter = ("active",)
    search_fields = ("name",)
