"""The doors at the desk: sources, files of results, held results, learning systems and what they sent."""

from training.admin.doors import held, sources, uploads, xapi

__all__ = ["held", "sources", "uploads", "xapi"]
