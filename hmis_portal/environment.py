"""Settings from the environment: a word that is not understood stops the start with a sentence."""

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
env.prefix = "PORTAL_"

WORDS = {
    **dict.fromkeys(("1", "on", "yes", "true"), True),
    **dict.fromkeys(("0", "off", "no", "false", ""), False),
}


def flag(name: str, *, default: bool) -> bool:
    """PORTAL_<name> as yes or no."""
    given = env.str(name, default="on" if default else "off")
    if given.strip().lower() not in WORDS:
        raise ImproperlyConfigured(
            f"PORTAL_{name} is “{given}”: set it to on or off (or 1, 0, yes, no, true, false)."
        )
    return WORDS[given.strip().lower()]


def number(name: str, *, default: int, least: int = 1) -> int:
    """PORTAL_<name> as a whole number."""
    given = env.str(name, default=str(default)).strip()
    if not (given.isascii() and given.isdigit() and int(given) >= least):
        raise ImproperlyConfigured(f"PORTAL_{name} is “{given}”: set it to a whole number, {least} or more.")
    return int(given)
