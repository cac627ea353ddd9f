"""Completions at the desk: the results of a class in one table, what was recorded, and waivers."""

from training.admin.completions import entry, records

__all__ = ["entry", "records"]
