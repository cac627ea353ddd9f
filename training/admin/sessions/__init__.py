"""Sessions at the desk: their list and acts, what a trainer types, the code that people scan."""

from training.admin.sessions import pages

__all__ = ["pages"]
