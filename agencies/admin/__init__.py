"""People and agencies in Django's admin."""

from agencies.admin import agencies, invitations, people, reference

__all__ = ["agencies", "invitations", "people", "reference"]
