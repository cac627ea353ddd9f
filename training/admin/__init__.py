"""The trainers' desk. Lists are read here; every act is a page of its own that calls one service."""

from training.admin import (
    completions,
    courses,
    desk,
    doors,
    learning,
    papers,
    practice,
    requirements,
    sessions,
)

__all__ = [
    "completions",
    "courses",
    "desk",
    "doors",
    "learning",
    "papers",
    "practice",
    "requirements",
    "sessions",
]
