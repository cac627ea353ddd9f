"""The trainers' desk. Lists are read here; every act is a page of its own that calls one service."""

from training.admin import courses, desk, papers, records, requirements

__all__ = ["courses", "desk", "papers", "records", "requirements"]
