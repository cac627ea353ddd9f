"""What the standard asks of a statement, as far as the portal reads it (xAPI 1.0.3, part two; the same in 2.0)."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

KEYS = {
    "id", "actor", "verb", "object", "result", "context", "timestamp", "stored", "authority", "version", "attachments",
}  # fmt: skip
IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[^\s@]+@[^\s@]+", re.IGNORECASE)
_SHA1 = re.compile(r"[0-9a-f]{40}", re.IGNORECASE)
DEEPEST = 20


class Invalid(Exception):
    """What is wrong with a statement, as a sentence for who set up the learning system."""


def check(statement: Any) -> None:
    """Raises Invalid for what the standard refuses."""
    _need(isinstance(statement, dict), _("A statement must be an object."))
    _no_nulls(statement, "statement", 0)
    unknown = ", ".join(sorted(set(statement) - KEYS))
    _need(not unknown, _("A statement has no property %(names)s.") % {"names": unknown})
    for name in ("actor", "verb", "object"):
        _need(
            isinstance(statement.get(name), dict),
            _("A statement needs an object as its %(name)s.") % {"name": name},
        )
    if "id" in statement:
        uuid_of(statement["id"], "id")
    _check_agent(statement["actor"], "actor")
    _check_iri(statement["verb"].get("id"), "verb.id")
    _check_object(statement["object"], voids=statement["verb"]["id"] == VOIDED)
    _check_result(statement.get("result", {}))
    if "timestamp" in statement:
        instant_of(statement["timestamp"])
    _check_rest(statement)


def _need(holds: object, words: str) -> None:
    if not holds:
        raise Invalid(words)


def _no_nulls(value: object, place: str, depth: int) -> None:
    _need(depth < DEEPEST, _("It is nested too deeply."))
    if isinstance(value, dict):
        for name, part in value.items():
            if name != "extensions":
                _need(part is not None, _("%(place)s must not be null.") % {"place": f"{place}.{name}"})
                _no_nulls(part, f"{place}.{name}", depth + 1)
    elif isinstance(value, list):
        for part in value:
            _need(part is not None, _("%(place)s must not be null.") % {"place": place})
            _no_nulls(part, place, depth + 1)
    elif isinstance(value, str):
        _need("\0" not in value, _("%(place)s must not hold a NUL.") % {"place": place})


def uuid_of(text: Any, place: str) -> UUID:
    _need(isinstance(text, str) and _UUID.fullmatch(text), _("%(place)s must be a UUID.") % {"place": place})
    return UUID(text)


def instant_of(text: Any) -> datetime:
    """A timestamp of ISO 8601; without a zone it is of UTC, as the standard has it."""
    words = _("timestamp must be a date and time of ISO 8601.")
    _need(isinstance(text, str) and not text.endswith(("-00", "-0000", "-00:00")), words)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(words) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _check_iri(text: object, place: str) -> None:
    is_iri = isinstance(text, str) and len(text) <= 2000 and _IRI.fullmatch(text)
    _need(is_iri, _("%(place)s must be an address with a scheme (IRI).") % {"place": place})


def _check_agent(agent: Mapping[str, object], place: str) -> None:
    kind = agent.get("objectType", "Agent")
    _need(kind in ("Agent", "Group"), _("%(place)s must be an Agent or a Group.") % {"place": place})
    identifiers = [name for name in IDENTIFIERS if name in agent]
    if kind == "Group" and not identifiers:
        _need(isinstance(agent.get("member"), list), _("An anonymous Group needs its members."))
        return
    _need(
        len(identifiers) == 1,
        _("%(place)s must have exactly one of mbox, mbox_sha1sum, openid, account.") % {"place": place},
    )
    value = agent[identifiers[0]]
    _need(
        _IDENTIFIED[identifiers[0]](value), f"{place}.{identifiers[0]}: " + _("it is not of the right form.")
    )


def _is(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and bool(pattern.fullmatch(value))


def _is_account(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"homePage", "name"}
        and _is(_IRI)(value["homePage"])
        and isinstance(value["name"], str)
        and bool(value["name"])
    )


_IDENTIFIED: dict[str, Callable[[object], bool]] = {
    "mbox": _is(_MAIL), "mbox_sha1sum": _is(_SHA1), "openid": _is(_IRI), "account": _is_account,
}  # fmt: skip


def _check_object(activity: Mapping[str, object], *, voids: bool) -> None:
    kind = activity.get("objectType", "Activity")
    _need(kind == "StatementRef" or not voids, _("The object of a voiding statement must be a StatementRef."))
    match kind:
        case "Activity":
            _check_iri(activity.get("id"), "object.id")
        case "StatementRef":
            uuid_of(activity.get("id"), "object.id")
        case "Agent" | "Group":
            _check_agent(activity, "object")
        case "SubStatement":
            _need("id" not in activity, _("A SubStatement has no id."))
        case _:
            raise Invalid(_("object.objectType is not one of the standard."))


def _check_result(result: Any) -> None:
    _need(isinstance(result, dict), _("result must be an object."))
    for name in ("success", "completion"):
        _need(
            isinstance(result.get(name, True), bool),
            _("result.%(name)s must be true or false.") % {"name": name},
        )
    score = result.get("score", {})
    _need(isinstance(score, dict), _("result.score must be an object."))
    for name in ("scaled", "raw", "min", "max"):
        _need(_is_number(score.get(name, 0)), _("result.score.%(name)s must be a number.") % {"name": name})
    _need(-1 <= score.get("scaled", 0) <= 1, _("result.score.scaled must be from -1 to 1."))
    least, most, raw = score.get("min", -math.inf), score.get("max", math.inf), score.get("raw")
    _need(least < most, _("result.score.min must be less than result.score.max."))
    _need(raw is None or least <= raw <= most, _("result.score.raw must be from min to max."))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _check_rest(statement: Mapping[str, Any]) -> None:
    context = statement.get("context", {})
    _need(isinstance(context, dict), _("context must be an object."))
    if "registration" in context:
        uuid_of(context["registration"], "context.registration")
    version = statement.get("version", "1.0.0")
    _need(
        isinstance(version, str) and version.startswith(("1.0", "2.0")), _("version must be of 1.0 or 2.0.")
    )
    attachments = statement.get("attachments", [])
    _need(
        isinstance(attachments, list)
        and all(isinstance(attachment, dict) and "fileUrl" in attachment for attachment in attachments),
        _("Attachments are taken only by their fileUrl."),
    )
