"""Invitations, to be read; agencies send and revoke them."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.desk.lists import FoundByAgency
from agencies.models import Invitation
from hmis_portal.desk.tools import ReadOnlyAdmin, status


@admin.register(Invitation)
class InvitationAdmin(FoundByAgency, ReadOnlyAdmin):
    list_display = ("user", "agency", "role", "status_word", "created_at", "expires_at", "sent_count")
    list_filter = ("role", "created_at")
    search_fields = ("user__email", "agency__legal_name", "agency__ein")
    list_select_related = ("user", "agency")
    fields = (
        "user",
        "agency",
        "role",
        "status_word",
        "created_by",
        "created_at",
        "expires_at",
        "sent_count",
        "accepted_at",
        "revoked_at",
    )
    readonly_fields = ("status_word",)

    @admin.display(description=_("state"))
    def status_word(self, row: Invitation) -> SafeString:
        if row.accepted_at:
            return status("done", gettext("Accepted"))
        if row.revoked_at:
            return status("plain", gettext("Revoked"))
        return status("problem", gettext("Lapsed")) if row.has_lapsed else status("waiting", gettext("Open"))
