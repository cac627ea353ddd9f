"""The trainers' desk. Lists are read here; every act is a page of its own that calls one service."""

from training.admin import (
    courses,
    desk,
    doors,
    held,
    learning,
    papers,
    records,
    requirements,
    sessions,
    uploads,
    xapi,
)

__all__ = [
    "courses",
    "desk",
    "doors",
    "held",
    "learning",
    "papers",
    "practice",
    "records",
    "requirements",
    "sessions",
    "uploads",
    "xapi",
]
