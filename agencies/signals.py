"""News about people, for the apps above."""

from django.dispatch import Signal

# Sent after commit-safe writes with: staff (Staff), kind ("joined" | "role" | "projects" | "left" | "returned" |
# "channel": for sign-in codes), by (User or None).
staff_changed = Signal()
