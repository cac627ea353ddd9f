"""News about people, for the apps above."""

from enum import StrEnum

from django.dispatch import Signal


class StaffNews(StrEnum):
    JOINED = "joined"
    ROLE = "role"
    PROJECTS = "projects"
    LEFT = "left"
    RETURNED = "returned"
    CHANNEL = "channel"  # for sign-in codes


# Sent after commit-safe writes with: staff (Staff), kind (StaffNews), by (User or None).
staff_changed = Signal()
