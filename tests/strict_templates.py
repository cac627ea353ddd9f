"""What a template of ours asks and nobody gave fails the test: a variable that it shows, and a name that a tag asks in
silence, as `{% if name %}` and `{% for x in name %}` do.

Of an object of ours that is an attribute as well. The keys of a dict, such as an answer that was sent, may be missing.
"""

import sys
from types import FrameType

import pytest
from django.template import VariableDoesNotExist
from django.template.base import FilterExpression
from django.template.context import BaseContext

from tests.servers import BASE_DIR

# Templates of ours that stand in for a library's keep its habit of leaving variables out.
LENIENT_FOLDERS = ("templates/admin/", "templates/bootstrap5/", "templates/allauth/")
STRICT_FOLDERS = ("templates/admin/onboarding/", "templates/admin/training/", "templates/admin/act.html")
OURS = ("agencies.", "hmis_portal.", "onboarding.", "training.")
# What a page may give or not.
OPTIONAL = {
    "templates/base.html": ("agency",),
    "templates/components/header.html": ("agency",),
    "templates/account/password_reset_from_key.html": ("token_fail",),  # allauth says it only where it is so
}


class MissingVariable(str):
    """Stands in for `string_if_invalid`."""

    def __contains__(self, key: object) -> bool:
        return key == "%s"

    def __mod__(self, name: object) -> str:  # type: ignore[override]
        if template := _template_of_ours(sys._getframe(1)):
            pytest.fail(
                f"Template {template} uses the variable {name!s}, which nobody gave it.", pytrace=False
            )
        return ""


def watch_silence() -> None:
    """Costs nothing where all is given: only what Django raises, and swallows, is looked at."""
    raised = VariableDoesNotExist.__init__

    def looked_at(error: VariableDoesNotExist, msg: str, params: tuple[object, ...] = ()) -> None:
        raised(error, msg, params)
        frame = sys._getframe(1)
        if not _is_asked_in_silence(frame) or not _should_have(params[1]):
            return
        template, name = _template_of_ours(frame), params[0]
        if template and name not in OPTIONAL.get(template, ()):
            pytest.fail(f"Template {template} asks for {name!s}, which nobody gave it.", pytrace=False)

    VariableDoesNotExist.__init__ = looked_at  # type: ignore[method-assign]


def _is_asked_in_silence(lookup: FrameType) -> bool:
    """Above the look-up stands its variable, and above that the expression of the tag."""
    expression = lookup.f_back and lookup.f_back.f_back
    return (
        expression is not None
        and isinstance(expression.f_locals.get("self"), FilterExpression)
        and bool(expression.f_locals.get("ignore_failures"))
    )


def _should_have(asked_of: object) -> bool:
    return isinstance(asked_of, BaseContext) or type(asked_of).__module__.startswith(OURS)


def _template_of_ours(frame: FrameType | None) -> str:
    """The strict template that is being rendered, below the project's folder; "" for any other."""
    template = _rendering(frame)
    relative = template.removeprefix(f"{BASE_DIR}/")
    is_ours = relative != template and "site-packages" not in template
    lenient = relative.startswith(LENIENT_FOLDERS) and not relative.startswith(STRICT_FOLDERS)
    return relative if is_ours and not lenient else ""


def _rendering(frame: FrameType | None) -> str:
    while frame:
        node = frame.f_locals.get("self")
        origin = getattr(node, "origin", None)
        if origin is not None and type(node).__module__.startswith("django."):
            return str(origin.name)
        frame = frame.f_back
    return ""
