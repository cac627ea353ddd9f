"""People and agencies in Django's admin."""

from agencies.admin import agencies, invitations, people, projects, reference, register

__all__ = ["agencies", "invitations", "people", "projects", "reference", "register"]
