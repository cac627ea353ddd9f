"""A statement as an attempt, where it says that a course ended."""

from collections.abc import Mapping
from typing import Any

from training.doors.attempts import Attempt
from training.doors.xapi.checking import instant_of

VERBS = "http://adlnet.gov/expapi/verbs/"
COMPLETED, PASSED, FAILED = f"{VERBS}completed", f"{VERBS}passed", f"{VERBS}failed"


def attempt_of(statement: Mapping[str, Any]) -> Attempt | None:
    """None for what ends no course of one person: another verb, a group, something that is not completed."""
    verb, activity, result = statement["verb"]["id"], statement["object"], statement.get("result", {})
    actor = statement["actor"]
    if verb not in (COMPLETED, PASSED, FAILED) or activity.get("objectType", "Activity") != "Activity":
        return None
    if actor.get("objectType") == "Group" or (verb == COMPLETED and result.get("completion") is False):
        return None
    score = score_of(result.get("score", {}))
    success = result.get("success", {PASSED: True, FAILED: False}.get(verb))
    return Attempt(
        course=activity["id"][:300],
        course_name=_title(activity),
        **_person(actor),
        completed_at=instant_of(statement["timestamp"]),
        source_time=statement["timestamp"][:60],
        score=score,
        passed=success is not False and verb != FAILED,
        progress=verb == COMPLETED and success is None and score is None,
        external_id=statement["id"],
    )


def _person(actor: Mapping[str, Any]) -> dict[str, Any]:
    """An account is the source's own word, even where it looks like an address: people may choose it themselves."""
    keys: dict[str, Any] = {"name": str(actor.get("name", ""))[:200]}
    if "mbox" in actor:
        return {**keys, "email": actor["mbox"][len("mailto:") :][:254]}
    if "account" in actor:
        account = actor["account"]
        return {**keys, "account": f"{account['name']} {account['homePage']}"[:254]}
    return {**keys, "account": str(actor.get("openid") or actor.get("mbox_sha1sum"))[:254]}


def _title(activity: Mapping[str, object]) -> str:
    definition = activity.get("definition")
    names = definition.get("name") if isinstance(definition, dict) else None
    if not isinstance(names, dict) or not names:
        return ""
    return str(names.get("en-US") or names.get("en") or next(iter(names.values())))[:300]


def score_of(score: Mapping[str, Any]) -> int | None:
    """Whole percent, never rounded up: of the scaled score, else of the raw one between its ends, else the raw one."""
    if "scaled" in score:
        percent = score["scaled"] * 100
    elif "raw" in score:
        least, most = score.get("min", 0), score.get("max", 100)
        if not least < most:
            return None
        percent = (score["raw"] - least) / (most - least) * 100
    else:
        return None
    return int(percent + 1e-9) if 0 <= percent <= 100 else (0 if percent < 0 else None)
