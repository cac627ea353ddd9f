"""The forms of one project: its own answers and its rows, read as typed and judged by `agencies.hud.rules`.

A form here only reads: what is a date, a number, a code. Everything else is said by the rules, with the same
words while typing and at save. What does not apply to the kind of project is not an answer, even when typed.
"""

from agencies.hud.forms.fields import TextField
from agencies.hud.forms.page import MOST_ROWS, ProjectForms
from agencies.hud.forms.questions import PROJECT_TYPE_HINTS
from agencies.hud.forms.rows import FORMS, RowForm

__all__ = ["FORMS", "MOST_ROWS", "PROJECT_TYPE_HINTS", "ProjectForms", "RowForm", "TextField"]
